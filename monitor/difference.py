"""What a load would change, before it is committed; nothing is written."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from kpi.loading.difference import Difference, moved_values
from monitor.alerting.evaluation import Desk
from monitor.commit import Part, Proposal
from storage.difference import GRAIN, Version, compared, version_of
from storage.kpi_data import current_values
from storage.loads import Load


def preview(
    connection: Connection, desk: Desk, proposal: Proposal, held: Load | None, part: Part
) -> Difference:
    """The file's facts against the version of its source that holds now, and the values that would move."""
    worked = proposal.work_out(desk)
    after = {
        (one.kpi, one.period): one.value for one in (worked.values if worked else ()) if one.grain == GRAIN
    }
    before = {
        (one.kpi, one.period): one.value for one in current_values(connection, proposal.name, grain=GRAIN)
    }
    old = version_of(connection, desk.snapshots, held)
    new = Version(part.report.fields, part.report.issues, part.facts if part.report.fields else None)
    kept = old.facts is None or Path(old.facts).exists()
    against = held.id if held else None
    return compared(old, new, moved_values(before, after, GRAIN), against, kept=kept)
