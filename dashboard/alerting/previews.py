"""A message as its readers will see it, made of the very payload that would be sent; its text is data."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from alerts.forms.slack import slack_blocks
from alerts.forms.whatsapp import Template, parameters
from alerts.message import Message
from dashboard.context import current
from dashboard.text import plain

SLACK, WHATSAPP = "in Slack", "in WhatsApp"
HOLE = re.compile(r"\{\{(\d+)\}\}")


def show(message: Message, heading: str) -> None:
    """What is or would have been said, in the two places where most people hear of it."""
    st.markdown(f"**{heading}**")
    where = st.segmented_control(
        "Where", [SLACK, WHATSAPP], default=SLACK, key="preview", required=True, label_visibility="collapsed"
    )
    with st.container(border=True, key="preview_message", gap="small"):
        if where == WHATSAPP:
            st.markdown(in_whatsapp(message, current().templates.of(message)))
        else:
            st.markdown(":small[:gray[**KPI alerts** APP]]")
            for text in in_slack(slack_blocks(message)):
                st.markdown(text)


def in_whatsapp(message: Message, template: Template) -> str:
    """The approved template with its parameters put in, as Markdown; of one whose words only Meta knows, what it gets."""
    texts = parameters(message, template)
    if not template.text:
        named = template.names or template.fields
        told = [f":gray[{plain(name)}] {plain(text)}" for name, text in zip(named, texts, strict=True)]
        return "  \n".join([f"Your template {plain(template.name)}, which is given:", *told])
    parts = HOLE.split(template.text)  # text, number, text, number, …
    return "".join(
        f"**{plain(texts[int(part) - 1])}**" if at % 2 else plain_inside(part)
        for at, part in enumerate(parts)
    )


def plain_inside(part: str) -> str:
    """A part of a sentence: escaped, with the blanks at its ends, which `plain` drops."""
    ends = (part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :])
    return f"{ends[0]}{plain(part)}{ends[1]}" if part.strip() else part


def in_slack(blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each block as Markdown, in their order: a title, facts in a line each, small print, where a button leads."""
    return [text for block in blocks if (text := _block(block))]


def _block(block: Mapping[str, Any]) -> str:
    match block["type"]:
        case "header":
            return f"**{_text(block['text'])}**"
        case "section" if "fields" in block:
            return "  \n".join(_field(field) for field in block["fields"])
        case "section":
            return _lines(block["text"])
        case "context":
            return f":small[:gray[{' · '.join(_text(one) for one in block['elements'])}]]"
        case "rich_text":
            links = [one for section in block["elements"] for one in section["elements"]]
            return " ".join(f":blue[:material/open_in_new: {_text(one)}]" for one in links)
    return ""


def _field(field: Mapping[str, Any]) -> str:
    """A label and, on the next line, its value; here both stand in one line, the label in grey."""
    label, _, value = html.unescape(str(field["text"])).partition("\n")
    return f":gray[{plain(label)}] {plain(value)}"


def _lines(text: Mapping[str, Any]) -> str:
    return "  \n".join(plain(line) for line in html.unescape(str(text["text"])).split("\n"))


def _text(text: Mapping[str, Any]) -> str:
    """Slack's own escapes undone: its reader does so, too."""
    return plain(html.unescape(str(text["text"])))
