from __future__ import annotations

from dataclasses import replace

from alerts.forms.slack import slack_blocks
from alerts.forms.whatsapp import ALERT, Template
from alerts.message import Message
from alerts.rules import Kind
from dashboard.alerting.previews import in_slack, in_whatsapp
from dashboard.text import plain

MESSAGE = Message(
    kind=Kind.FIRING,
    reference="A-3F09C1",
    severity="warning",
    dataset="shop",
    kpi="Margin",
    member="North",
    period="November 2025",
    value="25.3 %",
    limit="30.0 %",
    finding="below its limit",
    link="https://kpi.example/?dataset=shop",
)
HOSTILE = "<!channel> **bold** [x](javascript:alert(1)) $x$ :red[no]"


def test_a_slack_message_is_shown_block_by_block() -> None:
    title, facts, small, link = in_slack(slack_blocks(MESSAGE))
    assert title == f"**{plain('Margin (North) is below its limit')}**"
    assert facts.split("  \n")[:2] == [f":gray[Value] {plain('25.3 %')}", f":gray[Limit] {plain('30.0 %')}"]
    assert small == f":small[:gray[{plain('Reference A-3F09C1')}]]"
    assert link == ":blue[:material/open_in_new: Open it on the dashboard]"


def test_a_whatsapp_message_is_the_approved_template_with_its_parameters() -> None:
    shown = in_whatsapp(MESSAGE, ALERT)
    assert shown.startswith(
        f"{plain('KPI alert:')} **{plain('Margin (North)')}** is **{plain('below its limit')}**"
    )
    assert "{{" not in shown


def test_of_a_template_whose_words_only_meta_knows_its_parameters_are_listed() -> None:
    shown = in_whatsapp(MESSAGE, Template("mine", fields=("value", "reference")))
    assert shown.split("  \n") == [
        "Your template mine, which is given:",
        f":gray[value] {plain('25.3 %')}",
        f":gray[reference] {plain('A-3F09C1')}",
    ]


def test_what_came_from_a_cell_stays_text_in_both() -> None:
    hostile = replace(MESSAGE, member=HOSTILE)
    slack, whatsapp = "".join(in_slack(slack_blocks(hostile))), in_whatsapp(hostile, ALERT)
    for shown in (slack, whatsapp):
        assert "**bold**" not in shown
        assert "](javascript" not in shown
        assert ":red[" not in shown
    assert "&amp;" not in slack
