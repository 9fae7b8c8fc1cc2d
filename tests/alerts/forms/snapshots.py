"""The whole texts of every kind of message in every form, as files: `python -m tests.alerts.forms.snapshots` writes them.

Run it from the top of the project where a text was changed on purpose, and read what changed before it is committed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from alerts.forms.email import email_parts
from alerts.forms.plain import line
from alerts.forms.slack import slack_payload
from alerts.forms.webhook import webhook_body
from alerts.forms.whatsapp import Templates, template_body, whatsapp_text
from alerts.message import Message
from tests.alerts.forms.cases import CASES

FOLDER = Path(__file__).with_name("snapshots")


def _json(plain: dict[str, Any]) -> str:
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def _whatsapp(message: Message) -> str:
    return f"{whatsapp_text(message)}\n\n{_json(template_body(message, Templates().of(message)))}"


def _email(message: Message) -> str:
    subject, text, _ = email_parts(message)
    return f"Subject: {subject}\n\n{text}"


FORMS: Mapping[str, Callable[[Message], str]] = {
    "plain.txt": lambda message: line(message) + "\n",
    "slack.json": lambda message: _json(slack_payload(message, "the key")),
    "whatsapp.txt": _whatsapp,
    "email.txt": _email,
    "email.html": lambda message: email_parts(message)[2],
    "webhook.json": lambda message: _json(webhook_body(message, "the key")),
}


def written() -> dict[str, str]:
    """What is to be in each file, by its name."""
    return {f"{case}.{form}": say(make()) for case, make in CASES.items() for form, say in FORMS.items()}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    for name, text in written().items():
        FOLDER.joinpath(name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
