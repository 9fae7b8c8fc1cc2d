"""WhatsApp's form: parameters that Meta takes, for templates that people name and map as they like."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.forms.whatsapp import (
    ALERT,
    DIGEST,
    FIELDS,
    REPORT,
    RESOLVED,
    Template,
    Templates,
    parameters,
    parse_template,
    template_body,
    whatsapp_text,
)
from alerts.message import Message, trial_message
from alerts.rules import Kind
from tests.alerts.forms.cases import PAGE, digest, fired, over
from tests.alerts.forms.hostile import HOSTILE, hostile
from tests.moments import NOON

SHIPPED = (ALERT, RESOLVED, DIGEST, REPORT)
EVERYTHING = Template("everything", fields=tuple(FIELDS))


def test_the_alert_template_gets_six_parameters() -> None:
    message = fired("North")
    assert parameters(message, ALERT) == (
        "Net margin (North)",
        "below its limit",
        "12.4 % (2.6 pp below)",
        "15.0 %",
        "Oct 2025 (finance.xlsx, sheet Monthly, version 3)",
        message.reference,
    )


def test_the_resolved_template_gets_five_parameters() -> None:
    message = over()
    assert parameters(message, RESOLVED) == (
        "Net margin",
        "20.1 %",
        "15.0 %",
        "2 days 4 h",
        message.reference,
    )


def test_a_test_message_fills_the_alert_template() -> None:
    trial = trial_message(NOON)
    assert parameters(trial, ALERT) == ("Test message", "only a test", "–", "–", "–", trial.reference)


@pytest.mark.parametrize("template", SHIPPED)
def test_a_shipped_template_takes_its_parameters_in_order_and_neither_begins_nor_ends_with_one(
    template: Template,
) -> None:
    numbers = re.findall(r"{{(\d+)}}", template.text)
    assert numbers == [str(place) for place in range(1, len(template.fields) + 1)]
    assert not template.text.endswith("}}")


@pytest.mark.parametrize(
    ("kind", "template"),
    [
        (Kind.FIRING, ALERT),
        (Kind.REPEAT, ALERT),
        (Kind.ESCALATION, ALERT),
        (Kind.TEST, ALERT),
        (Kind.BROKEN, ALERT),
        (Kind.RESOLVED, RESOLVED),
        (Kind.DIGEST, DIGEST),
        (Kind.REPORT, REPORT),
    ],
)
def test_each_kind_of_message_has_its_template(kind: Kind, template: Template) -> None:
    assert Templates().of(replace(fired(), kind=kind)) == template


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("kpi_alert_v1", ALERT),
        (" my_alert ", replace(ALERT, name="my_alert")),
        ("kpi_alert_v1@de", replace(ALERT, language="de", text="")),
        ("mine:subject,value", Template("mine", "en_US", ("subject", "value"))),
        ("mine@pt_BR: subject , link", Template("mine", "pt_BR", ("subject", "link"))),
        (
            "mine:kpi_name=subject,how_much=value",
            Template("mine", "en_US", ("subject", "value"), ("kpi_name", "how_much")),
        ),
    ],
)
def test_a_setting_says_what_a_template_is_called_and_takes(text: str, template: Template) -> None:
    assert parse_template(text, ALERT) == template


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "found the template name ''"),
        ("My Template", "found the template name 'My Template', expected small letters"),
        ("mine@english", "found the language 'english', expected one such as en_US or de"),
        ("mine:", "found the field '', expected some of subject, finding, title, value"),
        ("mine:subject,colour", "found the field 'colour', expected some of subject, finding, title, value"),
        ("mine:kpi=subject,value", "found parameters with and without a name"),
        ("mine:a=subject,a=value", "found the parameter 'a', expected names"),
        ("mine:A b=subject", "found the parameter 'A b', expected names"),
    ],
)
def test_a_setting_that_cannot_be_says_why_and_what_there_is(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        parse_template(text, ALERT)


def test_named_parameters_are_handed_over_with_their_names() -> None:
    template = parse_template("mine@de:kpi=subject,how=value", ALERT)
    assert (template.named, template_body(fired(), template)) == (
        True,
        {
            "name": "mine",
            "language": {"code": "de"},
            "components": [
                {
                    "type": "body",
                    "parameters": [
                        {"type": "text", "text": "Net margin", "parameter_name": "kpi"},
                        {"type": "text", "text": "12.4 % (2.6 pp below)", "parameter_name": "how"},
                    ],
                }
            ],
        },
    )


def test_a_template_whose_words_nobody_knows_is_previewed_by_its_fields() -> None:
    templates = Templates(alert=parse_template("mine:subject,value", ALERT))
    assert whatsapp_text(fired(), templates) == "subject: Net margin\nvalue: 12.4 % (2.6 pp below)"


def test_a_text_with_braces_is_not_taken_for_a_place_in_the_template() -> None:
    assert "KPI alert: {{2}} is below its limit." in whatsapp_text(replace(fired(), kpi="{{2}}"))


def test_a_digest_names_whole_alerts_and_counts_the_rest() -> None:
    count, worst, _ = parameters(digest(), DIGEST)
    assert (count, worst.endswith("(Shop 9) is below its limit (12.4 %, Oct 2025) and 993 more")) == (
        "1,001 of 1,002",
        True,
    )


@pytest.mark.parametrize(
    ("link", "sent"),
    [
        (PAGE, PAGE),
        (f"https://kpi.example.com/?{'a' * 300}", "https://kpi.example.com/"),
        (f"https://kpi.example.com/{'a' * 300}", "–"),
        ("", "–"),
    ],
)
def test_a_link_is_sent_whole_or_as_the_page_or_not_at_all(link: str, sent: str) -> None:
    assert parameters(replace(fired(), link=link), Template("t", fields=("link",))) == (sent,)


def test_what_whatsapp_reads_as_markup_only_looks_like_it() -> None:
    marked = replace(fired(), kpi="*bold* _leaning_ ~struck~ `code` snake_case")
    assert parameters(marked, Template("t", fields=("kpi",))) == (
        "∗bold∗ ＿leaning＿ ∼struck∼ ˋcodeˋ snake_case",
    )


def _assert_taken(message: Message, template: Template) -> None:
    """As Meta asks: no newline, tab, run of spaces, or nothing; the body within 1,024 characters."""
    texts = parameters(message, template)
    assert all(texts)
    for text in texts:
        assert text == text.strip()
        assert not re.search(r"[\n\r\t]|\s{2}", text)
        assert not {unicodedata.category(char) for char in text} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    fixed = len(template.text) or 400
    assert fixed + sum(len(text.encode("utf-16-le")) // 2 for text in texts) <= 1_024
    json.dumps(template_body(message, template), ensure_ascii=False).encode()


@pytest.mark.parametrize("template", [*SHIPPED, EVERYTHING])
@pytest.mark.parametrize("text", HOSTILE)
def test_whatsapp_takes_any_template_whatever_the_cells_hold(text: str, template: Template) -> None:
    for message in hostile(text):
        _assert_taken(message, template)


@given(
    st.text(), st.sampled_from(list(Kind)), st.lists(st.sampled_from(list(FIELDS)), min_size=1, max_size=30)
)
def test_whatsapp_takes_whatever_a_cell_can_hold(text: str, kind: Kind, fields: list[str]) -> None:
    parts = dict.fromkeys(
        ("kpi", "member", "period", "value", "limit", "finding", "lasted", "reason"), text * 20
    )
    message = replace(fired(), kind=kind, **parts)  # type: ignore[arg-type]  # all are texts
    _assert_taken(message, Template("t", fields=tuple(fields)))
