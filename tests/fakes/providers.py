"""The providers, faked: what `kpi demo --with-fakes` ships with, under the name that the tests know it by.

How to use it stands in sample_data/fakes/providers.py.
"""

from __future__ import annotations

from sample_data.fakes.hooks import SECRET
from sample_data.fakes.providers import FakeProviders
from sample_data.fakes.said import Received
from sample_data.fakes.slack import TOKEN, WEBHOOK_PATH
from sample_data.fakes.whatsapp import TEMPLATES, Statuses, signed, status_body

__all__ = [
    "SECRET",
    "TEMPLATES",
    "TOKEN",
    "WEBHOOK_PATH",
    "FakeProviders",
    "Received",
    "Statuses",
    "signed",
    "status_body",
]
