"""Whole tables: what can be told only of all files of a table together.

`joined` joins them, `keys` leaves one row per key, `money` one currency; `rules` and `references`
count what is impossible and what leads nowhere, `coverage` and `freshness` tell the days, and
`budget` whether so many bad rows are allowed.
"""
