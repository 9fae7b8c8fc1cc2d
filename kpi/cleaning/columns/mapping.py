"""Which column means which field: by its name and its content, and a question where these leave a doubt.

A name that is in the vocabulary is taken without asking, if its cells agree. A name that merely resembles one is
taken where the numbers prove it, and never silently otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kpi.cleaning.columns.algebra import Sample
from kpi.cleaning.columns.doubts import ask_about_fields, spoken
from kpi.cleaning.columns.fitness import fits, is_doubtful
from kpi.cleaning.columns.likeness import likeness
from kpi.cleaning.columns.mapper import EXACT, LEFT_OUT, WEAKER, Mapped, Mapper
from kpi.cleaning.columns.proofs import contradictions
from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.layout import Table
from kpi.cleaning.values.content import Content as Cells
from kpi.cleaning.vocabulary import Content, Meaning, vocabulary
from kpi.cleaning.words import plain
from kpi.loading.answers import AnswerKind

__all__ = ["LEFT_OUT", "Mapped", "map_columns"]

_NAMED_ONLY = frozenset({Content.TEXT})  # a wrong choice here changes a grouping and no number
_WEAK_DATES = 2  # from this tier on a date is that of the row only if there is no other

Claims = dict[str, list[tuple[Meaning, int]]]


def map_columns(table: Table, columns: Sequence[Cells], inquiry: Inquiry, *, days_1904: bool) -> Mapped:
    """The fields of the columns. What a person said (header to field) goes before everything."""
    mapper = Mapper(table, inquiry, Sample(columns), days_1904)
    _override(mapper, inquiry.answers.fields)
    _known(mapper)
    late = _by_name(mapper)
    ask_about_fields(mapper)
    _beside(mapper, late)
    return Mapped(mapper.fields, mapper.confidence, contradictions(mapper))


def _override(mapper: Mapper, overrides: Mapping[str, str]) -> None:
    """What a person said of each header; of several headers that were said to be one field, one is asked for."""
    wanted = {plain(header): name for header, name in overrides.items()}
    exact = {" ".join(header.split()): name for header, name in overrides.items()}
    said: dict[str, list[int]] = {}
    for column in mapper.free():
        header = mapper.columns[column].column.header
        name = exact.get(header.text, wanted.get(plain(header.text)))
        if name is not None:
            said.setdefault(name, []).append(column)
    for name, columns in sorted(said.items()):
        if name == LEFT_OUT or _are_alike(mapper, columns):
            for column in columns if name == LEFT_OUT else columns[:1]:
                mapper.take(column, name, EXACT)
        else:
            mapper.choose(
                name, columns, f"Several columns were said to be the {spoken(name)}. Which one is it?"
            )
        for column in columns:
            mapper.inquiry.hear(AnswerKind.FIELD, mapper.columns[column].column.header.text, name)


def _known(mapper: Mapper) -> None:
    """Columns that were made for a field when the sheet was turned."""
    for column in mapper.free():
        name = mapper.columns[column].column.field
        if name and name not in mapper.fields.values():
            mapper.take(column, name, WEAKER)


def _by_name(mapper: Mapper) -> Claims:
    """Fields by the names of the columns: the undisputed first. Returns what needs another field beside it."""
    claims, late = _claims(mapper)
    disputed = []
    for name in vocabulary().fields:
        candidates = _strongest(claims.get(name, []))
        if not candidates or name in mapper.fields.values():
            continue
        if _is_disputed(mapper, name, [column for _, column in candidates]):
            disputed.append((name, candidates))
        else:
            meaning, column = candidates[0]
            mapper.take(column, name, EXACT if meaning.tier == 0 else WEAKER)
    _beside(mapper, late)
    for name, candidates in disputed:
        columns = [column for _, column in candidates if column not in mapper.fields]
        question = f"Which of these columns is the {spoken(name)}?"
        mapper.choose(name, _with_other_dates(mapper, name, columns), question)
    return late


def _claims(mapper: Mapper) -> tuple[Claims, Claims]:
    """Who claims each field by name and content, apart those whose name needs another field beside it."""
    claims: Claims = {}
    late: Claims = {}
    for column in mapper.free():
        for meaning in vocabulary().means(mapper.words(column)):
            if not fits(mapper.sample, column, meaning, days_1904=mapper.days_1904):
                continue
            if is_doubtful(mapper.sample, column, meaning):
                mapper.doubtful.setdefault(meaning.field, []).append(column)
            else:
                (late if meaning.beside else claims).setdefault(meaning.field, []).append((meaning, column))
    return claims, late


def _strongest(claims: list[tuple[Meaning, int]]) -> list[tuple[Meaning, int]]:
    """The claims of the strongest tier, the more usual name first."""
    ordered = sorted(claims, key=lambda claim: (claim[0].tier, claim[0].place))
    return [claim for claim in ordered if claim[0].tier == ordered[0][0].tier]


def _is_disputed(mapper: Mapper, name: str, columns: Sequence[int]) -> bool:
    """Whether the choice between the columns matters and no one has made it."""
    if vocabulary().contents[name] in _NAMED_ONLY:
        return False
    return not _are_alike(mapper, columns) or len(_with_other_dates(mapper, name, columns)) > len(columns)


def _with_other_dates(mapper: Mapper, name: str, columns: list[int] | Sequence[int]) -> list[int]:
    """A delivery date is the date of the row only where there is no other date: the others are candidates, too."""
    tiers = [
        meaning.tier
        for column in columns
        for meaning in vocabulary().means(mapper.words(column))
        if meaning.field == name
    ]
    if name != "date" or not tiers or min(tiers) < _WEAK_DATES:
        return list(columns)
    others = [
        column for column in mapper.free() if column not in columns and mapper.columns[column].is_dated()
    ]
    others.sort(key=lambda column: -likeness(mapper.words(column), name))
    return [*columns, *others]


def _are_alike(mapper: Mapper, columns: Sequence[int]) -> bool:
    """Whether there is one column, or all hold the same cells."""
    first = mapper.columns[columns[0]].column.cells
    return all(list(mapper.columns[column].column.cells) == list(first) for column in columns[1:])


def _beside(mapper: Mapper, late: Claims) -> None:
    """Names that mean a field only where another field is: once that is there, they are taken."""
    for name in vocabulary().fields:
        if not mapper.lacks(name):
            continue
        there = set(mapper.fields.values())
        ready = [
            (meaning, column)
            for meaning, column in late.get(name, [])
            if column not in mapper.fields and there & set(meaning.beside)
        ]
        if candidates := _strongest(ready):
            columns = [column for _, column in candidates]
            if _is_disputed(mapper, name, columns):
                mapper.choose(name, columns, f"Which of these columns is the {spoken(name)}?")
            else:
                mapper.take(columns[0], name, EXACT if candidates[0][0].tier == 0 else WEAKER)
