"""WhatsApp: which parameters an approved template gets. Meta refuses a message whose parameters do not fit its template.

Whoever runs the dashboard has the templates approved under names of their own, so a setting says what a template is
called and which fields it takes, in their order or by name: `kpi_alert_v1`, `my_alert:subject,value,link`,
`my_alert@de:kpi=subject,value=value`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from alerts.message import Message
from alerts.rules import Kind
from alerts.telling.phrases import NOTHING, cell, template_param
from kpi.format import format_count

BODY = 1_024  # characters of a body, its parameters put in
FIXED = 400  # of them the template's own, where we do not know it
MOST_ITEMS = 600  # of a digest or a report
LONGEST_LINK = 250


@dataclass(frozen=True, slots=True)
class Template:
    """An approved template: what it is called, in which language, and which fields it takes in which order.

    `names` are those that the template calls its parameters by; empty where it numbers them. `text` is its body, empty
    where we do not know it.
    """

    name: str
    language: str = "en_US"
    fields: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    text: str = ""

    @property
    def named(self) -> bool:
        return bool(self.names)


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a template may say: what it is of a message, and its most characters."""

    of: Callable[[Message], str]
    limit: int
    told: str  # what it is, for people


ALERT = Template(
    "kpi_alert_v1",
    fields=("subject", "finding", "value", "limit", "where", "reference"),
    text="KPI alert: {{1}} is {{2}}. The value is {{3}} and the limit is {{4}} for {{5}}. "
    "Reference {{6}}, see the dashboard for details.",
)
RESOLVED = Template(
    "kpi_resolved_v1",
    fields=("subject", "value", "limit", "lasted", "reference"),
    text="KPI back to normal: {{1}} is {{2}} (limit {{3}}) after {{4}}. "
    "Reference {{5}}, sent by the KPI dashboard.",
)
DIGEST = Template(
    "kpi_digest_v1",
    fields=("count", "worst", "reference"),
    text="{{1}} KPI alerts need attention, the worst are: {{2}}. Reference {{3}}, see the dashboard.",
)


REPORT = Template(
    "kpi_report_v1",
    fields=("title", "items", "reference"),
    text="KPI report {{1}}. The figures are: {{2}}. Reference {{3}}, see the dashboard.",
)


@dataclass(frozen=True, slots=True)
class Templates:
    """Which template says what: a digest, a report, that it is well again, and everything else."""

    alert: Template = ALERT
    resolved: Template = RESOLVED
    digest: Template = DIGEST
    report: Template = REPORT

    def of(self, message: Message) -> Template:
        if message.kind in (Kind.DIGEST, Kind.REPORT):
            return self.digest if message.kind is Kind.DIGEST else self.report
        # one that is over for another reason says so: nobody knows whether it is well
        well = message.kind is Kind.RESOLVED and not message.reason
        return self.resolved if well else self.alert


def _where(message: Message) -> str:
    """The period and the workbook, or whichever of them is known."""
    if message.period and message.source:
        return f"{message.period} ({message.source})"
    return message.period or message.source


def _mark(message: Message) -> str:
    """The reference, and what to know about the message itself."""
    return f"{message.reference} ({message.note})" if message.note else message.reference


def _items(message: Message) -> str:
    """As many of the items of a digest or a report as there is room for, whole; the first in any case."""
    told: list[str] = []
    room = MOST_ITEMS
    for item in message.items:
        room -= len(item) + len("; ")
        if told and room < len(" and 1,000,000 more"):
            break
        told.append(item)
    more = message.count - len(told)
    return "; ".join(told) + (f" and {format_count(more)} more" if told and more > 0 else "")


def _movers(message: Message) -> str:
    against = f" against {message.moved_against}" if message.moved and message.moved_against else ""
    return f"{', '.join(message.moved)}{against}"


def _count(message: Message) -> str:
    return message.value if message.kind is Kind.DIGEST else f"{format_count(message.count)}"


def _link(message: Message) -> str:
    """Whole, or the page without the view, or nothing: half an address leads nowhere."""
    page = message.link.partition("?")[0]
    return next((link for link in (message.link, page) if len(link) <= LONGEST_LINK), "")


FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "subject": Field(lambda said: said.subject, 160, "the KPI and the member, or the file"),
        "finding": Field(lambda said: said.finding, 160, "what the subject is: below its limit"),
        "title": Field(lambda said: said.title, 250, "subject and finding as a sentence"),
        "value": Field(lambda said: said.measured, 100, "the value, and how far it is beyond its limit"),
        "limit": Field(lambda said: said.limit, 80, "the limit that it was held against"),
        "by": Field(lambda said: said.by_how_much, 80, "how far it is beyond the limit"),
        "period": Field(lambda said: said.period, 80, "the period that it was judged for"),
        "where": Field(_where, 200, "the period, and the workbook, sheet and version"),
        "source": Field(lambda said: said.source, 160, "the workbook, sheet and version"),
        "age": Field(lambda said: said.age, 80, "how old the data are"),
        "since": Field(lambda said: said.since, 80, "since when"),
        "lasted": Field(lambda said: said.lasted, 40, "how long it lasted, or has lasted so far"),
        "worst_value": Field(lambda said: said.worst, 60, "the worst value meanwhile, when it is over"),
        "movers": Field(_movers, 250, "the three members that moved it most, and against which period"),
        "reason": Field(lambda said: said.reason, 200, "why a file or a destination does not work"),
        "severity": Field(lambda said: said.severity, 20, "info, warning or critical"),
        "owner": Field(lambda said: said.owner, 80, "who looks after the rule"),
        "rule": Field(lambda said: said.rule, 120, "the rule's name"),
        "dataset": Field(lambda said: said.dataset, 80, "the dataset"),
        "kpi": Field(lambda said: said.kpi, 120, "the KPI without the member"),
        "member": Field(lambda said: said.member, 120, "the member without the KPI"),
        "link": Field(_link, LONGEST_LINK, "the address of that view of the page"),
        "count": Field(_count, 20, "of a digest: how many alerts there are"),
        "worst": Field(_items, MOST_ITEMS, "of a digest: the worst alerts"),
        "items": Field(_items, MOST_ITEMS, "of a report: a line for each KPI"),
        "reference": Field(_mark, 160, "the short reference, and whether the message is late or a repeat"),
    }
)
NAME = re.compile(r"[a-z0-9_]{1,512}")
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
# What WhatsApp reads as bold, struck out or code, by what only looks like it; an underscore inside a word does nothing
LOOKALIKES = {
    "*": "\N{ASTERISK OPERATOR}",
    "~": "\N{TILDE OPERATOR}",
    "`": "\N{MODIFIER LETTER GRAVE ACCENT}",
}
OUTER_UNDERSCORE = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")


def parse_template(text: str, default: Template) -> Template:
    """`NAME`, `NAME@LANGUAGE`, and after a colon the fields, or each as `parameter=field`; without them the default's.

    ValueError says what cannot be and what there is.
    """
    called, colon, mapping = text.strip().partition(":")
    name, at, language = called.strip().partition("@")
    if not NAME.fullmatch(name):
        raise ValueError(
            f"found the template name {name!r}, expected small letters, digits and underscores, such as {default.name}"
        )
    if at and not LANGUAGE.fullmatch(language):
        raise ValueError(
            f"template {name}: found the language {language!r}, expected one such as en_US or de"
        )
    language = language or default.language
    if not colon:
        text = (
            default.text if language == default.language else ""
        )  # its words in other languages are not known
        return replace(default, name=name, language=language, text=text)
    pairs = [part.strip().partition("=") for part in mapping.split(",")]
    names = tuple(left.strip() for left, equals, _ in pairs if equals)
    fields = tuple((right if equals else left).strip() for left, equals, right in pairs)
    _check_mapping(name, names, fields)
    return Template(name, language, fields, names)


def _check_mapping(template: str, names: tuple[str, ...], fields: tuple[str, ...]) -> None:
    for field in fields:
        if field not in FIELDS:
            raise ValueError(
                f"template {template}: found the field {field!r}, expected some of {', '.join(FIELDS)}; correct it"
            )
    if names and len(names) != len(fields):
        raise ValueError(
            f"template {template}: found parameters with and without a name, expected one or the other; "
            "WhatsApp takes no mixture"
        )
    for name in names:
        if not re.fullmatch(r"[a-z0-9_]+", name) or names.count(name) > 1:
            raise ValueError(
                f"template {template}: found the parameter {name!r}, expected names of small letters, digits and "
                "underscores, each once"
            )


def parameters(message: Message, template: Template) -> tuple[str, ...]:
    """One text for each field of the template, in its order: cleaned, never empty, and the body within 1,024."""
    texts = [_parameter(message, name) for name in template.fields]
    room = BODY - (len(template.text) or FIXED)
    while sum(map(_size, texts)) > room and max(map(len, texts)) > 1:
        longest = max(range(len(texts)), key=lambda place: len(texts[place]))
        texts[longest] = template_param(texts[longest], max(1, len(texts[longest]) * 3 // 4))
    return tuple(texts)


def whatsapp_text(message: Message, templates: Templates | None = None) -> str:
    """What its readers see: the template filled in, or a line for each field of one whose words we do not know."""
    template = (templates or Templates()).of(message)
    texts = parameters(message, template)
    if not template.text:
        return "\n".join(f"{name}: {text}" for name, text in zip(template.fields, texts, strict=True))
    places = enumerate(texts, start=1)
    filled = {f"{{{{{place}}}}}": text for place, text in places}
    return re.sub(r"\{\{\d+\}\}", lambda found: filled[found[0]], template.text)


def template_body(message: Message, template: Template) -> dict[str, Any]:
    """The `template` of a message to the Cloud API."""
    texts = parameters(message, template)
    filled: list[dict[str, str]] = [{"type": "text", "text": text} for text in texts]
    for name, parameter in zip(template.names, filled, strict=False):  # none where they are numbered
        parameter["parameter_name"] = name
    return {
        "name": template.name,
        "language": {"code": template.language},
        "components": [{"type": "body", "parameters": filled}],
    }


def _parameter(message: Message, name: str) -> str:
    field = FIELDS[name]
    text = field.of(message)
    if name == "link":  # ours, and whole
        return text or NOTHING
    return template_param(_unmarked(cell(text, field.limit)), field.limit)


def _unmarked(text: str) -> str:
    for mark, lookalike in LOOKALIKES.items():
        text = text.replace(mark, lookalike)
    return OUTER_UNDERSCORE.sub(lambda found: "\N{FULLWIDTH LOW LINE}" * len(found[0]), text)


def _size(text: str) -> int:
    """As WhatsApp may count it: a sign beyond the first 65,536 as two."""
    return len(text.encode("utf-16-le")) // 2
