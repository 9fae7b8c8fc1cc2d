"""The end of a breach goes to all who heard of it and to nobody else, wherever a process died or an answer was lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proofs import verdict
from tests.proofs.pigeons import Mood
from tests.proofs.world import ASKED, MINUTE, NIGHT, World, empty_database, new_world

ESCALATION, END = ("escalation",), ("resolved",)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Those who are told first have heard of a breach; in the next turn of the service the night is called, too."""
    made = new_world(empty_database(tmp_path / "empty.db"), tmp_path / "kpi.db")
    made.figure(made.spots[0], 0.1)
    made.send()
    made.clock.go_on(16 * MINUTE)
    yield made
    made.close()


def reached(world: World, place: tuple[str, str]) -> list[tuple[str, ...]]:
    """What arrived at an address, message by message, as the kinds that each stood for."""
    rows = world.rows()
    came = (one for one in world.carried if one.taken and (one.channel, one.address) == place)
    return [tuple(rows[number].kind for number in one.rows) for one in came]


def at_peace(world: World) -> bool:
    """All is over and said, and the oracle finds nothing wrong."""
    world.settle()
    rows = world.rows()
    found = [*verdict.ends_before_their_beginnings(world.carried, rows), *verdict.never_said(world)]
    return found == []


@pytest.mark.parametrize("seam", ["after_claim", "before_post"])
def test_who_was_not_written_to_before_the_process_died_is_not_told_the_end(world: World, seam: str) -> None:
    world.send(seam)
    assert (at_peace(world), reached(world, NIGHT)) == (True, [])
    assert reached(world, ASKED) == [("firing",), END]


def test_who_was_written_to_before_the_process_died_is_told_the_end(world: World) -> None:
    world.send("after_post_before_mark")
    assert (at_peace(world), reached(world, NIGHT)) == (True, [ESCALATION, END])


@pytest.mark.parametrize(
    ("mood", "told"), [(Mood.MUTE, []), (Mood.SWALLOWING, [ESCALATION, END])], ids=["lost", "arrived"]
)
def test_where_no_answer_came_the_end_goes_to_whom_the_call_had_reached(
    world: World, mood: Mood, told: list[tuple[str, ...]]
) -> None:
    world.pigeons["asked"].mood = mood
    world.send()
    assert (at_peace(world), reached(world, NIGHT)) == (True, told)


@pytest.mark.parametrize(
    ("seam", "told"), [("before_post", []), ("after_post_before_mark", [ESCALATION, END])]
)
def test_an_acknowledgement_in_between_keeps_the_end_from_nobody_who_was_called(
    world: World, seam: str, told: list[tuple[str, ...]]
) -> None:
    world.send(seam)
    world.see(world.spots[0])
    world.clock.go_on(2 * MINUTE)
    world.send()
    assert (at_peace(world), reached(world, NIGHT)) == (True, told)


def test_the_end_waits_until_the_provider_can_be_asked_again(world: World) -> None:
    world.send("before_post")
    world.figure(world.spots[0], 0.3)
    world.pigeons["asked"].mood = Mood.FAILING
    world.clock.go_on(2 * MINUTE)
    world.send()
    assert reached(world, NIGHT) == []
    assert (at_peace(world), reached(world, NIGHT)) == (True, [])
