"""`kpi init`: what its comments tell of the metrics that a config can compute, or nearly."""

from __future__ import annotations

from pathlib import Path

from kpicli.model import model
from tests.proposing import init, made, text


def nearest(folder: Path) -> list[str]:
    """Return the metrics of the list with what each lacks."""
    _, _, told = text(folder).partition("# The nearest others, and what they lack:\n")
    lines = told.replace("\n#     ", " ").splitlines()
    return [line.removeprefix("#   ") for line in lines]


def test_answers_without_a_score_are_near_to_what_reads_scores(tmp_path: Path) -> None:
    answers = "Response ID,Submitted at,Customer\n1,2025-01-05 10:00,A\n2,2025-01-06 10:00,B\n"
    made(tmp_path, nps_csv=answers)
    assert "# This config cannot compute any metric yet.\n" in text(tmp_path)
    assert "nps: responses.score" in nearest(tmp_path)


def test_a_column_is_nearer_than_a_table(tmp_path: Path) -> None:
    orders = "order_id,order_date,amount,customer_id\n1,2025-01-05,10,A\n2,2025-01-06,20,B\n"
    made(tmp_path, orders_csv=orders)
    lacks = [line.partition(": ")[2] for line in nearest(tmp_path)]
    far = [any(one in model().tables for one in lack.split("; ")) for lack in lacks]
    assert far == sorted(far)
    assert lacks[0].startswith("orders.")


def test_one_metric_is_no_metrics(tmp_path: Path) -> None:
    done = init(tmp_path, leads_csv="Lead ID,Created\n1,2025-01-05\n2,2025-01-06\n")
    assert "kpi: wrote kpi.yaml: 1 metric can be computed" in done.err
    assert "# This config can compute 1 metric (kpi explain METRIC tells more):" in text(tmp_path)
