"""Who hears of what: labels, routes, names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules import Rule
from alerts.sending.routing import Destination, Recipient, Route, group_key, labels_of, named, recipients
from tests.alerts.builders import CONSOLE, EVERYWHERE, NO_SLACK, SLACK, WHATSAPP, WHATSAPP_2, thin_margin

FINANCE = Destination("finance", "slack", "C7", standard=False)
ON_CALL = Destination("on call", "whatsapp", "+4915100000009", standard=False)
PLACES = (*EVERYWHERE, FINANCE, ON_CALL)


def route(name: str = "all", *to: str, **changes: Any) -> Route:
    matchers = changes.pop("matchers", {})
    return Route(name, matchers, to or ("finance",), **changes)


def told(rule: Rule, routes: Sequence[Route], destinations: Sequence[Destination] = PLACES) -> list[str]:
    labels = labels_of(rule, "", "finance.xlsx")
    return [one.destination.name for one in recipients(rule, labels, routes, destinations)]


class TestLabels:
    def test_an_alert_is_known_by_its_rule_and_by_what_it_is_about(self) -> None:
        rule = thin_margin(dimension="region", owner="Ada", labels={"team": "finance"})
        assert labels_of(rule, "North", "finance.xlsx") == {
            "rule": "Thin margin",
            "dataset": "finance",
            "kpi": "net_margin",
            "grain": "month",
            "severity": "warning",
            "owner": "Ada",
            "file": "finance.xlsx",
            "member": "North",
            "region": "North",
            "team": "finance",
        }

    def test_what_is_empty_is_no_label(self) -> None:
        assert set(labels_of(thin_margin(labels={"team": ""}), "")) == {
            "rule",
            "dataset",
            "kpi",
            "grain",
            "severity",
        }

    def test_neither_a_label_nor_a_column_can_pass_for_what_the_rule_says_itself(self) -> None:
        rule = thin_margin(dimension="severity", labels={"dataset": "sales"})
        labels = labels_of(rule, "critical")
        assert (labels["severity"], labels["dataset"], labels["member"]) == ("warning", "finance", "critical")


class TestRoutes:
    def test_without_any_the_console_and_all_that_is_set_up_are_told(self) -> None:
        destinations = (replace(CONSOLE, address=""), NO_SLACK, WHATSAPP, FINANCE)
        assert told(thin_margin(), (), destinations) == ["console", "whatsapp"]

    def test_the_first_that_matches_says_whom(self) -> None:
        routes = (
            route("no", "on call", matchers={"severity": "critical"}),
            route("yes", "finance", matchers={"file": "fin*.xlsx", "severity": "w*"}),
            route("later", "console"),
        )
        assert told(thin_margin(), routes) == ["finance"]

    def test_it_goes_on_where_it_says_so(self) -> None:
        routes = (
            route("first", "finance", goes_on=True),
            route("second", "on call"),
            route("third", "console"),
        )
        assert told(thin_margin(), routes) == ["finance", "on call"]

    def test_each_destination_is_told_once_by_the_first_that_leads_there(self) -> None:
        first, second = route("first", "finance", goes_on=True), route("second", "slack:C7", "finance")
        labels = labels_of(thin_margin(), "")
        assert recipients(thin_margin(), labels, (first, second), PLACES) == (Recipient(FINANCE, first),)

    def test_where_none_matches_it_is_as_without_any(self) -> None:
        routes = (route(matchers={"severity": "critical"}),)
        assert told(thin_margin(), routes) == [one.name for one in EVERYWHERE]

    def test_the_rule_itself_knows_best_whom_and_the_first_route_that_matches_how(self) -> None:
        rule = thin_margin(channels=("on call", "whatsapp"))
        no, yes = route("no", matchers={"severity": "critical"}), route("yes", repeat=timedelta(hours=4))
        found = recipients(rule, labels_of(rule, ""), (no, yes), PLACES)
        assert found == tuple(Recipient(one, yes) for one in (ON_CALL, WHATSAPP, WHATSAPP_2))

    def test_a_name_that_nobody_has_waits_for_it(self) -> None:
        assert told(thin_margin(), (route("all", "finance", "pigeon"),)) == ["finance", "pigeon"]


class TestNames:
    @pytest.mark.parametrize(
        ("name", "found"),
        [
            pytest.param("finance", (FINANCE,), id="its own"),
            pytest.param("whatsapp", (WHATSAPP, WHATSAPP_2), id="a channel: those that are standard"),
            pytest.param("whatsapp 2", (WHATSAPP_2,), id="a standard one's own"),
            pytest.param("slack:C7", (FINANCE,), id="a channel and an address"),
        ],
    )
    def test_a_word_means(self, name: str, found: tuple[Destination, ...]) -> None:
        assert named(name, PLACES) == found

    def test_a_saved_destination_may_be_called_as_a_channel_is(self) -> None:
        mine = replace(FINANCE, name="slack")
        assert named("slack", (*EVERYWHERE, mine)) == (mine,)

    def test_a_channel_that_is_not_set_up_waits(self) -> None:
        assert named("slack", (CONSOLE, NO_SLACK)) == (NO_SLACK,)

    def test_an_address_that_is_not_set_up_waits_at_the_address(self) -> None:
        needs = "'C9' is no address of slack that is set up; set it up or correct the rule or route"
        unknown = Destination("slack:C9", "slack", "C9", needs, standard=False, proved=False)
        assert named("slack:C9", PLACES) == (unknown,)

    def test_what_nobody_has_ever_heard_of_fits_a_row_all_the_same(self) -> None:
        (found,) = named("the finance team of the whole group", (CONSOLE,))
        assert (found.channel, found.address) == ("the finance team of…", "")
        assert "'the finance team of the whole group', only console;" in found.needs

    @given(st.text(max_size=200))
    def test_every_word_means_somebody_whom_a_row_has_room_for(self, name: str) -> None:
        found = named(name, PLACES)
        assert found
        assert all(len(one.channel) <= 20 and (one.address or one.needs) for one in found)


class TestGroups:
    BY = route("by", group_by=("file", "owner"))

    def key(self, route: Route | None = None, to: Destination = SLACK, **labels: str) -> str:
        return group_key(route or self.BY, labels, to)

    def test_the_same_values_are_the_same_group_whatever_else_differs(self) -> None:
        assert self.key(file="a", kpi="x") == self.key(file="a", kpi="y", owner="")
        assert len(self.key(file="a")) == 64

    def test_other_values_routes_and_addresses_are_other_groups(self) -> None:
        keys = {
            self.key(file="a"),
            self.key(owner="a"),
            self.key(file="a", to=WHATSAPP),
            self.key(route("other", group_by=("file", "owner")), file="a"),
        }
        assert len(keys) == 4

    def test_a_route_that_groups_nothing_has_none(self) -> None:
        assert (self.key(route()), group_key(None, {}, SLACK)) == ("", "")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": " "}, "route ' ': it has no name; give it one"),
        ({"destinations": ()}, "route 'all': it leads nowhere; name at least one destination"),
        ({"destinations": ("slack", "")}, "route 'all': the name of a destination is empty; leave it out"),
        (
            {"wait": -timedelta(1)},
            "route 'all': wait is -1 day, 0:00:00, less than nothing; give zero or more",
        ),
        (
            {"interval": timedelta(1)},
            "route 'all': wait and interval are of groups; say what it groups by, or drop them",
        ),
        ({"repeat": timedelta(seconds=1)}, "route 'all': it repeats every 0:00:01; give a minute or more"),
    ],
)
def test_a_route_that_cannot_work_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=r"^route") as refused:
        replace(route(), **changes)
    assert str(refused.value) == says


def test_a_budget_that_would_send_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="a budget of 0 messages an hour would send nothing"):
        replace(SLACK, budget=0)
