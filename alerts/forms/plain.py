"""Plain text: one line for a console or a log."""

from __future__ import annotations

from alerts.message import Message


def line(message: Message) -> str:
    """`[firing] Net margin is below its limit: …`, without a line's end."""
    return f"[{message.kind}] {message.text}"
