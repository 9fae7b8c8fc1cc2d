"""Scheduled reports are set, paused, sent and removed on the page."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from storage.alerting import outbox
from storage.saved_views import SavedView, remove_view, save_view
from storage.scheduled_reports import ScheduledReport, WantedReport, list_reports, save_report
from tests.dashboard.alerting.tab import has, press
from tests.dashboard.alerting.test_destination_form import fill, pick
from tests.dashboard.pages import AFTER_THE_SAMPLES, ESCAPE, errors, open_page, said
from wiring import System

HOSTILE = "<b>Monday</b> [x](http://evil) *morning*"


def opened(button: str = "") -> AppTest:
    page = open_page("Alerts", dataset="finance", alerts="Reports")
    return press(page, button) if button else page


def reports(system: System) -> list[ScheduledReport]:
    with system.database.read() as connection:
        return list_reports(connection)


def keep(system: System, name: str = "Monday", *, paused: bool = False, view: str = "") -> ScheduledReport:
    wanted = WantedReport(name, "finance", "monday at 08:00", ("console",), paused, view)
    with system.database.begin() as connection:
        return save_report(connection, wanted, "cli", AFTER_THE_SAMPLES)


def keep_view(system: System, name: str = "By week", dataset: str = "finance") -> None:
    with system.database.begin() as connection:
        save_view(connection, SavedView(dataset, name, (("grain", "week"),)), "test", AFTER_THE_SAMPLES)


def menu_of_views(page: AppTest) -> Selectbox[str]:
    (found,) = [one for one in page.selectbox if one.label == "View"]
    return found


def test_a_report_of_a_view_is_chosen_among_those_of_its_data(samples: System) -> None:
    keep_view(samples)
    keep_view(samples, "Of others", "orders")
    page = pick(fill(opened("New report"), name="Monday", schedule="monday at 08:00"), "to", ["console"])
    menu = menu_of_views(page)
    assert (menu.options, menu.value) == (["No view: all rows", "By week"], "")
    press(menu.set_value("By week").run(), "Save the report")
    (one,) = reports(samples)
    assert (one.dataset, one.view) == ("finance", "By week")
    page = opened()
    assert has(page, "Monday · finance, view By week · monday at 08:00")
    assert not has(page, "is there no more")


def test_a_card_and_its_form_say_that_the_view_is_gone(samples: System) -> None:
    keep(samples, view="By week")
    page = opened("Edit")
    assert has(page, "The view By week is there no more: sent is the latest period, all rows. Choose another")
    assert menu_of_views(page).options[-1] == "By week (is there no more)"
    refused = press(page, "Save the report")
    told = [ESCAPE.sub("", one.value) for one in refused.error]
    assert told == ["**View**: there is no view 'By week' of finance; there is: none"]
    press(menu_of_views(refused).set_value("").run(), "Save the report")
    assert [one.view for one in reports(samples)] == [""]


def test_one_whose_view_is_gone_is_sent_all_the_same(samples: System) -> None:
    keep_view(samples)
    keep(samples, view="By week")
    with samples.database.begin() as connection:
        remove_view(connection, "finance", "By week", "test", AFTER_THE_SAMPLES)
    page = press(opened(), "Send now")
    assert [ESCAPE.sub("", one.value) for one in page.toast] == ["Monday: 1 message on the way."]


def test_a_new_one_is_kept_as_it_was_chosen(samples: System) -> None:
    page = pick(fill(opened("New report"), name="Monday", schedule="monday at 08:00"), "to", ["console"])
    assert has(page, "Next: 22 Dec 2025, 08:00")
    page = press(page, "Save the report")
    assert errors(page) == []
    assert [ESCAPE.sub("", one.value) for one in page.toast] == ["The report Monday is set."]
    (one,) = reports(samples)
    assert (one.name, one.dataset, one.schedule, one.channels) == (
        "Monday",
        "finance",
        "monday at 08:00",
        ("console",),
    )


def test_what_is_missing_is_said_by_its_field(samples: System) -> None:
    page = press(fill(opened("New report"), schedule="soon"), "Save the report")
    (told,) = [ESCAPE.sub("", one.value) for one in page.error]
    assert told.startswith("**Name**: found 0 characters, wanted 1 to 120  \n**When**: found 'soon', wanted")
    assert told.endswith("**Goes to**: it is missing; name at least one destination")
    assert reports(samples) == []


def test_a_name_that_is_taken_is_not_overwritten(samples: System) -> None:
    before = keep(samples)
    page = pick(fill(opened("New report"), name="Monday", schedule="every hour"), "to", ["console"])
    press(page, "Save the report")
    assert reports(samples) == [before]


def test_one_is_changed_under_its_name(samples: System) -> None:
    keep(samples)
    press(fill(opened("Edit"), schedule="every day at noon"), "Save the report")
    assert [one.schedule for one in reports(samples)] == ["every day at noon"]


def test_a_card_says_what_when_and_to_whom(samples: System) -> None:
    keep(samples)
    page = opened()
    assert has(page, "Monday · finance · monday at 08:00")
    assert has(page, "next 22 Dec 2025, 08:00 · to console")


def test_a_name_full_of_markup_is_shown_as_it_is(samples: System) -> None:
    keep(samples, HOSTILE)
    page = opened()
    assert errors(page) == []
    assert not [one for one in page.markdown if "[x](http" in one.value or "<b>" in one.value]
    assert any("evil" in one for one in said(page))


def test_one_is_paused_and_goes_on(samples: System) -> None:
    keep(samples)
    page = press(opened(), "Pause")
    assert ([one.paused for one in reports(samples)], has(page, "paused · to console")) == ([True], True)
    press(page, "Go on")
    assert [one.paused for one in reports(samples)] == [False]


def test_one_is_sent_at_once(samples: System) -> None:
    keep(samples, paused=True)
    page = press(opened(), "Send now")
    assert errors(page) == []
    assert [ESCAPE.sub("", one.value) for one in page.toast] == ["Monday: 1 message on the way."]
    with samples.database.read() as connection:
        (owed,) = outbox.recent_deliveries(connection)
    assert (owed.kind, owed.title.startswith("Monday: finance, ")) == ("report", True)


def test_one_is_removed(samples: System) -> None:
    keep(samples)
    press(opened(), "Remove the report")
    assert reports(samples) == []
