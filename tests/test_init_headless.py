"""`kpi init` on files without a header line: columns are told by their cells, all with doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proposing import init, made, text, values

SALES = "".join(
    f'{1000 + n},{10 + n}.01.2025,"{n}00,50",Иван Петров,ООО Ромашка,79161234567,Выполнен\n'
    for n in range(1, 10)
)
ROWS = ((1, "Open", "Anna Kim"), (2, "Solved", "Oleg Lee"), (3, "Open", "Anna Kim"))
DESK = "".join(
    f"T-{n},2025-01-{n:02} 10:00,2025-02-{n:02} 11:00,2025-01-{n:02} 10:30,{state},{who},a@b.com\n"
    for n, state, who in ROWS
)


def sources(folder: Path) -> str:
    return text(folder).split("sources:")[1]


def test_sales_are_told_by_their_cells(tmp_path: Path) -> None:
    config = made(tmp_path, sales_csv=SALES)
    source = config.written.sources["orders"]
    assert source.header == ()
    fed = {name: spec.from_ for name, spec in source.columns.items()}
    assert fed == {"order_id": ("#1",), "ordered_at": ("#2",), "amount": ("#3",), "status": ("#7",)}
    assert values(config, "revenue", "sales_count") == {"revenue": 4504.5, "sales_count": 9}
    assert "header: none  # ? " in text(tmp_path)


def test_all_that_is_told_is_doubtful(tmp_path: Path) -> None:
    made(tmp_path, sales_csv=SALES)
    lines = [line for line in sources(tmp_path).splitlines() if line.startswith("      ")]
    assert all("# ? " in line for line in lines if line[6] != " ")


def test_times_are_told_by_their_order(tmp_path: Path) -> None:
    config = made(tmp_path, desk_tickets_csv=DESK)
    spec = config.written.sources["tickets"].columns
    fed = [spec[name].from_ for name in ("created_at", "first_response_at", "resolved_at")]
    assert fed == [("#2",), ("#4",), ("#3",)]
    assert values(config, "first_response_time") == {"first_response_time": 1800}


@pytest.mark.parametrize("export", [SALES, DESK])
def test_cells_are_shown_only_where_they_name_nobody(tmp_path: Path, export: str) -> None:
    done = init(tmp_path, sales_tickets_csv=export)
    whole = done.err + text(tmp_path)
    for cell in ("Иван", "Ромашка", "79161234567", "Anna", "Oleg", "a@b.com"):
        assert cell not in whole
    assert any(said in whole for said in (", such as T-1, T-2", ", например 1001, 1002"))


def test_what_cannot_be_told_stays_as_a_comment(tmp_path: Path) -> None:
    made(tmp_path, tickets_csv=DESK)
    assert '    #   "#6": text; different cells: 2 of 3\n' in text(tmp_path)
    assert '    #   "#7": only addresses\n' in text(tmp_path)


def test_a_first_row_of_words_and_ids_is_no_header(tmp_path: Path) -> None:
    leads = "L-1,Won,A/B,web\nL-2,Lost,A/B,web\nL-3,Won,A/B,web\n"
    done = init(tmp_path, leads_csv=leads)
    assert done.code == 3  # a lead needs a time
    said = "leads.csv seems to have no header line, and nothing tells which of its columns is"
    assert said in done.err
    assert "created_at (when the lead came in)" in done.err


@pytest.mark.parametrize(
    "header",
    ["order_id,ordered_at,amount", "№,Дата 2025,Сумма 1", "order_id,ordered_at,2025"],
)
def test_a_header_is_none_though_it_bears_digits(tmp_path: Path, header: str) -> None:
    init(tmp_path, orders_csv=header + "\n1,2025-01-05,10\n2,2025-01-06,20\n")
    assert not (tmp_path / "kpi.yaml").exists() or "header: none" not in text(tmp_path)


def test_a_repeated_header_is_a_header(tmp_path: Path) -> None:
    joined = "order_id,ordered_at,amount\n1,2025-01-05,10\n" * 30
    init(tmp_path, orders_csv=joined)
    assert "header: none" not in text(tmp_path)


def test_files_alike_by_their_cells_are_one_source(tmp_path: Path) -> None:
    other = "2025-01-05,5.50,Marketing\n2025-01-06,6.50,Salaries\n"
    january = "1,2025-01-05,Won\n2,2025-01-06,Lost\n"
    february = "3,2025-02-05,Won\n4,2025-02-06,Lost\n"
    config = made(tmp_path, leads_1_csv=january, leads_2_csv=february, expenses_csv=other)
    files = {name: source.files for name, source in config.written.sources.items()}
    assert files == {"leads": ("leads_*.csv",), "costs": ("expenses.csv",)}


def test_cells_that_tell_nothing_write_nothing(tmp_path: Path) -> None:
    done = init(tmp_path, odd_csv="foo,12,3\nbar,13,4\nbaz,14,5\n")
    assert (done.code, (tmp_path / "kpi.yaml").exists()) == (3, False)
    assert "odd.csv seems to have no header line, and its cells do not tell what it is" in done.err
    assert "header: none" in done.err


def test_a_table_that_lacks_a_column_is_left_as_comments(tmp_path: Path) -> None:
    orders = "".join(f"{n},Выполнен,{n}0.50\n" for n in range(1, 5))
    leads = "lead_id,created_at\n1,2025-01-05\n"
    done = init(tmp_path, orders_csv=orders, leads_csv=leads)
    assert done.code == 0
    assert "which of its columns is ordered_at (when it was sold or refunded)" in done.err
    assert "  #   header: none  # ? " in text(tmp_path)


def test_scores_without_a_header_have_a_doubtful_scale(tmp_path: Path) -> None:
    csat = "".join(f"{n},2025-01-1{n} 10:00,{n % 5 + 1}\n" for n in range(9))
    config = made(tmp_path, csat_csv=csat)
    assert {*config.written.sources["responses"].columns} >= {"score", "scale_max"}


def test_a_birth_is_no_beginning(tmp_path: Path) -> None:
    staff = "".join(
        f"{n},Ivanov,1{n}.02.1980,1{n}.02.2024,{f'1{n}.02.2025' if n % 2 else ''}\n"
        for n in range(1, 9)
    )
    config = made(tmp_path, staff_csv=staff)
    columns = config.written.sources["employees"].columns
    fed = [columns[name].from_ for name in ("hired_at", "terminated_at")]
    assert fed == [("#4",), ("#5",)]
    assert "1980" not in text(tmp_path)
