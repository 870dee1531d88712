"""The canonical model: 15 tables that exports are mapped to, and the views derived from them.

The YAML files beside this module are the model; this module only gives them types. A table's
columns are what a config maps to; a view's columns are what metrics read.
"""

from kpicli.model.load import model
from kpicli.model.types import Column, Model, Reference, Relation, Rule, Table, Type, View

__all__ = ["Column", "Model", "Reference", "Relation", "Rule", "Table", "Type", "View", "model"]
