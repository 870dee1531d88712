"""Names of tables, columns and values: there are some for all, and each is known by its own."""

from __future__ import annotations

import pytest

from kpicli.model import Type, model
from kpicli.model.synonyms import synonyms
from kpicli.proposal.words import likeness

COLUMNS = [(table, name) for table, body in model().tables.items() for name in body.columns]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_every_column_has_names_in_both_languages(table: str, column: str) -> None:
    found = synonyms()
    kinds = [found.own.get(table, {}).get(column), found.shared.get(column)]
    for language in ("en", "ru"):
        assert any(getattr(kind, language) for kind in kinds if kind), language


def test_names_are_of_tables_and_columns_that_there_are() -> None:
    found = synonyms()
    assert found.tables.keys() == model().tables.keys()
    for table, columns in found.own.items():
        assert columns.keys() <= model().tables[table].columns.keys()


def test_values_are_those_of_their_columns() -> None:
    for name, values in synonyms().values.items():
        table, dot, column = name.partition(".")
        known = model().tables[table].columns[column].values if dot else ()
        assert not known or values.keys() <= {*known}, name
        words = [word for alike in values.values() for word in alike]
        assert len(words) == len({*words}), name
    for table, column in COLUMNS:
        body = model().tables[table].columns[column]
        if body.type is Type.ENUM:
            missing = {*body.values} - {*synonyms().cells(table, column), "unknown"}
            assert not missing, (table, column)


@pytest.mark.parametrize(
    ("header", "name", "least", "most"),
    [
        ("Created At", "created_at", 1, 1),
        ("createdAt", "created at", 1, 1),
        ("  Дата   создания ", "дата создания", 1, 1),
        ("Отчёт", "отчет", 1, 1),
        ("Дата создания сделки", "дата создания", 0.5, 0.79),
        ("Клиенты", "клиент", 0.9, 0.99),
        ("Сумма, руб.", "сумма", 0.9, 0.99),
        ("Amount (USD)", "amount", 0.9, 0.99),
        ("Amount (with tax)", "amount", 0.5, 0.79),
        ("Lead ID", "id", 0, 0),
        ("Lead status", "state", 0, 0),
        ("Comment", "amount", 0, 0),
        ("", "amount", 0, 0),
    ],
)
def test_how_much_a_header_is_a_name(header: str, name: str, least: float, most: float) -> None:
    assert least <= likeness(header, name) <= most
