"""Several alerts as one message."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.telling.digest import digest_message
from tests.alerts.forms.cases import fired, over

FIRED = fired()


def test_a_digest_sums_up_the_worst_first_and_counts_what_needs_attention() -> None:
    mild = replace(FIRED, reference="A-000002", severity="info", kpi="Orders")
    told = digest_message([over("North"), mild, FIRED], "more than 20 messages in an hour")
    assert (told.title, told.summed_up, told.severity, told.link) == (
        "2 of 3 KPI alerts need attention",
        (
            "Net margin is below its limit (12.4 %, Oct 2025)",
            "Orders is below its limit (12.4 %, Oct 2025)",
            "Net margin (North) is back to normal (2 days 4 h)",
        ),
        "critical",
        "https://kpi.example.com/",
    )


def test_a_digest_names_twenty_and_counts_the_rest() -> None:
    many = [replace(FIRED, reference=f"A-{number:06}") for number in range(1000)]
    told = digest_message(many)
    assert (told.title, len(told.summed_up), told.summed_up[-1]) == (
        "1,000 KPI alerts need attention",
        21,
        "and 980 more",
    )


def test_of_an_episode_a_digest_says_only_how_it_stands() -> None:
    told = digest_message([FIRED, over()])
    assert (told.title, told.summed_up) == (
        "1 KPI alert is over",
        ("Net margin is back to normal (2 days 4 h)",),
    )


def test_the_same_messages_make_a_digest_with_the_same_reference() -> None:
    other = replace(FIRED, reference="A-000002")
    marks = [digest_message(some).reference for some in ([FIRED, other], [other, FIRED], [FIRED])]
    assert (marks[0] == marks[1], marks[0] == marks[2]) == (True, False)


def test_a_digest_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="found no messages"):
        digest_message([])
