"""The JSON of a generic webhook: a schema that programs rely on."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from alerts.forms.webhook import FIELDS, webhook_body
from tests.alerts.forms.cases import CASES, fired, missing
from tests.alerts.forms.hostile import HOSTILE, hostile


@pytest.mark.parametrize("case", CASES)
def test_every_message_has_the_fields_that_are_documented_and_no_others(case: str) -> None:
    assert set(webhook_body(CASES[case](), "key")) == set(FIELDS)


def test_numbers_are_there_for_programs() -> None:
    body = webhook_body(fired(), "key")
    assert (body["value_number"], body["limit_number"]) == (0.124, 0.15)


def test_what_has_no_number_has_none() -> None:
    body = webhook_body(missing(), "key")
    assert (body["value_number"], body["limit_number"]) == (None, None)


def test_a_number_that_json_does_not_know_is_left_out() -> None:
    assert webhook_body(replace(fired(), amount=float("inf")), "key")["value_number"] is None


@pytest.mark.parametrize(
    ("case", "status"),
    [("firing", "open"), ("repeat", "open"), ("broken", "open"), ("resolved", "resolved"), ("test", "test")],
)
def test_the_status_says_whether_it_goes_on(case: str, status: str) -> None:
    assert webhook_body(CASES[case](), "key")["status"] == status


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_cell_holds_stays_one_short_line_of_text(text: str) -> None:
    for message in hostile(text):
        body = webhook_body(message, "key")
        texts = [value for value in body.values() if isinstance(value, str)]
        texts += [value for mover in body["movers"] for value in mover.values()]
        assert all(
            one.isprintable() and len(one) <= 450 for one in texts if one not in (body["text"], body["link"])
        )
        assert body["text"].isprintable()
        assert len(json.dumps(body, ensure_ascii=False, allow_nan=False).encode()) < 60_000
