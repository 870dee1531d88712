"""The engine: declarations and frames in, cells out. It knows the language and no metric.

A cell is one metric in one period for one combination of dimensions. `relations` makes the frames,
`placement` puts rows into periods, `steps` narrows and folds them, `measures` says what to
aggregate, `passes` aggregates metrics that share rows together, `formulas` computes metrics from
metrics, `values` turns numerators and denominators into values with a status.
"""
