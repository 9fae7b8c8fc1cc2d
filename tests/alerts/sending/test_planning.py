"""What a destination is sent next: one case for each rule, and what holds whatever comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from alerts.rules import Kind
from alerts.sending.hours import Hours
from alerts.sending.routing import Route
from alerts.sending.waiting import Dropped, Held, Plan, Waiting
from alerts.telling.digest import digest_message
from alerts.telling.retelling import coalesced_message, late_message
from tests.alerts.builders import SLACK
from tests.alerts.sending.lanes import HOUR, MINUTE, SECOND, PaperLane, planned, row, said, silence
from tests.moments import NOON

FIRING, RESOLVED, REPEAT, ESCALATION = Kind.FIRING, Kind.RESOLVED, Kind.REPEAT, Kind.ESCALATION
OFFICE = Hours((0, 1, 2, 3, 4), time(9), time(17), "UTC")
BY_FILE = Route("by file", {}, ("slack",), group_by=("file",), wait=30 * SECOND, interval=5 * MINUTE)


def test_where_nothing_waits_nothing_goes() -> None:
    assert planned([]) == Plan()


def test_the_oldest_goes_first_and_alone() -> None:
    rows = [row(2, member="South"), row(1, member="North")]
    assert planned(rows) == Plan((1,), said(FIRING, "North"))


def test_what_is_not_due_waits_without_a_word() -> None:
    assert planned([row(1, due_at=NOON + SECOND, attempts=1)]) == Plan()


def test_what_is_to_be_tried_again_holds_back_only_what_is_about_the_same() -> None:
    again = row(1, member="North", due_at=NOON + MINUTE, attempts=1, batch="b")
    rows = [again, row(2, member="North", episode=2), row(3, member="South")]
    why = "goes after the message before it, which waits until 2025-11-21 12:01 UTC"
    assert planned(rows) == Plan((3,), said(FIRING, "South"), (Held(2, NOON + MINUTE, why),))


def test_an_end_that_got_the_lower_id_follows_its_alert_all_the_same() -> None:
    rows = [row(1, RESOLVED, over=True), row(2, FIRING, attempts=1, due_at=NOON + MINUTE)]
    assert planned(rows).batch == ()


class TestTriedBefore:
    def test_a_batch_goes_again_as_it_was_when_all_of_it_is_due(self) -> None:
        batch = [row(one, member=f"M{one}", batch="b", attempts=1) for one in (2, 3)]
        rows = [row(1, member="M1"), *batch, row(4, member="M4")]
        assert planned(rows).batch == (2, 3)
        late = [rows[0], replace(batch[0], due_at=NOON + MINUTE), *rows[2:]]
        assert planned(late).batch == (1,)
        assert planned(late[1:]).batch == (4,)

    def test_an_alert_is_not_dropped_or_put_together_with_what_came_since(self) -> None:
        rows = [row(1, batch="b", unsure_since=NOON, over=True), row(2, RESOLVED, over=True)]
        assert planned(rows, silences=()).batch == (1,)
        assert planned(rows[:1], silences=()).message == said(FIRING)

    @pytest.mark.parametrize("kind", [REPEAT, ESCALATION])
    @pytest.mark.parametrize(
        ("known", "why"),
        [({"over": True}, "it is over by now"), ({"heard": True}, "somebody has acknowledged it by now")],
    )
    def test_what_follows_an_alert_is_dropped_where_it_says_nothing_any_more(
        self, kind: Kind, known: dict[str, bool], why: str
    ) -> None:
        in_hand = row(1, kind, batch="b", unsure_since=NOON, due_at=NOON + HOUR, **known)
        dropped = Dropped(1, f"{why}; whether it had arrived before is not known")
        assert planned([in_hand]) == Plan(dropped=(dropped,))

    def test_the_end_of_what_may_have_been_told_by_an_escalation_is_told(self) -> None:
        rows = [row(1, ESCALATION, unsure_since=NOON, over=True), row(2, RESOLVED, over=True)]
        made = planned(rows)
        assert ([one.id for one in made.dropped], made.batch) == ([1], (2,))

    def test_what_went_together_with_what_must_still_be_said_goes_again_with_it(self) -> None:
        rows = [row(1, REPEAT, batch="b", over=True), row(2, member="South", batch="b")]
        made = planned(rows)
        assert (made.batch, made.dropped) == ((1, 2), ())

    def test_the_whole_of_it_waits_where_one_of_its_members_is_silenced(self) -> None:
        rows = [row(1, member="North", batch="b"), row(2, member="South", batch="b")]
        until, why = NOON + HOUR, "silenced until 2025-11-21 13:00 UTC: stock-taking"
        quiet = silence(NOON, until, "South")
        assert planned(rows, silences=(quiet,)) == Plan(held=(Held(1, until, why), Held(2, until, why)))


class TestAtOnce:
    @pytest.mark.parametrize("kind", [Kind.TEST, Kind.BROKEN])
    def test_a_test_or_a_notice_goes_before_all_and_whatever_holds_the_others_back(self, kind: Kind) -> None:
        to = replace(SLACK, budget=1, hours=OFFICE)
        evening = NOON.replace(hour=20)
        rows = [row(1), row(2, kind, created_at=evening)]
        made = planned(
            rows, evening, destination=to, sent_at=(evening,), silences=(silence(NOON, evening + HOUR),)
        )
        assert (made.batch, made.message) == ((2,), rows[1].message)


class TestProof:
    def test_a_test_message_goes_without_and_a_notice_waits_for_it(self) -> None:
        to = replace(SLACK, proved=False)
        made = planned([row(1, Kind.BROKEN), row(2, Kind.TEST)], destination=to)
        assert (made.batch, [one.id for one in made.held]) == ((2,), [1])

    def test_where_no_test_was_accepted_the_others_wait_for_it(self) -> None:
        why = "no test message has been accepted here yet; one goes first"
        to = replace(SLACK, proved=False)
        assert planned([row(1)], destination=to) == Plan(held=(Held(1, NOON + MINUTE, why),))

    def test_without_an_address_it_says_what_to_set(self) -> None:
        to = replace(SLACK, address="", needs="set SLACK_BOT_TOKEN")
        assert planned([row(1, Kind.TEST)], destination=to).held == (
            Held(1, NOON + MINUTE, "set SLACK_BOT_TOKEN"),
        )


class TestSilence:
    UNTIL = NOON + HOUR

    def quiet(self, *rows: Waiting, member: str = "*") -> Plan:
        return planned(rows, silences=(silence(NOON, self.UNTIL, member),))

    def test_what_it_matches_waits_for_its_end(self) -> None:
        made = self.quiet(row(1, member="North"), row(2, member="South"), member="N*")
        why = "silenced until 2025-11-21 13:00 UTC: stock-taking"
        assert made == Plan((2,), said(FIRING, "South"), (Held(1, self.UNTIL, why),))

    def test_the_end_of_what_was_told_waits_too(self) -> None:
        made = self.quiet(row(2, RESOLVED, over=True, told=True))
        assert ([one.id for one in made.held], made.batch, made.dropped) == ([2], (), ())

    def test_what_was_over_before_it_is_dropped_with_its_end(self) -> None:
        why = "over before the silence was; nobody here has heard of it"
        made = self.quiet(row(1, over=True), row(2, RESOLVED, over=True))
        assert made == Plan(dropped=(Dropped(1, why), Dropped(2, why)))

    def test_it_is_dropped_though_put_off_until_the_silence_ends(self) -> None:
        made = self.quiet(row(1, over=True, due_at=self.UNTIL), row(2, RESOLVED, over=True))
        assert [one.id for one in made.dropped] == [1, 2]

    def test_what_may_have_arrived_is_kept_and_so_is_its_end(self) -> None:
        made = self.quiet(row(1, over=True, batch="b", unsure_since=NOON), row(2, RESOLVED, over=True))
        assert [one.id for one in made.held] == [1, 2]

    def test_what_goes_on_is_told_when_it_ends(self) -> None:
        rows = [row(1)]
        made = planned(rows, self.UNTIL, silences=(silence(NOON, self.UNTIL),))
        assert made.batch == (1,)


class TestHours:
    def test_outside_of_them_all_wait_for_their_begin_critical_ones_too(self) -> None:
        evening, morning = NOON.replace(hour=20), datetime(2025, 11, 24, 9, tzinfo=UTC)
        critical = row(1, labels={"severity": "critical"}, created_at=evening)
        to = replace(SLACK, hours=OFFICE)
        why = "outside the working hours of slack; they begin 2025-11-24 09:00 UTC"
        assert planned([critical], evening, destination=to) == Plan(held=(Held(1, morning, why),))

    def test_within_them_they_go(self) -> None:
        assert planned([row(1)], destination=replace(SLACK, hours=OFFICE)).batch == (1,)


class TestAnAlertAndItsEnd:
    ROWS = (row(1, over=True), row(2, RESOLVED, over=True, created_at=NOON + 40 * MINUTE))

    def test_both_are_one_message_where_both_wait(self) -> None:
        now = NOON + 55 * MINUTE
        both = coalesced_message(said(FIRING), said(RESOLVED), NOON, NOON + 40 * MINUTE, now)
        assert planned(self.ROWS, now) == Plan((1, 2), both)

    def test_the_end_goes_alone_where_the_alert_was_sent(self) -> None:
        told = replace(self.ROWS[1], told=True)
        assert planned([told], told.created_at) == Plan((2,), said(RESOLVED))

    def test_the_end_is_told_where_the_alert_never_arrived_and_waits_no_more(self) -> None:
        assert planned(self.ROWS[1:], NOON + 41 * MINUTE).batch == (2,)

    def test_two_episodes_are_two_messages(self) -> None:
        rows = [*self.ROWS, row(3, episode=2, created_at=NOON + 45 * MINUTE)]
        assert planned(rows, NOON + 50 * MINUTE).batch == (1, 2)


class TestWhatFollows:
    @pytest.mark.parametrize("kind", [REPEAT, ESCALATION])
    @pytest.mark.parametrize(
        ("known", "why"),
        [({"over": True}, "it is over by now"), ({"heard": True}, "somebody has acknowledged it by now")],
    )
    def test_it_is_dropped_where_it_says_nothing_any_more(
        self, kind: Kind, known: dict[str, bool], why: str
    ) -> None:
        made = planned([row(1, kind, told=True, **known)])
        assert made == Plan(dropped=(Dropped(1, why),))

    def test_of_repeats_only_the_newest_goes(self) -> None:
        made = planned([row(1, REPEAT, told=True), row(2, REPEAT, told=True)])
        assert made == Plan((2,), said(REPEAT), dropped=(Dropped(1, "a later one follows"),))

    def test_a_repeat_of_what_is_still_to_be_said_is_dropped(self) -> None:
        made = planned([row(1), row(2, REPEAT)])
        assert made == Plan((1,), said(FIRING), dropped=(Dropped(2, "the alert itself is still to be sent"),))

    def test_an_escalation_that_came_too_late_takes_the_end_with_it_where_nothing_else_was_told(self) -> None:
        made = planned([row(1, ESCALATION, over=True), row(2, RESOLVED, over=True)])
        reasons = ("it is over by now", "over before anybody here was told")
        assert made == Plan(dropped=(Dropped(1, reasons[0]), Dropped(2, reasons[1])))


class TestGroups:
    def of_file(self, place: int, second: int = 0, **changes: Any) -> Waiting:
        at = NOON + second * SECOND
        plain: dict[str, Any] = {
            "group_key": "g",
            "route": BY_FILE,
            "created_at": at,
            "due_at": at + BY_FILE.wait,
        }
        return row(place, **({"member": f"M{place}"} | plain | changes))

    def test_the_first_waits_and_takes_along_what_came_meanwhile(self) -> None:
        rows = [self.of_file(1), self.of_file(2, second=20), row(3, member="other", due_at=NOON + HOUR)]
        assert planned(rows, NOON + 29 * SECOND).batch == ()
        made = planned(rows, NOON + 30 * SECOND)
        assert made == Plan((1, 2), digest_message([said(FIRING, "M1"), said(FIRING, "M2")]))

    def test_more_of_it_waits_for_the_interval(self) -> None:
        told = {"g": NOON}
        rows = [self.of_file(1, second=10)]
        why = "its group was told at 2025-11-21 12:00 UTC; more of it not before 2025-11-21 12:05 UTC"
        held = (Held(1, NOON + 5 * MINUTE, why),)
        assert planned(rows, NOON + MINUTE, groups=told) == Plan(held=held)
        assert planned(rows, NOON + 5 * MINUTE, groups=told).batch == (1,)

    def test_nothing_of_it_overtakes_what_is_about_the_same_and_not_of_it(self) -> None:
        others = (row(2, member="M1", episode=2), self.of_file(3, member="M1", episode=3))
        assert planned([self.of_file(1), *others], NOON + MINUTE).batch == (1,)

    def test_what_is_to_be_tried_again_is_not_taken_along(self) -> None:
        rows = [self.of_file(1), self.of_file(2, attempts=1, due_at=NOON + HOUR)]
        assert planned(rows, NOON + MINUTE).batch == (1,)


class TestBudget:
    TWO = replace(SLACK, budget=2)

    def test_used_up_all_waits_until_the_hour_frees_up(self) -> None:
        sent = (NOON - 50 * MINUTE, NOON - 10 * MINUTE)
        why = "the 2 messages an hour of slack are used up until 2025-11-21 12:10 UTC; what waits then goes as one"
        held = tuple(Held(one, NOON + 10 * MINUTE, why) for one in (1, 2))
        rows = [row(1, member="A"), row(2, member="B")]
        assert planned(rows, destination=self.TWO, sent_at=sent) == Plan(held=held)

    def test_its_last_message_is_all_that_waits(self) -> None:
        rows = [row(1, member="A"), row(2, member="B"), row(3, member="C", due_at=NOON + HOUR)]
        note = "together because 2 messages an hour are sent here at most"
        digest = digest_message([said(FIRING, "A"), said(FIRING, "B")], note)
        made = planned(rows, destination=self.TWO, sent_at=(NOON - MINUTE,))
        assert made == Plan((1, 2), digest)

    def test_what_was_sent_more_than_an_hour_ago_is_forgotten(self) -> None:
        assert planned([row(1)], destination=self.TWO, sent_at=(NOON - HOUR,) * 2).batch == (1,)


class TestLate:
    LATER = NOON + HOUR + SECOND

    def test_several_that_waited_longer_than_an_hour_are_one_digest(self) -> None:
        rows = [row(1, member="A"), row(2, member="B"), row(3, member="C", created_at=self.LATER)]
        note = "together because the first waits since 21 Nov 2025, 12:00 (UTC)"
        digest = digest_message([said(FIRING, "A"), said(FIRING, "B")], note)
        assert planned(rows, self.LATER) == Plan((1, 2), digest)

    def test_a_single_one_goes_alone_and_says_so(self) -> None:
        late = late_message(said(FIRING), NOON, self.LATER)
        assert planned([row(1), row(2, member="C", created_at=self.LATER)], self.LATER) == Plan((1,), late)

    def test_what_comes_before_a_late_one_goes_with_it(self) -> None:
        rows = [row(1, created_at=self.LATER), row(2, episode=2), row(3, member="B")]
        assert planned(rows, self.LATER).batch == (1, 2, 3)

    def test_an_hour_is_not_late(self) -> None:
        assert planned([row(1), row(2, member="B")], NOON + HOUR) == Plan((1,), said(FIRING))


def test_a_night_is_one_message_in_the_morning() -> None:
    lane = PaperLane(replace(SLACK, hours=OFFICE))
    evening = datetime(2025, 11, 20, 20, tzinfo=UTC)
    for place in range(30):
        lane.owe(evening + place * MINUTE, FIRING, member=f"M{place}")
    lane.run(evening, evening + timedelta(hours=14), 15 * MINUTE)
    assert lane.story() == [("09:00", tuple(range(1, 31)))]
