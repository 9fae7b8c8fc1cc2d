from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.judging.conditions import Change, Direction, Freshness, Limit, SourceError
from alerts.rules import Hold, Rule
from tests.dashboard.alerting.tab import (
    THIN,
    add,
    can_save,
    choose,
    has,
    new_rule,
    press,
    rules,
    type_in,
)
from tests.dashboard.pages import errors, figures, open_page
from wiring import System


def test_a_limit_typed_on_the_page_is_a_rule_that_is_over_a_little_inside(samples: System) -> None:
    page = type_in(new_rule(open_page("Alerts", dataset="finance")), "Limit", 1000.0)
    page = press(page, "Save the rule")
    assert errors(page) == []
    (rule,) = rules(samples)
    assert rule == Rule(
        rule.id,
        "Revenue is below 1,000.00",
        "finance",
        "revenue",
        "month",
        Limit(Direction.BELOW, 1000.0, 1020.0),
        labels={},
    )
    assert [one.value.startswith("Revenue is below") for one in page.success] == [True]


def test_a_percentage_is_typed_as_people_say_it(samples: System) -> None:
    page = type_in(new_rule(open_page("Alerts", dataset="finance"), "gross_margin"), "Limit (%)", 30.0)
    press(type_in(page, "Back to normal at (%)", 32.0), "Save the rule")
    assert [one.condition for one in rules(samples)] == [Limit(Direction.BELOW, 0.30, 0.32)]


def test_a_fall_is_typed_without_a_sign_and_measured_in_points_for_a_percentage(samples: System) -> None:
    page = new_rule(open_page("Alerts", dataset="finance"), "gross_margin", "falls")
    page = type_in(page, "By more than (percentage points)", 5.0)
    press(choose(page, "Against", "the same period a year before"), "Save the rule")
    (condition,) = [one.condition for one in rules(samples)]
    assert isinstance(condition, Change)
    assert (condition.direction, condition.limit, condition.recovery, condition.against, condition.points) == (
        Direction.BELOW, -0.05, -0.04, "year", True,
    )  # fmt: skip


def test_a_file_can_be_expected_and_one_that_cannot_be_read_can_be_told(samples: System) -> None:
    page = new_rule(open_page("Alerts", dataset="finance"), "", "cannot be read")
    page = press(page, "Save the rule")
    page = new_rule(page, "", "has not come in time")
    press(page, "Save the rule")
    first, second = [one.condition for one in rules(samples)]
    assert first == SourceError()
    assert isinstance(second, Freshness)
    assert (second.file, second.days, second.grace) == (
        "finance.xlsx",
        (0, 1, 2, 3, 4),
        timedelta(minutes=30),
    )


def test_nothing_can_be_saved_before_the_limit_is_typed_and_the_kpi_is_shown_meanwhile(
    samples: System,
) -> None:
    page = new_rule(open_page("Alerts", dataset="finance"))
    assert not can_save(page)
    assert has(page, "Type what is missing")
    assert len(figures(page)) == 1


def test_a_recovery_limit_on_the_wrong_side_is_said_in_peoples_units(samples: System) -> None:
    page = type_in(new_rule(open_page("Alerts", dataset="finance"), "gross_margin"), "Limit (%)", 30.0)
    page = type_in(page, "Back to normal at (%)", 25.0)
    assert [one.value.replace("\\", "") for one in page.error] == [
        "Back to normal at 25 is beyond the limit 30: give 30 or more."
    ]
    assert not can_save(page)
    assert rules(samples) == []


def test_the_rehearsal_says_when_it_would_have_fired_and_what_it_would_have_said(samples: System) -> None:
    page = type_in(new_rule(open_page("Alerts", dataset="finance"), "gross_margin"), "Limit (%)", 30.0)
    assert errors(page) == []
    assert has(page, "Would have fired once in 23 months: Nov 2025.")
    assert has(page, "It fires now. Once it is saved, this is told at once.")
    assert has(page, "What people get as soon as it is saved")
    assert has(page, "Gross margin is below its limit")
    assert "diamond" in figures(page)[0]
    assert rules(samples) == []


def test_a_rule_that_would_never_have_fired_says_so(samples: System) -> None:
    page = type_in(new_rule(open_page("Alerts", dataset="finance")), "Limit", 1.0)
    assert has(page, "Would never have fired in 23 months.")


def test_a_rule_for_each_member_is_rehearsed_for_each(samples: System) -> None:
    page = type_in(new_rule(open_page("Alerts", dataset="finance"), "gross_margin"), "Limit (%)", 30.0)
    page = choose(page, "For", "region")
    assert has(page, ", for 4 of 4 members")
    press(page, "Save the rule")
    assert [one.dimension for one in rules(samples)] == ["region"]


def test_whom_to_tell_is_chosen_by_name_and_what_cannot_be_chosen_says_why(samples: System) -> None:
    page = type_in(new_rule(open_page("Alerts", dataset="finance")), "Limit", 5.0)
    (tell,) = [one for one in page.segmented_control if one.label == "Tell"]
    page = tell.set_value("only these").run()
    boxes = {one.label.split(" ")[0]: one for one in page.checkbox if ".to." in str(one.key)}
    assert (boxes["console"].disabled, boxes["whatsapp"].disabled) == (False, True)
    assert "WHATSAPP" in boxes["whatsapp"].label
    press(boxes["console"].check().run(), "Save the rule")
    assert [one.channels for one in rules(samples)] == [("console",)]


def test_a_rule_that_is_changed_still_tells_those_who_wait_for_their_test(samples: System) -> None:
    add(samples, replace(THIN, channels=("console", "slack", "whatsapp", "nobody")))
    page = press(open_page("Alerts", dataset="finance"), "Edit")
    boxes = {one.label.split(" ")[0]: one for one in page.checkbox if ".to." in str(one.key)}
    assert {name: (box.value, box.disabled) for name, box in boxes.items() if box.value} == dict.fromkeys(
        ("console", "slack", "whatsapp", "nobody"), (True, False)
    )
    page = press(boxes["nobody"].uncheck().run(), "Save the rule")
    assert errors(page) == []
    assert [one.channels for one in rules(samples)] == [("console", "slack", "whatsapp")]


def test_a_rule_is_changed_in_its_form_and_keeps_what_was_not_touched(samples: System) -> None:
    add(samples, replace(THIN, hold=Hold(2, timedelta(hours=6)), owner="Ann", severity="critical"))
    page = press(open_page("Alerts", dataset="finance"), "Edit")
    page = press(type_in(page, "Limit (%)", 28.0), "Save the rule")
    assert errors(page) == []
    (rule,) = rules(samples)
    assert (rule.name, rule.condition, rule.hold, rule.owner, rule.severity) == (
        "Thin margin",
        Limit(Direction.BELOW, 0.28, 0.32),
        Hold(2, timedelta(hours=6)),
        "Ann",
        "critical",
    )


@pytest.mark.parametrize(
    ("ask", "typed", "words"),
    [
        ("is above a limit", {"Limit": 300000.0}, "Would have fired"),
        ("is outside a range", {"From": 1.0, "To": 300000.0}, "Would have fired"),
        ("falls", {"By more than (%)": 5.0}, "Would have fired"),
        ("rises", {"By more than (%)": 500.0}, "Would never have fired in 23 months."),
        ("is unusual", {}, "Would"),
        ("misses its target", {}, "Revenue has no target yet."),
        ("is behind the pace of its target", {}, "Revenue has no target yet."),
    ],
)
def test_every_question_about_a_kpi_is_answered_before_it_is_saved(
    samples: System, ask: str, typed: dict[str, float], words: str
) -> None:
    page = new_rule(open_page("Alerts", dataset="finance"), "revenue", ask)
    for label, number in typed.items():
        page = type_in(page, label, number)
    assert errors(page) == []
    assert has(page, words)


def test_a_rule_about_a_file_is_rehearsed_over_when_it_came(samples: System) -> None:
    page = new_rule(open_page("Alerts", dataset="finance"), "", "cannot be read")
    assert errors(page) == []
    assert has(page, "Would never have fired")


@pytest.mark.parametrize(
    ("name", "after"), [("Revenue is below 1,000.00", "Revenue is below 5.00"), ("Mine", "Mine")]
)
def test_a_name_made_of_what_the_rule_says_follows_it_and_one_that_was_given_stays(
    samples: System, name: str, after: str
) -> None:
    limit = Limit(Direction.BELOW, 1000.0, 1020.0)
    add(samples, Rule(0, name, "finance", "revenue", "month", limit))
    page = press(open_page("Alerts", dataset="finance"), "Edit")
    page = type_in(type_in(page, "Limit", 5.0), "Back to normal at", 6.0)
    press(page, "Save the rule")
    assert [one.name for one in rules(samples)] == [after]
