"""`kpi init`: exports of systems that nobody knows, awkward files, and what must never happen."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from kpicli.config import load
from kpicli.periods import Grain
from kpicli.proposal.paths import names
from kpicli.proposal.propose import proposed
from kpicli.proposal.quoting import quoted
from kpicli.proposal.sheets import opened
from kpicli.report import Question, compute
from kpicli.yaml import load as yaml
from tests.console import inside as kpi
from tests.proposing import init, made, text, values

DESK = (
    "Номер;Создано;Первый ответ;Решено;Оператор;Канал;Оценка;Комментарий\n"
    "101;05.01.2025 10:00;05.01.2025 10:40;06.01.2025 12:00;Анна Ким;почта;5;Спасибо\n"
    "102;17.01.2025 09:15;17.01.2025 09:25;17.01.2025 09:50;Олег Ли;чат;3;\n"
    "103;03.02.2025 18:30;03.02.2025 19:00;;Анна Ким;почта;;\n"
)
SALES = (
    "Номер заказа;Дата;Клиент;Сумма, руб.;Менеджер;Статус\n"
    "1;05.01.2025;ООО Ромашка;1 234,50;Иван Сидоров;Выполнен\n"
    "2;17.02.2025;ИП Лютик;99,00;Иван Сидоров;Отменён\n"
    "3;18.02.2025;ИП Лютик;765,50;Иван Сидоров;Выполнен\n"
)
ORDERS = "order_id,ordered_at,amount,customer_id\n1,2025-01-05,10,A\n2,2025-01-06,20,B\n"


# --- files of systems that nobody knows


def test_a_russian_help_desk_feeds_tickets_and_ratings(tmp_path: Path) -> None:
    config = made(tmp_path, desk_csv=DESK.encode("cp1251"))
    tables = [source.table for source in config.written.sources.values()]
    assert tables == ["tickets", "responses"]
    assert config.written.language == "ru"
    found = values(config, "ticket_volume", "first_response_time", "csat_mean")
    assert found == {"ticket_volume": 3, "first_response_time": 1600, "csat_mean": 4}


def test_russian_sales_with_decimal_commas(tmp_path: Path) -> None:
    config = made(tmp_path, продажи_csv=SALES.encode("cp1251"))
    assert config.written.currency == "RUB"
    assert values(config, "revenue", "sales_count") == {"revenue": 2000, "sales_count": 2}


def test_what_the_file_is_called_tells_tables_apart(tmp_path: Path) -> None:
    alike = "date,amount,category\n2025-01-05,10,Marketing\n2025-01-06,20,Salaries\n"
    config = made(tmp_path, expenses_csv=alike)
    assert config.written.sources["costs"].table == "costs"


def test_lines_of_orders_are_folded(tmp_path: Path) -> None:
    lines = (
        "Order ID,Order Date,Customer,Product,Amount,Qty\n"
        "1,2025-01-05,A,Desk,10,1\n1,2025-01-05,A,Chair,30,2\n2,2025-01-06,B,Desk,10,1\n"
    )
    config = made(tmp_path, orders_csv=lines)
    assert values(config, "revenue", "sales_count") == {"revenue": 50, "sales_count": 2}
    assert "# ? keys that stand on several of the 3 rows: 1" in text(tmp_path)


def test_totals_repeated_on_lines_count_once(tmp_path: Path) -> None:
    lines = (
        "Order ID,Order Date,Customer,Product,Order total\n"
        "1,2025-01-05,A,Desk,40\n1,2025-01-05,A,Chair,40\n2,2025-01-06,B,Desk,10\n"
    )
    config = made(tmp_path, orders_csv=lines)
    assert values(config, "revenue", "sales_count") == {"revenue": 50, "sales_count": 2}


def test_deals_of_an_unknown_crm_are_leads_and_sales(tmp_path: Path) -> None:
    deals = (
        "Deal #,Company,Owner,Stage,Value (USD),Opened On,Closed On\n"
        'D-1,Acme,Ann,Won,"1,500",01/20/2025,02/13/2025\n'
        "D-2,Acme,Ann,Lost,700,01/21/2025,02/14/2025\n"
        "D-3,Best,Bob,Haggling,900,01/22/2025,\n"
    )
    config = made(tmp_path, deals_csv=deals)
    tables = {name: source.table for name, source in config.written.sources.items()}
    assert tables == {"deals": "leads", "sales": "orders"}
    assert config.written.currency == "USD"
    found = values(config, "revenue", "sales_count", "new_leads")
    assert found == {"revenue": 1500, "sales_count": 1, "new_leads": 3}
    report = compute(config, Question(metrics=("revenue",), grain=Grain.MONTH))
    won = {row.period.label: row.value for row in report.rows()}
    assert won == {"2025-02": 1500}  # in the month in which it was won
    assert "# ? a sale when it was won; check the date" in text(tmp_path)


@pytest.mark.parametrize("second", [",,,,\n", ",,,,Response\n", ""])
def test_a_second_header_line_is_no_answer_and_an_answer_no_header(
    tmp_path: Path, second: str
) -> None:
    form = (
        "Respondent ID,Collector ID,Start Date,End Date,How likely are you to recommend us?\n"
        f"{second}1,4,01/13/2025 10:00:00,01/13/2025 10:05:00,9\n"
        "2,4,01/14/2025 10:00:00,01/14/2025 10:05:00,3\n"
    )
    config = made(tmp_path, survey_csv=form)
    report = compute(config, Question(metrics=("nps",), grain=Grain.TOTAL))
    assert [(row.value, row.n) for row in report.rows() if not row.dims] == [(0, 2)]


def test_scores_may_say_what_they_mean(tmp_path: Path) -> None:
    form = (
        "Timestamp,How likely are you to recommend us?\n"
        "1/13/2025 10:00:00,10 - Extremely likely\n1/14/2025 10:00:00,0 (Not at all likely)\n"
        "1/15/2025 10:00:00,9\n1/16/2025 10:00:00,\n1/17/2025 10:00:00,8\n"
    )
    config = made(tmp_path, form_csv=form)
    assert values(config, "nps") == {"nps": 25}  # two of four promote, one detracts
    assert '"10 - Extremely likely": 10' in text(tmp_path)
    assert '"7": 7' in text(tmp_path)  # nobody has chosen it yet


def test_lines_add_up_by_their_total_and_not_by_the_price(tmp_path: Path) -> None:
    lines = (
        "order_no,order_date,sku,qty,unit_price,line_total\n"
        "1,2025-01-05,A,2,10,20\n1,2025-01-05,B,3,10,30\n2,2025-01-06,A,1,10,10\n"
    )
    config = made(tmp_path, orders_csv=lines)
    assert values(config, "revenue", "sales_count") == {"revenue": 60, "sales_count": 2}


def test_a_price_is_no_amount(tmp_path: Path) -> None:
    done = init(tmp_path, o_csv="order_no,order_date,sku,qty,unit_price\n1,2025-01-05,A,2,10\n")
    assert done.code == 3
    assert "no header feeds amount" in done.err


def test_an_empty_file_does_not_stop_the_others(tmp_path: Path) -> None:
    done = init(tmp_path, orders_csv=ORDERS, empty_csv="")
    assert done.code == 0
    assert "empty.csv is empty" in done.err
    alone = kpi("init", "empty.csv", "-o", "other.yaml", cwd=tmp_path)
    assert (alone.code, (tmp_path / "other.yaml").exists()) == (3, False)


def test_the_short_headers_of_amocrm_are_known(tmp_path: Path) -> None:
    deals = (
        'ID,Название,Этап,"Бюджет, ₽",Создана,Закрыта,Основной контакт,Ответственный\n'
        "1,А,Успешно реализовано,100,01.02.2025,13.02.2025,Пётр,Иван\n"
        "2,Б,Переговоры,50,02.02.2025,,Анна,Иван\n"
    )
    config = made(tmp_path, deals_csv=deals)
    found = values(config, "revenue", "sales_count", "new_leads")
    assert found == {"revenue": 100, "sales_count": 1, "new_leads": 2}


def test_stages_that_are_codes_are_asked_for_and_solutions_count(tmp_path: Path) -> None:
    tickets = (
        "hs_object_id,hs_pipeline_stage,createdate,closed_date,time_to_close\n"
        "1,4,2025-01-05T10:00:00Z,2025-01-05T12:00:00Z,7200000\n"
        "2,1,2025-01-06T10:00:00Z,,\n"
    )
    config = made(tmp_path, tickets_csv=tickets)
    found = values(config, "ticket_volume", "average_resolution_time", "open_tickets_end")
    assert found == {"ticket_volume": 2, "average_resolution_time": 7200, "open_tickets_end": 1}
    assert '# ? status: "hs_pipeline_stage"  # left out: say by values which of' in text(tmp_path)
    assert 'test are "1", "4"' in text(tmp_path)


def test_a_list_of_people_says_up_to_which_day_it_goes(tmp_path: Path) -> None:
    people = (
        "Employee ID,Hire Date,Termination Date\n"
        "1,01/14/2024,03/20/2025\n2,02/15/2024,12/31/2999\n3,03/16/2024,\n"
    )
    config = made(tmp_path, staff_csv=people)
    assert values(config, "separations") == {"separations": 1}
    assert "as_of: 2025-03-20  # ?" in text(tmp_path)


def test_the_log_of_a_ticket_is_one_ticket(tmp_path: Path) -> None:
    log = (
        "Ticket ID,Created at,Updated at,Status,Priority,Resolved at\n"
        "1,2025-01-05 10:00,2025-01-05 12:00,Solved,High,2025-01-05 12:00\n"
        "1,2025-01-05 10:00,2025-01-05 10:00,New,High,\n"
        "2,2025-01-06 10:00,2025-01-06 10:00,New,Low,\n"
    )
    config = made(tmp_path, tickets_csv=log)
    found = values(config, "ticket_volume", "average_resolution_time")
    assert found == {"ticket_volume": 2, "average_resolution_time": 7200}


def test_a_form_without_a_system(tmp_path: Path) -> None:
    form = (
        "Completed,Customer,Would you recommend us?,How much effort did it take (1-7)?\n"
        "2025-01-05,A,10,2\n2025-01-06,B,3,6\n"
    )
    config = made(tmp_path, answers_csv=form)
    assert {*config.written.sources} == {"nps", "ces"}
    assert values(config, "nps") == {"nps": 0}
    assert "# ? " not in text(tmp_path).split("sources:")[1]


def test_a_scale_that_nothing_says_is_doubtful(tmp_path: Path) -> None:
    form = "Timestamp,How satisfied are you?\n1/13/2025 9:05:00,4\n1/14/2025 9:05:00,3\n"
    made(tmp_path, answers_csv=form)
    assert "scale_max: {const: 5}  # ? the scores go from 3 to 4; say the real scale" in text(
        tmp_path
    )


@pytest.mark.parametrize(
    ("header", "top"),
    [
        ("How satisfied are you? [1 = not at all, 5 = very]", 5),
        ("How satisfied are you (10 - very, 1 - not at all)?", 10),
        ("Насколько вы удовлетворены: 1 — «совсем нет», 7 — «полностью»", 7),
        ("Насколько вы удовлетворены? 1 (плохо) 5 (отлично)", 5),
    ],
)
def test_a_scale_whose_ends_have_names_is_said(tmp_path: Path, header: str, top: int) -> None:
    form = f'Timestamp,"{header}"\n1/13/2025 9:05:00,4\n1/14/2025 9:05:00,3\n'
    made(tmp_path, answers_csv=form)
    assert f"scale_max: {{const: {top}}}  # the header says the scale" in text(tmp_path)


def test_a_number_that_is_no_end_says_no_scale(tmp_path: Path) -> None:
    form = "Timestamp,Q2: How satisfied are you?\n1/13/2025 9:05:00,4\n1/14/2025 9:05:00,3\n"
    made(tmp_path, answers_csv=form)
    assert "scale_max: {const: 5}  # ? the scores go from 3 to 4" in text(tmp_path)


def test_words_of_a_scale_are_steps_and_unused_ones_are_told(tmp_path: Path) -> None:
    form = (
        "Отметка времени,Насколько вы удовлетворены сервисом?\n"
        "13.01.2025 9:05:00,Полностью удовлетворён\n14.01.2025 9:05:00,Не удовлетворён\n"
    )
    config = made(tmp_path, answers_csv=form)
    score = config.written.sources["csat"].columns["score"]
    assert score.values is not None
    assert sorted(score.values.values()) == [1, 2, 3, 4, 5]
    assert values(config, "csat", "csat_mean") == {"csat": 50, "csat_mean": 3.5}


@pytest.mark.parametrize(
    ("header", "cell", "seconds"),
    [
        ("First response time", "00:10:00", 600),
        ("First response time (min)", "10", 600),
        ("First response time, hours", "0.5", 1800),
        ("First response time (ms)", "600000", 600),
    ],
)
def test_units_of_durations(tmp_path: Path, header: str, cell: str, seconds: int) -> None:
    desk = (
        f'Ticket ID,Created at,Status,"{header}"\n'
        f"1,2025-01-05 10:00,Open,{cell}\n2,2025-01-06 10:00,Open,{cell}\n"
    )
    config = made(tmp_path, tickets_csv=desk)
    assert values(config, "first_response_time") == {"first_response_time": seconds}


# --- formats that read two ways


def test_an_order_that_no_cell_settles_is_pinned_and_doubtful(tmp_path: Path) -> None:
    config = made(
        tmp_path,
        orders_csv="Order ID,Order Date,Amount,Customer\n1,01/02/2025,10,A\n2,03/04/2025,20,B\n",
    )
    spec = config.written.sources["orders"].columns["ordered_at"]
    assert spec.format == ("%m/%d/%Y",)
    assert "# ? by its header; 01/02/2025 may be 2025-02-01 or 2025-01-02" in text(tmp_path)


def test_a_late_cell_settles_the_order_of_all(tmp_path: Path) -> None:
    rows = "".join(f"{number},01/02/2025,5,A\n" for number in range(20_000))
    rows += "20000,13/02/2025,5,B\n"
    config = made(tmp_path, orders_csv="Order ID,Order Date,Amount,Customer\n" + rows)
    spec = config.written.sources["orders"].columns["ordered_at"]
    assert spec.format == ("%d/%m/%Y",)


def test_two_formats_in_one_column(tmp_path: Path) -> None:
    rows = "1,13/02/2025,5,A\n2,2025-02-14,5,A\n"
    config = made(tmp_path, orders_csv="Order ID,Order Date,Amount,Customer\n" + rows)
    assert values(config, "revenue") == {"revenue": 10}


# --- several files


def test_files_alike_are_one_source_with_a_pattern(tmp_path: Path) -> None:
    config = made(
        tmp_path, **{"orders_2025-01_csv": ORDERS, "orders_2025-02_csv": ORDERS.replace("2,", "3,")}
    )
    assert config.written.sources["orders"].files == ("orders_*.csv",)


def test_a_pattern_never_takes_in_other_files(tmp_path: Path) -> None:
    for name in ("a1.csv", "a2.csv", "a3.csv", "a-other.csv"):
        (tmp_path / name).write_text(ORDERS)
    three = [tmp_path / f"a{number}.csv" for number in (1, 2, 3)]
    assert names(three, tmp_path) == ["a1.csv", "a2.csv", "a3.csv"]


def test_paths_are_relative_to_the_config(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "reports").mkdir()
    (tmp_path / "exports" / "orders.csv").write_text(ORDERS)
    done = kpi("init", "exports", "-o", "reports/my.yaml", cwd=tmp_path)
    assert done.code == 0, done.err
    config = load(tmp_path / "reports" / "my.yaml")
    assert config.written.sources["orders"].files == ("../exports/orders.csv",)
    assert values(config, "revenue") == {"revenue": 30}


def test_packed_files_are_read(tmp_path: Path) -> None:
    done = kpi("init", "orders.csv.gz", cwd=_with(tmp_path, gzip.compress(ORDERS.encode())))
    assert done.code == 0, done.err
    assert values(load(tmp_path / "kpi.yaml"), "revenue") == {"revenue": 30}


def _with(folder: Path, content: bytes) -> Path:
    (folder / "orders.csv.gz").write_bytes(content)
    return folder


# --- what must never happen


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    first = init(tmp_path, "-o", "-", desk_csv=DESK, sales_csv=SALES)
    again = init(tmp_path, "-o", "-", desk_csv=DESK, sales_csv=SALES)
    assert first.out == again.out
    assert first.out.startswith("# Предложено командой kpi init.")  # most headers are Russian
    assert not (tmp_path / "kpi.yaml").exists()


def test_a_config_is_never_overwritten_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "kpi.yaml").write_text("mine")
    done = init(tmp_path, orders_csv=ORDERS)
    assert done.code == 2
    assert "--force" in done.err
    assert text(tmp_path) == "mine"
    assert init(tmp_path, "--force", orders_csv=ORDERS).code == 0
    assert text(tmp_path) != "mine"


def test_an_export_is_never_the_output(tmp_path: Path) -> None:
    done = init(tmp_path, "-o", "orders.csv", "--force", orders_csv=ORDERS)
    assert done.code == 2
    assert (tmp_path / "orders.csv").read_text() == ORDERS


def test_names_of_people_never_reach_the_config(tmp_path: Path) -> None:
    done = init(tmp_path, desk_csv=DESK, sales_csv=SALES)
    whole = text(tmp_path) + done.err + done.out
    for name in ("Анна", "Ким", "Олег", "Иван", "Сидоров", "Ромашка", "Спасибо"):
        assert name not in whole


def test_names_under_a_header_of_states_are_not_told(tmp_path: Path) -> None:
    desk = "Ticket ID,Created at,Status,Agent\n" + "".join(
        f"{number},2025-01-{number:02} 10:00,{name},x\n"
        for number, name in enumerate(("Anna Kim", "Oleg Lee", "Rita Coe"), 1)
    )
    made(tmp_path, tickets_csv=desk)
    assert "Anna" not in text(tmp_path)
    assert '"Status"' in text(tmp_path).split("not used:")[1]


def test_words_that_nothing_is_known_of_are_left_to_be_told(tmp_path: Path) -> None:
    desk = "Ticket ID,Created at,Status\n1,2025-01-05,Open\n2,2025-01-06,Solved\n3,2025-01-07,Zzz\n"
    made(tmp_path, tickets_csv=desk)
    assert '# ? "Zzz": one of new, open, pending' in text(tmp_path)


# --- files that do not fit


def test_a_file_that_looks_like_nothing_is_told(tmp_path: Path) -> None:
    done = init(tmp_path, odd_csv="foo,bar\n1,2\n")
    assert done.code == 3
    assert "odd.csv looks like no table that is known" in done.err
    assert not (tmp_path / "kpi.yaml").exists()


def test_a_source_that_lacks_a_column_is_left_as_comments(tmp_path: Path) -> None:
    leads = "Lead ID,Source,Lead status,Owner\n1,web,Open,x\n2,web,Won,x\n"
    done = init(tmp_path, leads_csv=leads, orders_csv=ORDERS)
    assert done.code == 0
    assert "leads.csv looks like leads, but no header feeds created_at" in done.err
    assert {*load(tmp_path / "kpi.yaml").written.sources} == {"orders"}
    assert "#     created_at:   # ? needed: when the lead came in (ts)" in text(tmp_path)
    (tmp_path / "kpi.yaml").unlink()
    assert init(tmp_path, leads_csv=leads).code == 3
    assert not (tmp_path / "kpi.yaml").exists()


@pytest.mark.parametrize(
    ("argument", "said"),
    [("none.csv", "there is no file none.csv"), ("empty", "no export is in the folder empty")],
)
def test_files_that_are_not_there(tmp_path: Path, argument: str, said: str) -> None:
    (tmp_path / "empty").mkdir()
    done = kpi("init", argument, cwd=tmp_path)
    assert done.code == 3
    assert said in done.err
    assert "folder of the config" not in done.err


def test_a_column_whose_cells_cannot_be_read_is_taken_out(tmp_path: Path) -> None:
    rows = "".join(f"{number},2025-01-05 10:00,Open,1.5,3\n" for number in range(10))
    desk = "Ticket ID,Created at,Status,Reopens,Replies\n" + rows
    config = made(tmp_path, tickets_csv=desk)
    columns = config.written.sources["tickets"].columns
    assert "agent_reply_count" in columns
    assert "reopened_count" not in columns
    said = '# ? reopened_count: "Reopens"  # left out: its cells cannot be read as int'
    assert said in text(tmp_path)


def test_the_foreign_currency_is_left_out_and_told(tmp_path: Path) -> None:
    sales = (
        "Order ID,Order Date,Amount,Currency,Customer\n"
        "1,2025-01-05,10,EUR,A\n2,2025-01-06,20,EUR,B\n3,2025-01-07,99,USD,B\n"
    )
    config = made(tmp_path, orders_csv=sales)
    assert config.written.currency == "EUR"
    assert values(config, "revenue") == {"revenue": 30}
    assert "# ? 1 rows are in other currencies" in text(tmp_path)


def test_sales_are_not_made_of_stages_that_are_not_known(tmp_path: Path) -> None:
    deals = (
        "Record ID,Deal Name,Amount,Deal Stage,Close Date,Deal owner,Create Date\n"
        "1,A,10,Party time,2025-02-20 12:00,x,2025-02-01 09:30\n"
        "2,B,20,Closed Lost,2025-02-21 12:00,x,2025-02-02 09:30\n"
    )
    config = made(tmp_path, deals_csv=deals)
    assert {*config.written.sources} == {"deals"}
    assert "# ? no Deal Stage is known to mean won, so no orders are made of it" in text(tmp_path)
    assert "not known are 'Party time'" in text(tmp_path)
    again = kpi("init", "deals.csv", "-o", "again.yaml", cwd=tmp_path)
    assert "1 to check" in again.err


# --- the config is YAML that is read back


@pytest.mark.parametrize(
    "header",
    ["on", "no", "1", "null", "a: b", "# x", '"q"', "it's", "a\nb", "\u2028", "\u00a0x", "*a"],
)
def test_headers_are_read_back_as_they_are(header: str) -> None:
    assert yaml(f"{quoted(header)}: {quoted(header)}", "test").data == {header: header}


def test_awkward_headers_in_a_whole_config(tmp_path: Path) -> None:
    export = (
        '"Order\nID","Order Date","Amount, ""net""",on,"# note","a: b"\n'
        "1,2025-01-05,10,x,y,z\n2,2025-01-06,20,x,y,z\n"
    )
    config = made(tmp_path, orders_csv=export)
    assert values(config, "revenue") == {"revenue": 30}


def test_sheets_of_unreadable_files_are_told_and_others_used(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "odd.csv").write_bytes(bytes(range(256)) * 40)
    done = kpi("init", "odd.csv", "orders.csv", cwd=tmp_path)
    assert done.code == 0, done.err
    assert "odd.csv" in done.err
    assert {*load(tmp_path / "kpi.yaml").written.sources} == {"orders"}


def test_a_proposal_of_no_sheets_is_empty(tmp_path: Path) -> None:
    sheets, problems = opened([], tmp_path)
    assert (sheets, problems) == ([], [])
    assert proposed(sheets, tmp_path).drafts == ()
