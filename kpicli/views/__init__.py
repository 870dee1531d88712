"""Derived views: one module each, named as in the model.

A view is a pure function of canonical frames and parameters; it knows no periods. Its `build`
returns the columns that `model/*_views.yaml` declare, and the kept columns of its base table.
"""

from kpicli.views.inputs import Facts, Inputs, Part
from kpicli.views.registry import build, facts

__all__ = ["Facts", "Inputs", "Part", "build", "facts"]
