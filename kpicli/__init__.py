"""Business metrics from CSV exports: every row accounted for, every number with its base."""

__version__ = "0.1.0"
