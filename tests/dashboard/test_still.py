"""Nothing is worked out anew while nothing has changed: not by looking again, and not by who else looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dashboard.context import current, install
from kpi.calculator import Executor
from kpi.calendar import DateRow
from storage.engines.contract import Engine
from tests.dashboard.pages import TABS, errors, figures, hand_in, open_page, tiles, turned_to
from wiring import System

SHOP = b"Date,Region,Revenue\n2025-12-01,North,10\n"
PERIODS = ("Latest period", "All data")


@dataclass(slots=True)
class Counting:
    """Another engine, and the statements that it was given."""

    engine: Engine
    statements: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    @contextmanager
    def over(self, snapshots: Sequence[Path], dates: Sequence[DateRow]) -> Iterator[Executor]:
        with self.engine.over(snapshots, dates) as run:

            def counted(statement: Any) -> Any:
                self.statements.append(str(statement))
                return run(statement)

            yield counted


def counting(system: System) -> Counting:
    engine = Counting(system.engine)
    install(replace(current(), engine=engine))
    return engine


def test_no_figure_is_asked_for_again_while_nothing_has_changed(samples: System) -> None:
    engine = counting(samples)
    page = open_page(dataset="finance")
    first = [errors(turned_to(page, tab)) for tab in TABS]
    asked = len(engine.statements)
    again = [errors(turned_to(page, tab)) for tab in TABS]
    assert (first, again, asked > 0) == ([[]] * len(TABS), [[]] * len(TABS), True)
    assert engine.statements[asked:] == []


def test_whoever_looks_second_is_shown_what_was_worked_out_for_the_first(samples: System) -> None:
    engine = counting(samples)
    shown = [figures(open_page(dataset="finance", period=period)) for period in PERIODS]
    asked = len(engine.statements)
    assert [figures(open_page(dataset="finance", period=period)) for period in PERIODS] == shown
    assert engine.statements[asked:] == []


def test_new_data_are_worked_out_once_for_all_who_look(empty: System) -> None:
    engine = counting(empty)
    hand_in(empty, "shop.csv", SHOP)
    pages = [open_page(period="All data") for _ in range(3)]
    hand_in(empty, "shop.csv", SHOP.replace(b"10", b"30"))
    engine.statements.clear()
    assert (tiles(pages[0].run())["Revenue"], engine.statements != []) == ("30.0", True)
    engine.statements.clear()
    assert [tiles(page.run())["Revenue"] for page in pages[1:]] == ["30.0", "30.0"]
    assert engine.statements == []
