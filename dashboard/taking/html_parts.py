"""The parts of the page of HTML: its head, tiles, charts and tables. Every text is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from dashboard import sparkline, theme
from dashboard.taking.report import COLUMNS, Breakdown, Report, Said, Tile, Trend, cells
from dashboard.text import one_line
from kpi.format import format_value

ARROWS = {"up": "\N{UPWARDS ARROW}", "down": "\N{DOWNWARDS ARROW}", "off": ""}
TONES: dict[theme.Tone, str] = {theme.GOOD: "good", theme.BAD: "bad", theme.QUIET: "quiet"}
NUMBERS = {"Value", "Earlier", "Change"}  # columns that are aligned to the right


def said(text: str) -> str:
    """The text of a cell as HTML shows it: on one line, as it is."""
    return escape(one_line(text))


def head(report: Report) -> str:
    facts = "".join(
        f"<div><dt>{said(name)}</dt><dd>{said(words)}</dd></div>" for name, words in report.standing
    )
    against = f", {report.against}" if report.against else ""
    about = f'<p class="about"><strong>{said(report.shown)}</strong>{said(against)}</p>'
    return f"<header>\n<h1>{said(report.dataset)}</h1>\n{about}\n<dl>{facts}</dl>\n</header>\n"


def tiles(report: Report) -> str:
    drawn = "".join(f"<li>{_tile(one)}</li>\n" for one in report.tiles)
    return (
        f'<section aria-labelledby="glance">\n<h2 id="glance">At a glance</h2>\n'
        f'<ul class="tiles">\n{drawn}</ul>\n</section>\n'
    )


def _tile(tile: Tile) -> str:
    note = f' <span class="note">{said(tile.note)}</span>' if tile.note else ""
    return "".join(
        (
            '<article class="tile">',
            f"<h3>{said(tile.label)}</h3>",
            f'<p class="value" title="{said(tile.full)}">{said(tile.value)}{note}</p>',
            _said(tile.change, "change"),
            _said(tile.aim, "aim"),
            sparkline.svg(tile.sparks, tile.course),
            f"<details><summary>What it is</summary><p>{said(tile.about)} In full: {said(tile.full)}.</p></details>",
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


def chart(name: str, of: Trend | Breakdown, finding: str, figure: str, table: str) -> str:
    """A chart with what it shows in words, and its numbers below it. `figure` is JSON that is safe in a script."""
    return (
        f'<figure class="card">\n<figcaption><h2>{said(of.title)}</h2> <span>{said(of.unit)}</span></figcaption>\n'
        f'<div class="chart" id="{name}" role="img" aria-label="{said(finding)}"></div>\n'
        f'<script type="application/json" id="{name}-figure">{figure}</script>\n'
        f"<details><summary>The numbers</summary>\n{table}</details>\n</figure>\n"
    )


def trend_table(trend: Trend) -> str:
    rows = [
        (point.name, point.shown, "" if point.complete else trend.so_far or "not over")
        for point in trend.points
    ]
    return _table(trend.title, ("Period", "Value", "Note"), rows, {"Value"})


def breakdown_table(found: Breakdown) -> str:
    one = found.kpi
    rows = [
        (
            "" if share.rank is None else str(share.rank),
            share.member,
            format_value(share.value, one.unit, one.decimals, one.currency),
            share.of_the_whole,
        )
        for share in found.shares
    ]
    return _table(
        found.title,
        ("Rank", found.called, "Value", "Share of total"),
        rows,
        {"Rank", "Value", "Share of total"},
        1,
    )


def figures_table(report: Report) -> str:
    table = _table("Every KPI with its value and change", COLUMNS, cells(report.lines), NUMBERS)
    return f'<section class="card all" aria-labelledby="all">\n<h2 id="all">All figures</h2>\n{table}</section>\n'


def _table(
    caption: str,
    names: Sequence[str],
    rows: Iterable[Sequence[str]],
    numbers: set[str],
    first: int = 0,
) -> str:
    """A table whose column `first` names each row. Scrolls within itself, also by the keyboard, where it is too wide."""
    kinds = [' class="number"' if name in numbers else "" for name in names]
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
