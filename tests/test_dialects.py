"""How files are written: encodings, quotes, headers, footers, packing; each guess is told."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kpicli.config import load
from kpicli.errors import ConfigError, InputError
from kpicli.intake import FileLedger, Loaded
from kpicli.intake.text.encodings import guess
from tests.shop import ORDERS, loaded, orders, write

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TWO = [Decimal(10), Decimal(20)]


def amounts(found: Loaded) -> list[Decimal]:
    return found.frames["orders"]["amount"].to_list()


def ledger(found: Loaded) -> FileLedger:
    (only,) = found.ledgers
    assert only.read == (only.used + only.folded + only.filtered + only.rejected + only.duplicate)
    return only


def told(found: Loaded) -> dict[str, str]:
    return {note.what: note.evidence for note in ledger(found).notes}


# --- encodings

RUSSIAN = {
    "headers alone": "ID;Название сделки;Бюджет;Ответственный\n1;Deal A;100;x\n2;Deal B;200;y\n",
    "one header": "id;Клиент;sum\n1;A;5\n2;B;6\n",
    "one name": "order_id,ordered_at,amount,customer\n1,2025-01-05,10,Анна\n2,2025-01-06,20,B\n",
    "names": "id;name\n1;Иванов\n2;Петров\n3;Щукин\n4;Юрьев\n",
    "small letters": "id;город\n1;москва\n2;тверь\n",
    "capitals": "ИНН;КПП;СУММА\n1;2;3\n",
    "an abbreviation": "id,company\n1,ООО\n2,X\n",
    "an invoice": "Дата;Номер;Контрагент;Сумма без НДС;Итого\n25.09.2026;147;ООО Тест;1,5;2\n" * 50,
    "capitals at the beginning": "ID;Клиент;Этап\n" + "1;Клиент 5;Заказ с сайта; Успешно\n" * 99,
    "two letters": "id,ok\n1,да\n2,нет\n",
    "sentences": "Id,Subject\n1,Не работает вход\n2,Ошибка при оплате\n",
}
# Small letters alone read alike in mac-cyrillic and cp1251, capitals alone in it and cp866.
_ALIKE = {"small letters", "capitals", "an abbreviation", "two letters"}
WESTERN = {
    "French": "id;Prénom;Société\n1;Élodie;Café déjà vu\n",
    "German": "id;Straße;Größe\n1;Müller;Köln\n",
    "one letter": "id,name\n1,café\n2,Smith\n",
    "Portuguese": "id,São,Ação\n1,João,não\n",
    "Swedish": "id,namn\n1,Åsa\n2,Öberg\n",
    "Italian": "città,perché,è\n1,2,3\n",
    "a sign": "id,price\n1,10 €\n2,20 €\n3,30 €\n",
    "spaces": "id;price\n1;1\u00a0234,50\n2;2\u00a0345,10\n",
}
UNICODE = ("utf-8", "utf-16-le", "utf-16-be")


@pytest.mark.parametrize("text", RUSSIAN.values(), ids=RUSSIAN)
@pytest.mark.parametrize("name", [*UNICODE, "cp1251", "koi8-r", "cp866", "mac-cyrillic"])
def test_russian_is_read_in_any_of_its_encodings(text: str, name: str) -> None:
    found = guess(text.encode(name))
    if name in {"cp866", "mac-cyrillic"} and (found is None or text in map(RUSSIAN.get, _ALIKE)):
        return  # asked for, or written alike
    assert found is not None
    assert found[0] == name
    assert found[1].evidence


@pytest.mark.parametrize("text", WESTERN.values(), ids=WESTERN)
@pytest.mark.parametrize("name", [*UNICODE, "cp1252"])
def test_western_is_read_in_any_of_its_encodings(text: str, name: str) -> None:
    found = guess(text.encode(name))
    assert found is not None
    assert found[0] == name


@pytest.mark.parametrize("name", ["cp1251", "koi8-r", "cp866", "mac-cyrillic"])
def test_spaces_within_numbers_are_no_letters(name: str) -> None:
    rows = "".join(f"{n},1\u00a0{n:03d}\u00a0000.50,7\u00a0%\n" for n in range(200))
    text = "order_id,amount,share\nЁлка и Щука из Жуковки,1,1\n" * 2 + rows
    found = guess(text.encode(name))
    assert found is not None
    assert found[0] == name


def test_a_sign_of_one_alphabet_tells_it() -> None:
    found = guess("№;price\n1;5\n№ 2;6\n".encode("cp1251"))
    assert found is not None
    assert found[0] == "cp1251"


def test_letters_that_stand_late_are_read_all_the_same(tmp_path: Path) -> None:
    rows = "".join(f"{n},2025-01-05,1,A\n" for n in range(3, 20_000))
    text = (ORDERS + rows + "x,2025-01-05,1,Щербаков\n").encode("cp1251")
    found = loaded(orders(tmp_path, text))
    assert found.frames["orders"]["customer_id"][-1] == "Щербаков"
    assert ledger(found).encoding == "cp1251"
    assert "100% of the words beyond ASCII read as Russian" in told(found)["encoding cp1251"]


@pytest.mark.parametrize(
    ("content", "declared", "hint"),
    [
        (RUSSIAN["names"].encode("cp1251"), "utf-8", "encoding: cp1251"),
        (ORDERS.encode("utf-16"), "cp1251", "encoding: utf-16-le"),
    ],
)
def test_a_file_that_is_not_what_is_declared_is_refused(
    tmp_path: Path, content: bytes, declared: str, hint: str
) -> None:
    with pytest.raises(InputError, match=f"is declared as {declared}") as caught:
        loaded(orders(tmp_path, content, encoding=declared))
    assert hint in str(caught.value)


def test_a_mark_that_was_encoded_twice_is_no_part_of_the_first_header(tmp_path: Path) -> None:
    twice = ("\ufeff" + ORDERS).encode().decode("cp1252").encode()
    found = loaded(orders(tmp_path, twice))
    assert amounts(found) == TWO
    assert "a byte order mark that was encoded twice" in told(found)


# --- quotes, delimiters, line ends


def test_apostrophes_around_cells_are_quotes(tmp_path: Path) -> None:
    text = (
        "'order_id','ordered_at','amount','product'\n"
        "'1','2025-01-05','10','O''Neil, a \"b\"'\n'2','2025-01-06','20','two\nlines'\n"
    )
    found = loaded(orders(tmp_path, text))
    assert found.frames["orders"]["product"].to_list() == ['O\'Neil, a "b"', "two\nlines"]
    assert "quote character '" in told(found)


def test_apostrophes_are_quotes_where_they_hold_the_delimiter(tmp_path: Path) -> None:
    rows = "".join(f"{n},2025-01-05,1,A\n" for n in range(3, 40))
    text = "order_id,ordered_at,amount,product\n1,2025-01-05,1,'a, b'\n2,2025-01-05,1,'c, d'\n"
    found = loaded(orders(tmp_path, text + rows)).frames["orders"]
    assert found["product"].to_list()[:3] == ["a, b", "c, d", "A"]
    said = text.replace("a, b", "a; b").replace("c, d", "c; d")
    kept = loaded(orders(tmp_path, said + rows)).frames["orders"]
    assert kept["product"].to_list()[:3] == ["'a; b'", "'c; d'", "A"]


def test_apostrophes_in_words_are_none(tmp_path: Path) -> None:
    text = ORDERS.replace("A", "rock 'n' roll").replace("B", "'tis")
    names = loaded(orders(tmp_path, text)).frames["orders"]["customer_id"].to_list()
    assert names == ["rock 'n' roll", "'tis"]


def test_where_nothing_quotes_a_quote_is_a_letter(tmp_path: Path) -> None:
    text = ORDERS.replace(",", "\t").replace("A", '"A').replace("B", 'B 5"')
    found = loaded(orders(tmp_path, text, quote="none"))
    assert found.frames["orders"]["customer_id"].to_list() == ['"A', 'B 5"']


def test_a_line_sep_tells_the_delimiter(tmp_path: Path) -> None:
    found = loaded(orders(tmp_path, "sep=;\r\n" + ORDERS.replace(",", ";")))
    assert amounts(found) == TWO
    assert told(found)["delimiter semicolon"] == "the line sep= says so"


def test_line_ends_may_be_mixed(tmp_path: Path) -> None:
    lines = ["order_id,ordered_at,amount", "1,2025-01-05,1", "2,2025-01-05,2", "3,2025-01-05,3"]
    text = lines[0] + "\n" + lines[1] + "\r\n" + lines[2] + "\r" + lines[3] + "\n"
    found = loaded(orders(tmp_path, text))
    assert amounts(found) == [1, 2, 3]
    assert "lines that hold several rows, parted by carriage returns: 1" in told(found)


def test_every_line_may_end_with_the_delimiter(tmp_path: Path) -> None:
    text = ORDERS.replace(",", ";").replace("\n", ";\n")
    assert amounts(loaded(orders(tmp_path, text))) == TWO
    header, rows = text.split("\n", 1)
    assert amounts(loaded(orders(tmp_path, header.rstrip(";") + "\n" + rows))) == TWO
    rows = rows.replace(";\n", "\n")
    assert amounts(loaded(orders(tmp_path, header + "\n" + rows))) == TWO


# --- headers


@pytest.mark.parametrize(
    "before",
    [
        "Report of orders\n",
        "Report of orders\nfrom 2025-01-01 to 2025-02-01\n\n",
        "Report of orders,,,\n\n",
        "Exported by,me\n",
    ],
)
def test_lines_before_the_header_are_left_out_and_told(tmp_path: Path, before: str) -> None:
    found = loaded(orders(tmp_path, before + ORDERS + "x,soon,1,A\n"), enforce=False)
    assert amounts(found) == TWO
    line = before.count("\n") + 1
    assert told(found)[f"header on line {line}"] == "the first line with so many cells: 4"
    assert [reject.line for reject in ledger(found).rejects] == [line + 3]


def test_a_declared_header_is_not_looked_for(tmp_path: Path) -> None:
    text = "a,b,c,d\n1,2,3,4\n" + ORDERS
    found = loaded(orders(tmp_path, text, header=3))
    assert amounts(found) == TWO
    assert told(found)["lines 1 to 2 left out"] == "before the header"
    with pytest.raises(InputError, match="header: 9 names a line that holds nothing"):
        loaded(orders(tmp_path, ORDERS, header=9))


def test_a_header_of_two_lines_is_joined(tmp_path: Path) -> None:
    text = "order_id,ordered_at,Which?,\n,,Sum,Who\n1,2025-01-05,10,A\n2,2025-01-06,20,B\n"
    columns = {"amount": "Which? Sum", "customer_id": "Who"}
    found = loaded(orders(tmp_path, text, header=[1, 2], columns=columns))
    assert amounts(found) == TWO
    assert ledger(found).read == 2


def test_a_file_without_a_header_asks_for_a_word(tmp_path: Path) -> None:
    text = ORDERS.split("\n", 1)[1]
    with pytest.raises(InputError, match="line 1 stands where a header is expected") as caught:
        loaded(orders(tmp_path, text))
    assert "header: none" in str(caught.value)
    columns = {"order_id": "#1", "ordered_at": "#2", "amount": "#3", "customer_id": "#4"}
    found = loaded(orders(tmp_path, text, header="none", columns=columns))
    assert amounts(found) == TWO
    assert found.frames["orders"]["customer_id"].to_list() == ["A", "B"]


@pytest.mark.parametrize("header", [0, [2, 1], "nothing", -1])
def test_a_header_is_a_line(tmp_path: Path, header: Any) -> None:
    with pytest.raises(ConfigError, match=r"sources\.o\.header"):
        orders(tmp_path, ORDERS, header=header)


def test_years_may_be_headers(tmp_path: Path) -> None:
    text = ORDERS.replace("customer_id", "2024").replace("amount", "2025")
    columns = {"amount": "2025", "customer_id": "2024"}
    assert amounts(loaded(orders(tmp_path, text, columns=columns))) == TWO


# --- footers


@pytest.mark.parametrize(
    ("footer", "word"),
    [
        ("Total,,30,\n", "Total"),
        ("Итого:,,30,\n", "Итого"),
        ("Exported by somebody on 2025-02-01\n", "Exported"),
        ("\nReporting period 01/01/2025 to 02/01/2025", "Reporting"),
        ('"Сформировано 01.02.2025"\n', "Сформировано"),
        ("2 rows\n", "rows"),
    ],
)
def test_a_footer_is_left_out_and_told(tmp_path: Path, footer: str, word: str) -> None:
    found = loaded(orders(tmp_path, ORDERS + footer))
    assert amounts(found) == TWO
    assert (ledger(found).read, ledger(found).rejected) == (2, 0)
    line = 4 + footer.startswith("\n")
    assert word in told(found)[f"footer on line {line} left out"]


@pytest.mark.parametrize("line", ["Thank you\n", "Total,2025-01-07,30,C\n", "3\n", "Total,,x,\n"])
def test_what_may_be_a_row_is_no_footer(tmp_path: Path, line: str) -> None:
    found = loaded(orders(tmp_path, ORDERS + line), enforce=False)
    only = ledger(found)
    assert only.read == 3
    assert [reject.line for reject in only.rejects] == ([4] if only.rejected else [])
    assert len(amounts(found)) + only.rejected == 3


def test_blank_rows_of_a_spreadsheet_are_blank_lines(tmp_path: Path) -> None:
    found = loaded(orders(tmp_path, ORDERS + ',,,\r\n , ,"",\n\x1a'))
    assert amounts(found) == TWO
    assert ledger(found).blank == 3


# --- packed files


PACK: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "zstd": zstd.compress}


@pytest.mark.parametrize("packing", PACK)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "utf-16"])
def test_packed_files_are_read(tmp_path: Path, packing: str, encoding: str) -> None:
    text = ORDERS.replace("A", "Анна")
    found = loaded(orders(tmp_path, PACK[packing](text.encode(encoding))))
    assert found.frames["orders"]["customer_id"].to_list() == ["Анна", "B"]
    assert f"packed with {packing}" in told(found)


@pytest.mark.parametrize("packing", PACK)
def test_a_packed_file_may_have_several_parts(tmp_path: Path, packing: str) -> None:
    pack = PACK[packing]
    found = loaded(orders(tmp_path, pack(ORDERS.encode()) + pack(b"3,2025-01-07,30,C\n")))
    assert amounts(found) == [*TWO, Decimal(30)]


@pytest.mark.parametrize("packing", PACK)
def test_a_packed_file_that_breaks_off_gives_the_rows_before(tmp_path: Path, packing: str) -> None:
    rows = "".join(f"x{n},2025-01-05,{n},{n * n * 7919 % 100_003}\n" for n in range(60_000))
    packed = PACK[packing]((ORDERS + rows).encode())
    found = loaded(orders(tmp_path, packed[: len(packed) // 2]), enforce=False)
    only = ledger(found)
    assert sum(only.reasons.values()) == 1
    (reason,) = only.reasons
    assert reason.startswith("the file breaks off")
    assert only.rejects[0].line == only.read + 1
    assert only.used > 1000
    assert amounts(found) == [*TWO, *range(60_000)][: only.used]


def test_a_packed_file_that_is_damaged_inside_is_refused(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress((ORDERS * 1000).encode()))
    packed[-6] ^= 255
    with pytest.raises(InputError, match="no row can be trusted"):
        loaded(orders(tmp_path, bytes(packed)))


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0[Content_Types].xml", "is an Excel workbook"),
        (b"PK\x03\x04 orders.csv", "is a ZIP archive"),
        (b"\xd0\xcf\x11\xe0", "is an Excel workbook"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b"BZh91AY", "is packed with bzip2"),
        (b'[{"name": "Anna"}]', "is a JSON document"),
        (b'{"name": "Anna"}\n{"name"', "is a JSON document"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, start: bytes, what: str) -> None:
    with pytest.raises(InputError, match=what):
        loaded(orders(tmp_path, start + b"\x00" * 100))


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b"PK\x03\x04 xl/", "is an Excel workbook"),
        (gzip.compress(b"a,b", mtime=0), "is packed twice"),
    ],
)
def test_what_is_no_table_is_named_where_it_is_packed(
    tmp_path: Path, start: bytes, what: str
) -> None:
    with pytest.raises(InputError, match=what):
        loaded(orders(tmp_path, gzip.compress(start)))


def test_two_sources_may_read_one_file_differently(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("a,b,c,d\n" + ORDERS)
    columns = {"customer_id": "d customer_id"}
    sources = {
        "o": {"table": "orders", "files": "o.csv", "header": 2},
        "q": {"table": "customers", "files": "o.csv", "header": [1, 2], "columns": columns},
    }
    found = loaded(load(write(tmp_path, sources)), enforce=False)
    assert amounts(found) == TWO


def test_a_delimiter_that_is_not_the_one_of_the_file_is_told(tmp_path: Path) -> None:
    rows = "".join(f"{n};2025-01-05;{n},50;{n},25\n" for n in range(9))
    text = "order_id;ordered_at;amount;cost\n" + rows
    with pytest.raises(InputError, match="is ';', and the source says ','"):
        loaded(orders(tmp_path, text, delimiter=","))
    assert len(amounts(loaded(orders(tmp_path, text, delimiter=";")))) == 9
