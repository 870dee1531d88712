"""Which header `kpi init` takes for which column: made-up exports that taught something."""

from __future__ import annotations

from pathlib import Path

from tests.proposing import made, text, values


def test_the_status_tells_won_deals_where_the_stage_does_not(tmp_path: Path) -> None:
    deals = (
        "Сделка - ID,Сделка - Этап,Сделка - Статус,Сделка - Сумма,Сделка - Создана,"
        "Сделка - Закрыта\n"
        "1,Переговоры,Выиграно,100,2025-01-14 10:00:00,2025-02-14 10:00:00\n"
        "2,Переговоры,Проиграно,50,2025-01-15 10:00:00,2025-02-15 10:00:00\n"
        "3,Переговоры,Открыто,70,2025-01-16 10:00:00,\n"
    )
    config = made(tmp_path, deals_csv=deals)
    found = values(config, "revenue", "sales_count", "new_leads")
    assert found == {"revenue": 100, "sales_count": 1, "new_leads": 3}


def test_what_a_thing_is_like_does_not_tell_which_it_is(tmp_path: Path) -> None:
    orders = (
        "Order ID,Order Date,Amount,Lead type,Customer status\n"
        "1,2025-01-05,10,inbound,vip\n2,2025-01-06,20,outbound,new\n"
    )
    columns = made(tmp_path, orders_csv=orders).written.sources["orders"].columns
    assert not {"lead_id", "customer_id"} & {*columns}


def test_a_form_is_no_list_of_tickets_because_it_has_a_team(tmp_path: Path) -> None:
    form = (
        'Дата,Отдел,"Готовы ли вы рекомендовать нашу компанию как место работы?",Почему?\n'
        "14.01.2025,Продажи,9,так\n15.01.2025,Продажи,3,так\n"
    )
    config = made(tmp_path, enps_csv=form)
    tables = {name: source.table for name, source in config.written.sources.items()}
    assert tables == {"enps": "responses"}


def test_a_date_that_every_row_has_is_before_one_that_some_lack(tmp_path: Path) -> None:
    orders = (
        "Order ID,Paid at,Created at,Total\n"
        "1,2025-01-15,2025-01-14,10\n2,,2025-01-15,20\n3,,2025-01-16,20\n"
    )
    columns = made(tmp_path, orders_csv=orders).written.sources["orders"].columns
    assert columns["ordered_at"].from_ == ("Created at",)


def test_deals_have_a_number_and_words_of_their_own(tmp_path: Path) -> None:
    deals = (
        "Номер;Название;Клиент;Статус;Стоимость;Дата создания;Дата завершения\n"
        "7;А;ООО Тест;Сделка состоялась;100,50 руб.;14.01.2025;24.01.2025\n"
        "8;Б;ООО Тест;Отказ;70,00 руб.;15.01.2025;25.01.2025\n"
    )
    config = made(tmp_path, deals_csv=deals)
    assert values(config, "revenue", "new_leads") == {"revenue": 100.5, "new_leads": 2}
    assert config.written.sources["deals"].columns["lead_id"].from_ == ("Номер",)


def test_the_name_of_a_survey_is_not_its_rating(tmp_path: Path) -> None:
    ratings = "Ticket ID,Survey rating,Submitted at\n" + "".join(
        f"{n},{word},2025-02-1{n} 10:00\n"
        for n, word in ((1, "Happy"), (2, "Neutral"), (3, "Happy"))
    )
    columns = made(tmp_path, satisfaction_csv=ratings).written.sources["responses"].columns
    assert columns["score"].from_ == ("Survey rating",)
    assert columns["survey_type"].const == "csat"


LEADS = (
    "Lead ID,Created,Source,Status,First contact,Converted,Closed,Owner,Customer ID\n"
    "1,2025-01-05,ads,Won,2025-01-06,2025-01-09,2025-01-09,Ann,A\n"
    "2,2025-01-06,ads,Lost,2025-01-07,,2025-01-10,Ann,B\n"
    "3,2025-01-07,site,Open,,,,Bob,C\n"
)


def test_short_headers_of_leads_are_known(tmp_path: Path) -> None:
    columns = made(tmp_path, leads_csv=LEADS).written.sources["leads"].columns
    assert {
        name: columns[name].from_ for name in ("first_response_at", "converted_at", "closed_at")
    } == {
        "first_response_at": ("First contact",),
        "converted_at": ("Converted",),
        "closed_at": ("Closed",),
    }
    assert "leads by 9 of its headers" in text(tmp_path)


def test_short_headers_of_leads_make_no_leads_of_tickets(tmp_path: Path) -> None:
    tickets = (
        "ID,Created,Status,Closed,Owner\n1,2025-01-02,Open,,A\n2,2025-01-03,Closed,2025-01-05,B\n"
    )
    config = made(tmp_path, export_csv=tickets)
    assert {source.table for source in config.written.sources.values()} == {"tickets"}


def test_a_yes_or_no_is_no_time_of_conversion(tmp_path: Path) -> None:
    leads = "Lead ID,Created,Converted\n1,2025-01-05,yes\n2,2025-01-06,no\n"
    assert "converted_at" not in made(tmp_path, leads_csv=leads).written.sources["leads"].columns


def test_channels_of_sales_keep_their_words(tmp_path: Path) -> None:
    sales = (
        "order_id,order_date,amount,channel\n"
        "1,2025-01-05,10,web\n2,2025-01-06,20,phone\n3,2025-01-06,20,Web\n"
    )
    made(tmp_path, orders_csv=sales)
    assert '      channel: "channel"  # by its header\n' in text(tmp_path)


def test_channels_of_tickets_are_told_in_our_words(tmp_path: Path) -> None:
    tickets = (
        "Ticket ID,Created at,Status,Channel\n1,2025-01-05,Open,web\n2,2025-01-06,Open,e-mail\n"
    )
    channel = made(tmp_path, tickets_csv=tickets).written.sources["tickets"].columns["channel"]
    assert channel.values == {"e-mail": "email", "web": "web form"}


def test_deals_whose_stages_are_our_words_are_deals(tmp_path: Path) -> None:
    deals = (
        "Deal ID,Created,Closed On,Amount,Company,Stage\n"
        "1,2025-01-05,2025-02-05,10,A,Won\n2,2025-01-06,2025-02-06,20,B,Lost\n"
    )
    config = made(tmp_path, deals_csv=deals)
    assert values(config, "revenue", "new_leads") == {"revenue": 10, "new_leads": 2}


def columns_of_tickets(folder: Path, header: str, *rows: str) -> dict[str, tuple[object, ...]]:
    """Return what feeds the columns of tickets beside their ids: headers, and the unit."""
    body = "\n".join(f"{n};05.01.2025 10:00;{row}" for n, row in enumerate(rows, 1))
    config = made(folder, desk_csv=f"Номер обращения;Дата создания;{header}\n{body}\n")
    found = config.written.sources["tickets"].columns
    return {
        name: (*(spec.from_ or ()), spec.unit)
        for name, spec in found.items()
        if name not in {"ticket_id", "created_at"}
    }


def test_times_that_are_durations_by_their_cells_feed_durations(tmp_path: Path) -> None:
    header = "Время первого ответа, мин;Время решения"
    assert columns_of_tickets(tmp_path, header, "15;02:10", "30;26:20") == {
        "first_response_seconds": ("Время первого ответа, мин", "minutes"),
        "resolution_seconds": ("Время решения", "hms"),
    }
    assert "# ?" not in text(tmp_path).partition("columns:")[2].partition("\n\n")[0]


def test_those_that_do_not_say_their_unit_are_doubted(tmp_path: Path) -> None:
    header = "Время первого ответа;Время решения"
    assert columns_of_tickets(tmp_path, header, "15;120", "30;240") == {
        "first_response_seconds": ("Время первого ответа", "seconds"),
        "resolution_seconds": ("Время решения", "seconds"),
    }
    assert text(tmp_path).count("# ? по заголовку; единица в заголовке не указана") == 2


def test_those_that_are_moments_by_their_cells_feed_moments(tmp_path: Path) -> None:
    header = "Время первого ответа;Время решения"
    rows = ("05.01.2025 10:15;05.01.2025 11:15", "06.01.2025 10:15;")
    assert columns_of_tickets(tmp_path, header, *rows) == {
        "first_response_at": ("Время первого ответа", None),
        "resolved_at": ("Время решения", None),
    }


def test_a_time_beside_a_date_may_be_one_of_day(tmp_path: Path) -> None:
    header = "Дата решения;Время решения"
    found = columns_of_tickets(tmp_path, header, "05.01.2025;10:15", "06.01.2025;12:00")
    assert found["resolution_seconds"] == ("Время решения", "hms")
    assert "# ? по заголовку; возможно, это время суток к столбцу «Дата решения»" in text(tmp_path)
