#!/usr/bin/env python3
"""Writes the exports of an invented company: `python sample_data/generate.py [FOLDER]`.

The same bytes come out every time and everywhere: nothing depends on the clock, on the order of
hashes or on other packages. Without a folder the files are written beside this one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from company import books, people_exports, sales_exports, support_exports
from company.clients import Clients
from company.leads import Leads
from company.people import Staff
from company.quality import reviews
from company.sheets import Sheet
from company.staff_surveys import staff_surveys
from company.support import Support
from company.touches import touches
from company.trade import Trade
from company.voices import client_survey, mentions


def sheets() -> Iterator[Sheet[Any]]:
    """Yield the files of all systems."""
    staff, clients = Staff(), Clients()
    leads = Leads(clients, staff)
    orders = Trade(clients, leads, staff).all
    tickets = Support(clients, staff).tickets
    yield sales_exports.clients(clients, staff)
    yield sales_exports.contracts(clients)
    yield sales_exports.deals(orders, 2024)
    yield sales_exports.deals(orders, 2025)
    yield sales_exports.leads(leads.all)
    yield sales_exports.activities(touches(clients, leads, staff))
    yield sales_exports.costs(books.costs(staff))
    yield sales_exports.goals(books.goals(clients, staff))
    yield sales_exports.market(books.market())
    yield support_exports.tickets(tickets)
    yield support_exports.comments(tickets)
    yield support_exports.status_changes(tickets)
    yield support_exports.reviews(reviews(tickets, staff))
    yield people_exports.client_survey(client_survey(clients))
    yield people_exports.staff_surveys(staff_surveys(staff))
    yield people_exports.mentions(mentions(clients, staff))
    yield people_exports.workers(staff)


def main(arguments: list[str]) -> None:
    """Write all files into the folder that is named, or into the one of this script."""
    folder = Path(arguments[0]) if arguments else Path(__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    for sheet in sheets():
        sheet.write(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
