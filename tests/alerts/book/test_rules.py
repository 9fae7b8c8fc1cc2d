from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.book.entries import EntryError, WrittenRule, checked
from alerts.book.rules import amended, rule_from, written_rule
from alerts.book.said import hints, said
from alerts.judging.conditions import (
    Against,
    Anomaly,
    Band,
    Change,
    Condition,
    Direction,
    Freshness,
    Limit,
    SourceError,
    Target,
)
from alerts.rules import Hold, Rule
from tests.alerts.builders import thin_margin

BELOW, ABOVE = Direction.BELOW, Direction.ABOVE
SHOP = {"dataset": "shop", "kpi": "revenue"}
PARIS = Freshness("sales.xlsx", (0, 1, 2, 3, 4), time(9), "Europe/Paris", timedelta(minutes=30))


def meant(**plain: Any) -> Rule:
    return rule_from(checked(WrittenRule, {**SHOP, **plain}))


def wrong(**plain: Any) -> dict[str, str]:
    with pytest.raises(EntryError) as caught:
        meant(**plain)
    return caught.value.problems


@pytest.mark.parametrize(
    ("plain", "condition"),
    [
        ({"below": 0.3}, Limit(BELOW, 0.3, 0.3)),
        ({"above": "30%", "recover": "28%"}, Limit(ABOVE, 0.3, 0.28)),
        ({"outside": "0.2,0.4", "margin": 0.01}, Band(0.2, 0.4, 0.01)),
        ({"change_below": "-10%", "against": "year"}, Change(BELOW, -0.1, -0.1, Against.YEAR)),
        ({"change_above": 0.1, "points": True}, Change(ABOVE, 0.1, 0.1, points=True)),
        ({"below_target": 0.95, "recover": 1}, Target(BELOW, 0.95, 1.0)),
        ({"behind_pace": "95%"}, Target(BELOW, 0.95, 0.95, pace=True)),
        ({"unusual": True}, Anomaly()),
        ({"unusual": True, "width": 2, "side": "below"}, Anomaly(2.0, 2.0, direction=BELOW)),
    ],
)
def test_each_condition_of_a_kpi_is_written_in_one_way(plain: dict[str, Any], condition: Condition) -> None:
    assert meant(**plain).condition == condition


def test_a_rule_about_a_file_has_no_kpi_and_no_grain() -> None:
    times = {"on": "mon-fri", "by_time": "9:00", "zone": "Europe/Paris", "grace": "30m"}
    rule = meant(kpi="", fresh="sales.xlsx", **times)
    assert (rule.kpi, rule.grain, rule.condition) == ("", "", PARIS)
    assert [meant(kpi="", unreadable=file).condition for file in ("*", True, "sales.xlsx")] == [
        SourceError(),
        SourceError(),
        SourceError("sales.xlsx"),
    ]


def test_what_else_a_rule_says() -> None:
    rule = meant(
        below=1, by="region", for_time="30m", keep="1h", labels={"team": "x"}, owner="cfo", to="slack, ops",
        severity="critical", grain="week", **{"for": 2},
    )  # fmt: skip
    assert rule == Rule(
        0, "revenue below 1", "shop", "revenue", "week", Limit(BELOW, 1.0, 1.0), "region",
        Hold(2, timedelta(minutes=30), timedelta(hours=1)), "critical", {"team": "x"}, "cfo", ("slack", "ops"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("plain", "key", "because"),
    [
        ({}, "", "give exactly one condition"),
        ({"below": 1, "above": 2}, "", "found `below` and `above`"),
        ({"below": 1, "margin": 1}, "margin", "`below` has none; it has `recover`"),
        ({"below": 1, "kpi": ""}, "kpi", "it is missing"),
        ({"below": "much"}, "below", "found 'much', wanted a number"),
        ({"below": True}, "below", "found True, wanted a number"),
        ({"belo": 1}, "belo", "there is no such key"),
        ({"below": 9, "recover": 1}, "", "recovers at 1"),
        ({"unreadable": True}, "kpi", "is about a file"),
        ({"kpi": "", "fresh": "a.csv", "zone": "UTC"}, "on", "it is missing: the days, such as mon-fri"),
        ({"below": 1, "labels": {"severity": "x"}}, "labels", "give the label another name"),
        ({"below": 1, "for": 0}, "for", "found 0"),
        ({"below": 1, "severity": ""}, "severity", "wanted a name"),
    ],
)
def test_what_can_be_no_rule_says_so_by_key(plain: dict[str, Any], key: str, because: str) -> None:
    assert because in wrong(**plain)[key]


limits = st.floats(-1e12, 1e12)
shares = st.floats(0.001, 3)
directions = st.sampled_from(Direction)


def sided(make: Any) -> st.SearchStrategy[Condition]:
    return st.builds(make, directions, limits, st.floats(0, 1e6))


conditions = st.one_of(
    sided(lambda side, limit, more: Limit(side, limit, limit + more if side is BELOW else limit - more)),
    st.builds(lambda low, width, part: Band(low, low + 1 + width, part / 2), limits, shares, st.floats(0, 0.9)),
    st.builds(
        lambda side, limit, against, points: Change(side, limit, limit, against, points),
        directions, limits, st.sampled_from(Against), st.booleans(),
    ),
    st.builds(lambda limit, pace: Target(BELOW, limit, limit, pace), shares, st.booleans()),
    st.builds(lambda width, side: Anomaly(width + 1, 1.0, direction=side), shares, st.none() | directions),
    st.builds(
        lambda days, by, grace: Freshness("a b.xlsx", tuple(sorted(days)), by, "Europe/Paris", grace),
        st.sets(st.integers(0, 6), min_size=1),
        st.times().map(lambda at: at.replace(microsecond=0)),
        st.integers(0, 86_400).map(lambda seconds: timedelta(seconds=seconds)),
    ),
    st.sampled_from(["", "sales.xlsx"]).map(SourceError),
)  # fmt: skip


@given(conditions, st.integers(1, 9), st.dictionaries(st.sampled_from(["team", "x.y"]), st.text(max_size=9)))
def test_a_rule_is_written_as_it_is_read(condition: Condition, periods: int, labels: dict[str, str]) -> None:
    of_file = isinstance(condition, Freshness | SourceError)
    kpi, grain = ("", "") if of_file else ("revenue", "quarter")
    hold = Hold(1 if of_file else periods)
    rule = Rule(0, "Name", "shop", kpi, grain, condition, hold=hold, labels=labels, channels=("slack",))
    assert rule_from(checked(WrittenRule, written_rule(rule))) == rule


@pytest.mark.parametrize(
    ("changes", "condition"),
    [
        ({"recover": 0.2}, Limit(BELOW, 0.15, 0.2)),
        ({"below": 0.1}, Limit(BELOW, 0.1, 0.18)),
        ({"above": 0.5}, Limit(ABOVE, 0.5, 0.5)),
        ({"outside": [0, 1]}, Band(0.0, 1.0)),
    ],
)
def test_a_rule_is_changed_in_what_is_said_only(changes: dict[str, Any], condition: Condition) -> None:
    rule = replace(thin_margin(), owner="cfo", dimension="region")
    assert amended(rule, changes) == replace(rule, condition=condition)


def test_a_recovery_limit_that_was_the_limit_follows_it() -> None:
    rule = replace(thin_margin(), condition=Limit(BELOW, 0.15, 0.15))
    assert amended(rule, {"below": 0.2}).condition == Limit(BELOW, 0.2, 0.2)


def test_an_empty_text_takes_something_away() -> None:
    rule = replace(thin_margin(), owner="cfo", dimension="region")
    assert amended(rule, {"owner": "", "by": ""}) == thin_margin()


@pytest.mark.parametrize(
    ("condition", "percent", "hint"),
    [
        (Limit(BELOW, 30, 30), True, "30 means 3,000 %; where 30 % is meant, write 30% or 0.3"),
        (Limit(BELOW, 30, 30), False, ""),
        (Limit(BELOW, 0.3, 0.3), True, ""),
        (Change(ABOVE, 10, 10), False, "10 means 1,000 %; where 10 % is meant, write 10% or 0.1"),
        (
            Change(BELOW, 0.1, 0.1),
            False,
            "this also fires while it rises, but by less than 10 %; for a fall of more than that write -10%",
        ),
        (Change(BELOW, -0.1, -0.1), False, ""),
        (Target(BELOW, 95, 95), False, "95 means 9,500 %; where 95 % is meant, write 95% or 0.95"),
        (SourceError(), False, ""),
    ],
)
def test_clumsy_numbers_get_a_hint(condition: Condition, percent: bool, hint: str) -> None:  # noqa: FBT001 - a case
    assert hints(condition, percent=percent) == ([hint] if hint else [])


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Limit(BELOW, 0.3, 0.3), "below 0.3"),
        (Band(0.2, 0.4), "outside 0.2 to 0.4"),
        (Change(BELOW, -0.1, -0.1, Against.YEAR), "change below -10% on the year before"),
        (Target(BELOW, 0.95, 0.95), "below 95% of its target"),
        (Anomaly(direction=BELOW), "unusually low (width 3.5)"),
        (PARIS, "sales.xlsx not there mon-fri by 09:00 and 30m Europe/Paris"),
        (SourceError(), "a file cannot be read"),
    ],
)
def test_a_condition_in_a_few_words(condition: Condition, words: str) -> None:
    assert said(condition) == words
