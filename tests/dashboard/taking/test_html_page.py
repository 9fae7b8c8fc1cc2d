from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

from dashboard.charts import Visualizer
from dashboard.taking.html_page import html_page
from tests.dashboard.taking.books import hostile, report
from wiring import System

ALONE = {"meta", "link", "img", "br", "input"}  # elements without an end
SCRIPT = re.compile(r"<script( [^>]*)?>(.*?)</script>", re.DOTALL)


class Outline(HTMLParser):
    """Elements in their order, each closed where it must be; the text outside scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ALONE:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"script", "style"}:
            self.texts.append(data)


def own_part(page: str) -> str:
    """The page without the script that draws, which is not ours."""
    return SCRIPT.sub(lambda found: "" if len(found[2]) > 1_000_000 else found[0], page)


def test_the_page_is_whole_and_names_no_other_place(samples: System) -> None:
    page = html_page(report(samples, "finance"))
    outline = Outline(page)
    assert outline.open == []
    names = {name for _, attributes in outline.seen for name in attributes}
    assert names.isdisjoint({"src", "href", "action", "srcset", "onerror", "onclick", "style"})
    assert "url(" not in own_part(page)
    assert re.findall(r"""["'(=]\s*(?:https?:)?//""", own_part(page)) == []


def test_only_the_scripts_that_were_written_may_run_and_none_may_fetch() -> None:
    page = html_page(hostile())
    outline = Outline(page)
    policy = next(about["content"] or "" for tag, about in outline.seen if about.get("http-equiv"))
    ran = [found[2] for found in SCRIPT.finditer(page) if not found[1]]
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in ran]
    assert len(ran) == 2
    assert policy.startswith(
        "default-src 'none'; script-src " + " ".join(f"'sha256-{one}'" for one in hashes)
    )
    assert "connect-src" not in policy


def test_no_text_of_a_cell_is_markup() -> None:
    page = html_page(hostile())
    outline = Outline(page)
    assert outline.open == []
    assert {tag for tag, _ in outline.seen}.isdisjoint({"img", "link", "iframe", "object"})
    assert sum(tag == "script" for tag, _ in outline.seen) == 4
    assert any("</script><img src=x onerror=alert(1)> =1+1 $x^2$" in text for text in outline.texts)
    assert "\u2028" not in own_part(page)


def test_the_charts_are_those_of_the_page_and_their_numbers_stand_below_them(samples: System) -> None:
    made = report(samples, "finance")
    assert made.trend is not None
    page = html_page(made)
    drawn = re.findall(r'<script type="application/json" id="(\w+)-figure">(.*?)</script>', page)
    expected = Visualizer(made.trend.kpi).trend(made.trend.frame(), so_far="to 17 Dec").to_dict()
    assert [name for name, _ in drawn] == ["trend", "breakdown"]
    told = json.loads(drawn[0][1])
    assert told["data"] == json.loads(json.dumps(expected["data"], default=list))
    assert "template" not in told["layout"]
    assert '<th scope="row">Dec 2025</th><td class="number">193,879.89</td><td>to 17 Dec</td>' in page
    assert '<td class="number">1</td><th scope="row">West</th>' in page


def test_the_page_speaks_to_whoever_does_not_see_it(samples: System) -> None:
    page = html_page(report(samples, "finance"))
    outline = Outline(page)
    levels = [int(tag[1]) for tag, _ in outline.seen if re.fullmatch(r"h[1-6]", tag)]
    assert levels[:3] == [1, 2, 3]
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))
    assert ("html", {"lang": "en"}) in outline.seen
    pictures = [about for tag, about in outline.seen if about.get("role") == "img"]
    assert all(about["aria-label"] for about in pictures)
    tables = sum(tag == "table" for tag, _ in outline.seen)
    assert (tables, sum(tag == "caption" for tag, _ in outline.seen)) == (3, 3)
    assert all(about.get("scope") in {"col", "row"} for tag, about in outline.seen if tag == "th")
    said = unescape(" ".join(outline.texts))
    assert "↓ −6.7 % vs 1–17 Nov 2025, better" in re.sub(r"\s+", " ", said)


def test_an_empty_report_says_so_and_has_no_script() -> None:
    bare = replace(hostile(), tiles=(), trend=None, breakdown=None, lines=())
    page = html_page(bare)
    assert Outline(page).open == []
    assert "No rows lie in this period with these filters." in page
    assert "<script" not in page
