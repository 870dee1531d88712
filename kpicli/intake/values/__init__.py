"""Values: raw cells become values of the canonical types, or are refused.

`readings` says how the columns of an export are read as far as the config does, `guesses` and
`formats` what it leaves open, held against whole columns by `widening`; `cells` parses, with
`instants` for dates and times, `signs` and `currencies` for amounts, and `casting` for SQL; `judge`
refuses what cannot be read.
"""
