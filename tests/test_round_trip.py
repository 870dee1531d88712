"""Whatever is written in a dialect that is supported reads back the same."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shop import loaded, orders

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_PACK: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": gzip.compress,
    "zstd": zstd.compress,
}
_LETTERS = "abcXYZ ,;|\t'\"\n.-0123456789&<>"
_ALPHABETS = {
    "utf-8": _LETTERS + "éßЖщё№€中\u2028\u0085🙂",
    "utf-8-sig": _LETTERS + "éßЖщё№€中\u2028",
    "utf-16": _LETTERS + "éßЖщё№€中🙂",
    "utf-16-le": _LETTERS + "éßЖщё№€",
    "utf-16-be": _LETTERS + "éßЖщё№€",
    "cp1251": _LETTERS + "ЖщёАБвг№",
    "koi8-r": _LETTERS + "ЖщёАБвг",
    "cp1252": _LETTERS + "éßàü€",
}
_DATES = ("%Y-%m-%d", "%d.%m.%Y %H:%M", "%d/%m/%Y", "%m/%d/%Y %I:%M %p", "%d/%b/%y", "%Y%m%d")


@dataclass(frozen=True, kw_only=True)
class Written:
    """A table, and how it is written."""

    rows: list[tuple[Decimal, dt.datetime, str]]
    encoding: str
    delimiter: str
    quote: str
    quoting: int
    ends: str
    decimal: str
    thousands: str
    date: str
    packing: str

    def number(self, amount: Decimal) -> str:
        """Return an amount in this dialect."""
        text = f"{amount:,.2f}".replace(",", "\0").replace(".", self.decimal)
        return text.replace("\0", self.thousands)

    def content(self) -> bytes:
        """Return the file."""
        text = io.StringIO(newline="")
        writer = csv.writer(
            text,
            delimiter=self.delimiter,
            quotechar=self.quote,
            # csv leaves a line feed bare where it does not end lines.
            quoting=csv.QUOTE_ALL if self.quoting or self.ends == "\r" else csv.QUOTE_MINIMAL,
            lineterminator=self.ends,
        )
        writer.writerow(["order_id", "ordered_at", "amount", "product"])
        for number, (amount, day, product) in enumerate(self.rows):
            cells = [f"n{number}", day.strftime(self.date), self.number(amount), product]
            writer.writerow(cells)
        return _PACK[self.packing](text.getvalue().encode(self.encoding))

    def wanted(self) -> list[tuple[str, dt.datetime, Decimal, str | None]]:
        """Return the rows as they should be read."""
        found = []
        for number, (amount, day, product) in enumerate(self.rows):
            instant = dt.datetime.strptime(day.strftime(self.date), self.date)  # noqa: DTZ007
            text = product.strip()
            found.append((f"n{number}", instant, amount, text or None))
        return found


@st.composite
def written(draw: st.DrawFn) -> Written:
    """Draw a table and a dialect that can write it."""
    encoding = draw(st.sampled_from(list(_ALPHABETS)))
    cell = st.text(_ALPHABETS[encoding], max_size=12)
    amount = st.decimals(-(10**9), 10**9, places=2)
    days = st.datetimes(dt.datetime(2001, 1, 1), dt.datetime(2068, 12, 31))  # noqa: DTZ001
    decimal = draw(st.sampled_from([".", ","]))
    return Written(
        rows=draw(st.lists(st.tuples(amount, days, cell), min_size=1, max_size=12)),
        encoding=encoding,
        delimiter=draw(st.sampled_from([",", ";", "\t", "|"])),
        quote=draw(st.sampled_from(['"', "'"])),
        quoting=draw(st.booleans()),
        ends=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        decimal=decimal,
        thousands=draw(st.sampled_from(["", " ", "\u00a0", "." if decimal == "," else ","])),
        date=draw(st.sampled_from(_DATES)),
        packing=draw(st.sampled_from(list(_PACK))),
    )


_SETTINGS = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def read_back(folder: Path, table: Written, **declared: Any) -> list[tuple[object, ...]]:
    found = loaded(orders(folder, table.content(), **declared))
    assert found.ledgers[0].read == len(table.rows)
    frame = found.frames["orders"].select("order_id", "ordered_at", "amount", "product")
    return [(i, at.replace(tzinfo=None), a, p) for i, at, a, p in frame.iter_rows()]


@_SETTINGS
@given(table=written())
def test_what_is_declared_reads_back(tmp_path: Path, table: Written) -> None:
    amount = {"from": "amount", "decimal": table.decimal}
    if table.thousands:
        amount["thousands"] = table.thousands
    columns = {"ordered_at": {"from": "ordered_at", "format": table.date}, "amount": amount}
    declared = {
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "quote": table.quote,
        "header": 1,
        "columns": columns,
    }
    assert read_back(tmp_path, table, **declared) == table.wanted()


@_SETTINGS
@given(table=written())
def test_what_is_plain_needs_no_declaration(tmp_path: Path, table: Written) -> None:
    # One letter of an alphabet, and days up to the twelfth alone tell nothing.
    day = dt.datetime(2025, 1, 31, 13, 30)  # noqa: DTZ001
    more = [(Decimal("1234567.25"), day, "Ёлка и Щука из Жуковки")] * 3
    if table.encoding == "cp1252":
        more = [(Decimal("1234567.25"), day, "Müller à Köln, déjà vu")] * 3
    plain = [(amount, at, _plain(text)) for amount, at, text in table.rows]
    guessed = Written(**{**vars(table), "rows": [*more, *plain]})
    assert read_back(tmp_path, guessed) == guessed.wanted()


def _plain(text: str) -> str:
    return "".join(
        letter for letter in text if letter.isascii() and (letter.isalnum() or letter in " &.")
    )
