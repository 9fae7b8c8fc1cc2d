"""Who has seen a breach."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from alerts.delivery import Attempt, Result
from alerts.rules import Kind
from storage.alerting.acknowledgements import acknowledge, acknowledged
from storage.alerting.thresholds import add_rule
from storage.database import Database
from tests.alerts.builders import thin_margin
from tests.moments import NOON
from tests.storage.alerting.sending import LEASE, SECOND, claim_now, finish_now, ids, owe_now, rows, told


def test_an_episode_is_acknowledged_once(database: Database) -> None:
    with database.begin() as connection:
        rule = add_rule(connection, thin_margin(id=0), NOON)
        said = [acknowledge(connection, rule.id, "North", 2, who, "on it", NOON) for who in ("Ada", "Bob")]
        assert said == [True, False]
        assert acknowledged(connection, [rule.id, 9]) == {(rule.id, "North", 2)}
        assert acknowledged(connection, []) == set()


def test_a_rule_that_never_was_cannot_be_acknowledged(database: Database) -> None:
    with pytest.raises(IntegrityError), database.begin() as connection:
        acknowledge(connection, 7, "", 1, "Ada", "", NOON)


def test_what_was_acknowledged_is_not_repeated(database: Database) -> None:
    with database.begin() as connection:
        rule = add_rule(connection, thin_margin(id=0), NOON)
        acknowledge(connection, rule.id, "", 1, "Ada", "", NOON)
    owe_now(database, [told(1, Kind.FIRING)])
    finish_now(database, claim_now(database), Attempt(Result.SENT, "accepted", "C1:1"))
    owe_now(database, [told(2, Kind.REPEAT)], NOON + SECOND)
    assert ids(claim_now(database, NOON + SECOND)) == ()
    assert [row.state for row in rows(database)] == ["sent", "dropped"]


@pytest.mark.parametrize("kind", [Kind.REPEAT, Kind.ESCALATION])
def test_what_a_dead_process_had_in_hand_is_not_sent_again_once_somebody_has_acknowledged(
    database: Database, kind: Kind
) -> None:
    with database.begin() as connection:
        rule = add_rule(connection, thin_margin(id=0), NOON)
    owe_now(database, [told(1, Kind.FIRING)])
    finish_now(database, claim_now(database), Attempt(Result.SENT, "accepted", "C1:1"))
    owe_now(database, [told(2, kind)], NOON + SECOND)
    claim_now(database, NOON + SECOND, sender="dead")
    with database.begin() as connection:
        acknowledge(connection, rule.id, "", 1, "Ada", "", NOON + 2 * SECOND)
    assert ids(claim_now(database, NOON + 2 * LEASE)) == ()
    one = rows(database)[1]
    why = "somebody has acknowledged it by now; whether it had arrived before is not known"
    assert (one.state, one.error) == ("dropped", why)
