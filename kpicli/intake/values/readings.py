"""How the columns of an export are read, as far as the config says it."""

from __future__ import annotations

from kpicli.config import ColumnSpec, Lookup, TimeUnit
from kpicli.config.columns import Scalar
from kpicli.config.expressions import is_number
from kpicli.config.sources import KEPT
from kpicli.intake.exports import Export
from kpicli.intake.mapping import ORDER, Mapped
from kpicli.intake.values.cells import Reading
from kpicli.model import Column, Type

_OTHER = {".": ",", ",": "."}
"""The decimal mark where the other one parts thousands."""
_ISO = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")


def canonical(export: Export, name: str) -> Column:
    """Return what a column of an export holds, before it is folded."""
    fold = export.source.fold
    counted = fold is not None and fold.named.get(name) == "count"
    if name in export.source.keep or counted or name not in export.table.columns:
        return KEPT
    column = export.table.columns[name]
    if isinstance(export.source, Lookup):
        # What is looked up may be missing: the row that it is brought to is judged, later.
        return column.model_copy(update={"required": False, "default": None})
    return column


def declared(export: Export, column: Mapped, order: Type) -> Reading:
    """Return what the config declares of a column; the decimal mark is '' where it does not.

    `order` is what the header holds that the rows of a fold go by.
    """
    spec, source, written = column.spec, export.source, export.config.written
    kind = canonical(export, column.name)
    if column.name == ORDER:
        kind = Column(type=order, meaning="the order of rows")
    formats = spec.format or ()
    if spec.const is not None and kind.type.is_time:
        formats = _ISO
    thousands = spec.thousands or source.thousands
    decimal = spec.decimal or source.decimal or _OTHER.get(thousands or "", "")
    if spec.const is not None or (spec.expr is not None and is_number(spec.expr)):
        decimal, thousands = ".", None  # as YAML and SQL write numbers, not as the export does
    return Reading(
        column=kind,
        formats=formats,
        decimal=decimal,
        thousands=thousands,
        values=_values(spec),
        other=None if spec.other is None else _written(spec.other),
        pass_=spec.pass_,
        unit=spec.unit or TimeUnit.SECONDS,
        scale=spec.scale,
        nulls=(*source.nulls, *spec.nulls),
        zone=source.timezone or written.timezone,
        report_zone=written.timezone,
    )


def _values(spec: ColumnSpec) -> dict[str, str] | None:
    if spec.values is None:
        return None
    return {key: _written(value) for key, value in spec.values.items()}


def _written(value: Scalar) -> str:
    """Return a value as YAML writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
