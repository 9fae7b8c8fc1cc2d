"""Saved views on the page: kept, shown by their links, opened by themselves, and honest about what is gone."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.boards.keeping import Pen, import_book
from dashboard.live import NAME as FOLLOWS
from dashboard.saved_views.links import NAME
from storage.saved_views import SavedView, list_views, save_view
from storage.scheduled_reports import WantedReport, save_report
from tests.dashboard.pages import AFTER_THE_SAMPLES, errors, hand_in, open_page, said
from wiring import System

SHOP = b"Date,Region,Revenue\n2025-09-30,North,100\n2025-10-31,South,50\n2025-11-30,East,70\n"
NORTH = SavedView(
    "shop", "North <b>*x*", (("period", "All data"), ("grain", "week"), ("shop.region", "North"))
)


BOOK = """\
[[dashboard]]
name = "Sales"
dataset = "shop"

[[dashboard.card]]
look = "kpi"
kpi = "margin"

[[view]]
name = "North"
dataset = "shop"
address = { grain = "week", "shop.region" = "North" }
"""


@pytest.fixture
def shop(empty: System) -> System:
    hand_in(empty, "shop.csv", SHOP)
    return empty


def keep(system: System, *views: SavedView) -> None:
    with system.database.begin() as connection:
        for one in views:
            save_view(connection, one, "test", AFTER_THE_SAMPLES, overwrite=True)


def kept(system: System) -> list[SavedView]:
    with system.database.read() as connection:
        return list_views(connection)


def opened(**address: Any) -> AppTest:
    page = open_page(**{"dataset": "shop", **address})
    assert errors(page) == []
    return page


def menu(page: AppTest) -> AppTest:
    """The same page with the menu open."""
    page.session_state["saved_views"] = True
    page.run()
    assert errors(page) == []
    return page


def links(page: AppTest) -> list[dict[str, Any]]:
    (drawn,) = (one.proto for one in page.get("bidi_component") if one.proto.component_name == NAME)
    found: list[dict[str, Any]] = json.loads(drawn.json)["views"]
    return found


def click(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert errors(page) == []
    return page


def give_book(page: AppTest, text: str) -> None:
    """The file in the menu's own field, which is the last one."""
    page.file_uploader[-1].set_value(("dashboards.toml", text.encode(), "application/toml")).run()
    assert errors(page) == []


def followed(link: str) -> AppTest:
    return opened(**parse_qs(link.removeprefix("?")))


def test_what_is_shown_is_kept_under_a_name(shop: System) -> None:
    choices = {"period": "All data", "grain": "week", "shop.region": ["North", "South"], "tab": "Trends"}
    page = menu(opened(**choices, reported="2025-12-21"))
    page.text_input(key="views_new").set_value(" Both ")
    page.button(key="FormSubmitter:views_keep-Save").click().run()
    assert errors(page) == []
    (view,) = kept(shop)
    assert (view.dataset, view.name, view.is_default) == ("shop", "Both", False)
    assert sorted(view.query) == sorted(
        [
            ("period", "All data"),
            ("grain", "week"),
            ("shop.region", "North"),
            ("shop.region", "South"),
            ("tab", "Trends"),
        ]
    )


def test_a_name_that_is_taken_or_missing_is_refused_with_the_reason(shop: System) -> None:
    keep(shop, NORTH)
    page = menu(opened())
    for name, why in ((NORTH.name, "There is a view 'North <b>*x*' of shop already"), ("", "it is missing")):
        page.text_input(key="views_new").set_value(name)
        page.button(key="FormSubmitter:views_keep-Save").click().run()
        assert any(why in text for text in said(page))
    assert kept(shop) == [NORTH]


def test_a_link_shows_the_view_and_clears_what_it_does_not_name(shop: System) -> None:
    keep(shop, NORTH)
    page = menu(opened(tab="Trends", **{"shop:split": "region"}))
    found, none = links(page)
    assert (found["name"], found["marks"], found["current"]) == (NORTH.name, [], False)
    page = menu(followed(found["address"]))
    assert page.selectbox(key="period").value == "All data"
    assert page.selectbox(key="grain").value == "week"
    assert page.multiselect(key="shop.region").value == ["North"]
    assert [one["current"] for one in links(page)] == [True, False]
    assert none["address"] == "?dataset=shop"


def test_what_was_changed_since_is_said_and_can_be_kept_in_its_place(shop: System) -> None:
    keep(shop, NORTH)
    page = menu(opened(view=NORTH.name, period="All data", grain="month", **{"shop.region": ["South"]}))
    assert links(page)[0]["marks"] == ["changed since"]
    click(page, "views_overwrite")
    assert kept(shop) == [SavedView("shop", NORTH.name, (("period", "All data"), ("shop.region", "South")))]


def test_what_goes_without_saying_and_what_is_gone_is_no_change(shop: System) -> None:
    said_in_full = (
        ("tab", "Overview"),
        ("period", "Latest period"),
        ("grain", "month"),
        ("versus", "previous period"),
    )
    keep(shop, SavedView("shop", "All", (*said_in_full, ("shop.region", "Atlantis"))))
    page = menu(opened(view="All"))
    assert links(page)[0]["marks"] == ["without Atlantis, which is gone"]


def test_the_grain_of_a_few_days_goes_without_saying_too(empty: System) -> None:
    hand_in(empty, "young.csv", b"Date,Revenue\n2025-12-01,1\n2025-12-03,2\n2025-12-09,3\n")
    keep(empty, SavedView("young", "Days", (("grain", "day"),)), SavedView("young", "Bare"))
    for name in ("Days", "Bare"):
        page = menu(open_page(dataset="young", view=name))
        assert [one["marks"] for one in links(page)] == [[], [], []]


def test_a_page_without_a_choice_opens_with_the_default_view_and_any_other_does_not(shop: System) -> None:
    keep(shop, SavedView(NORTH.dataset, NORTH.name, NORTH.query, is_default=True))
    for page in (opened(), open_page()):
        assert errors(page) == []
        assert page.selectbox(key="grain").value == "week"
        assert page.multiselect(key="shop.region").value == ["North"]
        assert page.query_params["view"] == NORTH.name
    assert opened(period="Year to date").selectbox(key="grain").value == "month"


def test_one_view_is_made_the_default_renamed_and_removed_after_asking(shop: System) -> None:
    keep(shop, NORTH)
    page = click(menu(opened()), "views_default")
    assert links(page)[0]["marks"] == ["opens by itself"]
    assert [one.is_default for one in kept(shop)] == [True]
    click(page, "views_default")
    page.text_input(key=f"views_renamed.{NORTH.name}").set_value("North").run()
    click(page, "views_rename")
    assert [(one.name, one.is_default) for one in kept(shop)] == [("North", False)]
    click(page, "views_remove")
    click(page, "views_keep_it")
    assert [one.name for one in kept(shop)] == ["North"]
    click(click(page, "views_remove"), "views_removal")
    assert kept(shop) == []


def test_views_are_moved_earlier_and_later_and_no_further_than_there_are_places(shop: System) -> None:
    keep(shop, *(SavedView("shop", name) for name in "ABC"))
    page = menu(opened())
    page.selectbox(key="views_picked").set_value("C").run()
    assert [page.button(key=f"views_{name}").disabled for name in ("earlier", "later")] == [False, True]
    click(click(page, "views_earlier"), "views_earlier")
    assert ([one.name for one in kept(shop)], [one["name"] for one in links(page)][:3]) == (
        ["C", "A", "B"],
        ["C", "A", "B"],
    )
    assert [page.button(key=f"views_{name}").disabled for name in ("earlier", "later")] == [True, False]
    click(page, "views_later")
    assert [one.name for one in kept(shop)] == ["A", "C", "B"]


def test_a_single_view_has_no_order(shop: System) -> None:
    keep(shop, NORTH)
    assert not [one for one in menu(opened()).button if one.key in ("views_earlier", "views_later")]


def test_a_file_of_dashboards_and_views_is_shown_before_it_is_taken_in(shop: System) -> None:
    page = menu(opened())
    give_book(page, BOOK)
    assert any("added view shop: North" in text.replace("*", "") for text in said(page))
    assert any("shop gives no KPI 'margin'" in text for text in said(page))
    assert kept(shop) == []
    click(page, "boards_take")
    assert ([one.name for one in kept(shop)], [one.value for one in page.success]) == (
        ["North"],
        ["Taken in: 2 changes."],
    )
    give_book(page, BOOK)
    assert [one.value for one in page.info] == ["It says what is set already; there is nothing to take in."]


def test_a_book_that_makes_no_sense_says_where_and_changes_nothing(shop: System) -> None:
    page = menu(opened())
    give_book(page, BOOK.replace("grain", "grian"))
    assert any("grian" in one.value for one in page.error)
    assert (kept(shop), any("Nothing was changed." in text for text in said(page))) == ([], True)


def test_who_removes_a_view_is_told_which_reports_it_takes_it_from(shop: System) -> None:
    keep(shop, NORTH)
    with shop.database.begin() as connection:
        wanted = WantedReport("Monday", "shop", "monday at 08:00", ("console",), view=NORTH.name)
        save_report(connection, wanted, "test", AFTER_THE_SAMPLES)
    page = click(menu(opened()), "views_remove")
    told = "Scheduled reports of it, which then say the latest period of all rows: Monday."
    assert told in said(page)
    page = click(click(page, "views_keep_it"), "views_remove")
    click(page, "views_removal")
    assert kept(shop) == []


def test_a_member_that_is_gone_is_said_and_not_left_out_silently(shop: System) -> None:
    gone = SavedView("shop", "Old", (("shop.region", "Atlantis"), ("shop.region", "North")))
    lost = SavedView("shop", "Lost", (("shop.colour", "red"), ("board", "Sales")))
    keep(shop, gone, lost)
    page = menu(opened())
    assert [one["marks"] for one in links(page)][:2] == [
        ["without Atlantis, which is gone"],
        ["without red, which is gone"],
    ]
    page = followed(links(page)[0]["address"])
    assert any(
        "The view **Old** asks for region **Atlantis**, which is not in the data any more; shown is North."
        in text
        for text in said(page)
    )
    page.multiselect(key="shop.region").set_value(["South"])
    page.query_params["shop.region"] = ["South"]
    page.run()
    assert not any("Atlantis" in text for text in said(page))
    page = followed("?dataset=shop&shop.colour=red&board=Sales&view=Lost")
    assert any("asks for colour **red**" in text and "every colour" in text for text in said(page))
    assert any("the dashboard **Sales**, which is there no more" in text for text in said(page))


def mark(page: AppTest) -> str:
    """What the page holds against the pulse."""
    (told,) = [one.proto.json for one in page.get("bidi_component") if one.proto.component_name == FOLLOWS]
    found: str = json.loads(told)["shown"]
    return found


def test_the_page_is_drawn_anew_where_somebody_saves_a_view_or_a_dashboard(shop: System) -> None:
    page = opened()
    before = mark(page)
    keep(shop, NORTH)
    assert mark(page.run()) != before
    before = mark(page)
    with shop.database.begin() as connection:
        text = '[[dashboard]]\nname = "Sales"\ndataset = "shop"\n'
        import_book(Pen(connection, "test", AFTER_THE_SAMPLES), shop.calculator, text)
    assert mark(page.run()) != before


def test_tabs_without_filters_have_no_views(shop: System) -> None:
    drawn = menu(opened(tab="Data")).get("bidi_component")
    assert [one for one in drawn if one.proto.component_name == NAME] == []
