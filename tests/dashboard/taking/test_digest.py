"""A report for a message: the lines and the picture."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from alerts.telling.reporting import Drawn
from dashboard.boards.board import Card, Look
from dashboard.taking.digest import draw, drawn_from
from dashboard.taking.report import NO_ROWS
from dashboard.taking.viewing import Choices
from kpi.values import Partial
from tests.dashboard.pages import AFTER_THE_SAMPLES, hand_in
from tests.dashboard.taking.books import report
from wiring import System


def test_there_is_a_line_for_each_tile_and_the_trend_as_a_picture(samples: System) -> None:
    made = report(samples, "finance")
    drawn = drawn_from(made)
    assert [one.partition(":")[0] for one in drawn.lines] == [tile.label for tile in made.tiles]
    first = made.tiles[0]
    assert first.change is not None
    assert drawn.lines[0].startswith(f"{first.label}: {first.value}, {first.change.text}")
    assert (drawn.dataset, drawn.period, drawn.version) == ("finance", "1–17 Dec 2025", 1)
    assert drawn.age == "4 days old (until 17 Dec 2025)"
    assert (drawn.picture[:8], len(drawn.key)) == (b"\x89PNG\r\n\x1a\n", 64)


def test_the_same_figures_give_the_same_picture(samples: System) -> None:
    made = report(samples, "finance")
    assert drawn_from(made).key == drawn_from(made).key


def test_without_rows_it_says_so_and_shows_nothing(samples: System) -> None:
    bare = replace(report(samples, "finance"), cards=(), lines=())
    drawn = drawn_from(bare)
    assert (drawn.lines, drawn.picture, drawn.key) == ((NO_ROWS,), b"", "")


def test_a_system_draws_a_dataset_and_says_where_there_is_none(samples: System) -> None:
    assert samples.drawn("finance", AFTER_THE_SAMPLES).lines
    nothing = samples.drawn("nobody's", AFTER_THE_SAMPLES)
    assert (nothing.lines, nothing.age, nothing.until) == (
        ("There are no data of it yet.",),
        "",
        None,
    )
    assert nothing.today == date(2025, 12, 21)


def drawn(samples: System, *cards: Card, choices: Choices | None = None) -> Drawn:
    with (
        samples.database.read() as connection,
        samples.figures(connection, "finance", AFTER_THE_SAMPLES) as figures,
    ):
        return draw(figures, AFTER_THE_SAMPLES, choices, cards)


def test_of_a_dashboard_of_ones_own_it_tells_its_tiles_and_draws_its_first_trend(samples: System) -> None:
    margin = Card(Look.TREND, "gross_margin")
    told = drawn(samples, Card(Look.KPI, "cogs", title="Costs"), margin, Card(Look.TREND, "revenue"))
    assert told.lines == ("Costs: 126 k, −6.7 % vs 1–17 Nov 2025, better",)
    assert told.picture == drawn(samples, Card(Look.KPI, "revenue"), margin).picture


def test_a_dashboard_without_tiles_tells_the_first_kpis(samples: System) -> None:
    told, standard = drawn(samples, Card(Look.TREND, "gross_margin")), drawn_from(report(samples, "finance"))
    assert told.lines == standard.lines
    assert told.picture != standard.picture


def test_a_dashboard_without_a_trend_is_drawn_as_the_standard_one(samples: System) -> None:
    told, standard = drawn(samples, Card(Look.KPI, "cogs")), drawn_from(report(samples, "finance"))
    assert told.picture == standard.picture
    assert len(told.lines) == 1


def test_a_message_has_the_choices_that_were_made(samples: System) -> None:
    told = drawn(samples, Card(Look.KPI, "revenue"), choices=Choices(period="year-to-date"))
    assert told.period == "1 Jan – 17 Dec 2025"


def test_a_dashboard_of_a_period_without_rows_says_so(samples: System) -> None:
    never = Choices(start=date(2020, 1, 1), end=date(2020, 1, 31))
    told = drawn(samples, Card(Look.KPI, "revenue"), choices=never)
    assert (told.lines, told.picture) == ((NO_ROWS,), b"")


def test_complete_periods_alone_make_the_data_no_older(samples: System) -> None:
    told = drawn(samples, choices=Choices(partial=Partial.COMPLETE))
    assert (told.period, told.age) == ("Nov 2025", "4 days old (until 17 Dec 2025)")


def test_data_of_one_month_are_told_as_the_page_opens(empty: System) -> None:
    hand_in(empty, "shop.csv", b"Date,Revenue\n2025-12-01,10\n2025-12-02,30\n2025-12-03,20\n")
    with (
        empty.database.read() as connection,
        empty.figures(connection, "shop", AFTER_THE_SAMPLES) as figures,
    ):
        assert draw(figures, AFTER_THE_SAMPLES).lines[0] == "Revenue: 60.0, no comparison"
