"""Every kind of condition in words: what fired, by how much, and against what."""

from __future__ import annotations

import pytest

from alerts.judging.conditions import (
    Against,
    Anomaly,
    Band,
    Change,
    Condition,
    Direction,
    Limit,
    Target,
)
from alerts.rules import Verdict
from tests.alerts.forms.cases import (
    MARGIN,
    THIN,
    fired,
    said,
    told,
    verdict,
)

BELOW, ABOVE = Direction.BELOW, Direction.ABOVE


@pytest.mark.parametrize(
    ("condition", "found", "words"),
    [
        pytest.param(
            Limit(ABOVE, 900, 800),
            verdict(1000, limit=900),
            ("Revenue is above its limit", "above its limit", "€1,000", "€100 above", "€900"),
            id="above a limit",
        ),
        pytest.param(
            Band(10, 20),
            verdict(8, limit=10),
            ("Revenue is outside €10 to €20", "outside €10 to €20", "€8", "€2 below", "€10 to €20"),
            id="below a band",
        ),
        pytest.param(
            Band(10, 20),
            verdict(23, limit=20),
            ("Revenue is outside €10 to €20", "outside €10 to €20", "€23", "€3 above", "€10 to €20"),
            id="above a band",
        ),
        pytest.param(
            Change(BELOW, -0.1, -0.05),
            verdict(769, -0.231, -0.1, earlier=1000),
            (
                "Revenue fell 23.1 % against Sep 2025",
                "down 23.1 % against Sep 2025",
                "€769",
                "down 23.1 % from €1,000",
                "−10.0 % against Sep 2025",
            ),
            id="a fall",
        ),
        pytest.param(
            Change(ABOVE, 0.1, 0.05, Against.YEAR),
            verdict(1200, 0.2, 0.1, earlier=1000),
            (
                "Revenue rose 20.0 % against Sep 2025",
                "up 20.0 % against Sep 2025",
                "€1,200",
                "up 20.0 % from €1,000",
                "+10.0 % against Sep 2025",
            ),
            id="a rise",
        ),
        pytest.param(
            Change(BELOW, 0.02, 0.03),
            verdict(1000, 0.0, 0.02, earlier=1000),
            (
                "Revenue is unchanged against Sep 2025",
                "unchanged against Sep 2025",
                "€1,000",
                "from €1,000",
                "+2.0 % against Sep 2025",
            ),
            id="no growth",
        ),
        pytest.param(
            Target(),
            verdict(820, 0.82, 1.0, target=1000),
            (
                "Revenue is at 82 % of its target",
                "at 82 % of its target",
                "€820",
                "€180 below",
                "€1,000 (its target)",
            ),
            id="short of its target",
        ),
        pytest.param(
            Target(ABOVE, 1.1, 1.05),
            verdict(1200, 1.2, 1.1, target=1000),
            (
                "Revenue is at 120 % of its target",
                "at 120 % of its target",
                "€1,200",
                "€100 above",
                "€1,100 (110 % of its target of €1,000)",
            ),
            id="over its target",
        ),
        pytest.param(
            Target(pace=True),
            verdict(420, 0.84, 1.0, target=500),
            (
                "Revenue is behind its pace: at 84 % of its target so far",
                "behind its pace: at 84 % of its target so far",
                "€420",
                "€80 below",
                "€500 (its target so far)",
            ),
            id="behind its pace",
        ),
        pytest.param(
            Target(BELOW, 0.9, 0.95, pace=True),
            verdict(420, 0.84, 0.9, target=500),
            (
                "Revenue is behind its pace: at 84 % of its target so far",
                "behind its pace: at 84 % of its target so far",
                "€420",
                "€30 below",
                "€450 (90 % of its target so far of €500)",
            ),
            id="behind nine tenths of its pace",
        ),
        pytest.param(
            Anomaly(),
            verdict(8, limit=10),
            (
                "Revenue is unusually low: expected €10 to €20",
                "unusually low: expected €10 to €20",
                "€8",
                "€2 below",
                "€10 to €20",
            ),
            id="an anomaly",
        ),
    ],
)
def test_each_condition_says_what_it_found(
    condition: Condition, found: Verdict, words: tuple[str, str, str, str, str]
) -> None:
    assert told(said(condition, found, expected=(10, 20))) == words


def test_rates_differ_by_points() -> None:
    assert told(fired()) == (
        "Net margin is below its limit",
        "below its limit",
        "12.4 %",
        "2.6 pp below",
        "15.0 %",
    )


def test_a_change_of_a_rate_is_told_in_points() -> None:
    fall = Change(BELOW, -0.02, -0.01, points=True)
    assert told(said(fall, verdict(0.124, -0.031, -0.02, earlier=0.155), MARGIN)) == (
        "Net margin fell 3.1 pp against Sep 2025",
        "down 3.1 pp against Sep 2025",
        "12.4 %",
        "down 3.1 pp from 15.5 %",
        "−2.0 pp against Sep 2025",
    )


def test_a_change_against_a_period_without_a_name_is_told_all_the_same() -> None:
    fall = Change(BELOW, -0.1, -0.05, Against.YEAR)
    message = said(fall, verdict(769, -0.231, -0.1), earlier="")
    assert message.title == "Revenue fell 23.1 % against the same period a year earlier"


def test_an_anomaly_whose_band_nobody_handed_along_names_the_bound_it_crossed() -> None:
    assert said(Anomaly(), verdict(23, limit=20)).finding == "unusually high: expected at most €20"


def test_numbers_that_would_look_the_same_get_more_decimals() -> None:
    assert told(said(THIN, verdict(0.14996), MARGIN))[2:] == ("14.996 %", "0.004 pp below", "15.000 %")


def test_a_limit_is_written_as_it_was_set_and_not_rounded() -> None:
    assert said(Limit(BELOW, 0.1525, 0.16), verdict(0.12), MARGIN).limit == "15.25 %"


def test_a_limit_that_no_decimals_can_write_is_rounded() -> None:
    assert said(Limit(BELOW, 1 / 3, 0.4), verdict(0.12), MARGIN).limit == "33.3 %"


def test_a_member_is_named_beside_the_kpi_and_with_its_dimension() -> None:
    message = fired("North")
    assert (message.title, dict(message.facts)["Member"]) == (
        "Net margin (North) is below its limit",
        "North (region)",
    )


def test_amounts_are_in_the_members_own_currency() -> None:
    assert said(Limit(ABOVE, 900, 800), verdict(1000), currency="GBP").value == "£1,000"


def test_a_kpi_that_the_catalogue_no_longer_has_is_told_by_its_key() -> None:
    assert told(said(THIN, verdict(0.124), None))[:3] == (
        "net_margin is below its limit",
        "below its limit",
        "0.12",
    )


def test_a_transition_without_a_verdict_has_words_too() -> None:
    assert told(said(THIN, None, MARGIN)) == (
        "Net margin is below its limit",
        "below its limit",
        "–",
        "",
        "15.0 %",
    )
