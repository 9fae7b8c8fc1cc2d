"""Loads, time, crashes, silences, acknowledgements and broken channels in any order, held against an oracle."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.proofs import verdict
from tests.proofs.pigeons import Mood
from tests.proofs.world import HOUR, MINUTE, SECOND, World, empty_database, new_world

SPOTS = st.integers(0, 2)
VALUES = st.sampled_from([0.1, 0.1, 0.1, 0.16, 0.3, 0.3, None])
SPANS = st.sampled_from([5 * SECOND, 30 * SECOND, 2 * MINUTE, 16 * MINUTE, HOUR, 3 * HOUR, 14 * HOUR])
SILENCES = st.sampled_from([10 * MINUTE, HOUR, 5 * HOUR])
SEAMS = st.sampled_from(["after_claim", "before_post", "after_post_before_mark", "after_mark"])
CHANNELS = st.sampled_from(["asked", "awaited", "plain"])
MOODS = st.sampled_from([Mood.WELL, Mood.WELL, *Mood])


@cache
def empty() -> Path:
    folder = tempfile.mkdtemp(prefix="kpi-proofs-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return empty_database(Path(folder) / "empty.db")


class WhateverHappens(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="kpi-world-")
        self.world: World = new_world(empty(), Path(self.folder.name) / "kpi.db")
        self.seen = 0

    @rule(spot=SPOTS, value=VALUES)
    def a_workbook_is_loaded(self, spot: int, value: float | None) -> None:
        self.world.figure(self.world.spots[spot], value)

    @rule(span=SPANS)
    def time_goes_on(self, span: timedelta) -> None:
        self.world.clock.go_on(span)

    @rule()
    def the_service_takes_its_turn(self) -> None:
        self.world.send()

    @rule(seam=SEAMS)
    def the_service_dies(self, seam: str) -> None:
        self.world.send(seam)

    @rule(channel=CHANNELS, mood=MOODS)
    def a_provider_changes(self, channel: str, mood: Mood) -> None:
        self.world.pigeons[channel].mood = mood

    @rule(spot=SPOTS, lasts=SILENCES, wide=st.sampled_from(["member", "rule", "all"]))
    def somebody_silences(self, spot: int, lasts: timedelta, wide: str) -> None:
        number, member = self.world.spots[spot]
        self.world.silence(None if wide == "all" else number, member if wide == "member" else None, lasts)

    @precondition(lambda self: self.world.oracle.quiets)
    @rule(which=st.integers(0, 9))
    def a_silence_is_ended(self, which: int) -> None:
        numbers = sorted(self.world.oracle.quiets)
        self.world.end_silence(numbers[which % len(numbers)])

    @rule(spot=SPOTS)
    def somebody_has_seen_it(self, spot: int) -> None:
        self.world.see(self.world.spots[spot])

    @rule()
    def a_provider_tells_what_it_took(self) -> None:
        self.world.hear()

    @invariant()
    def each_member_fires_and_ends_as_the_oracle_says(self) -> None:
        for spot in self.world.spots:
            assert self.world.heard_of(spot) == self.world.oracle.heard_of(spot)

    @invariant()
    def nothing_is_said_at_a_wrong_moment_or_too_often(self) -> None:
        if len(self.world.carried) > self.seen:
            self.seen = len(self.world.carried)
            rows = self.world.rows()
            assert list(verdict.wrongly_said(self.world, self.world.carried, rows)) == []
            assert list(verdict.ends_before_their_beginnings(self.world.carried, rows)) == []
            assert list(verdict.doubled(self.world, rows)) == []

    def teardown(self) -> None:
        try:
            self.world.settle()
            self.each_member_fires_and_ends_as_the_oracle_says()
            self.nothing_is_said_at_a_wrong_moment_or_too_often()
            assert list(verdict.never_said(self.world)) == []
        finally:
            self.world.close()
            self.folder.cleanup()


TestWhateverHappens = WhateverHappens.TestCase
TestWhateverHappens.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
