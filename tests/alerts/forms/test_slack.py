"""Slack's form: within its limits, and deaf to what cells would like to be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.forms.slack import QUIET, slack_blocks, slack_payload, slack_text
from alerts.message import trial_message
from tests.alerts.forms.cases import PAGE, digest, fired, over
from tests.alerts.forms.hostile import HOSTILE, hostile
from tests.moments import NOON

LINK = {"type": "link", "url": PAGE, "text": "Open it on the dashboard"}


def _texts(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every text of a block but that of the link, which is ours."""
    yield from block.get("fields", ())
    if block["type"] == "context":
        yield from block["elements"]
    if "text" in block:
        yield block["text"]


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def test_a_message_has_its_text_its_blocks_and_a_key_by_which_it_is_found() -> None:
    message = fired()
    assert slack_payload(message, "the key") == {
        "text": slack_text(message),
        "blocks": slack_blocks(message),
        "metadata": {
            "event_type": "kpi_alert",
            "event_payload": {"delivery": "the key", "reference": message.reference},
        },
        **QUIET,
    }


def test_a_message_has_a_header_facts_movers_its_origin_and_a_link() -> None:
    assert [block["type"] for block in slack_blocks(fired("North"))] == [
        "header",
        "section",
        "section",
        "context",
        "rich_text",
    ]


def test_a_test_message_is_a_header_and_a_reference() -> None:
    trial = trial_message(NOON)
    assert slack_blocks(trial) == [
        {"type": "header", "text": _plain("Test message from the KPI dashboard")},
        {"type": "context", "elements": [_plain(f"Reference {trial.reference}")]},
    ]


def test_where_the_page_has_no_address_there_is_no_link() -> None:
    assert "rich_text" not in {block["type"] for block in slack_blocks(replace(fired(), link=""))}


def test_a_digest_ends_with_how_many_more_there_are() -> None:
    (listed,) = [block["text"]["text"] for block in slack_blocks(digest()) if block["type"] == "section"]
    assert listed.splitlines()[-1] == "and 982 more"


def test_more_than_ten_facts_stand_in_a_second_section() -> None:
    full = replace(over("North"), reason="why", by_how_much="2.6 pp below")
    counts = [len(block["fields"]) for block in slack_blocks(full) if "fields" in block]
    assert counts == [10, 1]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_cell_holds_stays_plain_text_within_slacks_limits(text: str) -> None:
    for message in hostile(text):
        blocks = slack_blocks(message)
        texts = [one for block in blocks for one in _texts(block)]
        assert {one["type"] for one in texts} == {"plain_text"}
        assert not set("<>") & set("".join(one["text"] for one in texts) + slack_text(message))
        assert all(0 < len(one["text"]) <= 3_000 for one in texts)
        assert len(blocks[0]["text"]["text"]) <= 150
        assert all(len(block.get("fields", ())) <= 10 for block in blocks)
        assert len(blocks) <= 50
        assert len(json.dumps(blocks, ensure_ascii=False)) <= 13_000
        assert len(slack_text(message)) <= 3_000
        json.dumps(slack_payload(message, "key"), ensure_ascii=False).encode()  # no half of a character


@pytest.mark.parametrize("text", HOSTILE)
def test_the_only_link_is_the_one_that_we_made(text: str) -> None:
    links = [
        block["elements"]
        for message in hostile(text)
        for block in slack_blocks(message)
        if "rich_text" in block["type"]
    ]
    urls = {element["url"].partition("?")[0] for (section,) in links for element in section["elements"]}
    assert urls <= {"https://kpi.example.com/"}


def test_a_message_with_a_link_names_it_as_such() -> None:
    assert slack_blocks(fired())[-1]["elements"] == [{"type": "rich_text_section", "elements": [LINK]}]


@given(st.text(), st.text(), st.text())
def test_slack_takes_whatever_a_cell_can_hold(member: str, kpi: str, owner: str) -> None:
    message = replace(fired(), member=member, kpi=kpi * 50, owner=owner * 50)
    texts = [one["text"] for block in slack_blocks(message) for one in _texts(block)]
    assert all(texts)
    assert not set("<>") & set("".join(texts))


def test_a_text_that_is_cut_keeps_its_escapes_whole() -> None:
    header = slack_blocks(replace(fired(), kpi="&" * 118))[0]["text"]["text"]
    assert header == "&amp;" * 29 + "…"
