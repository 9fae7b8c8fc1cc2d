"""Files that are expected at a time: whether they have come."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from alerts.judging.conditions import Freshness
from alerts.judging.verdicts import freshness_verdict
from alerts.manager import Series
from alerts.rules import Rule
from monitor.alerting.source_errors import broken, is_about, watches
from storage.alerting.source_states import SourceState

HASHED = 64  # files whose hash is kept while they are late and lie there otherwise than they were read


def freshness_series(
    rules: Sequence[Rule], sources: Sequence[SourceState], set_at: Mapping[int, datetime], at: datetime
) -> list[Series]:
    """What the rules about expected files judge. What was expected before a rule was set is not looked at.

    One that has come and cannot be read is told of as such, where a rule is about that, and is not missing as well.
    """
    found: list[Series] = []
    for rule in rules:
        condition = rule.condition
        if not isinstance(condition, Freshness):
            continue
        mine = [one for one in sources if one.dataset == rule.dataset and is_about(condition.file, one.name)]
        verdict = freshness_verdict(condition, _arrived(mine, at), at, set_at.get(rule.id))
        found.append(Series(rule, "", (verdict,), _problem(mine, rules, at), condition.file))
    return found


def _arrived(sources: Sequence[SourceState], at: datetime) -> datetime | None:
    """When the latest new content came, or lay there to be read."""
    times = [one.arrived_at for one in sources] + [_lies_there(one, at) for one in sources]
    return max((time for time in times if time is not None), default=None)


def _lies_there(one: SourceState, at: datetime) -> datetime | None:
    """When the file was written that will be read next; None where nothing new lies there.

    So that a service which was off does not miss a file that it has not got to yet. By the bytes, not by the time:
    programs that keep folders alike touch files.
    """
    try:
        seen = Path(one.path).stat()
        written = datetime.fromtimestamp(seen.st_mtime, UTC)
        if one.arrived_at is not None and written <= one.arrived_at:
            return None
        same = _sha256(one.path, seen.st_mtime_ns, seen.st_size) == one.sha256
    except OSError:
        return None
    return None if same else min(written, at)


@lru_cache(maxsize=HASHED)
def _sha256(path: str, _mtime_ns: int, _size: int) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _problem(sources: Sequence[SourceState], rules: Sequence[Rule], at: datetime) -> str:
    for one in sources:
        state = broken(one, at)
        if state is not None and any(watches(rule, one) for rule in rules):
            return f"{state.name} has come and cannot be read: {state.reason}"
    return ""
