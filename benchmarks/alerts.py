"""What alerting promises, counted: messages lost, messages doubled, and how soon after its commit one is posted.

    python -m benchmarks.alerts [--small] [--only replicas]

Prints JSON of about 20 lines. Real processes, SIGKILL, and providers faked over HTTP; the proofs are those of
tests/proofs, which hold the counts against what they must be. Failpoints run on each database that there is on
127.0.0.1, and so do three processes that load 501 times on each; the rest on SQLite. `--only` is one part by itself,
`--small` shows in half a minute that it runs at all.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SEED = 1


@dataclass(frozen=True, slots=True)
class Size:
    kills: int
    rounds: int  # of three loads each
    points: int
    changes: int  # during the outage, each owed to four destinations
    messages: int  # whose way to the provider is timed
    databases: tuple[str, ...]


WHOLE = Size(220, 167, 1_000, 260, 40, ("sqlite", "postgresql", "mariadb"))
SMALL = Size(5, 2, 50, 30, 3, ("sqlite",))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parts = {part.__name__: part for part in (kills, failpoints, replicas, swing, outage, latency)}
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--only", choices=parts)
    asked = parser.parse_args()
    size = SMALL if asked.small else WHOLE
    report: dict[str, Any] = {}
    for part in [parts[asked.only]] if asked.only else parts.values():
        with tempfile.TemporaryDirectory() as folder:
            report |= part(Path(folder), size)
    print(json.dumps(report, indent=2))


def kills(folder: Path, size: Size) -> dict[str, Any]:
    from tests.proofs.kills import kill_at_random

    found = kill_at_random(folder, size.kills, SEED)
    slack = found.tally.copies.get("slack", 0)
    return {
        "kills": found.kills,
        "kills_while_posting": found.while_posting,
        "kills_owed": found.tally.owed,
        "kills_lost": found.tally.lost,
        "kills_copies_at_slack": slack,
        "kills_copies_elsewhere": sum(found.tally.copies.values()) - slack,
    }


def failpoints(folder: Path, size: Size) -> dict[str, Any]:
    from tests.proofs.failpoints import SEAMS, die_at
    from tests.proofs.shops import healthy_shop

    found = []
    for kind, url in _databases(folder, size.databases):
        (folder / kind).mkdir()
        for seam in SEAMS:
            with healthy_shop(seam, folder / kind, url) as shop:
                found.append(die_at(shop, seam))
    return {
        "failpoints": len(found),
        "failpoints_lost": sum(one.lost for one in found),
        "failpoints_copies_at_slack": sum(one.copies.get("slack", 0) for one in found),
        "failpoints_copies_elsewhere": sum(sum(one.copies.values()) for one in found),
    }


def replicas(folder: Path, size: Size) -> dict[str, Any]:
    from tests.proofs.replicas import load_in_three

    found = []
    for kind, url in _databases(folder, size.databases):
        (folder / kind).mkdir()
        found.append(load_in_three(folder / kind, url, size.rounds, SEED))
    return {
        "three_processes_databases": len(found),
        "three_processes_loads": sum(one.loads for one in found),
        "three_processes_versions": sum(one.versions for one in found),
        "three_processes_owed": sum(one.tally.owed for one in found),
        "three_processes_lost": sum(one.tally.lost for one in found),
        "three_processes_copies": sum(sum(one.tally.copies.values()) for one in found),
        "three_processes_heard_as_from_one": all(one.heard == one.wanted for one in found),
    }


def swing(folder: Path, size: Size) -> dict[str, Any]:
    from tests.proofs.swings import swing_about_the_limit

    found = swing_about_the_limit(folder, size.points)
    return {"swing_points": size.points, "swing_heard": " ".join(found.heard)}


def outage(folder: Path, size: Size) -> dict[str, Any]:
    from tests.proofs.outages import out_for_an_hour

    found = out_for_an_hour(folder, size.changes)
    return {
        "outage_owed": found.owed,
        "outage_lost": found.tally.lost,
        "outage_out_of_order": found.disordered,
        "outage_too_fast": len(found.violations),
    }


def latency(folder: Path, size: Size) -> dict[str, Any]:
    from tests.proofs.latency import commit_to_post

    found = commit_to_post(folder, size.messages, SEED)
    return {
        "commit_to_post_messages": found.messages,
        "commit_to_post_median_seconds": round(found.median, 3),
        "commit_to_post_p95_seconds": round(found.p95, 3),
    }


def _databases(folder: Path, kinds: Sequence[str]) -> Iterator[tuple[str, str]]:
    """An empty one of each kind that there is."""
    import pytest

    from tests.servers import fresh_url

    for kind in kinds:
        try:
            with fresh_url(kind, folder) as url:
                yield kind, url
        except pytest.skip.Exception as reason:
            print(reason, file=sys.stderr)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    main()
