"""A day of a finance team, told: rules fire and resolve, and each destination hears of them in its own way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from alerts.manager import AlertManager, Owed, Series
from alerts.rules import Kind, Rule, Standing, Transition
from alerts.sending.following import OpenEpisode, follow_ups
from alerts.sending.hours import Hours
from alerts.sending.routing import Destination, Route, labels_of, recipients
from alerts.sending.silences import Silence
from tests.alerts.builders import CONSOLE, SLACK, WHATSAPP, message, thin_margin, verdicts
from tests.alerts.sending.lanes import HOUR, MINUTE, PaperLane, moments

MIDNIGHT = datetime(2025, 11, 21, tzinfo=UTC)  # a Friday
OFFICE = Hours((0, 1, 2, 3, 4), time(9), time(17), "UTC")
CFO = Destination("cfo", "email", "cfo@example.com", standard=False, hours=OFFICE)
ON_CALL = replace(WHATSAPP, name="on call", standard=False)
SPARING = replace(SLACK, budget=4)
GRAVE = Route("grave", {"severity": "critical"}, ("slack", "cfo"), repeat=4 * HOUR, second="on call")
STORES = Route(
    "stores",
    {"file": "stores.xlsx"},
    ("slack", "cfo"),
    group_by=("file",),
    wait=2 * MINUTE,
    interval=30 * MINUTE,
)
REST = Route("rest", {}, ("slack",))
LOSS = thin_margin(id=1, name="Loss", severity="critical")
THIN = thin_margin(id=2, name="Thin", dimension="region")
LOW, FINE = 0.124, 0.3
Story = list[tuple[str, str, tuple[str, ...]]]


@dataclass(slots=True)
class Day:
    """The whole chain without storage: figures are judged, follow-ups owed, and every minute each lane has its turns."""

    destinations: tuple[Destination, ...] = (CONSOLE, SPARING, CFO, ON_CALL)
    routes: tuple[Route, ...] = (GRAVE, STORES, REST)
    down: tuple[datetime, datetime] = (MIDNIGHT, MIDNIGHT)  # between these nothing gets through
    now: datetime = MIDNIGHT
    lanes: dict[tuple[str, str], PaperLane] = field(default_factory=dict)
    standings: dict[tuple[int, str], Standing] = field(default_factory=dict)
    open: dict[tuple[int, str], OpenEpisode] = field(default_factory=dict)
    told: dict[tuple[int, str, int], list[tuple[str, str]]] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.lanes = {(one.channel, one.address): PaperLane(one) for one in self.destinations}

    def load(self, rule: Rule, value: float, *members: str, file: str = "finance.xlsx") -> None:
        """A workbook brings the latest month of each member."""
        series = [Series(rule, member, verdicts(value), file=file) for member in members or ("",)]
        manager = AlertManager(self.destinations, self.routes, message)
        for event in manager.judge(series, self.standings, self.now, self.told).events:
            self._note(event.transition, file)
            for owed in event.owed:
                self._owe(owed)

    def acknowledge(self, rule: Rule) -> None:
        place = (rule.id, "")
        self.open[place] = replace(self.open[place], acknowledged=True)
        for lane in self.lanes.values():
            lane.heard.add((place, self.open[place].episode))

    def silence(self, rule: Rule, length: timedelta) -> None:
        for lane in self.lanes.values():
            lane.silences.append(Silence(1, self.now, self.now + length, "stock-taking", rule_id=rule.id))

    def live(self, script: Mapping[str, Callable[[Day], None]], hours: int = 24) -> None:
        """What the script says happens at its hour, such as `09:30`; the follow-ups and the lanes come after."""
        for self.now in moments(MIDNIGHT, MIDNIGHT + hours * HOUR, MINUTE):
            if act := script.get(f"{self.now:%H:%M}"):
                act(self)
            for _, owed in follow_ups(list(self.open.values()), self.destinations, self.now):
                self._owe(owed)
            reached = not self.down[0] <= self.now < self.down[1]
            for lane in self.lanes.values():
                while lane.turn(self.now, "sent" if reached else "failed", 5 * MINUTE).batch:
                    pass

    def story(self, name: str) -> Story:
        """What one destination was sent: when, what it is, and whom it is about."""
        (lane,) = [lane for lane in self.lanes.values() if lane.destination.name == name]
        about = [tuple(row.labels["rule"] + row.member for row in one.rows) for one in lane.sent]
        return [
            (f"{one.at:%H:%M}", one.message.kind.value, rows)
            for one, rows in zip(lane.sent, about, strict=True)
        ]

    def _note(self, change: Transition, file: str) -> None:
        rule, member = change.rule, change.member
        self.standings[rule.id, member] = change.after
        if change.tells is Kind.RESOLVED:
            del self.open[rule.id, member]
        if change.tells is Kind.FIRING:
            labels = labels_of(rule, member, file)
            to = recipients(rule, labels, self.routes, self.destinations)
            at, said = change.at, message(change)
            number = change.after.episode
            self.open[rule.id, member] = OpenEpisode(rule, member, number, at, said, to, False, file)

    def _owe(self, owed: Owed) -> None:
        if owed.dedup_key in self.keys:
            return
        self.keys.add(owed.dedup_key)
        place = (owed.channel, owed.address)
        if owed.rule_id is not None and owed.episode is not None:
            self.told.setdefault((owed.rule_id, owed.member, owed.episode), []).append(place)
        route = STORES if owed.group_key else None
        self.lanes[place].take(owed, self.now, route)


def lived(script: Mapping[str, Callable[[Day], None]], down: tuple[int, int] = (0, 0)) -> Day:
    """`down`: between these hours nothing gets through."""
    day = Day(down=(MIDNIGHT + down[0] * HOUR, MIDNIGHT + down[1] * HOUR))
    day.live(script)
    return day


def test_a_critical_breach_at_night_calls_whoever_is_on_call_and_goes_on_until_somebody_has_seen_it() -> None:
    day = lived(
        {
            "03:00": lambda day: day.load(LOSS, LOW),
            "10:00": lambda day: day.acknowledge(LOSS),
            "15:00": lambda day: day.load(LOSS, FINE),
        }
    )
    assert day.story("slack") == [
        ("03:00", "firing", ("Loss",)),
        ("07:00", "repeat", ("Loss",)),
        ("15:00", "resolved", ("Loss",)),
    ]
    assert day.story("on call") == [("03:15", "escalation", ("Loss",)), ("15:00", "resolved", ("Loss",))]
    assert day.story("cfo") == [("09:00", "firing", ("Loss",)), ("15:00", "resolved", ("Loss",))]
    assert day.story("console") == []


def test_the_members_of_a_file_are_one_message_and_what_comes_later_waits_for_its_interval() -> None:
    def stores(value: float, *regions: str) -> Callable[[Day], None]:
        return lambda day: day.load(THIN, value, *regions, file="stores.xlsx")

    day = lived(
        {
            "10:00": stores(LOW, "North", "South"),
            "10:01": stores(LOW, "West"),
            "10:10": stores(LOW, "East"),
            "10:20": stores(FINE, "North", "East"),
        }
    )
    assert day.story("slack") == [
        ("10:02", "digest", ("ThinNorth", "ThinSouth", "ThinWest")),
        ("10:32", "digest", ("ThinEast", "ThinNorth", "ThinEast")),
    ]
    assert day.story("cfo") == day.story("slack")


def test_what_a_silence_outlasts_nobody_hears_of_and_what_outlasts_it_everybody() -> None:
    other = replace(THIN, id=3, name="Other")

    def quiet(day: Day) -> None:
        for rule in (THIN, other):
            day.silence(rule, HOUR)

    def fire(day: Day) -> None:
        for rule in (THIN, other):
            day.load(rule, LOW, "North")

    day = lived(
        {
            "12:00": quiet,
            "12:10": fire,
            "12:40": lambda day: day.load(THIN, FINE, "North"),
            "14:00": lambda day: day.load(other, FINE, "North"),
        }
    )
    assert day.story("slack") == [
        ("13:00", "firing", ("OtherNorth",)),
        ("14:00", "resolved", ("OtherNorth",)),
    ]


def test_many_at_once_use_up_the_budget_and_the_rest_is_one_digest() -> None:
    many = [thin_margin(id=number, name=f"R{number}") for number in range(10, 20)]

    def all_fire(day: Day) -> None:
        for rule in many:
            day.load(rule, LOW)

    def all_resolve(day: Day) -> None:
        for rule in many:
            day.load(rule, FINE)

    day = lived({"14:00": all_fire, "14:30": all_resolve})
    names = tuple(rule.name for rule in many)
    assert day.story("slack") == [
        *(("14:00", "firing", (name,)) for name in names[:3]),
        ("14:00", "digest", names[3:]),
        ("15:00", "resolved", names[:1]),
        ("15:00", "resolved", names[1:2]),
        ("15:00", "resolved", names[2:3]),
        ("15:00", "digest", names[3:]),
    ]


def test_after_an_outage_each_hears_what_was_missed_and_in_order() -> None:
    first, brief, late = (thin_margin(id=number, name=f"R{number}") for number in (10, 11, 12))
    day = lived(
        {
            "10:59": lambda day: day.load(first, LOW),
            "11:05": lambda day: day.load(brief, LOW),
            "11:06": lambda day: day.load(first, FINE),
            "12:30": lambda day: day.load(late, LOW),
            "12:40": lambda day: day.load(brief, FINE),
        },
        down=(11, 13),
    )
    assert day.story("slack") == [
        ("10:59", "firing", ("R10",)),
        ("13:00", "resolved", ("R11", "R11")),
        ("13:00", "firing", ("R12",)),
        ("13:01", "resolved", ("R10",)),
    ]


def test_whatever_the_day_brings_each_destination_is_left_with_nothing_waiting() -> None:
    rules: Sequence[Rule] = [thin_margin(id=number, name=f"R{number}") for number in range(10, 14)]

    def swing(value: float) -> Callable[[Day], None]:
        def act(day: Day) -> None:
            for rule in rules:
                day.load(rule, value)

        return act

    script = {
        f"{hour:02}:{minute:02}": swing(LOW if minute else FINE) for hour in range(20) for minute in (0, 30)
    }
    day = lived(script, down=(5, 8))
    lanes = day.lanes.values()
    assert [lane.rows for lane in lanes] == [{}] * len(lanes)
    ids = [row.id for row in day.lanes["slack", "C1"].owed.values()]
    sent = [row.id for one in day.lanes["slack", "C1"].sent for row in one.rows]
    assert sorted([*sent, *day.lanes["slack", "C1"].dropped]) == sorted(ids)
