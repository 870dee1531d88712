"""Proposals: exports are looked at, and a config that reads them is written.

`sheets` opens the files and `profile` looks at their cells; `systems` knows the exports of known
systems, `match` finds columns by their headers, `tables` the table that fits best, `headless` both
where there are none; `questions` are found by `forms`. `keys` finds the ids of one file in another,
from which `lookups` and `scores` follow. `values`, `written` and `folds` say how cells become ours;
`propose` puts it together, `verify` reads the files with it, `rejected` tells the rows that cannot
be used, and `text` writes the YAML.
"""
