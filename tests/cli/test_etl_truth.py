"""The warehouse made of generated files, dirt and all, says what the truth beside them says."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from cli.etl_generate import write_source
from kpi.sales.generator.plan import Plan
from tests.homes import environment, run

MONTHS = """SELECT d.year, d.month, sum(CAST(round(f.revenue * 10000) AS INTEGER))
FROM fact_sales f JOIN dim_date d USING (date_id) GROUP BY 1, 2 ORDER BY 1, 2"""
TOTALS = "SELECT count(DISTINCT order_id), sum(quantity) FROM fact_sales"


def told(home: Path) -> dict[str, Any]:
    """What the tables say, in the words of the truth."""
    engine = create_engine(f"sqlite:///{home}/kpi.db")
    with engine.connect() as connection:
        months = connection.exec_driver_sql(MONTHS).all()
        orders, units = connection.exec_driver_sql(TOTALS).one()
    engine.dispose()
    revenue = {f"{year}-{month:02d}": str(Decimal(sold) * Decimal("0.0001")) for year, month, sold in months}
    return {
        "revenue": str(sum(map(Decimal, revenue.values()), Decimal(0))),
        "revenue_by_month": revenue,
        "orders": orders,
        "units": units,
    }


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(Plan(4_000, seed=31, dirty=0.25, customers=120, products=30), id="a quarter is dirty"),
        pytest.param(Plan(2_000, seed=32, dirty=0.0, last=date(2023, 3, 31)), id="clean"),
    ],
)
def test_the_warehouse_says_what_the_truth_says(tmp_path: Path, plan: Plan) -> None:
    home = tmp_path / "home"
    truth = write_source(home / "sales", plan)
    code, said, err = run(environment(home), "etl", "run", "--json")
    assert code == 0, err
    done = json.loads(said)
    clean = truth["clean"]
    assert {
        "rows": {name: found["rows"] for name, found in done["tables"].items()},
        "ledger": done["ledger"],
        **told(home),
    } == {name: clean[name] for name in ("rows", "ledger", "revenue", "revenue_by_month", "orders", "units")}
