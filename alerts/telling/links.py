"""Links to what an alert is about on the page. Pure.

They name what the page itself writes into its address as people choose: `dataset`, `tab`, `period`, `grain`, the KPIs of
the Trends tab under `DATASET:trends` and the members of a dimension under `DATASET.DIMENSION`.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

OVERVIEW, TRENDS, ALERTS = "Overview", "Trends", "Alerts"  # tabs
LONGEST = 2_000  # characters that every mail program, browser and channel takes; Slack takes 3,000


def page_link(
    page_url: str,
    dataset: str,
    kpi: str = "",
    grain: str = "",
    dimension: str | None = None,
    member: str = "",
) -> str:
    """The KPI (by its label) over time for one member, or the dataset's alerts where no KPI is named.

    Empty where nobody has said where the page is.
    """
    if not page_url:
        return ""
    chosen = [("dataset", dataset), ("tab", TRENDS if kpi else ALERTS)]
    if kpi:
        chosen += [("period", "All data"), ("grain", grain), (f"{dataset}:trends", kpi)]
    if dimension and member:
        chosen.append((f"{dataset}.{dimension}", member))
    return _address(page_url, chosen)


def overview_link(page_url: str, dataset: str) -> str:
    """The dataset's figures at a glance; empty where nobody has said where the page is."""
    return _address(page_url, [("dataset", dataset), ("tab", OVERVIEW)]) if page_url else ""


def view_link(page_url: str, address: Sequence[tuple[str, str]]) -> str:
    """What the page shows at an address, given as its keys and values.

    Empty where there are none, where nobody has said where the page is, and where it would be too long to be followed.
    """
    link = _address(page_url, address) if page_url and address else ""
    return link if len(link) <= LONGEST else ""


def _address(page_url: str, chosen: Sequence[tuple[str, str]]) -> str:
    return f"{page_url.rstrip('/')}/?{urlencode(chosen, quote_via=quote)}"
