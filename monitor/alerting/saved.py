"""Judging what somebody has just saved, so that how it stands is known before anybody looks."""

from __future__ import annotations

from datetime import datetime

from monitor.alerting.desk import Desk
from monitor.alerting.evaluation import judge_clock, judge_now
from storage.database import Database


def judge_what_was_saved(database: Database, desk: Desk, dataset: str, at: datetime) -> None:
    """Judge the rules about files, and those about the figures of the dataset. Whoever judges too finds nothing left."""
    judge_clock(database, desk, at)
    judge_now(database, desk, dataset, at)
