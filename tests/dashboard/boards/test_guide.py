"""The example of the guide is a book, and the guide names what there is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from dashboard.boards.board import Look
from dashboard.boards.book import read_book, write_book
from dashboard.saved_views.address import UNSAID
from dashboard.view import PARTIALS, WITH, Stretch
from kpi.calendar import PERIODS

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "dashboards.md").read_text(encoding="utf-8")


def test_the_book_of_the_guide_is_one() -> None:
    found = re.search(r"```toml\n(.*?)```", GUIDE, flags=re.DOTALL)
    assert found is not None
    book = read_book(found[1])
    boards, views = [one for _, one in book.boards], [one for _, one in book.views]
    assert ([one.name for one in boards], [len(one.cards) for one in boards]) == (["Sales at a glance"], [3])
    assert [(one.name, one.is_default) for one in views] == [("North, by week", True)]
    again = read_book(write_book(boards, views))
    assert [one for _, one in again.boards] == boards


def test_the_guide_names_every_look_and_every_choice_in_its_order() -> None:
    assert re.findall(r"^\| `(\w+)` \|", GUIDE, flags=re.MULTILINE)[: len(Look)] == list(Look)
    choices: dict[str, Sequence[str]] = {
        "period": list(Stretch),
        "grain": list(PERIODS),
        "running": list(PARTIALS),
        "versus": list(WITH.values()),
    }
    for key, words in choices.items():
        row = next(line for line in GUIDE.split("\n") if line.startswith(f"| `{key}` |"))
        assert re.findall(r"`([^`]+)`", row)[1:] == [str(word) for word in words]


def test_what_goes_without_saying_is_what_the_page_begins_with() -> None:
    assert UNSAID["running"] == next(iter(PARTIALS))
    assert UNSAID["versus"] == next(iter(WITH.values()))
