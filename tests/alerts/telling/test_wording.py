"""What is told besides the finding: since when, how it ended, who moved it, how old the data are, and where to look."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from alerts.judging.conditions import Band, Change, Condition, Direction, Limit, Target
from alerts.message import Mover
from alerts.telling.wording import Moved, write
from tests.alerts.forms.cases import (
    FINANCE,
    LATER,
    MONDAY,
    PAGE,
    REVENUE,
    THIN,
    about,
    begins,
    ends,
    fired,
    over,
    rule,
    said,
    verdict,
)

BELOW, ABOVE = Direction.BELOW, Direction.ABOVE


def test_when_it_is_over_it_is_told_how_long_it_lasted_and_how_bad_it_was() -> None:
    message = over()
    assert (message.title, message.lasted, message.worst, message.by_how_much, message.reference) == (
        "Net margin is back to normal",
        "2 days 4 h",
        "8.2 %",
        "",
        fired().reference,
    )


@pytest.mark.parametrize(
    ("condition", "worst", "words"),
    [
        (Change(BELOW, -0.1, -0.05), -0.42, "−42.0 %"),
        (Change(BELOW, -0.1, -0.05, points=True), -0.42, "−€0.42"),
        (Target(), 0.61, "61 % of its target"),
        (Band(10, 20), 31.0, "€31"),
        (Limit(ABOVE, 10, 8), None, ""),
    ],
)
def test_the_worst_is_told_as_it_was_judged(condition: Condition, worst: float | None, words: str) -> None:
    two_decimals = replace(REVENUE, decimals=2 if words.endswith("0.42") else 0)
    found = verdict(15, -0.01, limit=10, breaches=False)
    assert write(ends(rule(condition), found, worst), about(two_decimals)).worst == words


def test_a_breach_that_was_pending_is_told_since_when_it_breaches() -> None:
    change = begins(rule(), verdict(0.124), at=LATER)
    pending = replace(change, before=replace(change.before, held_since=MONDAY))
    assert write(pending, about()).since == "3 Nov 2025, 09:00 (Europe/Paris)"


def test_what_moved_it_is_said_against_the_period_before_and_only_where_somebody_did() -> None:
    assert (fired().moved_against, write(begins(rule(), verdict(0.124)), about(movers=())).moved_against) == (
        "Sep 2025",
        "",
    )


def test_only_three_movers_are_named_each_with_its_part() -> None:
    assert fired().movers == (
        Mover("region", "South", "−3.1 pp (62 % of the change)"),
        Mover("region", "North", "−1.2 pp (24 %)"),
        Mover("region", "West", "+0.4 pp"),
    )


@pytest.mark.parametrize(
    ("one", "moved"),
    [
        (Moved("region", "South", None, 0.4), "40 % of the change"),
        (Moved("region", "South", 120.0), "+€120"),
        (Moved("region", "South", -0.2), "€0"),
        (Moved("region", "South"), ""),
    ],
)
def test_what_a_mover_moved(one: Moved, moved: str) -> None:
    (mover,) = said(Limit(ABOVE, 900, 800), verdict(1000), movers=(one,)).movers
    assert mover.moved == moved


@pytest.mark.parametrize(
    ("until", "age"),
    [
        (date(2025, 11, 3), "up to date (until 3 Nov 2025)"),
        (date(2025, 11, 2), "1 day old (until 2 Nov 2025)"),
        (date(2025, 10, 31), "3 days old (until 31 Oct 2025)"),
        (None, ""),
    ],
)
def test_the_age_of_the_data_is_told(until: date | None, age: str) -> None:
    assert said(THIN, verdict(0.124), provenance=replace(FINANCE, data_until=until)).age == age


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        (PAGE, PAGE),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("https://kpi.example.com/|evil>", ""),
        ("https://kpi.example.com/ <!channel>", ""),
        (f"https://kpi.example.com/?{'a' * 2_000}", ""),
    ],
)
def test_only_a_link_that_programs_can_take_is_kept(link: str, kept: str) -> None:
    assert said(THIN, verdict(0.124), link=link).link == kept


def test_who_looks_after_the_rule_and_its_labels_are_told() -> None:
    message = fired()
    assert (message.owner, message.rule, message.labels) == ("Ana", "Thin margin", (("team", "finance"),))


def test_how_long_is_counted_from_when_it_fired() -> None:
    change = ends(rule(), verdict(0.201), 0.1)
    late = replace(change, at=MONDAY + timedelta(minutes=40))
    assert write(late, about()).lasted == "40 min"
