"""The tab of targets, and what tiles say of them."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pandas as pd
import pytest

from dashboard import pacing
from dashboard.target_editor import WHOLE, Sheet
from kpi.calendar import Calendar, Grain
from kpi.definitions import Definition, load_catalog
from kpi.periods.windows import Window
from kpi.report import FactField, Kind
from kpi.targeting.pace import Pace
from kpi.targeting.target_terms import terms_of
from kpi.targeting.targets import Manner, Target
from monitor.renewal import renew_all
from storage import targets
from tests.dashboard.pages import AFTER_THE_SAMPLES, errors, figures, hand_in, open_page, said, table, tiles
from wiring import System

DECEMBER = date(2025, 12, 1)
LATER = AFTER_THE_SAMPLES + timedelta(seconds=1)
FIELDS = (
    FactField("date", Kind.DATE, "Date"),
    FactField("revenue", Kind.MEASURE, "Revenue"),
    FactField("cogs", Kind.MEASURE, "Cost"),
    FactField("region", Kind.DIMENSION, "Region"),
)
TERMS = terms_of(load_catalog(), Calendar(), FIELDS)
KPIS = {one.key: one for one in load_catalog().available(FIELDS)}


def aim(system: System, *wanted: Target, renew: bool = True) -> None:
    with system.database.begin() as connection:
        targets.set_targets(connection, "finance", wanted, "page", LATER)
    if renew:
        renew_all(system.road, LATER)


def revenue(value: float, member: str = "") -> Target:
    return Target("revenue", Grain.MONTH, DECEMBER, "region" if member else "", member, value)


def shown(figure: str) -> dict[str, str]:
    return {trace: trace for trace in ("target so far", "actual", "may land at") if f'"{trace}"' in figure}


class TestPage:
    def test_without_targets_the_tab_offers_to_set_them(self, samples: System) -> None:
        page = open_page("Targets", dataset="finance")
        assert errors(page) == []
        assert "No target of Revenue holds for this month. Set one below." in said(page)

    def test_the_running_month_stands_against_its_target(self, samples: System) -> None:
        aim(samples, revenue(390_000))
        page = open_page("Targets", dataset="finance")
        assert errors(page) == []
        assert tiles(page) == {
            "Actual": "194 k", "Target so far": "213 k", "Reached": "91 %", "Behind": "19.1 k", "May land at": "355 k",
        }  # fmt: skip
        (course,) = figures(page)
        assert list(shown(course)) == ["target so far", "actual", "may land at"]

    def test_members_stand_against_their_own(self, samples: System) -> None:
        aim(samples, revenue(390_000), revenue(120_000, "North"), revenue(100_000, "South"))
        page = open_page("Targets", dataset="finance")
        assert table(page, "region", "reached", "ahead") == [
            ("North", "86 %", "−9.32 k"),
            ("South", "75 %", "−13.5 k"),
        ]

    def test_a_tile_says_how_its_kpi_stands(self, samples: System) -> None:
        aim(samples, revenue(390_000))
        texts = said(open_page("Overview", dataset="finance"))
        assert ":orange-badge[91 % of target] :small[:gray[behind by 19.1 k]]" in texts

    def test_until_the_figures_follow_it_is_said(self, samples: System) -> None:
        aim(samples, revenue(390_000), renew=False)
        assert any(
            "The targets have changed" in text for text in said(open_page("Targets", dataset="finance"))
        )

    def test_under_another_filter_there_is_no_target(self, samples: System) -> None:
        aim(samples, revenue(390_000))
        page = open_page("Targets", dataset="finance", **{"finance.region": ["West"]})
        assert any(text.startswith("No target of Revenue holds for just region West") for text in said(page))

    def test_a_column_of_the_editor_is_called_as_its_member_is(self, empty: System) -> None:
        hand_in(empty, "shop.csv", b"Date,Region,Revenue\n2025-12-01,St. Gallen,60\n2025-12-02,period,40\n")
        page = open_page("Targets", dataset="shop")
        page = page.selectbox(key="targets_for").select("region").run()
        (editor,) = [one.proto for one in page.dataframe if "St. Gallen" in one.value.columns]
        columns = json.loads(editor.columns)
        assert errors(page) == []
        assert {
            name: told["label"] for name, told in columns.items() if name in ("St. Gallen", "period 2")
        } == {
            "St. Gallen": "St. Gallen",
            "period 2": "period 2",
        }


def a_sheet(kpi: str = "revenue", *, percent: bool = False) -> Sheet:
    starts = (DECEMBER, date(2026, 1, 1))
    columns = {WHOLE: ("", ""), "North": ("region", "North")}
    return Sheet(kpi, Grain.MONTH, starts, ("Dec 2025", "Jan 2026"), columns, percent)


class TestEditor:
    def test_it_shows_what_holds(self) -> None:
        frame = a_sheet().frame([revenue(1234.5), revenue(50, "North")])
        assert frame.to_dict("list") == {
            "period": ["Dec 2025", "Jan 2026"],
            WHOLE: ["1234.5", ""],
            "North": ["50", ""],
        }

    def test_percentages_are_shown_as_people_say_them(self) -> None:
        margin = Target("gross_margin", Grain.MONTH, DECEMBER, "", "", 0.355)
        assert a_sheet("gross_margin", percent=True).frame([margin])[WHOLE].tolist() == ["35.5 %", ""]

    @pytest.mark.parametrize(
        ("typed", "wanted", "unwanted"),
        [
            pytest.param("390,000", [revenue(390_000)], [], id="another value"),
            pytest.param(" ", [], [revenue(0)], id="a blank removes it"),
            pytest.param(None, [], [revenue(0)], id="a deleted cell, too"),
            pytest.param("1234.5", [], [], id="the same value is no change"),
        ],
    )
    def test_a_cell_that_changed_is_read(
        self, typed: str | None, wanted: list[Target], unwanted: list[Target]
    ) -> None:
        before = a_sheet().frame([revenue(1234.5)])
        after = before.copy()
        after.loc[0, WHOLE] = typed
        assert a_sheet().read(TERMS, before, after) == (wanted, unwanted, [])

    def test_a_mistake_names_its_cell(self) -> None:
        before = a_sheet().frame([])
        after: pd.DataFrame = before.copy()
        after.loc[1, "North"] = "much"
        after.loc[0, WHOLE] = "100"
        wanted, _, wrong = a_sheet().read(TERMS, before, after)
        assert len(wanted) == 1
        assert wrong == [
            "Jan 2026, North: found the value 'much', wanted a number such as 1200, 1200.50 or 30%"
        ]

    def test_a_percentage_needs_its_sign(self) -> None:
        before = a_sheet("gross_margin", percent=True).frame([])
        after = before.copy()
        after.loc[0, WHOLE] = "30"
        _, _, wrong = a_sheet("gross_margin", percent=True).read(TERMS, before, after)
        assert wrong == ["Dec 2025, the whole: 30 for Gross margin would be 3000 %; write 30% or 0.3"]


def a_pace(one: Definition, actual: float, so_far: float) -> Pace:
    month = Window(DECEMBER, date(2025, 12, 31))
    return Pace(one.key, "", Grain.MONTH, month, date(2025, 12, 17), Manner.SUM, actual, so_far, None, None)


class TestWords:
    @pytest.mark.parametrize(
        ("kpi", "actual", "so_far", "words", "good"),
        [
            pytest.param("revenue", 92_000, 100_000, "behind by 8.00 k", False, id="less revenue is behind"),
            pytest.param("revenue", 108_000, 100_000, "ahead by 8.00 k", True, id="more is ahead"),
            pytest.param("cogs", 108_000, 100_000, "above by 8.00 k", False, id="more cost is above"),
            pytest.param("cogs", 92_000, 100_000, "below by 8.00 k", True, id="less is below, and good"),
            pytest.param("gross_margin", 0.276, 0.3, "behind by 2.4 pp", False, id="a percentage in points"),
            pytest.param("revenue", 100_000, 100_000, "on target", None, id="on it"),
            pytest.param("gross_margin", 0.3001, 0.3, "on target", None, id="as good as on it"),
        ],
    )
    def test_the_distance_in_words(
        self, kpi: str, actual: float, so_far: float, words: str, good: object
    ) -> None:
        pace = a_pace(KPIS[kpi], actual, so_far)
        assert (pacing.distance(KPIS[kpi], pace), pacing.is_good(KPIS[kpi], pace)) == (words, good)
