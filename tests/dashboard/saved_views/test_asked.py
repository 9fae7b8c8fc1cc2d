"""What a saved view asks for, without a page: its choices, its dashboard, and what of it is gone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

import pytest

from dashboard.saved_views.asked import LONGEST, Sight, in_brief, sight_of
from dashboard.taking.viewing import Choices
from dashboard.view import Versus
from kpi.calendar import Grain
from kpi.report import Cadence, FactField, Kind
from kpi.values import CURRENCY, Partial
from storage.datasets import Dataset
from storage.saved_views import Pairs, SavedView
from tests.moments import NOON

FIELDS = (
    FactField("region", Kind.DIMENSION, "Region"),
    FactField("product", Kind.DIMENSION, "Product"),
    FactField("revenue", Kind.MEASURE, "Revenue"),
)
SHOP = Dataset("shop", 3, FIELDS, date(2024, 2, 10), date(2025, 11, 17), Cadence.DAY, NOON)
IN_CURRENCY = replace(SHOP, fields=(*FIELDS, FactField(CURRENCY, Kind.DIMENSION, "Currency")))
HAS = {"region": {"North", "South", "(blank)"}, "product": {"A"}, CURRENCY: {"EUR", "USD", "(blank)"}}


def members_of(dimension: str) -> Collection[str]:
    return HAS[dimension]


def sight(*query: tuple[str, str], dataset: Dataset = SHOP) -> Sight:
    return sight_of(SavedView("shop", "Mine", query), dataset, members_of)


def test_a_view_of_nothing_is_the_page_as_it_opens() -> None:
    assert sight() == Sight(Choices())


def test_what_nobody_chose_is_by_the_grain_that_the_page_begins_with() -> None:
    short = replace(SHOP, first_day=date(2025, 11, 1))
    assert (sight(dataset=short).choices.grain, sight(("grain", "year"), dataset=short).choices.grain) == (
        Grain.DAY,
        Grain.YEAR,
    )


def test_all_that_the_address_chooses_is_chosen() -> None:
    found = sight(
        ("tab", "Trends"),
        ("board", "Sales at a glance"),
        ("period", "Last 12 months"),
        ("grain", "week"),
        ("running", "projected"),
        ("versus", "last year"),
        ("shop.region", "North"),
        ("shop.region", "South"),
        ("shop.product", "A"),
        ("shop:trends", "Revenue"),
        ("shop:days", "2025-01-01"),
    )
    where = (("region", "North"), ("region", "South"), ("product", "A"))
    choices = Choices(
        "12-months", Grain.WEEK, where, partial=Partial.PROJECTED, versus=Versus.YEAR
    )  # the days are of a period that is not chosen
    assert found == Sight(choices, "Sales at a glance")


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("Latest period", "latest"),
        ("Last 12 months", "12-months"),
        ("Year to date", "year-to-date"),
        ("All data", "all"),
        ("Next century", "latest"),
    ],
)
def test_a_period_is_called_as_on_the_page(words: str, period: str) -> None:
    assert sight(("period", words)).choices.period == period


@pytest.mark.parametrize(
    ("days", "first", "last"),
    [
        (["2025-01-01", "2025-01-31"], date(2025, 1, 1), date(2025, 1, 31)),
        (["2025-01-31", "2025-01-01"], date(2025, 1, 1), date(2025, 1, 31)),
        (["2025-01-01"], date(2025, 1, 1), date(2025, 11, 17)),
        (["2026-01-01"], date(2026, 1, 1), date(2026, 1, 1)),
        ([], date(2024, 2, 10), date(2025, 11, 17)),
        (["yesterday"], date(2024, 2, 10), date(2025, 11, 17)),
    ],
)
def test_the_days_of_a_custom_period_are_taken_as_the_page_takes_them(
    days: list[str], first: date, last: date
) -> None:
    query: Pairs = (("period", "Custom"), *(("shop:days", day) for day in days))
    found = sight(*query).choices
    assert (found.start, found.end) == (first, last)


def test_what_cannot_be_read_is_as_on_a_page_that_is_opened_anew() -> None:
    assert sight(("grain", "hour"), ("running", "away"), ("versus", "the world"), ("shop.region", "")) == (
        Sight(Choices())
    )


def test_of_several_values_of_one_menu_the_last_counts_and_the_standard_dashboard_is_none() -> None:
    found = sight(("grain", "week"), ("grain", "day"), ("board", "Sales"), ("board", "Overview"))
    assert (found.choices.grain, found.board) == (Grain.DAY, "")


def test_members_that_are_gone_are_left_out_and_said() -> None:
    found = sight(("shop.region", "North"), ("shop.region", "Atlantis"), ("shop.product", "B"))
    assert (found.choices.where, found.notes) == (
        (("region", "North"),),
        (
            "Shown is North: region Atlantis is not in the data any more.",
            "Shown is every product: product B is not in the data any more.",
        ),
    )


@pytest.mark.parametrize("name", ["colour", "revenue"])
def test_what_is_no_dimension_any_more_filters_nothing_and_is_said(name: str) -> None:
    found = sight((f"shop.{name}", "red"))
    told = f"Shown is every {name}: {name} red is not in the data any more."
    assert (found.choices.where, found.notes) == ((), (told,))


def test_a_blank_member_is_a_member() -> None:
    assert sight(("shop.region", "(blank)")).choices.where == (("region", "(blank)"),)


@pytest.mark.parametrize(
    ("currencies", "asked", "where", "notes"),
    [
        ((), "EUR", ((CURRENCY, "EUR"),), ()),
        (("EUR",), "EUR", (), ()),
        (
            ("EUR",),
            "USD",
            (),
            ("Currency USD is not in the data any more.",),
        ),
        (("EUR", "USD"), "USD", ((CURRENCY, "USD"),), ()),
        (("EUR", "USD"), "(blank)", ((CURRENCY, "(blank)"),), ()),
        (
            ("EUR", "USD"),
            "CHF",
            (),
            ("Currency CHF is not in the data any more.",),
        ),
    ],
)
def test_a_currency_is_chosen_where_there_are_several(
    currencies: tuple[str, ...], asked: str, where: Pairs, notes: tuple[str, ...]
) -> None:
    found = sight(("shop.currency", asked), dataset=replace(IN_CURRENCY, currencies=currencies))
    assert (found.choices.where, found.notes) == (where, notes)


def test_filters_are_named_in_brief() -> None:
    many = tuple(("region", f"R{number}") for number in range(6))
    assert in_brief((*many, ("product", "A"))) == "region R0, R1, R2 and 3 more · product A"
    assert in_brief(()) == "all rows"
    assert len(in_brief((("region", "x" * 999),))) == LONGEST


def test_a_long_list_of_what_is_gone_leaves_room_for_the_figures() -> None:
    view = SavedView("shop", "V" * 120, tuple(("shop.region", "x" * 255 + str(n)) for n in range(400)))
    (note,) = sight_of(view, SHOP, members_of).notes
    assert len(note) < 130
    assert note.startswith("Shown is every region: region xxx")
    assert note.endswith("and 397 more is not in the data any more.")
