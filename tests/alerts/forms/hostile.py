"""Texts that a cell may hold and that would like to be more than text."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from alerts.message import Message, Mover, Provenance, broken_message
from alerts.telling.digest import digest_message
from alerts.telling.retelling import possible_repeat
from tests.alerts.forms.cases import MONDAY, PAGE, fired, over

HOSTILE = (
    "<!channel>",
    "<@U012AB3CD>",
    "*bold* _leaning_ ~struck~ `code`",
    '=HYPERLINK("http://evil.example","Open")',
    "\u202egnihton\u202c\u200b",
    "first\r\nBcc: all@example.com\n\tlast",
    "long " * 2_000,
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[x](http://evil.example)",
    "&lt;b&gt; & {0} %s {{1}}",
    "\U0001f4a3" * 3_000,
    "&" * 5_000,
    "\ud800",
)


@cache
def hostile(text: str) -> tuple[Message, ...]:
    """An alert, its end, a digest and a broken destination in which everything from outside is the text."""
    alert = replace(
        fired(text),
        kpi=text,
        dataset=text,
        period=text,
        value=text,
        limit=text,
        finding=text,
        by_how_much=text,
        owner=text,
        rule=text,
        reason=text,
        since=text,
        age=text,
        dimension=text,
        labels=((text, text),),
        provenance=Provenance(text, 3, text),
        movers=(Mover(text, text, text),) * 3,
    )
    many = [replace(alert, reference=f"A-{number:06}") for number in range(30)]
    end = replace(over(text), kpi=text, worst=text)
    return (
        possible_repeat(alert),
        end,
        digest_message(many, text),
        broken_message(text, text, MONDAY, 1, PAGE),
    )
