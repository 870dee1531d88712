"""Damaged files: sound rows are used, each damaged line is in the ledger, nothing is guessed."""

from __future__ import annotations

import gzip
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpicli.config import Config
from kpicli.errors import InputError, KpiError
from kpicli.intake import FileLedger, Loaded, read
from tests.shop import ORDERS, loaded, orders

HEADER = "order_id,ordered_at,amount,product\n"


def row(number: int) -> str:
    """Return a sound row; each third has a quoted cell, each fifth a line break in it."""
    product = f'"a ""b"", {number}"' if number % 3 == 0 else f"Товар {number}"
    if number % 5 == 0:
        product = f'"two\nlines {number}"'
    return f"{number},2025-01-{number % 28 + 1:02d},{number}.25,{product}\n"


@dataclass(frozen=True, kw_only=True)
class Damage:
    """A line that is no row, and why; `lines` that it takes, each rejected by itself."""

    text: str
    reason: str
    lines: int = 1


DAMAGES = {
    "short": Damage(text="900,2025-01-01\n", reason="too few cells"),
    "cell": Damage(text="900\n", reason="too few cells"),
    "long": Damage(text="900,2025-01-01,1,x,y\n", reason="too many cells"),
    "two rows": Damage(text="900,2025-01-01,1,x901,2025-01-01,1,x\n", reason="too many cells"),
    "unclosed": Damage(text='900,2025-01-01,1,"x\n', reason="a quote that is never closed"),
    "stray": Damage(text='900,2025-01-01,1,"x"y\n', reason="a stray quote"),
    "zero": Damage(text="900,2025-01-01,1,x\x00\n", reason="a NUL byte"),
    "shifted": Damage(text="x,900,2025-01-01,1\n", reason="ordered_at: not a time"),
    "worded": Damage(text="900,2025-01-01,many,x\n", reason="amount: not a number"),
    "empty": Damage(text=",2025-01-01,1,x\n", reason="order_id: empty"),
}
BYTES = b"900,2025-01-01,1,\xff\xfe\n"
FORMS: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "with a mark": lambda text: text.encode("utf-8-sig"),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "cp1251": lambda text: text.encode("cp1251"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "packed": lambda text: gzip.compress(text.encode()),
}


def ledger(found: Loaded) -> FileLedger:
    (only,) = found.ledgers
    assert only.read == only.used + only.folded + only.filtered + only.rejected + only.duplicate
    return only


def checked(config: Config, wanted: list[int], damages: Counter[str], lines: list[int]) -> None:
    """Make sure that the rows `wanted` are used, and the damage is told with its lines."""
    found = loaded(config, enforce=False)
    frame = found.frames["orders"]
    assert frame["order_id"].to_list() == [str(number) for number in wanted]
    assert [float(amount) for amount in frame["amount"]] == [number + 0.25 for number in wanted]
    only = ledger(found)
    assert only.read == len(wanted) + damages.total()
    assert only.reasons == damages
    assert sorted(reject.line for reject in only.rejects) == lines


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", DAMAGES)
def test_each_damage_alone(tmp_path: Path, name: str, form: str) -> None:
    before, after = "".join(map(row, range(1, 20))), "".join(map(row, range(20, 40)))
    damage = DAMAGES[name]
    config = orders(tmp_path, FORMS[form](HEADER + before + damage.text + after))
    line = (HEADER + before).count("\n") + 1
    checked(config, list(range(1, 40)), Counter([damage.reason]), [line])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(4))
def test_all_damages_together(tmp_path: Path, form: str, seed: int) -> None:
    chance = random.Random(seed)
    text, lines, reasons, rows = HEADER, [], Counter[str](), 0
    for name in chance.sample(list(DAMAGES), k=len(DAMAGES)):
        for _ in range(chance.randint(4, 9)):
            rows += 1
            text += row(rows)
        if chance.random() < 0.5:
            text += "\n"
        lines.append(text.count("\n") + 1)
        reasons[DAMAGES[name].reason] += 1
        text += DAMAGES[name].text
    text += row(rows + 1) + "999,2025-0"
    lines.append(text.count("\n") + 1)
    reasons["the file breaks off in this line"] += 1
    checked(orders(tmp_path, FORMS[form](text)), list(range(1, rows + 2)), reasons, lines)


def test_bytes_that_are_no_text_beside_other_damage(tmp_path: Path) -> None:
    sound = [row(number).encode() for number in range(1, 10)]
    text = HEADER.encode() + b"".join(sound[:4]) + BYTES + b"900,1\n" + b"".join(sound[4:]) + BYTES
    line = text.count(b"\n", 0, text.index(b"\xff")) + 1
    reasons = Counter({"bytes that are no text": 2, "too few cells": 1})
    lines = [line, line + 1, text.count(b"\n")]
    checked(orders(tmp_path, text), list(range(1, 10)), reasons, lines)


def test_a_replacement_character_of_the_export_is_text(tmp_path: Path) -> None:
    text = ORDERS.replace("A", "Caf\ufffd").encode() + b"3,2025-01-07,30,\xff\n"
    found = loaded(orders(tmp_path, text), enforce=False)
    assert found.frames["orders"]["customer_id"].to_list() == ["Caf\ufffd", "B"]
    assert ledger(found).reasons == {"bytes that are no text": 1}


def test_a_quote_that_is_never_closed_costs_its_line_in_a_file_full_of_quotes(
    tmp_path: Path,
) -> None:
    rows = "".join(f'"{n}","2025-01-05","1","A"\n' for n in range(5000))
    text = '"order_id","ordered_at","amount","customer_id"\n"x","2025-01-05","1","A\n' + rows
    found = loaded(orders(tmp_path, text))
    assert (ledger(found).used, ledger(found).rejected) == (5000, 1)


def test_a_file_that_grows_or_goes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    config = orders(tmp_path)
    path = tmp_path / "orders.csv"

    def grow(_: str) -> None:
        with path.open("a") as file:
            file.write("3,2025-01-07,30,C\n")

    for change in (grow, lambda _: path.unlink()):
        with pytest.raises(InputError, match="changed while it was read"):
            read(config, {"orders": None}, told=change)


# --- chance

SOUND = HEADER + "".join(map(row, range(1, 60)))
_BASES = {
    "comma": SOUND.encode(),
    "semicolon": SOUND.replace(",", ";").replace(".25", ",25").encode("cp1251"),
    "wide": SOUND.encode("utf-16-le"),
    "packed": gzip.compress(SOUND.encode()),
}
_BYTE = st.one_of(st.integers(0, 255), st.sampled_from(list(b"\",;\n\r\x00\xff\t'|-.0123456789 ")))
_CHANGE = st.tuples(st.sampled_from(["set", "insert", "drop", "cut"]), st.floats(0, 1), _BYTE)


def changed(content: bytes, changes: list[tuple[str, float, int]]) -> bytes:
    """Return bytes with some set, inserted or dropped, or with the end cut off."""
    found = bytearray(content)
    for kind, place, byte in changes:
        at = min(int(place * len(found)), max(0, len(found) - 1))
        match kind:
            case "set" if found:
                found[at] = byte
            case "insert":
                found.insert(at, byte)
            case "drop" if found:
                del found[at]
            case "cut" if place > 0.5:
                del found[at:]
    return bytes(found)


@pytest.mark.parametrize("base", _BASES)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(changes=st.lists(_CHANGE, min_size=1, max_size=3))
def test_no_damage_is_a_bug_or_makes_rows_up(
    tmp_path: Path, base: str, changes: list[tuple[str, float, int]]
) -> None:
    config = orders(tmp_path)
    sound = rows_of(loaded(orders(tmp_path, _BASES[base])))
    (tmp_path / "orders.csv").write_bytes(changed(_BASES[base], changes))
    try:
        found = loaded(config, enforce=False)
    except KpiError:
        return
    assert ledger(found).used == found.frames["orders"].height
    # A change touches the line it is in, the one before it and the one behind it at most.
    strange = rows_of(found) - sound
    assert strange.total() <= 3 * len(changes)


def rows_of(found: Loaded) -> Counter[tuple[object, ...]]:
    """Return the rows that are used, and how often."""
    frame = found.frames["orders"]
    if not {"amount", "product"} <= set(frame.columns):
        return Counter()
    return Counter(frame.select("order_id", "ordered_at", "amount", "product").iter_rows())
