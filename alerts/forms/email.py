"""E-mail: a subject, plain text, and HTML that mail programs of any age show alike. Nothing is loaded from elsewhere.

Tables and styles at the elements, because Outlook lays out with Word's engine and Gmail drops style sheets.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from alerts.message import Message
from alerts.rules import Kind
from alerts.telling.phrases import cell

SUBJECT = 150
BAR = {"critical": "#b42318", "warning": "#b54708", "info": "#175cd3"}  # each 4.5:1 or more on white
OVER = "#067647"
FONT = "font-family:Segoe UI,Helvetica,Arial,sans-serif"
HEADING = "font-size:18px;line-height:24px;font-weight:bold;color:#101828"
LINK = "Open it on the dashboard"


def email_parts(message: Message, picture: str = "") -> tuple[str, str, str]:
    """Subject, plain text and HTML. The subject is one line, so that no cell can add a header.

    `picture`: the Content-ID of a picture that comes along, empty for none.
    """
    return _subject(message), _text(message), _html(message, picture)


def _subject(message: Message) -> str:
    """`[critical] Net margin is below its limit (A-3F09C1)`: the reference keeps an episode in one thread of few."""
    calm = {Kind.RESOLVED: "resolved", Kind.TEST: "test", Kind.REPORT: "report"}
    sort = calm.get(message.kind, cell(message.severity, 20))
    return f"[{sort}] {cell(message.title, SUBJECT)} ({cell(message.reference, 40)})"


def _text(message: Message) -> str:
    width = max((len(label) for label, _ in _rows(message)), default=0)
    lines = [message.title, ""]
    lines += [f"{label + ':':<{width + 1}} {text}" for label, text in _rows(message)]
    for heading, items in _lists(message):
        lines += ["", f"{heading}:", *(f"- {item}" for item in items)]
    if message.link:
        lines += ["", f"{LINK}: {message.link}"]
    return "\n".join([*lines, ""])


def _html(message: Message, picture: str) -> str:
    colour = OVER if message.kind is Kind.RESOLVED else BAR.get(message.severity, BAR["warning"])
    heading = f"padding:16px 20px 16px 14px;border-left:6px solid {colour};{FONT};{HEADING}"
    parts = [
        f'<tr><td style="{heading}">{escape(message.title)}</td></tr>',
        f'<tr><td style="padding:4px 20px 8px">{_table(_rows(message))}</td></tr>',
        *(_list(heading, items) for heading, items in _lists(message)),
    ]
    if picture:
        parts.append(_picture(picture, message.title))
    if message.link:
        parts.append(_button(message.link, colour))
    return PAGE.format(title=escape(message.title), rows="\n".join(parts))


PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light">
<title>{title}</title>
</head>
<body style="margin:0;padding:16px;background-color:#f2f4f7">
<table role="presentation" width="600" align="center" cellpadding="0" cellspacing="0" border="0" \
style="width:600px;max-width:100%;background-color:#ffffff">
{rows}
</table>
</body>
</html>
"""


def _rows(message: Message) -> tuple[tuple[str, str], ...]:
    note = (("Note", cell(message.note, 200)),) if message.note else ()
    return (*message.facts, *message.origin, ("Reference", cell(message.reference, 40)), *note)


def _lists(message: Message) -> tuple[tuple[str, tuple[str, ...]], ...]:
    heading = "At a glance" if message.kind is Kind.REPORT else "The worst first"
    lists = ((message.moved_by, message.moved), (heading, message.summed_up))
    return tuple((heading, items) for heading, items in lists if items)


def _table(rows: Iterable[tuple[str, str]]) -> str:
    style = f"padding:4px 0;{FONT};font-size:14px;line-height:20px;vertical-align:top"
    lines = (
        f'<tr><th scope="row" width="120" align="left" style="{style};font-weight:normal;color:#475467">'
        f'{escape(label)}</th><td style="{style};color:#101828">{escape(text)}</td></tr>'
        for label, text in rows
    )
    table = '<table width="100%" cellpadding="0" cellspacing="0" border="0">'
    return "\n".join([table, *lines, "</table>"])


def _list(heading: str, items: Iterable[str]) -> str:
    style = f"padding:4px 20px 12px;{FONT};font-size:14px;line-height:20px;color:#101828"
    told = "<br>\n".join(escape(item) for item in items)
    return f'<tr><td style="{style}"><strong>{escape(heading)}</strong><br>\n{told}</td></tr>'


def _picture(picture: str, title: str) -> str:
    style = "display:block;width:560px;max-width:100%;height:auto;border:0"
    alt = escape(f"The trend, drawn: {title}")
    return (
        f'<tr><td style="padding:4px 20px 16px"><img src="cid:{escape(picture)}" width="560" alt="{alt}" '
        f'style="{style}"></td></tr>'
    )


def _button(link: str, colour: str) -> str:
    style = f"display:inline-block;padding:10px 18px;{FONT};font-size:14px;color:#ffffff;text-decoration:none"
    return (
        '<tr><td style="padding:4px 20px 20px"><table role="presentation" cellpadding="0" cellspacing="0" border="0">'
        f'<tr><td bgcolor="{colour}"><a href="{escape(link)}" style="{style}">{LINK}</a></td></tr></table></td></tr>'
    )
