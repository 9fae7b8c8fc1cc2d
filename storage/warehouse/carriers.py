"""The processes that carry runs of the sales warehouse out: what they are called, and which of them still live."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.leases import Beat
from storage.processes import is_process, process_name, runs_here

__all__ = ["LONGEST_WRITE", "TTL", "carrier_name", "is_alive", "is_process"]
TTL = timedelta(seconds=15)  # of the lease of a run
LONGEST_WRITE = timedelta(minutes=10)


def carrier_name() -> str:
    """A name for this process that no other has."""
    return process_name()


def is_alive(lease: Beat, at: datetime) -> bool:
    """Whether whoever took the lease is still at it.

    Of a process that can be seen from here that is known at once. One that lives may be late with its sign of life:
    where the database lets but one write at a time, it gets no word in while it fills the new tables itself.
    """
    released = lease.expires_at < lease.beat_at + TTL
    here = None if released else runs_here(lease.owner)
    if here is None:
        return lease.expires_at > at
    return here and at < lease.expires_at + LONGEST_WRITE
