"""Sums of each day beside a snapshot: a few thousand rows that answer, exactly, what else takes all of its rows.

A roll-up has one row for each day of the whole (`_dimension` is empty), and one for each day and member of every small
dimension, each dimension alone: sums add up over days and members, so that nothing is lost, while a table by several
dimensions would be as large as the facts. Its other columns are `_member`, `date`, `_rows` and the sum of every
measure. Distinct counts, medians and the like do not add up and are never in it.

It lies beside its snapshot, has its name and shares its fate. Where it is missing nothing is wrong, only slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

SUFFIX = ".rollup"
KEYS = ("_dimension", "_member", "date", "_rows")
DIMENSIONS = b"dimensions"  # the entry of the file's metadata that names them, one a line


def rollup_of(snapshot: Path) -> Path:
    """Where the roll-up of a snapshot lies, if it has one."""
    return snapshot.with_suffix(SUFFIX)


@dataclass(frozen=True, slots=True)
class RolledUp:
    """What the roll-ups of some snapshots have together: files, the dimensions of each, and the measures of any."""

    files: tuple[Path, ...]
    dimensions: frozenset[str]
    measures: frozenset[str]


def rolled_up(snapshots: Sequence[Path]) -> RolledUp | None:
    """What can be had from roll-ups; None where one of the snapshots has none, or there is no snapshot."""
    files = tuple(rollup_of(snapshot) for snapshot in snapshots)
    if not files or not all(file.exists() for file in files):
        return None
    schemas = [pq.read_schema(file) for file in files]
    dimensions = frozenset.intersection(*map(_dimensions_of, schemas))
    measures = frozenset(name for schema in schemas for name in schema.names if name not in KEYS)
    return RolledUp(files, dimensions, measures)


def _dimensions_of(schema: pa.Schema) -> frozenset[str]:
    listed = (schema.metadata or {}).get(DIMENSIONS, b"").decode()
    return frozenset(filter(None, listed.split("\n")))
