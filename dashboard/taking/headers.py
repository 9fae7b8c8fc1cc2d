"""Headers under which the reader finds every field again by itself: the workbook's own where they say it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from kpi.cleaning.columns.fitness import is_level
from kpi.cleaning.finding.headers import read_header
from kpi.cleaning.vocabulary import Content, is_rate, vocabulary
from kpi.cleaning.words import field_name
from kpi.report import FactField, Kind

# A name with a number behind it, as own columns get that would share one; and one that would pass for another field.
NUMBERED = re.compile(r"_\d+$|(?:_rate)?_given(?:_\d+)?$")


def headers(fields: Sequence[FactField]) -> list[str]:
    """One a field, in their order, no two alike whatever the case."""
    there = {field.name for field in fields} & set(vocabulary().fields)
    found: list[str] = []
    for field in fields:
        name = field.header if _says(field, there) else _spelled(field, there)
        found.append(_free(name, found))
    return found


def _says(field: FactField, there: Collection[str]) -> bool:
    """Whether the header alone says which field it is, at which scale and in no unit of its own."""
    header = read_header(field.header)
    if not field.header or header.scale != 1 or header.maybe != 1 or header.unit or header.currency:
        return False
    if field.name in there:
        meanings = vocabulary().means(header.words)
        return any(one.field == field.name and one.tier == 0 and not one.beside for one in meanings)
    named = field_name(header.words, "") == NUMBERED.sub("", field.name)
    return named and _is_kind(field, header.words) and not _claims(header.words, there)


def _claims(words: str, there: Collection[str]) -> bool:
    """Whether a column of that name would be taken for a field, or would be asked about beside the one that is there."""
    return any(
        meaning.tier == 0 and vocabulary().contents[meaning.field] is not Content.TEXT
        if meaning.field in there
        else not meaning.beside or bool(set(meaning.beside) & set(there))
        for meaning in vocabulary().means(words)
    )


def _sure(name: str) -> str:
    """The field's own name where that is among those that say it without a doubt, else the first of these."""
    certain = [
        words
        for words, meanings in vocabulary().meanings.items()
        if any(one.field == name and one.tier == 0 and not one.beside for one in meanings)
    ]
    return name if name.replace("_", " ") in certain or not certain else certain[0]


def _is_kind(field: FactField, words: str) -> bool:
    """Numbers that do not add up are told by their name, since nothing else tells them in a workbook."""
    return field.kind is not Kind.RATE or is_rate(words) or is_level(words)


def _spelled(field: FactField, there: Collection[str]) -> str:
    """The field's own name; what must not pass for another field or another kind gets a word more."""
    words = field.name.replace("_", " ")
    if field.name in there:
        return _sure(field.name)
    if not _is_kind(field, words):
        words = f"{words} rate"
    return f"{words}, as given" if _claims(words, there) else words


def _free(name: str, taken: Collection[str]) -> str:
    known = {one.casefold() for one in taken}
    names = (name, *(f"{name} {number}" for number in range(2, len(known) + 3)))
    return next(one for one in names if one.casefold() not in known)
