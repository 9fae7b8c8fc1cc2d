"""What of the page's address makes a view, and the address of one. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlencode

from dashboard.boards.layout import RESERVED, unfit_name
from dashboard.view import Stretch, key_of
from kpi.calendar import PERIODS
from kpi.formula import did_you_mean
from kpi.values import CURRENCY
from storage.saved_views import Pairs, SavedView

KEYS = ("tab", "board", "period", "grain", "running", "versus")  # of every dataset
OF_TABS = ("days", "compared", "by", "top", "trends", "split", "spread")  # of one, and no filter
DATASET, VIEW = "dataset", "view"  # whose view it is, and its name
WORDS: Mapping[str, Sequence[str]] = {
    "period": [one.value for one in Stretch],
    "grain": [one.value for one in PERIODS],
}
UNSAID = {  # what the page of any dataset begins with, and the address leaves out
    "tab": "Overview",
    "board": RESERVED,
    "running": "to date",
    "versus": "previous period",
}
MOST_PAIRS, LONGEST_KEY, LONGEST_VALUE = 500, 250, 1000


def chosen(dataset: str, address: Mapping[str, Sequence[str]]) -> Pairs:
    """What an address says of what is looked at, key by key: other datasets, and what is looked up, are left out."""
    return tuple(
        (key, value) for key, values in address.items() if _is_ours(dataset, key) for value in values
    )


def grouped(query: Pairs) -> dict[str, list[str]]:
    """The values of each key, in their order."""
    found: dict[str, list[str]] = {}
    for key, value in query:
        found.setdefault(key, []).append(value)
    return found


def looked_at(query: Pairs, begins: Mapping[str, str]) -> dict[str, list[str]]:
    """What a view comes to, for telling two apart: without what goes without saying, whatever the order.

    `begins`: what the page shows of the dataset at first, by key.
    """
    unsaid = {**UNSAID, **begins}
    found = {key: sorted(values) for key, values in grouped(query).items()}
    return {key: values for key, values in found.items() if values != [unsaid.get(key)]}


def as_pairs(address: Mapping[str, Sequence[str]]) -> Pairs:
    return tuple((key, value) for key, values in address.items() for value in values)


def link(view: SavedView) -> str:
    """The address that shows the view, from its question mark on; whoever gets it needs no view of that name."""
    return "?" + urlencode(whole(view))


def whole(view: SavedView) -> Pairs:
    """All that its address says: whose view it is, what it shows, its name."""
    return ((DATASET, view.dataset), *view.query, (VIEW, view.name))


def bare_link(dataset: str) -> str:
    """The address of a dataset with nothing chosen."""
    return "?" + urlencode({DATASET: dataset})


def filters_of(view: SavedView) -> dict[str, list[str]]:
    """The members that it filters by, by dimension; the currency whose amounts it shows is among them."""
    start = f"{view.dataset}."
    return {
        key.removeprefix(start): values
        for key, values in grouped(view.query).items()
        if key.startswith(start)
    }


def gone_from(
    view: SavedView, there: Collection[str], members_of: Callable[[str], Collection[str]]
) -> dict[str, list[str]]:
    """The members that it filters by and that the data do not have, by dimension; of one that is not `there`, all.

    A currency that is no dimension is the unit of the amounts, and none of the filters.
    """
    lost: dict[str, list[str]] = {}
    for name, members in filters_of(view).items():
        if name in there:
            having = members_of(name)
            lost[name] = [member for member in members if member and member not in having]
        elif name != CURRENCY:
            lost[name] = [member for member in members if member]
    return {name: members for name, members in lost.items() if members}


def problems_of(dataset: str, address: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """What of an address can be part of no view of the dataset, by key."""
    for key, values in address.items():
        if why := _unfit_key(dataset, key) or next(_unfit_values(key, values), ""):
            yield key, why
    count = sum(map(len, address.values()))
    if count > MOST_PAIRS:
        yield "", f"found {count} choices, wanted at most {MOST_PAIRS}"


def unfit_view(view: SavedView) -> list[tuple[str, str]]:
    """All that is wrong with a view, by key."""
    named = (("name", unfit_name(view.name)), ("dataset", unfit_name(view.dataset)))
    return [
        *((key, why) for key, why in named if why),
        *problems_of(view.dataset, grouped(view.query)),
    ]


def _is_ours(dataset: str, key: str) -> bool:
    of_tabs = (key_of(dataset, choice) for choice in OF_TABS)
    return key in KEYS or key in of_tabs or (key.startswith(f"{dataset}.") and len(key) > len(dataset) + 1)


def _unfit_key(dataset: str, key: str) -> str:
    if len(key) > LONGEST_KEY:
        return f"found {len(key)} characters, wanted at most {LONGEST_KEY}"
    if _is_ours(dataset, key):
        return ""
    return f"there is no such choice{did_you_mean(key, KEYS)}; a filter is written `{dataset}.` and the dimension"


def _unfit_values(key: str, values: Iterable[str]) -> Iterator[str]:
    for value in values:
        if len(value) > LONGEST_VALUE:
            yield f"found {len(value):,} characters, wanted at most {LONGEST_VALUE:,}"
        elif key in WORDS and value not in WORDS[key]:
            yield f"found {value!r}, wanted one of {', '.join(WORDS[key])}"
