"""E-mail's form: one line of subject, text that can be read without HTML, and HTML that holds no cell's markup."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest

from alerts.forms.email import email_parts
from alerts.message import Message
from tests.alerts.forms.cases import CASES, PAGE, fired, missing, over
from tests.alerts.forms.hostile import HOSTILE, hostile

OURS = {"html", "head", "meta", "title", "body", "table", "tr", "th", "td", "strong", "br", "a"}
EMPTY = {"meta", "br"}


class Seen(HTMLParser):
    """What a mail program would find: tags, where links lead, and which tags are still open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str | None] = []
        self.open: list[str] = []
        self.said: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in {"href", "src", "background"}]
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)


@pytest.mark.parametrize(
    ("message", "subject"),
    [
        (fired(), "[critical] Net margin is below its limit (A-8A7D68)"),
        (over(), "[resolved] Net margin is back to normal (A-8A7D68)"),
        (
            missing(),
            "[critical] sales.xlsx has not come: expected by 09:00 (Europe/Paris) on Monday 3 Nov (A-8A7D68)",
        ),
    ],
)
def test_the_subject_says_how_bad_what_and_which(message: Message, subject: str) -> None:
    assert email_parts(message)[0] == subject


@pytest.mark.parametrize("case", CASES)
def test_the_html_is_whole_loads_nothing_and_says_what_the_text_says(case: str) -> None:
    message = CASES[case]()
    seen = Seen(email_parts(message)[2])
    facts = [part for row in (*message.facts, *message.origin) for part in row]
    assert (seen.open, seen.links, set(facts) - set(seen.said)) == (
        [],
        [message.link] if message.link else [],
        set(),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_cell_holds_adds_no_header_no_tag_and_no_link(text: str) -> None:
    for message in hostile(text):
        subject, plain, html = email_parts(message)
        mail = EmailMessage()
        mail["Subject"] = subject  # refuses a line's end
        mail.set_content(plain)
        mail.add_alternative(html, subtype="html")
        seen = Seen(html)
        assert (seen.open, seen.tags - OURS, {str(link).partition("?")[0] for link in seen.links}) == (
            [],
            set(),
            {"https://kpi.example.com/"},
        )
        assert mail.keys() == ["Subject", "MIME-Version", "Content-Type"]
        assert len(subject) <= 250
        assert "evil.example" not in plain or "://evil" not in plain


def test_where_the_page_has_no_address_there_is_no_link() -> None:
    _, text, html = email_parts(replace(fired(), link=""))
    assert ("Open it" in text, Seen(html).links, PAGE in html) == (False, [], False)
