"""Whether the cells of a column can be what its header says, and whether they make one doubt it."""

from __future__ import annotations

from kpi.cleaning.columns.algebra import Sample, is_mostly_whole
from kpi.cleaning.values.content import Content, has_leading_zeros
from kpi.cleaning.vocabulary import Content as Means
from kpi.cleaning.vocabulary import Meaning, vocabulary

_FLAGS = frozenset((0.0, 1.0))
_LEAST_FLAGS, _LEAST_SHARES, _LEAST_COUNTS = 3, 10, 20
_SMALL, _HUNDRED, _LEVELS = 1_000, 100, 12
_MAY_BE_ONES = frozenset({"quantity", "discount", "revenue", "cogs", "operating_expenses", "target"})
_MAY_BE_SHARES = frozenset({"discount", "tax", "interest"})
_BARE = {"order_id": 3}  # from this tier on the name alone is not that of a number
_LOOSE = {"revenue": 2}  # from this tier on the name may count sales instead of adding them up


def fits(sample: Sample, column: int, meaning: Meaning, *, days_1904: bool) -> bool:
    """Whether the content is what the field needs; a blank column means nothing."""
    cells, kind = sample.columns[column], vocabulary().contents[meaning.field]
    if kind is Means.DATE:
        return not cells.is_blank and cells.may_be_dated(days_1904=days_1904)
    if cells.is_blank or cells.is_dated():
        return False
    if kind in (Means.MEASURE, Means.RATE):
        return (
            cells.is_numeric()
            and not has_leading_zeros(cells)
            and not is_no_amount(sample, column, meaning.field)
        )
    if not cells.is_numeric():
        return kind is Means.TEXT or not _is_bare(meaning) or _has_digits(cells)
    coded = all(value.is_integer() for value in sample.filled(column))
    return coded and (kind is Means.IDENTIFIER or meaning.tier == 0)


def is_no_amount(sample: Sample, column: int, field: str) -> bool:
    """Percentages, and a mark of 1 in some rows, are nothing to add up as money."""
    if vocabulary().contents[field] is not Means.MEASURE:
        return False
    readings = [reading for reading in sample.columns[column].numbers.values() if reading]
    real = sample.columns[column].real_numbers
    if field not in _MAY_BE_SHARES and readings and not real and all(r.percent for r in readings):
        return True
    values = sample.filled(column)
    flags = len(values) >= _LEAST_FLAGS and any(values) and set(values) <= _FLAGS
    return flags and field not in _MAY_BE_ONES


def _is_bare(meaning: Meaning) -> bool:
    return meaning.tier >= _BARE.get(meaning.field, meaning.tier + 1)


def _has_digits(cells: Content) -> bool:
    """Whether most texts have a digit, as numbers of orders have; `yes` and `paid` have none."""
    texts = [cell for cell in cells.column.cells[:400] if isinstance(cell, str) and cell.strip()]
    return sum(any(map(str.isdigit, text)) for text in texts) * 2 > len(texts)


def is_doubtful(sample: Sample, column: int, meaning: Meaning) -> bool:
    """Whether the values are unlikely enough for the field to ask, although they fit and the name is right."""
    values = sample.filled(column)
    if not values:
        return False
    if meaning.field == "revenue":
        counts = meaning.tier >= _LOOSE["revenue"] and _are_counts(values)
        return counts or (sample.columns[column].column.header.scale == 1 and _are_shares(values))
    if meaning.field == "quantity":
        measured = bool(sample.columns[column].column.header.unit)
        return not measured and not is_mostly_whole(values)
    if meaning.field == "discount":
        return _are_whole_percents(values)
    if meaning.field == "customer" or _is_bare(meaning):
        return sample.columns[column].is_numeric() and max(values) < _SMALL
    return False


def _are_counts(values: list[float]) -> bool:
    """Small whole numbers throughout: sales that are counted."""
    return len(values) >= _LEAST_COUNTS and all(v.is_integer() and 0 <= v <= _HUNDRED for v in values)


def _are_shares(values: list[float]) -> bool:
    whole = all(value.is_integer() for value in values)
    return len(values) >= _LEAST_SHARES and not whole and all(0 <= value <= 1 for value in values)


def _are_whole_percents(values: list[float]) -> bool:
    """Few steps between 0 and 100: `5` may be five percent."""
    whole = all(value.is_integer() and 0 <= value <= _HUNDRED for value in values)
    return len(values) >= _LEAST_COUNTS and whole and max(values) > 1 and len(set(values)) <= _LEVELS


def is_level(words: str) -> bool:
    """Whether a header in plain words says what there is at a moment: `Stock on hand`, but not `Stock sold`."""
    sets = vocabulary().sets
    if words in sets["levels_alone"]:
        return True
    tokens = words.split()
    if not sets["flows"].isdisjoint(tokens):
        return False
    runs = (tokens[first:last] for first in range(len(tokens)) for last in range(first + 1, len(tokens) + 1))
    return any(" ".join(run) in sets["levels"] for run in runs)
