"""Which silence holds for what."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.sending.silences import Silence, matches, silenced_by
from tests.moments import NOON

HOUR = timedelta(hours=1)
LABELS = {"severity": "warning", "kpi": "net_margin", "member": "North", "file": ""}


def silence(**changes: Any) -> Silence:
    """Of warnings, from noon for an hour."""
    plain = {"id": 1, "start": NOON, "end": NOON + HOUR, "reason": "stocktaking"}
    return Silence(**{**plain, "matchers": {"severity": "warning"}, **changes})


@pytest.mark.parametrize(
    ("patterns", "fits"),
    [
        pytest.param({}, True, id="nothing is asked"),
        pytest.param({"severity": "warning"}, True, id="the same text"),
        pytest.param({"severity": "Warning"}, False, id="another case"),
        pytest.param({"kpi": "net_*"}, True, id="a beginning"),
        pytest.param({"kpi": "*margin"}, True, id="an end"),
        pytest.param({"kpi": "n*_*n"}, True, id="several parts"),
        pytest.param({"kpi": "net_margin*"}, True, id="the star stands for nothing, too"),
        pytest.param({"kpi": "net_margin*n"}, False, id="no letter counts twice"),
        pytest.param({"kpi": "net_margi*n*n"}, False, id="nor does one between two stars"),
        pytest.param({"kpi": "net.margin"}, False, id="a dot is a dot"),
        pytest.param({"kpi": "[n]et_margin"}, False, id="a bracket is a bracket"),
        pytest.param({"severity": "warning", "kpi": "revenue"}, False, id="every label must fit"),
        pytest.param({"owner": ""}, True, id="a label that is not there is empty"),
        pytest.param({"region": "*"}, False, id="any text wants the label to be there"),
        pytest.param({"file": "*"}, False, id="a label that is there and empty says as little"),
        pytest.param({"file": ""}, True, id="nothing is what an empty label says"),
        pytest.param({"owner": "Ann"}, False, id="a label that is not there is nobody's"),
    ],
)
def test_labels_fit_their_patterns(patterns: dict[str, str], *, fits: bool) -> None:
    assert matches(patterns, LABELS) is fits


@given(pattern=st.text("ab*", max_size=8), text=st.text("ab", min_size=1, max_size=10))
def test_a_star_is_that_of_a_shell(pattern: str, text: str) -> None:
    assert matches({"label": pattern}, {"label": text}) is fnmatchcase(text, pattern)


def test_no_pattern_takes_long() -> None:
    began = time.monotonic()
    assert not matches({"label": "*a" * 200 + "b"}, {"label": "a" * 20_000})
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("changes", "at", "holds"),
    [
        pytest.param({}, NOON, True, id="from its start"),
        pytest.param({}, NOON - timedelta(seconds=1), False, id="not before"),
        pytest.param({}, NOON + HOUR, False, id="not at its end"),
        pytest.param({"rule_id": 7}, NOON, True, id="the rule it names"),
        pytest.param({"rule_id": 8}, NOON, False, id="not another rule"),
        pytest.param({"member": "North"}, NOON, True, id="the member it names"),
        pytest.param({"member": ""}, NOON, False, id="the whole is no member"),
        pytest.param({"matchers": None, "rule_id": 7}, NOON, True, id="a rule with any labels"),
        pytest.param({"matchers": {"kpi": "revenue"}, "rule_id": 7}, NOON, False, id="all that it names"),
    ],
)
def test_a_silence_holds_for_what_it_names_while_it_lasts(
    changes: dict[str, Any], at: datetime, *, holds: bool
) -> None:
    one = silence(**changes)
    assert silenced_by([one], 7, "North", LABELS, at) == (one if holds else None)


def test_of_several_silences_the_one_that_ends_last_is_named() -> None:
    short, long, over = silence(), silence(id=2, end=NOON + 3 * HOUR), silence(id=3, end=NOON + HOUR / 2)
    assert silenced_by([short, long, over], 7, "North", LABELS, NOON + HOUR / 2) == long


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"matchers": None}, "silence: found nothing that it is about, expected a rule, a member or a label"),
        ({"matchers": {}, "name": "Quiet"}, "silence 'Quiet': found nothing that it is about"),
        ({"end": NOON}, "silence: found an end, 2025-11-21 12:00:00+00:00, at or before its start"),
        ({"end": datetime(2026, 1, 1)}, "without a UTC offset, expected moments"),  # noqa: DTZ001 - refused
        ({"matchers": {" ": "x"}}, "silence: found a label without a name"),
    ],
)
def test_a_silence_that_cannot_be_meant_says_why(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        silence(**changes)
