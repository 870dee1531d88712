"""The metric language: what a declaration may say, and what its texts mean.

A metric is which rows count in a period and how those rows become a number. The built-in catalogue
and a user's own metrics are written in it alike; nothing here knows a metric by name.
"""
