"""Datasets whose rules were not judged with their last load, because more files of them were to come in the same go.

The row is written with the version, and goes with the judging of the version that holds: whatever dies in between, it is
known what is still to be judged.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from storage.alerting.schema import unjudged
from storage.processes import runs_here
from storage.races import insert_unless_there

LONGEST = timedelta(minutes=10)  # from the first file on; then it is judged though more may be to come


@dataclass(frozen=True, slots=True)
class PutOff:
    """A dataset whose newest version was not judged. `by` is the process that means to, once its other files are in;
    others leave it alone until then, but not beyond `until`.
    """

    dataset: str
    by: str
    until: datetime

    def waits(self, at: datetime, asking: str = "", coming: Container[str] = ()) -> bool:
        """Whether it is too early for the `asking` process to judge it, which has more files of the datasets `coming`.

        What it put off itself waits for these alone; what another did, for that one as long as it lives.
        """
        if at >= self.until:
            return False
        return self.dataset in coming or (self.by != asking and runs_here(self.by) is not False)


def put_off(connection: Connection, dataset: str, by: str, at: datetime) -> None:
    """Write down, with a new version of the dataset, that its rules are to be judged later.

    However many versions follow, not later than was said with the first: files that never cease must not keep it quiet.
    """
    first = {"dataset": dataset, "held_by": by, "held_until": at + LONGEST}
    if not insert_unless_there(connection, unjudged, first):
        connection.execute(update(unjudged).where(unjudged.c.dataset == dataset).values(held_by=by))


def judged(connection: Connection, dataset: str) -> None:
    """The version that holds is judged; in the transaction that writes down what came of it."""
    connection.execute(delete(unjudged).where(unjudged.c.dataset == dataset))


def give_up(connection: Connection, by: str, at: datetime) -> None:
    """Leave what this process has put off to whoever judges next."""
    connection.execute(update(unjudged).where(unjudged.c.held_by == by).values(held_until=at))


def list_unjudged(connection: Connection) -> list[PutOff]:
    """All of them, by the name of the dataset."""
    columns = (unjudged.c.dataset, unjudged.c.held_by, unjudged.c.held_until)
    return [PutOff(*row) for row in connection.execute(select(*columns).order_by(unjudged.c.dataset))]
