"""Slack blocks. Nothing that came from a cell is read as markup, mention or link: it stands in plain text and is escaped.

Slack takes 50 blocks, 150 characters in a header, 10 fields of 2,000, and about 13,200 in all, escapes included. What is
cut here stays far below.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alerts.message import Message
from alerts.telling.phrases import cell

FALLBACK = 3_000
HEADER, FIELD, SECTION, CONTEXT = 150, 400, 3_000, 400
FIELDS = 10  # in one section
EVENT_TYPE = "kpi_alert"
# In `text`, too, nothing is markup, a link that grows a preview, or a name that pings somebody
QUIET: dict[str, Any] = {
    "mrkdwn": False,
    "parse": "none",
    "link_names": False,
    "unfurl_links": False,
    "unfurl_media": False,
}


def slack_payload(message: Message, key: str, owed: str = "") -> dict[str, Any]:
    """The body of chat.postMessage and of an incoming webhook, all but the channel and the thread.

    `key` rides along as metadata, by which a message that may or may not have arrived can be found again; so does since
    when it is `owed`, which tells it from the same of another home that posts to the same channel.
    """
    known = {"delivery": key, "reference": message.reference}
    return {
        "text": slack_text(message),
        "blocks": slack_blocks(message),
        "metadata": {
            "event_type": EVENT_TYPE,
            "event_payload": {**known, "owed": owed} if owed else known,
        },
        **QUIET,
    }


def slack_text(message: Message) -> str:
    """The message for notifications, and where Slack refuses the blocks: at most 3,000 characters."""
    return _escaped(message.text, FALLBACK)


def slack_blocks(message: Message) -> list[dict[str, Any]]:
    """A header, the facts in two columns, who moved it or what is summed up, where it comes from, and a link."""
    blocks: list[dict[str, Any]] = [{"type": "header", "text": _plain(message.title, HEADER)}]
    fields = [_plain(f"{label}\n{text}", FIELD) for label, text in message.facts]
    columns = (fields[start : start + FIELDS] for start in range(0, len(fields), FIELDS))
    blocks.extend({"type": "section", "fields": some} for some in columns)
    if message.moved:
        blocks.append({"type": "section", "text": _lines((message.moved_by, *message.moved))})
    if message.summed_up:
        blocks.append({"type": "section", "text": _lines(message.summed_up)})
    if message.note:
        blocks.append({"type": "context", "elements": [_plain(f"Note: {cell(message.note, 250)}", CONTEXT)]})
    told = (("Reference", cell(message.reference, 40)), *message.origin)
    elements = [_plain(f"{label} {text}", CONTEXT) for label, text in told]
    blocks.append({"type": "context", "elements": elements})
    return [*blocks, _link(message.link)] if message.link else blocks


def _lines(lines: Sequence[str]) -> dict[str, Any]:
    """One under the other; each is cut by itself, so that the last is never lost."""
    room = SECTION // len(lines) - 1
    written = "\n".join(_escaped(line, room) for line in lines)
    return {"type": "plain_text", "text": written, "emoji": False}


def _link(link: str) -> dict[str, Any]:
    """A link of its own kind, not a button: Slack warns who presses one where the app does not answer to it."""
    element = {"type": "link", "url": link, "text": "Open it on the dashboard"}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}


def _plain(text: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": _escaped(text, limit), "emoji": False}


def _escaped(text: str, limit: int) -> str:
    """Escaped as Slack asks, and cut so that no escape is halved."""
    escapes = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
    pieces = [escapes.get(char, char) for char in text]
    if sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    kept, room = [], limit - 1
    for piece in pieces:
        room -= len(piece)
        if room < 0:
            break
        kept.append(piece)
    return "".join(kept) + "…"
