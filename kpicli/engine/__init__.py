"""The engine: declarations and frames in, cells out. It knows the language and no metric.

A cell is one metric in one period for one combination of dimensions. `relations` makes the frames,
`placement` puts rows into periods, `steps` narrows and folds them, `measures` says what to
aggregate, `passes` groups metrics that share rows, `taking` aggregates a pass and cuts its cells
apart, `values` turns numerators and denominators into values with a status, `finishing` hides what
small groups tell, `formulas` computes metrics from metrics, and `run` does all that in order.
"""
