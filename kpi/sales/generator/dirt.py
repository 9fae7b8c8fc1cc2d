"""What is wrong with dirty rows, what becomes of each kind under the options that ship, and where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from kpi.sales.generator.csv_lines import Numbers
from kpi.sales.generator.plan import Plan


class Fate(StrEnum):
    """The column of the ledger that a row ends in."""

    LOADED = "loaded"
    REJECTED = "rejected"
    SET_ASIDE = "set_aside"


class Dirt(StrEnum):
    """A kind of dirty row. `unknown`: no file lists that customer, or product."""

    DATE_UNREADABLE = "date_unreadable"
    DATE_MISSING = "date_missing"
    QUANTITY_UNREADABLE = "quantity_unreadable"
    QUANTITY_MISSING = "quantity_missing"
    PRICE_MISSING = "price_missing"
    CUSTOMER_UNKNOWN = "customer_unknown"
    PRODUCT_UNKNOWN = "product_unknown"
    ID_SPACES = "id_spaces"
    DUPLICATE_EXACT = "duplicate_exact"
    DUPLICATE_CONFLICTING = "duplicate_conflicting"
    CELLS_TOO_FEW = "cells_too_few"
    CELLS_TOO_MANY = "cells_too_many"
    BLANK = "blank"
    ID_MISSING = "id_missing"
    CITY_MISSING = "city_missing"
    CATEGORY_MISSING = "category_missing"

    @property
    def fate(self) -> Fate:
        """The loaded ones: orphans get an inferred member, ids are trimmed, a missing attribute becomes `Unknown`."""
        return _FATES.get(self, Fate.REJECTED)


_FATES = {
    Dirt.CUSTOMER_UNKNOWN: Fate.LOADED,
    Dirt.PRODUCT_UNKNOWN: Fate.LOADED,
    Dirt.ID_SPACES: Fate.LOADED,
    Dirt.CITY_MISSING: Fate.LOADED,
    Dirt.CATEGORY_MISSING: Fate.LOADED,
    Dirt.BLANK: Fate.SET_ASIDE,
}
OF_SALES = (
    Dirt.DATE_UNREADABLE, Dirt.DATE_MISSING, Dirt.QUANTITY_UNREADABLE, Dirt.QUANTITY_MISSING, Dirt.PRICE_MISSING,
    Dirt.CUSTOMER_UNKNOWN, Dirt.PRODUCT_UNKNOWN, Dirt.ID_SPACES, Dirt.DUPLICATE_EXACT, Dirt.DUPLICATE_CONFLICTING,
    Dirt.CELLS_TOO_FEW, Dirt.CELLS_TOO_MANY, Dirt.BLANK,
)  # fmt: skip
# In the lists of customers and products these are rows of their own; the others spoil a row that is listed anyhow.
ADDED = (Dirt.DUPLICATE_EXACT, Dirt.DUPLICATE_CONFLICTING, Dirt.ID_MISSING, Dirt.BLANK)
OF_CUSTOMERS = (Dirt.CITY_MISSING, Dirt.ID_SPACES, *ADDED)
OF_PRODUCTS = (Dirt.CATEGORY_MISSING, Dirt.ID_SPACES, *ADDED)


@dataclass(frozen=True, slots=True)
class Spots:
    """Where the dirty ones of some sales are, by kind and in ascending order; `copied` are, for each duplicate, the
    place of the clean line before it that it repeats.
    """

    places: dict[Dirt, Numbers]
    copied: dict[Dirt, Numbers]
    sound: np.ndarray  # of each line, whether it is loaded


def spots(plan: Plan, number: int, count: int) -> Spots:
    """The dirty ones among the `count` lines of the `number`-th part. A part's first line is clean."""
    random = np.random.default_rng([plan.seed, 4, number])
    many = min(round(plan.dirty * count), count - 1)
    where = random.choice(count - 1, many, replace=False) + 1
    kind = (np.arange(many) + number) % len(OF_SALES)
    clean = np.ones(count, dtype=bool)
    clean[where] = False
    places = {dirt: np.sort(where[kind == index]) for index, dirt in enumerate(OF_SALES)}
    copied = {
        dirt: _earlier(random, clean, places[dirt])
        for dirt in (Dirt.DUPLICATE_EXACT, Dirt.DUPLICATE_CONFLICTING)
    }
    for dirt, found in places.items():
        clean[found] = dirt.fate is Fate.LOADED
    return Spots(places, copied, clean)


def how_many(plan: Plan, rows: int, kinds: int) -> int:
    """How many rows of each kind a list of customers or products has: at least one, where there is dirt at all."""
    return max(1, round(plan.dirty * rows / kinds)) if plan.dirty else 0


def _earlier(random: np.random.Generator, clean: np.ndarray, places: Numbers) -> Numbers:
    """For each place a clean one before it."""
    before = np.cumsum(clean)[places]
    return np.asarray(np.flatnonzero(clean)[(random.random(len(places)) * before).astype(np.int64)])
