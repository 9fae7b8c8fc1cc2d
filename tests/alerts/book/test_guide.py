"""The examples of the guide do what the guide says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alerts.book.reading import destination_from, read_book, route_from
from alerts.channels.webhook import signature
from alerts.forms.whatsapp import ALERT, DIGEST, REPORT, RESOLVED, parse_template
from settings import Settings

PROJECT = Path(__file__).resolve().parents[3]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
GUIDE = (PROJECT / "docs" / "alerting.md").read_text(encoding="utf-8")
BODY, MOMENT = b'{"kind": "firing"}', "1764590400"


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", GUIDE, flags=re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def is_ours() -> Callable[..., bool]:
    names: dict[str, Any] = {}
    exec(example("python"), names)
    found: Callable[..., bool] = names["is_ours"]
    return found


def test_the_book_of_the_guide_is_one() -> None:
    book = read_book(example("toml"))
    assert (len(book.rules), len(book.silences), len(book.targets)) == (3, 1, 1)
    assert [destination_from(one.written, 20).name for one in book.destinations] == ["finance"]
    assert [route_from(one.written).second for one in book.routes] == ["console"]


@pytest.mark.parametrize("secret", ["a plain secret", "whsec_c2VjcmV0"])
def test_the_receiver_of_the_guide_knows_our_signature(is_ours: Callable[..., bool], secret: str) -> None:
    headers = {
        "webhook-id": "k1",
        "webhook-timestamp": MOMENT,
        "webhook-signature": signature(secret, "k1", MOMENT, BODY),
    }
    assert is_ours(secret, headers, BODY)
    assert not is_ours(secret, headers, BODY + b" ")
    assert not is_ours("another", headers, BODY)


@pytest.mark.parametrize("template", [ALERT, RESOLVED, DIGEST, REPORT])
def test_the_templates_of_the_guide_are_those_that_are_filled_in(template: Any) -> None:
    assert f"{template.name}\n   {template.text}\n" in GUIDE


def test_the_table_of_the_readme_names_the_templates_that_are_filled_in_by_default() -> None:
    told = dict(re.findall(r"^\| `(WHATSAPP_TEMPLATE_\w+)` \| `(\w+)` \|", README, flags=re.MULTILINE))
    bare = Settings.from_env({})
    assert told == {
        "WHATSAPP_TEMPLATE_ALERT": bare.whatsapp_template_alert,
        "WHATSAPP_TEMPLATE_RESOLVED": bare.whatsapp_template_resolved,
        "WHATSAPP_TEMPLATE_DIGEST": bare.whatsapp_template_digest,
        "WHATSAPP_TEMPLATE_REPORT": bare.whatsapp_template_report,
    }
    assert told == {
        f"WHATSAPP_TEMPLATE_{kind}": template.name
        for kind, template in zip(
            ("ALERT", "RESOLVED", "DIGEST", "REPORT"), (ALERT, RESOLVED, DIGEST, REPORT), strict=True
        )
    }


def test_the_templates_of_ones_own_that_readme_and_guide_show_are_taken() -> None:
    shown = re.findall(r"`(my_alert[^`\s]*)`", README + GUIDE)
    taken = [Settings.from_env({"WHATSAPP_TEMPLATE_ALERT": one}).whatsapp_template_alert for one in shown]
    meant = {one: parse_template(one, ALERT) for one in taken}
    assert {one: (it.language, it.names, it.fields) for one, it in meant.items()} == {
        "my_alert@de:subject,value,limit": ("de", (), ("subject", "value", "limit")),
        "my_alert:what=subject,how=value": ("en_US", ("what", "how"), ("subject", "value")),
    }
