"""The lists of customers and products as lines of CSV, dirt and all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from kpi.sales.generator.csv_lines import Numbers, joined, quoted, replaced, spaced
from kpi.sales.generator.dirt import Dirt, how_many
from kpi.sales.generator.plan import Plan

OTHER = {
    "city": "Elsewhere",
    "name": "Another name",
    "unit_price": "1.00",
}  # what a conflicting duplicate says


def listed(
    plan: Plan, names: Sequence[str], columns: Sequence[pa.Array], kinds: Sequence[Dirt], missing: str
) -> tuple[pa.Array, Mapping[Dirt, int]]:
    """The lines below the header, and how many there are of each kind of dirt.

    `missing` is the column that `city_missing`, or `category_missing`, leaves empty.
    """
    random = np.random.default_rng([plan.seed, 5, len(kinds), len(names)])
    count = len(columns[0])
    many = min(how_many(plan, count, len(kinds)), count)
    tidy = [quoted(column) for column in columns]
    spoilt = dict(zip(names, tidy, strict=True))
    spoilt[missing] = _at(random, spoilt[missing], many, _emptied)
    spoilt[names[0]] = _at(random, spoilt[names[0]], many, spaced)
    lines = joined([spoilt[name] for name in names])
    parts, keys = [lines], [np.arange(count) * 2]
    for dirt in kinds[2:]:
        of = np.sort(random.choice(count, many, replace=False))
        parts.append(_added(dirt, names, tidy, of, lines))
        keys.append(random.integers(of, count) * 2 + 1)  # after the row that it repeats
    order = np.argsort(np.concatenate(keys), kind="stable")
    return pa.concat_arrays(parts).take(pa.array(order)), dict.fromkeys(kinds, many)


def _at(
    random: np.random.Generator, column: pa.Array, many: int, spoil: Callable[[pa.Array], pa.Array]
) -> pa.Array:
    places = np.sort(random.choice(len(column), many, replace=False))
    return replaced(column, places, spoil(column.take(pa.array(places))))


def _emptied(cells: pa.Array) -> pa.Array:
    return pa.nulls(len(cells), pa.string())


def _added(
    dirt: Dirt, names: Sequence[str], tidy: Sequence[pa.Array], of: Numbers, lines: pa.Array
) -> pa.Array:
    if dirt is Dirt.BLANK:
        return pa.array(["," * (len(names) - 1)] * len(of), pa.string())
    if dirt is Dirt.DUPLICATE_EXACT:
        return lines.take(pa.array(of))
    taken = dict(zip(names, (column.take(pa.array(of)) for column in tidy), strict=True))
    if dirt is Dirt.ID_MISSING:
        taken[names[0]] = _emptied(taken[names[0]])
    else:
        taken |= {
            name: pa.array([text] * len(of), pa.string()) for name, text in OTHER.items() if name in names
        }
    return joined([taken[name] for name in names])
