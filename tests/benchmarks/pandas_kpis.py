"""The KPI set of the benchmark by hand in pandas: python pandas_kpis.py FOLDER > values.json.

Every file is read once, by the fastest reader that pandas has, and only in the columns in need;
what several KPIs rest on is made once. A month is an integer, 0 for 2024-01.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # it comes without types

Frame: TypeAlias = Any
Column: TypeAlias = Any

FIRST, LAST = pd.Timestamp("2024-01-01"), pd.Timestamp("2025-12-31")
MONTHS = pd.RangeIndex(24)
STARTS = pd.Series(pd.date_range(FIRST, periods=24, freq="MS"), index=MONTHS)
ENDS = STARTS + pd.offsets.MonthBegin()
YEAR = 365.25

TICKETS = [
    "created_at",
    "status",
    "first_response_at",
    "resolved_at",
    "wait_seconds",
    "agent_reply_count",
    "reopened_count",
    "merged_into_id",
]
ANSWERS = [
    "survey_type",
    "responded_at",
    "respondent_id",
    "ticket_id",
    "score",
    "scale_min",
    "scale_max",
]
EMPLOYEES = ["hired_at", "terminated_at", "termination_type", "employment_type"]


def read(folder: Path, name: str, columns: list[str]) -> Frame:
    """Read the columns of a file; dates and times as those of numpy, in which sums are fast."""
    path = folder / f"{name}.csv"
    table = pd.read_csv(path, usecols=columns, engine="pyarrow", dtype_backend="pyarrow")
    instants = [column for column in columns if column.endswith("_at")]
    # By way of Arrow's timestamps: straight to numpy, dates go through Python objects.
    table = table.astype(dict.fromkeys(instants, "timestamp[s][pyarrow]"))
    return table.astype(dict.fromkeys(instants, "datetime64[s]"))


def month_of(times: Column) -> Column:
    """Number the months of dates or times; empty ones have none."""
    return (times.dt.year - 2024) * 12 + times.dt.month - 1


def per_month(found: Column) -> Column:
    """Return a count or sum for every month, 0 where there is nothing."""
    return found.reindex(MONTHS, fill_value=0)


def of_customers(customers: Frame, costs: Frame) -> dict[str, Column]:
    """New, lost and remaining customers, and how long they stay."""
    since, until = customers["acquired_at"], customers["churned_at"]
    came, went = month_of(since), month_of(until)
    is_lost = until.notna()
    new = came.value_counts().sort_index()
    lost = went[is_lost].astype(int).value_counts().sort_index()
    at_once = per_month(went[is_lost & (came == went)].astype(int).value_counts())
    start = new[new.index < 0].sum() - lost[lost.index < 0].sum()
    new_here, lost_here = per_month(new), per_month(lost)
    end = start + (new_here - lost_here).cumsum()
    start = end - new_here + lost_here
    net = lost_here - at_once
    days_in = (since - FIRST).dt.days.groupby(came).sum().cumsum()
    days_out = (until - FIRST).dt.days[is_lost].groupby(went[is_lost].astype(int)).sum().cumsum()
    all_lost = lost.cumsum()
    member_days = end * (ENDS - FIRST).dt.days - days_in + days_out
    acquisition = costs[costs["category"] == "acquisition"]
    spent = acquisition.groupby(month_of(acquisition["incurred_at"]))["amount"].sum()
    return {
        "new_customers": new_here,
        "customers_start": start,
        "customers_end": end,
        "customers_lost": lost_here,
        "customers_lost_net": net,
        "customers_returned": new_here * 0,
        "customer_retention_rate": 100 - 100 * net / start,
        "customer_churn_rate": 100 * net / start,
        "customer_acquisition_cost": spent / new_here,
        "customer_lifespan": member_days / all_lost / YEAR,
    }


def completed(orders: Frame) -> Frame:
    """Return completed sales and refunds; those with negative amounts."""
    orders = orders[orders["status"] == "completed"].copy()
    orders["is_sale"] = (orders["type"] != "refund") & (orders["amount"] >= 0)
    for name in ("amount", "cost"):
        orders[name] = orders[name].where(orders["is_sale"], -orders[name].abs())
    orders["month"] = month_of(orders["ordered_at"])
    return orders


def buyer_months(orders: Frame) -> tuple[Frame, Column]:
    """Return one row per buyer and month with sales, in order, and the buyers' ids.

    Buyers are numbers, by which pandas groups faster than by texts.
    """
    sales = orders[orders["is_sale"] & orders["customer_id"].notna()]
    buyer, ids = pd.factorize(sales["customer_id"])
    grouped = sales.assign(buyer=buyer).groupby(["buyer", "month"], sort=False)["ordered_at"]
    bought = (
        grouped.agg(orders="size", first_at="min").reset_index().sort_values(["buyer", "month"])
    )
    bought["first_month"] = bought.groupby("buyer")["month"].transform("min")
    return bought, ids


def of_sales(
    orders: Frame, bought: Frame, buyers: Frame, members: dict[str, Column]
) -> dict[str, Column]:
    """Money, buyers and the value of a customer; `buyers` in the order of their numbers."""
    sold = orders[orders["is_sale"]]
    by_month = sold.groupby("month")
    sales = by_month.size()
    amounts = by_month["amount"].sum()
    known = orders[orders["customer_id"].notna()]
    profit = (known["amount"] - known["cost"]).groupby(known["month"]).sum()
    present = members["customers_end"] + members["customers_lost"]
    grouped = bought.groupby("month")
    active, bought_orders = grouped.size(), grouped["orders"].sum()
    came_back = (bought["month"] > bought["first_month"]) | (bought["orders"] > 1)
    since = month_of(buyers["acquired_at"]).to_numpy()[bought["buyer"]]
    until = month_of(buyers["churned_at"]).to_numpy()[bought["buyer"]]
    there = (since <= bought["month"]) & ~(until < bought["month"])
    # A buyer counts in every month whose trailing year holds an order: from the month of an order
    # up to the next one, at most twelve.
    following = bought.groupby("buyer")["month"].shift(-1)
    leaves = np.minimum(bought["month"] + 12, following.fillna(99)).astype(int)
    year_buyers = (active - per_month(leaves.value_counts())).cumsum()
    year = [found.rolling(12, min_periods=1).sum() for found in (amounts, sales, bought_orders)]
    return {
        "revenue": orders.groupby("month")["amount"].sum(),
        "sales_count": sales,
        "average_order_value": amounts / sales,
        "purchase_frequency": bought_orders / active,
        "repeat_purchase_rate": 100 * came_back.groupby(bought["month"]).mean(),
        "customer_profit": profit,
        "profit_per_customer": profit / present,
        "active_customer_rate": 100 * there.groupby(bought["month"]).sum() / present,
        "clv": year[0] / year[1] * year[2] / year_buyers * members["customer_lifespan"],
    }


def of_leads(leads: Frame, firsts: Frame) -> dict[str, Column]:
    """New leads and how many of them buy."""
    leads = leads[~leads["status"].isin(["spam", "test", "invalid", "duplicate"])]
    # Leads of customers who had bought before are out: the first order of all is the one sought.
    leads = leads.merge(firsts, "left", "customer_id")
    new = leads[~(leads["first_at"] < leads["created_at"])]
    won_at = new["first_at"].where(new["customer_id"].notna(), new["converted_at"])
    window = pd.Timedelta(days=90)
    month = month_of(new["created_at"])
    won = won_at - new["created_at"] <= window
    mature = new["created_at"] <= LAST + pd.Timedelta(days=1) - window
    return {
        "new_leads": month_of(leads["created_at"]).value_counts(),
        "conversion_rate": 100 * won.groupby(month).mean(),
        "conversion_rate.mature_value": 100 * won[mature].groupby(month[mature]).mean(),
    }


def timed(name: str, month: Column, seconds: Column) -> dict[str, Column]:
    """Return mean, median, ninth decile and number of durations."""
    grouped = seconds.groupby(month)
    return {
        name: grouped.mean(),
        f"{name}.median": grouped.median(),
        f"{name}.p90": grouped.quantile(0.9),
        f"{name}.n": grouped.size(),
    }


def of_tickets(tickets: Frame) -> dict[str, Column]:
    """How many, how fast, how many left over."""
    is_gone = tickets["status"].isin(["spam", "deleted", "test"])
    tickets = tickets[~is_gone & tickets["merged_into_id"].isna()]
    created = month_of(tickets["created_at"])
    volume = per_month(created.value_counts())
    to_answer = (tickets["first_response_at"] - tickets["created_at"]).dt.total_seconds()
    answered = to_answer[to_answer >= 0]
    answered_in = month_of(tickets.loc[answered.index, "first_response_at"]).astype(int)
    invalid = per_month(created[to_answer < 0].value_counts())
    done = tickets[tickets["status"].isin(["solved", "closed"]) & tickets["resolved_at"].notna()]
    solved_in = month_of(done["resolved_at"]).astype(int)
    to_solve = (done["resolved_at"] - done["created_at"]).dt.total_seconds()
    at_once = (done["agent_reply_count"] <= 1) & (done["reopened_count"] == 0)
    waited = tickets["wait_seconds"].dropna()
    unanswered = volume - invalid - per_month(answered_in.value_counts())
    return {
        "ticket_volume": volume,
        "open_tickets_end": (volume - per_month(solved_in.value_counts())).cumsum(),
        "first_response_time.unanswered": unanswered.cumsum(),
        **timed("first_response_time", answered_in, answered),
        **timed("average_resolution_time", solved_in, to_solve),
        **timed("average_wait_time", created[waited.index], waited),
        "first_contact_resolution_rate": 100 * at_once.groupby(solved_in).mean(),
    }


def latest(answers: Frame, survey: str, actor: list[str]) -> Frame:
    """Keep the last answer of an actor per month; answers without an actor all stay."""
    chosen = answers[answers["survey_type"] == survey].sort_values("responded_at")
    known = chosen[actor].notna().all(axis=1)
    return chosen[~known | ~chosen.duplicated([*actor, "month"], keep="last")]


def of_answers(answers: Frame) -> dict[str, Column]:
    """Scores of surveys."""
    answers = answers[answers["score"].between(answers["scale_min"], answers["scale_max"])]
    answers = answers.assign(month=month_of(answers["responded_at"]))

    def points(survey: str, least: int = 1) -> Column:
        chosen = latest(answers, survey, ["respondent_id"])
        sign = (chosen["score"] >= 9).astype(int) - (chosen["score"] <= 6).astype(int)
        by_month = sign.groupby(chosen["month"])
        return 100 * by_month.mean().where(by_month.size() >= least)

    csat = latest(answers, "csat", ["respondent_id", "ticket_id"])
    ces = latest(answers, "ces", ["respondent_id", "ticket_id"])
    place = (csat["score"] - csat["scale_min"]) / (csat["scale_max"] - csat["scale_min"])
    return {
        "nps": points("nps"),
        "enps": points("enps", least=5),  # privacy
        "csat": 100 * (place >= 0.75).groupby(csat["month"]).mean(),
        "csat_mean": csat.groupby("month")["score"].mean(),
        "ces": ces.groupby("month")["score"].mean(),
    }


def of_employees(employees: Frame) -> dict[str, Column]:
    """Hires, separations, headcount and tenure."""
    staff = employees[employees["employment_type"].isin(["employee", "temp"])]
    hired, left = staff["hired_at"], staff["terminated_at"]
    after = (left + pd.Timedelta(days=1)).fillna(LAST + pd.Timedelta(days=1))
    days, tenure = {}, {}
    for month in MONTHS:
        start, end = STARTS[month], ENDS[month]
        days[month] = (after.clip(upper=end) - hired.clip(lower=start)).dt.days.clip(lower=0).sum()
        tenure[month] = (end - hired[(hired < end) & ~(left < end)]).dt.days.mean() / YEAR
    headcount = pd.Series(days) / (ENDS - STARTS).dt.days
    gone = month_of(left[left.notna() & (staff["termination_type"] != "transfer_out")]).astype(int)
    separations = per_month(gone.value_counts())
    return {
        "hires": per_month(month_of(hired).value_counts()),
        "separations": separations,
        "headcount_average": headcount,
        "employee_turnover_rate": 100 * separations / headcount,
        "average_tenure": pd.Series(tenure),
    }


def values(folder: Path) -> dict[str, Column]:
    """Return every KPI per month, read off the files in `folder`."""
    customers = read(folder, "customers", ["customer_id", "acquired_at", "churned_at"])
    costs = read(folder, "costs", ["incurred_at", "amount", "category"])
    members = of_customers(customers, costs)
    orders = completed(
        read(folder, "orders", ["ordered_at", "customer_id", "amount", "cost", "status", "type"])
    )
    bought, ids = buyer_months(orders)
    buyers = pd.DataFrame(
        {"customer_id": ids, "first_at": bought.groupby("buyer")["first_at"].min()}
    )
    leads = read(folder, "leads", ["created_at", "customer_id", "status", "converted_at"])
    tickets = read(folder, "tickets", TICKETS)
    answers = read(folder, "responses", ANSWERS)
    employees = read(folder, "employees", EMPLOYEES)
    return {
        **members,
        **of_sales(orders, bought, buyers.merge(customers, "left", "customer_id"), members),
        **of_leads(leads, buyers),
        **of_tickets(tickets),
        **of_answers(answers),
        **of_employees(employees),
    }


def main() -> None:
    """Print the values as JSON."""
    months = STARTS.dt.strftime("%Y-%m").tolist()
    table = pd.DataFrame(values(Path(sys.argv[1])), index=MONTHS).astype(float)
    found = {
        name: dict(zip(months, column.where(column.notna(), None), strict=True))
        for name, column in table.astype(object).items()
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
