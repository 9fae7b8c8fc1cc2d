"""Which rules can work, and that a rule is a value."""

from __future__ import annotations

import pickle
import re
from datetime import time, timedelta
from typing import Any

import pytest

from alerts.judging.conditions import Band, Direction, Freshness, Limit, SourceError
from alerts.rules import Hold
from tests.alerts.builders import thin_margin

FRESH = Freshness("sales.xlsx", (0,), time(9), "UTC")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"recovery": 0.14}, "rule 'Thin margin' fires below 0.15 and recovers at 0.14"),
        ({"condition": Band(2, 1)}, "rule 'Thin margin': found a band from 2 to 1"),
        ({"periods": 0}, "rule 'Thin margin': found 0 periods in a row, expected 1 or more"),
        (
            {"hold": Hold(duration=timedelta(seconds=-1))},
            "found a wait of -1 day, 23:59:59 and of 0:00:00, expected none or longer",
        ),
        ({"hold": Hold(keep=timedelta(seconds=-1))}, "found a wait of 0:00:00 and of -1 day, 23:59:59"),
        ({"severity": " "}, "found no severity, expected a word such as info, warning, critical"),
        ({"labels": {"": "x"}}, "found a label without a name"),
        ({"kpi": ""}, "found KPI '' and grain 'month', expected both"),
        ({"condition": FRESH}, "found a KPI, grain, dimension or several periods, expected none for a rule about"),
        ({"condition": FRESH, "kpi": "", "grain": "", "periods": 2}, "expected none for a rule about a file"),
        ({"condition": SourceError(), "kpi": "", "grain": "", "dimension": "city"}, "expected none"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_work_says_what_is_wrong(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        thin_margin(**changes)


@pytest.mark.parametrize("direction", list(Direction))
def test_a_rule_may_recover_at_its_limit(direction: Direction) -> None:
    rule = thin_margin(direction=direction, recovery=0.15)
    assert rule.condition == Limit(direction, 0.15, 0.15)


def test_any_word_is_a_severity() -> None:
    assert thin_margin(severity="page me").severity == "page me"


def test_a_rule_is_a_value_that_can_be_kept_in_a_set_and_in_a_cache() -> None:
    labels = {"team": "finance"}
    rule = thin_margin(labels=labels)
    labels["team"] = "sales"
    assert rule == thin_margin(labels={"team": "finance"})
    assert {rule, thin_margin(labels={"team": "finance"})} == {rule}
    assert pickle.loads(pickle.dumps(rule)) == rule
