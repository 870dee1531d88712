"""Damaged files: sound rows are used, each damaged line is in the ledger, nothing is guessed."""

from __future__ import annotations

import gzip
import random
import sys
import zlib
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
from kpicli.intake.text import structure
from kpicli.intake.text.sniff import sniff
from tests.shop import ORDERS, loaded, orders

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

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


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", DAMAGES)
def test_each_damage_alone(tmp_path: Path, name: str, form: str) -> None:
    before, after = "".join(map(row, range(1, 20))), "".join(map(row, range(20, 40)))
    damage = DAMAGES[name]
    config = orders(tmp_path, FORMS[form](HEADER + before + damage.text + after))
    line = (HEADER + before).count("\n") + 1
    checked(config, list(range(1, 40)), Counter([damage.reason]), [line])


@pytest.mark.usefixtures("either_way")
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


@pytest.mark.parametrize("more", [-1, 0, 1])
@pytest.mark.parametrize("end", ["\n", ""], ids=["line feed", "none"])
def test_a_file_as_large_as_what_is_held(tmp_path: Path, more: int, end: str) -> None:
    parts, number = [HEADER], 0
    while sum(map(len, parts)) < (structure.HEAD - 10_000) // 2:
        parts += [row(number + place) for place in range(1, 101)]
        number += 100
    line = "".join(parts).count("\n") + 1
    text = "".join(parts) + f"900,1\n{number + 1},2025-01-02,{number + 1}.25,"
    size = structure.HEAD + more
    text += "y" * (size - len(text.encode()) - len(end)) + end
    assert len(text.encode()) == size
    config = orders(tmp_path, text)
    checked(config, list(range(1, number + 2)), Counter(["too few cells"]), [line])


def test_bytes_that_are_no_text_beside_other_damage(tmp_path: Path) -> None:
    sound = [row(number).encode() for number in range(1, 10)]
    text = HEADER.encode() + b"".join(sound[:4]) + BYTES + b"900,1\n" + b"".join(sound[4:]) + BYTES
    line = text.count(b"\n", 0, text.index(b"\xff")) + 1
    reasons = Counter({"bytes that are no text": 2, "too few cells": 1})
    lines = [line, line + 1, text.count(b"\n")]
    checked(orders(tmp_path, text), list(range(1, 10)), reasons, lines)


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866"])
def test_lines_in_utf_8_among_others_are_no_text(tmp_path: Path, encoding: str) -> None:
    sound = [f"{n},2025-01-05,1,Товар «{n}» РОССИЯ СССР\n" for n in range(40)]
    if encoding != "cp1251":
        sound = [line.replace("«", "").replace("»", "") for line in sound]
    parts = [HEADER.encode(), *(line.encode(encoding) for line in sound)]
    parts[20:20] = ["900,2025-01-05,1,Товар\n".encode()]
    found = loaded(orders(tmp_path, b"".join(parts), encoding=encoding), enforce=False)
    assert ledger(found).reasons == {"bytes that are no text": 1}
    assert [one.line for one in ledger(found).rejects] == [21]
    assert found.frames["orders"]["product"].to_list()[0] == sound[0].split(",")[3].strip()


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


def test_thousands_of_columns(tmp_path: Path) -> None:
    """A grammar of so many cells cannot be compiled; the cells are counted all the same."""
    empty = "," * 4_999 + '"a ""b"", c",d\n'
    header = HEADER.strip() + "," + ",".join(f"h{n}" for n in range(5_000)) + "\n"
    rows = [row(n).strip() + empty for n in range(1, 10)]
    short = row(1).strip() + empty.replace(",", "", 1)
    stray = row(1).strip() + empty.replace(",d", ',"d"e')
    text = header + "".join(rows[:5]) + short + row(1).strip() + "," + empty + stray
    reasons = Counter({"too few cells": 1, "too many cells": 1, "a stray quote": 1})
    line = text.count("\n") - 2
    checked(
        orders(tmp_path, text + "".join(rows[5:])),
        list(range(1, 10)),
        reasons,
        [line, line + 1, line + 2],
    )


@pytest.mark.parametrize("place", [0, 9], ids=["first", "last"])
@pytest.mark.parametrize("column", ["ordered_at", "amount"])
def test_a_cell_of_any_size_is_one_bad_cell(tmp_path: Path, column: str, place: int) -> None:
    bad = {"ordered_at": "2025-01-01", "amount": "1"} | {column: "9 " * 100_000}
    rows = [row(n) for n in range(1, 10)]
    rows.insert(place, f"900,{bad['ordered_at']},{bad['amount']},x\n")
    found = loaded(orders(tmp_path, HEADER + "".join(rows)), enforce=False)
    reason = "not a time" if column == "ordered_at" else "not a number"
    assert ledger(found).reasons == {f"{column}: {reason}": 1}


@pytest.mark.parametrize("rest", ["", "x,y\n"], ids=["swallows all", "swallows on"])
@pytest.mark.parametrize(
    "header", ['"order_id,ordered_at,amount\n', 'order_id,ordered_at,"amount\n']
)
def test_an_open_quote_in_the_header_is_told_without_the_rows(
    tmp_path: Path, header: str, rest: str
) -> None:
    text = f"{header}\n" + "".join(f"{n},2025-01-05,Анна Петрова\n" for n in range(20)) + rest
    with pytest.raises(KpiError, match=r"line 1: a quote in the header is never closed") as told:
        loaded(orders(tmp_path, text))
    assert "Петрова" not in str(told.value)


def test_a_header_may_hold_line_ends(tmp_path: Path) -> None:
    text = 'order_id,ordered_at,"amount\nEUR"\n1,2025-01-05,10\n'
    config = orders(tmp_path, text, columns={"amount": "amount EUR"})
    assert ledger(loaded(config)).used == 1


@pytest.mark.parametrize("late", [False, True], ids=["early", "late"])
def test_where_decimal_marks_differ_a_thousand_is_no_guess(tmp_path: Path, late: bool) -> None:
    """0,5 and 0.5 cost their rows; 1,234 beside both is asked for."""
    lines = [f"{n};2025-01-05;{n},5\n" for n in range(400 if late else 20)]
    lines += [f"{n + 1000};2025-01-05;{n}.5\n" for n in range(5)]
    header = "order_id;ordered_at;amount\n"
    found = ledger(loaded(orders(tmp_path, header + "".join(lines)), enforce=False))
    assert (found.used, found.reasons) == (len(lines) - 5, {"amount: not a number": 5})
    text = header + "5000;2025-01-05;1,234\n" + "".join(lines)
    with pytest.raises(InputError, match=r"1,234 may be 1234 or 1\.234"):
        loaded(orders(tmp_path, text), enforce=False)
    declared = loaded(orders(tmp_path, text, decimal=","), enforce=False)
    assert float(declared.frames["orders"]["amount"][0]) == 1.234
    assert ledger(declared).rejected == 5


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_what_is_missing_behind_a_break_is_told(tmp_path: Path, packing: str) -> None:
    rows = "".join(f"{n},2025-01-05,{n % 97},Товар {n % 1009}\n" for n in range(30_000))
    content = (HEADER + rows).encode()
    packed = gzip.compress(content) if packing == "gzip" else zstd.compress(content)
    found = loaded(orders(tmp_path, packed[:-200]))
    (line,) = [reject.line for reject in ledger(found).rejects]
    assert any(
        f"orders.csv breaks off at line {line}: the rows behind it are missing" in warning
        for warning in found.warnings
    )


TORN = {
    "in a cell": '"two',
    "in a cell of two lines": '"two\nlin',
    "in a cell of many lines": '"two\n\nlines, with ""marks"",\nand',
    "at a line end in a cell": '"two\n',
    "behind a cell of two lines": '"two\nlines"',
    "behind a mark": '"two\nlines",',
}


def cut_gzip(text: str) -> bytes:
    """Return a gzip file that gives a text and then breaks off."""
    packer = zlib.compressobj(wbits=31)
    return packer.compress(text.encode()) + packer.flush(zlib.Z_SYNC_FLUSH)


def cut_zstd(text: str) -> bytes:
    """Return a zstd file that gives a text and then breaks off."""
    return zstd.ZstdCompressor().compress(text.encode(), zstd.ZstdCompressor.FLUSH_BLOCK)


@pytest.mark.parametrize("torn", TORN)
@pytest.mark.parametrize("form", ["plain", "CRLF", "UTF-16", "gzip", "zstd"])
def test_a_row_that_breaks_off_within_quotes_is_one_reject(
    tmp_path: Path, torn: str, form: str
) -> None:
    forms = {**FORMS, "gzip": cut_gzip, "zstd": cut_zstd}
    rows = "".join(f"{n},2025-01-05,x,{n}.25,y\n" for n in range(1, 10))
    text = "order_id,ordered_at,note,amount,product\n" + rows + "900,2025-01-05," + TORN[torn]
    reason = "the file breaks off in this line"
    if form not in {"gzip", "zstd"} and torn == "at a line end in a cell":
        reason = "a quote that is never closed"  # nothing tells that the file is cut
    config = orders(tmp_path, forms[form](text))
    checked(config, list(range(1, 10)), Counter([reason]), [11])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("more", "reason"), [(",x,y", "too many cells"), ("", "too few cells")], ids=["long", "short"]
)
def test_a_row_of_several_lines_with_other_cells_than_the_header_is_one_reject(
    tmp_path: Path, more: str, reason: str, form: str
) -> None:
    text = HEADER + row(1) + f'900,2025-01-01,"1\n\n""2"" lines"{more}\n' + row(2)
    checked(orders(tmp_path, FORMS[form](text)), [1, 2], Counter([reason]), [3])


def test_a_stray_quote_before_rows_that_break_off_costs_its_own_line(tmp_path: Path) -> None:
    text = HEADER + row(1) + '900,2025-01-01,1,"x\n' + row(2) + "901,2025-01-0"
    reasons = Counter(["a quote that is never closed", "the file breaks off in this line"])
    checked(orders(tmp_path, cut_gzip(text)), [1, 2], reasons, [3, 5])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(b"", mtime=0), "is empty"),
        (gzip.compress(HEADER.encode(), mtime=0)[:12], "breaks off in its first line"),
        (b"\x1f\x8b", "breaks off in its first line"),
    ],
    ids=["nothing", "half a line", "two bytes"],
)
def test_a_packed_file_without_a_header_line(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        loaded(orders(tmp_path, content))


def test_a_file_counts_once_by_whatever_names_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "again.csv").symlink_to("orders.csv")
    (tmp_path / "round.csv").symlink_to("round.csv")
    files = ["orders.csv", "*.csv", f"../{tmp_path.name}/orders.csv"]
    with pytest.raises(InputError, match=r"round\.csv is a link that leads nowhere"):
        loaded(orders(tmp_path, files=[*files, "round.csv"]))
    (tmp_path / "round.csv").unlink()
    config = orders(tmp_path, files=files, columns={"order_id": {"row": True}})
    found = ledger(loaded(config))
    assert (found.file, found.read, found.used) == ("orders.csv", 2, 2)


# --- chance

SOUND = HEADER + "".join(map(row, range(1, 60)))
_BASES = {
    "comma": SOUND.encode(),
    "semicolon": SOUND.replace(",", ";").replace(".25", ",25").encode("cp1251"),
    "wide": SOUND.encode("utf-16-le"),
    "packed": gzip.compress(SOUND.encode(), mtime=0),
}
_LOCAL = ("comma", "semicolon")
_HEAD = 0.03  # where the header ends
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
    # A byte of one line, in an encoding of bytes: the file is read, and its other rows are used.
    local = base in _LOCAL and all(kind != "cut" and place > _HEAD for kind, place, _ in changes)
    try:
        found = loaded(config, enforce=False)
    except KpiError as error:
        refused = str(error)
    else:
        refused = ""
    if refused:
        # What reads two ways by now is asked about.
        assert not local or "and no cell settles it" in refused
        return
    if local:
        assert (sound - rows_of(found)).total() <= 3 * len(changes)
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


@pytest.mark.parametrize("torn", [2, 9, 20, 39])
def test_an_open_quote_hides_no_delimiter_of_a_small_file(tmp_path: Path, torn: int) -> None:
    rows = [f"{n};{n % 28 + 1:02d}.03.2025;{n * 10},50;К{n % 5}\n" for n in range(1, 41)]
    rows[torn] = f'{torn + 1};"20.03.2025;5,50;К0\n'
    path = tmp_path / "orders.csv"
    path.write_text("ID;Дата;Сумма;Клиент\n" + "".join(rows), encoding="cp1251")
    found = sniff(path, None, None, quote=None, header=None)
    assert (found.delimiter, found.names) == (";", ("ID", "Дата", "Сумма", "Клиент"))
