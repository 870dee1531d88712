"""Deals of a CRM that nobody knows: every deal is a lead, and a sale when it is won."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kpicli.model import model
from kpicli.proposal import known
from kpicli.proposal.match import Match, matches
from kpicli.proposal.sheets import Sheet
from kpicli.proposal.systems import System
from kpicli.proposal.types import Draft
from kpicli.proposal.values import stages
from kpicli.proposal.words import folded

_WORDS = re.compile(r"\b(deals?|opportunit(y|ies)|pipeline|stage)\b|\b(сделк|воронк|стади|этап)")
_SHARED = ("customer_id", "owner_id")
_OF_LEADS = ("source", "outreach_method", "first_response_at", "contact_key", "updated_at")
_OF_SALES = ("currency", "sale_type", "cost", "quantity")


def drafts(sheet: Sheet) -> list[Draft]:
    """Return the sources that deals feed; none where a sheet says no deals, stages or two dates."""
    said = (*sheet.names, *(path.stem for path in sheet.paths))
    if not any(_WORDS.search(folded(name)) for name in said):
        return []
    if any(" | " in name for name in sheet.names):  # profiles part spellings by it
        return []
    leads = _leads_of(sheet)
    stage, created = leads.get("status"), leads.get("created_at")
    closed = leads.get("converted_at") or leads.get("closed_at")
    if stage is None or created is None or closed is None:
        return []
    taken = {stage.header, created.header, closed.header}
    found = matches(sheet, model().tables["orders"], taken)
    sales = {match.column: match for match in found}
    if "amount" not in sales:
        return []
    system = System.model_validate(
        {
            "name": "deals",
            "title": "deals by their headers",
            "all": [stage.header],
            "sources": {
                "deals": {"table": "leads", "columns": _leads(leads, stage, closed)},
                "sales": {
                    "table": "orders",
                    "title": "those won",
                    "only": {stage.header: "won"},
                    "columns": _sales(leads, sales, closed),
                },
            },
        }
    )
    made = known.drafts(system, sheet)
    return made if len(made) == len(system.sources) else []


def _leads_of(sheet: Sheet) -> dict[str, Match]:
    """Return the columns of the leads; the stage is a header whose cells tell which are won.

    Where deals have a stage and a status, only one of them does.
    """
    passed: set[str] = set()
    while True:
        found = {one.column: one for one in matches(sheet, model().tables["leads"], passed)}
        stage = found.get("status")
        if stage is None or stages(sheet, stage.header, "won"):
            return found
        passed.add(stage.header)


def _leads(leads: Mapping[str, Match], stage: Match, closed: Match) -> dict[str, Any]:
    """Return what feeds the leads; a date of closing is one of winning or of losing."""
    own = ("created_at", *_SHARED, *_OF_LEADS)
    columns = {"lead_id": _key(leads), **{name: _of(leads[name]) for name in own if name in leads}}
    status = {"from": stage.header, "other": "open"}
    columns["status"] = status | {"note": "stages that are neither won nor lost are open"}
    for column, meaning in (("converted_at", "won"), ("closed_at", "lost")):
        match = leads.get(column, closed)
        when = {"from": match.header, "when": {stage.header: meaning}}
        columns[column] = when | {"note": f"when it was {meaning}", "doubtful": match.doubtful}
    return columns


def _sales(leads: Mapping[str, Match], sales: Mapping[str, Match], closed: Match) -> dict[str, Any]:
    of_sales = {name: _of(sales[name]) for name in ("amount", *_OF_SALES) if name in sales}
    shared = {name: _of(leads[name]) for name in _SHARED if name in leads}
    number = {"lead_id": _of(leads["lead_id"])} if "lead_id" in leads else {}
    ordered = {"from": closed.header, "note": "a sale when it was won; check the date"}
    return {
        "order_id": _key(leads),
        "ordered_at": ordered | {"doubtful": True},
        **of_sales,
        **shared,
        **number,
    }


def _key(leads: Mapping[str, Match]) -> dict[str, Any]:
    if "lead_id" in leads:
        return _of(leads["lead_id"])
    note = "no header is a key: source, file and line make one, so do not repeat files"
    return {"row": True, "note": note, "doubtful": True}


def _of(match: Match) -> dict[str, Any]:
    return {"from": match.header, "note": match.because, "doubtful": match.doubtful}
