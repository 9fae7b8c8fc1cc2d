from __future__ import annotations

import base64
import hashlib
import json
import re
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

from dashboard.charts import Visualizer
from dashboard.taking.html_page import html_page
from tests.dashboard.taking.books import EVERYTHING, bare, hostile, report, trend_of
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
    assert sum(tag == "script" for tag, _ in outline.seen) == 6
    assert any("</script><img src=x onerror=alert(1)> =1+1 $x^2$" in text for text in outline.texts)
    assert "\u2028" not in own_part(page)


def test_the_charts_are_those_of_the_page_and_their_numbers_stand_below_them(samples: System) -> None:
    made = report(samples, "finance")
    trend = trend_of(made)
    page = html_page(made)
    drawn = re.findall(r'<script type="application/json" id="([\w-]+)-figure">(.*?)</script>', page)
    expected = Visualizer(trend.kpi).trend(trend.frame(), so_far="to 17 Dec").to_dict()
    assert [name for name, _ in drawn] == ["card-8", "card-9"]
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
    page = html_page(bare())
    assert Outline(page).open == []
    assert "No rows lie in this period with these filters." in page
    assert "<script" not in page


def test_every_card_has_its_place_in_the_grid(samples: System) -> None:
    outline = Outline(html_page(report(samples, "finance", cards=EVERYTHING, board="Board meeting")))
    assert outline.open == []
    places = [about["class"] for tag, about in outline.seen if tag == "li" and about.get("class")]
    assert places == [
        "w4 h2",
        "w1 h2",
        "w1 h2",
        "w2 h1",
        "w3 h3",
        "w1 h2",
        "w2 h2",
        "w2 h2",
        "w2 h2",
        "w4 h2",
    ]
    names = [about["id"] for _, about in outline.seen if "id" in about]
    assert len(names) == len(set(names))
    assert outline.texts.count("finance · Board meeting") == 1


def test_what_each_card_shows_is_said_as_a_table_too(samples: System) -> None:
    page = html_page(report(samples, "finance", cards=EVERYTHING))
    assert re.findall(r"<caption>(.*?)</caption>", page) == [
        "Gross margin by month",
        "Revenue by month and Region",
        "Revenue by Region, 1–17 Dec 2025",
        "How days differ",
        "Revenue by Region, 1–17 Dec 2025",
        "Every KPI with its value and change",
    ]
    assert '<th scope="col" class="number">West</th><th scope="col" class="number">North</th>' in page
    assert "<h3>By colour</h3><p>These data have no &#x27;colour&#x27; to divide by.</p>" in page


def test_the_bins_of_the_chart_are_those_of_its_table(samples: System) -> None:
    page = html_page(report(samples, "finance", cards=EVERYTHING))
    told = json.loads(re.findall(r'id="card-7-figure">(.*?)</script>', page)[0])
    bins = told["data"][0]["xbins"]
    table = page.partition("<caption>How days differ</caption>")[2].partition("</table>")[0]
    edges = [float(one.replace(",", "")) for one in re.findall(r'<th scope="row">(.*?)</th>', table)]
    assert (edges[0], edges[1] - edges[0]) == (bins["start"], bins["size"])
    assert len(edges) == round((bins["end"] - bins["start"]) / bins["size"])


def test_what_somebody_wrote_brings_no_markup_and_no_picture(samples: System) -> None:
    page = html_page(report(samples, "finance", cards=EVERYTHING))
    assert (
        '<p class="lead">What to know</p><p>December is not over: see the minutes (https://example.org/m).</p>'
        in page
    )
    assert "<ul><li>• Sales in the West carry the growth</li><li>1. Decide on prices</li></ul>" in page
    assert "<p>a picture &lt;b&gt;no markup&lt;/b&gt;</p>" in page
    assert "x.png" not in page


def test_a_dashboard_without_a_chart_has_no_script(samples: System) -> None:
    page = html_page(report(samples, "finance", cards=EVERYTHING[:3]))
    assert "<script" not in page
    assert "script-src &#x27;none&#x27;" in page
