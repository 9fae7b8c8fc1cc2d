"""The parts of the page of HTML: its head, tiles, frames of charts, tables and words. Every text is escaped here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from dashboard import sparkline, theme
from dashboard.taking.contents import Absent, Block, Kind, Said, Tile, Written
from dashboard.taking.report import Report
from dashboard.text import one_line

ARROWS = {"up": "\N{UPWARDS ARROW}", "down": "\N{DOWNWARDS ARROW}", "off": ""}
TONES: dict[theme.Tone, str] = {theme.GOOD: "good", theme.BAD: "bad", theme.QUIET: "quiet"}


def said(text: str) -> str:
    """The text of a cell as HTML shows it: on one line, as it is."""
    return escape(one_line(text))


def head(report: Report) -> str:
    facts = "".join(
        f"<div><dt>{said(name)}</dt><dd>{said(words)}</dd></div>" for name, words in report.standing
    )
    against = f", {report.against}" if report.against else ""
    about = f'<p class="about"><strong>{said(report.shown)}</strong>{said(against)}</p>'
    return f"<header>\n<h1>{said(report.name)}</h1>\n{about}\n<dl>{facts}</dl>\n</header>\n"


def tile(made: Tile) -> str:
    note = f' <span class="note">{said(made.note)}</span>' if made.note else ""
    return "".join(
        (
            '<article class="tile">',
            f"<h3>{said(made.label)}</h3>",
            f'<p class="value" title="{said(made.full)}">{said(made.value)}{note}</p>',
            _said(made.change, "change"),
            _said(made.aim, "aim"),
            sparkline.svg(made.sparks, made.course),
            f"<details><summary>What it is</summary><p>{said(made.about)} In full: {said(made.full)}.</p></details>",
            "</article>",
        )
    )


def _said(found: Said | None, name: str) -> str:
    """A line of a tile; its place stays where there is nothing to say, so that tiles are alike."""
    if found is None:
        return ""
    arrow = ARROWS[found.arrow]
    sign = f'<span aria-hidden="true">{arrow}</span> ' if arrow else ""
    return f'<p class="{name} {TONES[found.tone]}">{sign}{said(found.text)}</p>'


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart: what it is called, its unit, what it shows in words, and itself as JSON that is safe in a script.

    `name` is its own on the page; `table` are its numbers as HTML.
    """

    name: str
    title: str
    unit: str
    finding: str
    figure: str
    table: str


def chart(drawing: Drawing) -> str:
    """A chart with what it shows in words, and its numbers below it."""
    return (
        f'<figure class="card">\n{_caption(drawing.title, drawing.unit, "figcaption")}\n'
        f'<div class="chart" id="{drawing.name}" role="img" aria-label="{said(drawing.finding)}"></div>\n'
        f'<script type="application/json" id="{drawing.name}-figure">{drawing.figure}</script>\n'
        f"<details><summary>The numbers</summary>\n{drawing.table}</details>\n</figure>\n"
    )


def table_card(title: str, unit: str, table: str, name: str = "card") -> str:
    """A table as a card of its own."""
    return f'<article class="{name}">\n{_caption(title, unit, "div")}\n{table}</article>\n'


def _caption(title: str, unit: str, tag: str) -> str:
    words = f" <span>{said(unit)}</span>" if unit else ""
    name = "" if tag == "figcaption" else ' class="caption"'
    return f"<{tag}{name}><h3>{said(title)}</h3>{words}</{tag}>"


def absent(card: Absent) -> str:
    return f'<article class="card absent"><h3>{said(card.title)}</h3><p>{said(card.why)}</p></article>\n'


def written(card: Written) -> str:
    """Words, without anything that is more than words."""
    title = f"<h3>{said(card.title)}</h3>" if card.title else ""
    parts = "".join(
        _blocks(kind, list(blocks)) for kind, blocks in groupby(card.blocks, lambda one: one.kind)
    )
    return f'<article class="words">{title}{parts}</article>\n'


def _blocks(kind: Kind, blocks: Sequence[Block]) -> str:
    if kind is Kind.ITEM:
        return f"<ul>{''.join(f'<li>{said(one.text)}</li>' for one in blocks)}</ul>"
    name = ' class="lead"' if kind is Kind.HEADING else ""
    return "".join(f"<p{name}>{said(one.text)}</p>" for one in blocks)


def table(
    caption: str,
    names: Sequence[str],
    rows: Iterable[Sequence[str]],
    numbers: Collection[int],
    first: int = 0,
) -> str:
    """A table whose column `first` names each row, and whose columns `numbers` are aligned to the right.

    It scrolls within itself, also by the keyboard, where it is too wide.
    """
    kinds = [' class="number"' if at in numbers else "" for at in range(len(names))]
    heads = "".join(
        f'<th scope="col"{kind}>{said(name)}</th>' for name, kind in zip(names, kinds, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{said(cell)}</th>' if at == first else f"<td{kind}>{said(cell)}</td>"
            for at, (cell, kind) in enumerate(zip(row, kinds, strict=True))
        )
        + "</tr>\n"
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{said(caption)}"><table>\n'
        f"<caption>{said(caption)}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}</tbody>\n</table></div>\n"
    )
