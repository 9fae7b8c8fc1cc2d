from __future__ import annotations

from dataclasses import replace

import pytest

from storage.alerting import acknowledgements, alert_log, outbox, silences
from tests.dashboard.alerting.tab import BOOK, NEVER, THIN, add, buttons, has, judge, press, read, rules
from tests.dashboard.pages import AFTER_THE_SAMPLES, errors, figures, hand_in, open_page, said, turned_to
from wiring import System


def test_without_rules_the_tab_says_what_one_is_and_offers_to_set_the_first(samples: System) -> None:
    page = open_page("Alerts", dataset="finance")
    assert errors(page) == []
    assert has(page, "No rules yet.")
    assert [one.label for one in page.button if one.key == "new_rule"] == ["Set the first rule"]


def test_a_rule_is_removed_only_by_who_says_so_twice(samples: System) -> None:
    add(samples, NEVER)
    page = open_page("Alerts", dataset="finance")
    (remove,) = buttons(page, "Remove")
    assert remove.disabled
    (sure,) = [one for one in page.checkbox if one.label == "I want it gone"]
    page = press(sure.check().run(), "Remove")
    assert (errors(page), rules(samples)) == ([], [])
    assert not has(page, "Never")


def test_a_card_says_how_its_rule_stands_and_on_which_value(samples: System) -> None:
    add(samples, THIN, NEVER)
    judge(samples)
    page = open_page("Alerts", dataset="finance")
    assert has(page, "2 rules · 1 firing")
    (card,) = [text for text in read(page) if "Thin margin" in text and "Nov 2025" in text]
    assert "firing since 21 Dec 2025, 12:00 · Nov 2025: 27.6 %" in card
    assert has(page, "Never breached since it was set.")


def test_a_silence_has_a_reason_and_stands_on_the_card_until_it_is_ended(samples: System) -> None:
    add(samples, THIN)
    page = press(open_page("Alerts", dataset="finance"), "Silence it")
    assert [one.value for one in page.error] == ["Say why, so that others can tell whether it still holds."]
    (why,) = [one for one in page.text_input if one.label == "Why"]
    why.input("repairs")
    page = press(page, "Silence it")
    assert has(page, "Silent until 21 Dec 2025, 13:00: repairs")
    page = press(page, "End the silence")
    assert not has(page, "Silent until")
    with samples.database.read() as connection:
        assert [one.reason for one in silences.list_silences(connection)] == ["repairs"]
        assert silences.list_silences(connection, AFTER_THE_SAMPLES) == []


def test_an_acknowledgement_has_a_name_and_takes_the_button_away(samples: System) -> None:
    add(samples, THIN)
    judge(samples)
    page = press(open_page("Alerts", dataset="finance"), "Acknowledge it")
    assert [one.value for one in page.error] == ["Say who you are, so that others know whom to ask."]
    name = page.text_input(key="acknowledge.1.who")
    name.input("Ann")
    page = press(page, "Acknowledge it")
    assert errors(page) == []
    assert buttons(page, "Acknowledge it") == []
    with samples.database.read() as connection:
        assert acknowledgements.acknowledged(connection, [1]) == {(1, "", 1)}


def test_a_breach_is_on_its_tile_in_the_header_and_in_the_history(samples: System) -> None:
    add(samples, THIN, NEVER)
    judge(samples)
    with samples.database.read() as connection:
        (alert,) = alert_log.list_alerts(connection, "finance")
    page = open_page(dataset="finance")
    overview = said(page)
    assert any("1 firing" in text for text in overview)
    assert ["30.0 %" in text for text in overview if "last full month" in text] == [True]
    assert any("firing" in text and "badge" in text for text in overview)
    assert len([text for text in overview if "1 rule" in text and "ok" in text]) == 1

    shown = turned_to(open_page("Alerts", dataset="finance", alerts="History"), "Alerts")
    assert errors(shown) == []
    assert has(shown, "21 Dec 2025, 12:00 · Nov 2025: 27.6 % (limit 30.0 %)")
    assert has(shown, "1 waits")
    assert alert.value == pytest.approx(0.25, abs=0.05)


def test_why_shows_every_message_of_a_breach_and_what_became_of_it(samples: System) -> None:
    add(samples, THIN)
    judge(samples)
    page = press(open_page("Alerts", dataset="finance", alerts="History"), "Why?")
    assert errors(page) == []
    assert has(page, "console (it fired) · waits: its turn is now")


def test_a_test_message_is_owed_and_not_sent_by_the_page(samples: System) -> None:
    page = press(open_page("Alerts", dataset="finance", alerts="Destinations"), "Send a test")
    with samples.database.read() as connection:
        (owed,) = outbox.recent_deliveries(connection)
    assert (owed.channel, owed.state, owed.attempts, owed.alert_id) == ("console", "pending", 0, None)
    assert errors(page) == []
    assert has(page, "Test of 21 Dec 2025, 12:00 · waits")


def test_what_is_not_set_up_says_what_to_set(samples: System) -> None:
    page = open_page("Alerts", dataset="finance", alerts="Destinations")
    assert has(page, "SLACK_BOT_TOKEN")
    assert has(page, "None: every rule that names nobody is told to all destinations that are set up.")


def test_a_limit_of_the_shown_grain_is_a_line_in_the_trend(samples: System) -> None:
    add(samples, NEVER)
    page = open_page("Trends", dataset="finance")
    by_month = [drawn.count("Never: is below 1.00") for drawn in figures(page)]
    page = open_page("Trends", dataset="finance", grain="week")
    by_week = [drawn.count("Never: is below 1.00") for drawn in figures(page)]
    assert (by_month, by_week) == ([1, 0], [0, 0])


def test_a_limit_of_the_whole_is_no_line_where_a_part_is_looked_at(samples: System) -> None:
    add(samples, NEVER)
    drawn = figures(open_page("Trends", dataset="finance", **{"finance.region": ["North"]}))
    assert not [spec for spec in drawn if "Never: is below" in spec]


def test_a_limit_for_each_currency_is_a_line_in_the_trend_of_one(empty: System) -> None:
    hand_in(empty, "shop.csv", b"Date,Revenue,Currency\n2025-12-03,100,USD\n2025-12-04,900,EUR\n")
    add(
        empty,
        replace(NEVER, dataset="shop", dimension="currency"),
        replace(NEVER, dataset="shop", name="All"),
    )
    drawn = "".join(figures(open_page("Trends", grain="month")))
    assert (drawn.count("Never: is below"), drawn.count("All: is below")) == (1, 0)


def test_a_file_with_rules_is_shown_before_it_is_taken_in(samples: System) -> None:
    add(samples, NEVER)
    page = open_page("Alerts", dataset="finance", alerts="Destinations")
    book = BOOK.encode()
    page = page.file_uploader[-1].set_value(("alerting.toml", book, "application/toml")).run()
    assert errors(page) == []
    assert has(page, "added rule finance: Costly")
    assert [one.name for one in rules(samples)] == ["Never"]
    page = press(page, "Make 1 change")
    assert [one.name for one in rules(samples)] == ["Never", "Costly"]
    assert [one.value for one in page.success] == ["Taken in: 1 change."]
    assert page.session_state["book_in"] is False


def test_a_file_that_makes_no_sense_says_where_and_changes_nothing(samples: System) -> None:
    page = open_page("Alerts", dataset="finance", alerts="Destinations")
    wrong = BOOK.replace("above", "abov").encode()
    page = page.file_uploader[-1].set_value(("alerting.toml", wrong, "application/toml")).run()
    assert errors(page) == []
    assert any("abov" in one.value for one in page.error)
    assert has(page, "Nothing was changed.")


def test_a_limit_for_each_member_is_a_line_where_just_one_member_is_looked_at(samples: System) -> None:
    add(samples, replace(NEVER, dimension="region"))
    drawn = [
        sum(spec.count("Never: is below") for spec in figures(open_page("Trends", **chosen)))
        for chosen in (
            {"dataset": "finance"},
            {"dataset": "finance", "finance.region": ["North"]},
            {"dataset": "finance", "finance.region": ["North", "South"]},
        )
    ]
    assert drawn == [0, 1, 0]
