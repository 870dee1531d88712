"""Proposals: exports are looked at, and a config that reads them is written.

`sheets` opens the files and `profile` looks at their cells; `systems` knows the exports of known
systems, `match` finds columns by their headers, `tables` the table that fits best, `questions` the
answers in a file; `values`, `written` and `folds` say how cells become ours; `draft` puts it
together, `verify` reads the files with it, and `text` writes the YAML.
"""
