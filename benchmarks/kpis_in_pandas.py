"""The catalogue's KPIs at five grains as they are usually written in pandas: a frame, group-bys and joins."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from sales_facts import MEASURES  # type: ignore[import-not-found]  # the script beside this one

PERIODS = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
GROWTH = {
    "month": {"revenue_growth_mom": 1, "revenue_growth_yoy": 12},
    "quarter": {"revenue_growth_qoq": 1, "revenue_growth_yoy": 4},
    "year": {"revenue_growth_yoy": 1},
}
ROLLING = {"month": {"revenue_rolling_3": 3, "revenue_rolling_12": 12}}


def answers(path: Path) -> dict[str, pd.DataFrame]:
    """By grain a frame with a row a period and a column a KPI."""
    facts = pd.read_parquet(path, columns=["date", "order_id", "customer_id", *MEASURES])
    facts["date"] = pd.to_datetime(facts["date"])
    firsts = facts.groupby("customer_id")["date"].min()
    days = facts.groupby("date")["revenue"].sum()
    so_far = days.groupby(pd.DatetimeIndex(days.index).year).cumsum()
    return {grain: _of_grain(grain, facts, firsts, so_far) for grain in PERIODS}


def _of_grain(grain: str, facts: pd.DataFrame, firsts: pd.Series, so_far: pd.Series) -> pd.DataFrame:
    """Every KPI of one grain; its periods by their first days."""
    period = facts["date"].dt.to_period(PERIODS[grain])
    groups = facts.groupby(period)
    found = groups[list(MEASURES)].sum(min_count=1)
    found["orders"] = groups["order_id"].nunique()
    found["customers"] = groups["customer_id"].nunique()
    times = facts.groupby([period, "customer_id"])["order_id"].nunique()
    found["repeat_rate"] = (times >= 2).groupby(level=0).mean()
    newcomers = firsts.dt.to_period(PERIODS[grain]).value_counts()
    found["new_customers"] = newcomers.reindex(found.index, fill_value=0)
    found["revenue_ytd"] = so_far.groupby(pd.DatetimeIndex(so_far.index).to_period(PERIODS[grain])).last()
    _derive(found)
    for key, back in GROWTH.get(grain, {}).items():
        found[key] = found["revenue"].pct_change(back)
    for key, size in ROLLING.get(grain, {}).items():
        found[key] = found["revenue"].rolling(size).sum()
    found.index = pd.PeriodIndex(found.index).start_time.date
    helpers = ["quantity", "discount", "refund", "target", "other_income", "interest", "tax"]
    return found.drop(columns=helpers)


def _derive(found: pd.DataFrame) -> None:
    """What is made of sums and counts."""
    found["returning_customers"] = found["customers"] - found["new_customers"]
    found["units"] = found["quantity"]
    found["gross_profit"] = found["revenue"] - found["cogs"]
    found["operating_profit"] = found["gross_profit"] - found["operating_expenses"]
    found["net_profit"] = found["operating_profit"] + found["other_income"] - found["interest"] - found["tax"]
    for key in ("gross", "operating", "net"):
        found[f"{key}_margin"] = found[f"{key}_profit"] / found["revenue"]
    found["average_order_value"] = found["revenue"] / found["orders"]
    found["revenue_per_customer"] = found["revenue"] / found["customers"]
    found["units_per_order"] = found["quantity"] / found["orders"]
    found["average_unit_price"] = found["revenue"] / found["quantity"]
    found["discount_rate"] = found["discount"] / (found["revenue"] + found["discount"])
    found["refund_rate"] = found["refund"] / found["revenue"]
    found["target_attainment"] = found["revenue"] / found["target"]


def by_spot(answer: dict[str, pd.DataFrame]) -> dict[tuple[str, str, str], float | None]:
    """The values by KPI, grain and first day of the period."""
    return {
        (key, grain, str(period)): None if pd.isna(value) else float(value)
        for grain, frame in answer.items()
        for key in frame.columns
        for period, value in frame[key].items()
    }
