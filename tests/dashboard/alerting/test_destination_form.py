"""Destinations and routes are added, changed and removed on the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import time

import pytest
from streamlit.testing.v1 import AppTest

from alerts.sending.hours import Hours
from alerts.sending.routing import Destination, Route
from dashboard.alerting.routes import hides
from storage.alerting import destinations as places
from storage.alerting import outbox
from tests.dashboard.alerting.tab import has, press
from tests.dashboard.pages import AFTER_THE_SAMPLES, ESCAPE, errors, open_page, said
from wiring import System

OPS = Destination("ops", "slack", "C7", standard=False, budget=5)
REST = Route("rest", {}, ("console",))
NORTH = Route("north", {"region": "North"}, ("ops",))


def opened(button: str = "") -> AppTest:
    page = open_page("Alerts", dataset="finance", alerts="Destinations")
    return press(page, button) if button else page


def fill(page: AppTest, **texts: str) -> AppTest:
    """The text fields by the end of their keys."""
    for name, text in texts.items():
        (field,) = [one for one in page.text_input if str(one.key).endswith(f".{name}")]
        field.input(text)
    return page.run()


def pick(page: AppTest, name: str, choices: Sequence[str]) -> AppTest:
    (menu,) = [one for one in page.multiselect if str(one.key).endswith(f".{name}")]
    return menu.set_value(list(choices)).run()


def select(page: AppTest, name: str, choice: str) -> AppTest:
    (menu,) = [one for one in page.selectbox if str(one.key).endswith(f".{name}")]
    return menu.set_value(choice).run()


def stored(system: System) -> tuple[Destination, ...]:
    with system.database.read() as connection:
        return places.stored_destinations(connection)


def routes(system: System) -> tuple[Route, ...]:
    with system.database.read() as connection:
        return places.list_routes(connection)


def keep(system: System, *wanted: Destination | Route) -> None:
    with system.database.begin() as connection:
        for one in wanted:
            save = places.save_destination if isinstance(one, Destination) else places.save_route
            save(connection, one, AFTER_THE_SAMPLES)  # type: ignore[arg-type]


class TestDestination:
    def test_a_new_one_is_kept_as_it_was_typed(self, samples: System) -> None:
        page = press(fill(opened("New destination"), address="#finance", name="finance"), "Save")
        assert errors(page) == []
        assert [ESCAPE.sub("", one.value) for one in page.toast] == ["finance is saved."]
        assert stored(samples) == (
            Destination("finance", "slack", "#finance", standard=False, budget=20, proved=False),
        )
        assert not [one for one in page.button if one.key == "save_destination"]

    def test_one_that_is_saved_with_a_test_is_owed_one(self, samples: System) -> None:
        page = fill(opened("New destination"), address="C7", name="ops")
        press(page, "Save and send a test")
        with samples.database.read() as connection:
            (owed,) = outbox.recent_deliveries(connection)
        assert (owed.channel, owed.address, owed.state) == ("slack", "C7", "pending")

    @pytest.mark.parametrize(
        ("channel", "typed", "problems"),
        [
            ("slack", {}, "**Channel**: it is missing; type it  \n**Name**: it is missing; type it"),
            (
                "whatsapp",
                {"address": "twelve", "name": "cfo"},
                "**Number**: found 'twelve', wanted a number with its country code, such as 4915112345678",
            ),
            (
                "email",
                {"address": "ann", "name": "ann"},
                "**E-mail address**: found 'ann', wanted an e-mail address such as finance@example.com",
            ),
            (
                "slack",
                {"address": "C8", "name": "console"},
                "**Name**: there is a destination 'console' already; choose another name, or edit that one",
            ),
            ("slack", {"address": "C7", "name": "two"}, "**Channel**: slack:C7 is the destination 'ops' already; change or remove that one"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_kept_names_the_field_and_what_is_wanted(
        self, samples: System, channel: str, typed: dict[str, str], problems: str
    ) -> None:
        keep(samples, OPS)
        page = press(fill(select(opened("New destination"), "channel", channel), **typed), "Save")
        assert errors(page) == []
        assert problems in said(page)
        assert [one.name for one in stored(samples)] == ["ops"]

    def test_which_variable_is_missing_is_said_and_no_secret_is_asked_for(self, samples: System) -> None:
        page = select(opened("New destination"), "channel", "whatsapp")
        assert has(page, "WHATSAPP_TOKEN and WHATSAPP_PHONE_NUMBER_ID are not set.")
        page = select(page, "channel", "webhook")
        assert has(page, "KPI_WEBHOOKS and KPI_WEBHOOK_SECRET are not set.")

    def test_hours_are_chosen_and_none_of_them_is_refused(self, samples: System) -> None:
        page = fill(opened("New destination"), address="C7", name="ops")
        (when,) = [one for one in page.segmented_control if one.label == "Wants to hear"]
        page = when.set_value("only at these hours").run()
        page = press(fill(page, zone="Europe/Paris"), "Save")
        assert errors(page) == []
        assert [one.hours for one in stored(samples)] == [
            Hours((0, 1, 2, 3, 4), time(8), time(18), "Europe/Paris")
        ]

    def test_one_that_is_changed_keeps_its_name_and_shows_what_it_had(self, samples: System) -> None:
        keep(samples, OPS)
        page = opened()
        page = page.button(key="edit_destination_ops").click().run()
        page = press(fill(page, address="C8"), "Save")
        assert errors(page) == []
        assert stored(samples) == (replace(OPS, address="C8", proved=False),)

    def test_one_is_removed_once_it_was_said_who_names_it(self, samples: System) -> None:
        keep(samples, OPS, NORTH)
        page = opened()
        assert has(page, "route north still names it.")
        page = press(page, "Remove it")
        assert (errors(page), stored(samples)) == ([], ())

    def test_a_card_says_how_many_messages_went_of_how_many(self, samples: System) -> None:
        keep(samples, OPS)
        assert has(
            opened(), "0 of 5 messages this hour (since 11:00), then one digest · one a second at most"
        )

    def test_messages_say_by_its_name_whom_they_go_to_and_what_they_wait_for(self, samples: System) -> None:
        keep(samples, OPS)
        press(fill(opened("New destination"), address="C9", name="night"), "Save and send a test")
        page = open_page("Alerts", dataset="finance", alerts="Messages")
        assert errors(page) == []
        assert has(page, "to night (slack:C9) · owed 21 Dec 2025, 12:00 · its turn is now")

    def test_one_whose_channel_is_not_set_up_says_what_is_missing(self, samples: System) -> None:
        keep(samples, OPS)
        page = opened()
        assert has(page, "cannot be reached")
        assert has(page, "SLACK_BOT_TOKEN is not set.")


class TestRoute:
    def test_a_new_one_leads_what_matches_to_whom_was_chosen(self, samples: System) -> None:
        keep(samples, OPS)
        page = pick(opened("New route"), "labels", ["region", "severity"])
        page = select(select(page, "match.region", "North"), "match.severity", "critical")
        page = press(fill(pick(page, "to", ["ops"]), name="north"), "Save the route")
        assert errors(page) == []
        assert routes(samples) == (Route("north", {"region": "North", "severity": "critical"}, ("ops",)),)
        assert has(page, "north · region North, severity critical goes to ops")

    def test_what_is_empty_is_said_by_its_field(self, samples: System) -> None:
        page = pick(opened("New route"), "labels", ["region"])
        page = press(page, "Save the route")
        assert (
            "**Only alerts with**: choose what region is, or take it out  \n**Name**: it is missing; type it  \n"
            "**Go to**: choose at least one destination"
        ) in said(page)
        assert routes(samples) == ()

    def test_a_length_that_makes_no_sense_says_what_one_is(self, samples: System) -> None:
        page = fill(pick(opened("New route"), "to", ["console"]), name="all", repeat="often")
        page = press(page, "Save the route")
        assert "**Say it again every**: found 'often', wanted a time such as 30m, 1h30m or 2 days" in said(
            page
        )

    def test_one_that_is_changed_keeps_what_was_not_touched(self, samples: System) -> None:
        keep(samples, OPS, replace(NORTH, second="console", goes_on=True))
        page = opened().button(key="edit_route_north").click().run()
        page = press(select(page, "match.region", "South"), "Save the route")
        assert errors(page) == []
        wanted = replace(NORTH, matchers={"region": "South"}, second="console", goes_on=True)
        assert routes(samples) == (wanted,)

    def test_one_that_nothing_reaches_says_so_until_it_is_moved_before(self, samples: System) -> None:
        keep(samples, OPS, REST, NORTH)
        page = opened()
        assert has(page, "Never reached: rest, before it, takes all of this.")
        page = page.button(key="up_north").click().run()
        assert [one.name for one in routes(samples)] == ["north", "rest"]
        assert not has(page, "Never reached")

    def test_one_is_removed(self, samples: System) -> None:
        keep(samples, REST)
        page = press(opened(), "Remove the route")
        assert (errors(page), routes(samples)) == ([], ())


@pytest.mark.parametrize(
    ("route", "before", "by"),
    [
        pytest.param(NORTH, [REST], "rest", id="behind one that takes everything"),
        pytest.param(NORTH, [replace(REST, goes_on=True)], "", id="behind one that goes on"),
        pytest.param(REST, [NORTH], "", id="behind one that takes a part"),
        pytest.param(NORTH, [replace(NORTH, name="same")], "same", id="behind one that takes the same"),
    ],
)
def test_a_route_is_hidden_by_one_before_it_that_takes_all_it_could(
    route: Route, before: list[Route], by: str
) -> None:
    assert hides(route, before) == by
