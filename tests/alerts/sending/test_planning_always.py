"""What holds of planning whatever happens: nothing is lost, doubled, out of order, or sent when it must not be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, time

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.rules import Kind
from alerts.sending.holding import AT_ONCE, FOLLOWING
from alerts.sending.hours import Hours, next_open
from alerts.sending.planning import plan
from alerts.sending.routing import Route
from alerts.sending.silences import Silence, silenced_by
from tests.alerts.builders import SLACK
from tests.alerts.sending.lanes import HOUR, MINUTE, SECOND, PaperLane, about
from tests.moments import NOON

OF_BREACHES = {Kind.FIRING, Kind.REPEAT, Kind.ESCALATION}
MEMBERS = ("North", "South", "West")
GROUPED = Route("g", {}, ("slack",), group_by=("dataset",), wait=MINUTE, interval=5 * MINUTE)
HOURS = Hours((0, 1, 2, 3, 4, 5, 6), time(6), time(22), "Europe/Paris")
SHAPES = (
    SLACK,
    replace(SLACK, budget=1),
    replace(SLACK, budget=3),
    replace(SLACK, hours=HOURS),
    replace(SLACK, budget=2, hours=HOURS),
)


@dataclass(slots=True)
class World:
    """Rules that fire and resolve as they can: never twice in a row, and follow-ups only while an episode is open.

    `second`: only escalations come here, and the ends of what they called for.
    """

    lane: PaperLane
    grouped: bool
    second: bool = False
    now: datetime = NOON
    episodes: dict[str, int] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)

    def speak(self, kind: Kind, member: str) -> None:
        if kind in AT_ONCE:
            self.lane.owe(self.now, kind)
            return
        if (member in self.open) is (kind is Kind.FIRING):
            return
        if kind is Kind.FIRING:
            self.episodes[member] = self.episodes.get(member, 0) + 1
            self.open.add(member)
        if kind is Kind.RESOLVED:
            self.open.discard(member)
        grouped = {"group_key": "g", "route": GROUPED} if self.grouped and kind is not Kind.ESCALATION else {}
        due = {"due_at": self.now + GROUPED.wait} if grouped and kind is not Kind.REPEAT else {}
        if self.second and not self._comes_here(kind, member):
            return
        about = {"member": member, "episode": self.episodes[member]}
        self.lane.owe(self.now, kind, **about, **grouped, **due)

    def _comes_here(self, kind: Kind, member: str) -> bool:
        episode, lane = ((1, member), self.episodes[member]), self.lane
        if kind is not Kind.RESOLVED:
            return kind is Kind.ESCALATION
        lane.over.add(episode)
        gone = lane.dropped.keys() - lane.doubtful
        return any(about(one) == episode for number, one in lane.owed.items() if number not in gone)

    def silence(self, member: str, minutes: int) -> None:
        until = self.now + minutes * MINUTE
        self.lane.silences.append(Silence(len(self.lane.silences) + 1, self.now, until, "", member=member))

    def acknowledge(self, member: str) -> None:
        self.lane.heard.add(((1, member), self.episodes.get(member, 0)))


TURNS = st.tuples(st.just("turn"), st.sampled_from(["sent", "sent", "failed", "lost", "swallowed"]))
STEPS = st.one_of(
    st.tuples(
        st.just("speak"),
        st.sampled_from([kind for kind in Kind if kind is not Kind.DIGEST]),
        st.sampled_from(MEMBERS),
    ),
    st.tuples(st.just("silence"), st.sampled_from(MEMBERS), st.integers(1, 300)),
    st.tuples(st.just("acknowledge"), st.sampled_from(MEMBERS)),
    st.tuples(st.just("wait"), st.integers(1, 7200)),
    TURNS,
    st.tuples(st.just("prove"), st.booleans()),
)
OF_ONE = st.one_of(
    st.tuples(
        st.just("speak"), st.sampled_from([Kind.FIRING, Kind.ESCALATION, Kind.RESOLVED]), st.just("North")
    ),
    st.just(("acknowledge", "North")),
    st.tuples(st.just("wait"), st.integers(1, 600)),
    TURNS,
)
WORLDS = st.builds(
    lambda shape, askable, grouped, second: World(PaperLane(shape, askable=askable), grouped, second),
    st.sampled_from(SHAPES),
    *[st.booleans()] * 3,
)


def live(world: World, steps: list[tuple[object, ...]], watch: Callable[[World], None]) -> None:
    """Everything that is said to happen, then time without trouble until nothing waits, or for three months."""
    for name, *how in steps:
        if name == "wait":
            world.now += how[0] * SECOND  # type: ignore[operator]
        elif name == "turn":
            watch(world)
            world.lane.turn(world.now, str(how[0]))
        elif name == "prove":
            world.lane.destination = replace(world.lane.destination, proved=bool(how[0]))
        else:
            getattr(world, str(name))(*how)
    world.lane.destination = replace(world.lane.destination, proved=True)
    for _ in range(400):
        if not world.lane.rows:
            return
        watch(world)
        made = world.lane.turn(world.now)
        untils = [one.until for one in made.held] + [row.due_at for row in world.lane.rows.values()]
        later = min((until for until in untils if until > world.now), default=world.now)
        world.now = world.now + SECOND if made.batch or made.dropped else max(world.now + SECOND, later)


def nothing(world: World) -> None: ...


@given(WORLDS, st.lists(STEPS, max_size=60))
@settings(deadline=None)
def test_everything_is_sent_in_the_end_or_dropped_for_a_reason_and_once(
    world: World, steps: list[tuple[object, ...]]
) -> None:
    live(world, steps, nothing)
    sent = [row.id for one in world.lane.sent for row in one.rows]
    assert sorted([*sent, *world.lane.found, *world.lane.dropped]) == sorted(world.lane.owed)


@given(WORLDS, st.lists(STEPS, max_size=60))
@settings(deadline=None)
def test_a_plan_names_each_once_and_is_the_same_however_often_it_is_made(
    world: World, steps: list[tuple[object, ...]]
) -> None:
    def watch(world: World) -> None:
        waiting, lane = world.lane.waiting(), world.lane.lane(world.now)
        made = plan(waiting, lane, world.now)
        named = [*made.batch, *(one.id for one in made.held), *(one.id for one in made.dropped)]
        assert len(named) == len(set(named))
        assert set(named) <= {row.id for row in waiting}
        assert (made.message is None) is (made.batch == ())
        assert {one.id for one in made.sought} in (set(), set(made.batch))
        assert plan(waiting[::-1], lane, world.now) == replace(made, dropped=made.dropped[::-1])
        gone = {one.id for one in made.dropped}
        assert plan([row for row in waiting if row.id not in gone], lane, world.now) == replace(
            made, dropped=()
        )

    live(world, steps, watch)


@given(WORLDS, st.lists(STEPS, max_size=60))
@settings(deadline=None)
def test_what_is_said_of_one_member_is_said_in_order(world: World, steps: list[tuple[object, ...]]) -> None:
    live(world, steps, nothing)
    for member in MEMBERS:
        said = [
            row.order[:2]
            for one in world.lane.sent
            for row in one.rows
            if row.member == member and row.rule_id
        ]
        assert said == sorted(said)


@given(WORLDS, st.lists(STEPS, max_size=60))
@settings(deadline=None)
def test_nothing_goes_out_silenced_unproved_or_at_night_save_tests_and_notices(
    world: World, steps: list[tuple[object, ...]]
) -> None:
    def watch(world: World) -> None:
        lane = world.lane.lane(world.now)
        made = plan(world.lane.waiting(), lane, world.now)
        said = () if made.sought else made.batch
        rows = [world.lane.rows[one] for one in said if world.lane.rows[one].kind not in AT_ONCE]
        silenced = [silenced_by(lane.silences, 1, row.member, row.labels, world.now) for row in rows]
        assert not any(silenced)
        assert not rows or lane.destination.proved
        assert not rows or next_open(lane.destination.hours, world.now) == world.now

    live(world, steps, watch)


@given(WORLDS, st.lists(STEPS, max_size=60))
@settings(deadline=None)
def test_no_hour_has_more_messages_than_its_budget(world: World, steps: list[tuple[object, ...]]) -> None:
    live(world, steps, nothing)
    budget = world.lane.destination.budget or 10**6
    at = [one.at for one in world.lane.sent if one.rows[0].kind not in AT_ONCE]
    assert all(later - first >= HOUR for first, later in zip(at, at[budget:], strict=False))


@given(WORLDS, st.lists(STEPS, max_size=60))
@settings(deadline=None)
def test_what_was_tried_goes_again_with_the_same_others(
    world: World, steps: list[tuple[object, ...]]
) -> None:
    live(world, steps, nothing)
    company: dict[int, tuple[int, ...]] = {}
    for tried in world.lane.tried:
        ids = tuple(row.id for row in tried.rows)
        assert all(company.get(row.id, ids) == ids for row in tried.rows if row.pursued)
        company |= dict.fromkeys(ids, ids)


@given(WORLDS, st.lists(STEPS, max_size=60))
@settings(deadline=None)
def test_what_is_dropped_needed_no_saying(world: World, steps: list[tuple[object, ...]]) -> None:
    """An alert only with its end, an end only where nothing of its episode was told; and no alert that may have arrived."""
    live(world, steps, nothing)
    unsure = {one for one, row in world.lane.last.items() if row.pursued and row.kind not in FOLLOWING}
    assert not set(world.lane.dropped) & unsure
    gone = [world.lane.owed[one] for one in world.lane.dropped]
    told = {(row.member, row.episode) for one in world.lane.sent for row in one.rows}
    ends = {(row.member, row.episode) for row in gone if row.kind is Kind.RESOLVED}
    assert {(row.member, row.episode) for row in gone if row.kind is Kind.FIRING} <= ends
    assert not ends & told


@given(WORLDS, st.lists(OF_ONE, min_size=12, max_size=30))
@settings(deadline=None, max_examples=300)
def test_the_end_goes_to_whom_anything_has_come_and_where_that_can_be_asked_to_nobody_else(
    world: World, steps: list[tuple[object, ...]]
) -> None:
    live(world, steps, nothing)
    lane = world.lane
    sent = {row.id for one in lane.sent for row in one.rows}
    came = {about(lane.owed[one]) for one in sent | lane.came if lane.owed[one].kind in OF_BREACHES}
    ends = {about(lane.owed[one]) for one in sent if lane.owed[one].kind is Kind.RESOLVED}
    assert came & lane.over <= ends
    assert not lane.askable or ends <= came
