"""A report for a message: the lines and the picture."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dashboard.taking.digest import drawn_from
from dashboard.taking.report import NO_ROWS
from tests.dashboard.pages import AFTER_THE_SAMPLES
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
    bare = replace(report(samples, "finance"), tiles=(), trend=None, lines=())
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
