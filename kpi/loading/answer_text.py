"""Answers as people write them: `Net amount=revenue`, `date_order=the day`, `unit_scale`; checked before they are used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import field_name, plain
from kpi.loading.answers import Answers

LONGEST_NAME = 60  # of a field of one's own: it becomes a column, and the key of a KPI
LONGEST_TEXT = 32_767  # what a cell of a workbook can hold
MOST_ANSWERS = 1_000  # about one layout
_ALIKE = 0.85
_CODE = "lower case letters and underscores, such as unit_scale"


class AnswerError(ValueError):
    """An answer that cannot be meant; the message says what was found and what is wanted."""


def read_answers(fields: Sequence[str] = (), choices: Sequence[str] = (), off: Sequence[str] = ()) -> Answers:
    """`HEADER=FIELD`, `KEY=CANDIDATE` and codes of repairs; raises `AnswerError`.

    A header may hold a `=`, a field cannot; a candidate may, a key cannot.
    """
    pairs = []
    for text in fields:
        header, found, name = text.rpartition("=")
        if not found or not header.strip():
            raise AnswerError(
                f"found {text!r}, wanted HEADER=FIELD, such as 'Net amount=revenue', or 'HEADER=' to leave it out"
            )
        pairs.append((header, name))
    said = []
    for text in choices:
        key, found, candidate = text.partition("=")
        if not found or not key.strip() or not candidate.strip():
            raise AnswerError(f"found {text!r}, wanted KEY=CANDIDATE, as the question lists them")
        said.append((key, candidate))
    return checked_answers(pairs, said, off)


def checked_answers(
    fields: Iterable[tuple[str, str]], choices: Iterable[tuple[str, str]] = (), off: Iterable[str] = ()
) -> Answers:
    """The answers in their stored form; raises `AnswerError` where they contradict each other or mean nothing."""
    named, chosen, codes = _fields(fields), _choices(choices), frozenset(code.strip() for code in off)
    for code in codes:
        if not code.isascii() or not code.replace("_", "").isalpha() or code != code.lower():
            raise AnswerError(f"found {code!r} as the code of a repair, wanted {_CODE}")
    _check_sizes((*named, *chosen, *chosen.values(), *codes))
    return Answers(named, chosen, codes)


def _fields(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    named: dict[str, str] = {}
    for text, name in pairs:
        header = " ".join(text.split())
        field = read_field(name)
        if not plain(header):
            raise AnswerError(f"found {text!r} as a header, wanted the name of a column")
        if named.get(header, field) != field:
            raise AnswerError(
                f"{header} cannot be both {named[header] or 'left out'} and {field or 'left out'}"
            )
        other = next(
            (one for one, known in named.items() if field and known == field and one != header), None
        )
        if other is not None:
            raise AnswerError(f"{other} and {header} cannot both be {field}: a field is one column")
        named[header] = field
    return named


def _choices(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for key, candidate in ((key.strip(), candidate.strip()) for key, candidate in pairs):
        if chosen.setdefault(key, candidate) != candidate:
            raise AnswerError(f"{key} cannot be answered both by {chosen[key]!r} and by {candidate!r}")
    return chosen


def read_field(text: str) -> str:
    """A field's name in its one form; empty to leave the column out. Raises `AnswerError`.

    A name that nearly is one of the fields that ship would make a measure beside it: that is taken for a slip.
    """
    if not text.strip():
        return ""
    name = field_name(text, "")
    fields = vocabulary().fields
    if not name or len(name) > LONGEST_NAME:
        raise AnswerError(
            f"found {text[:80]!r} as a field, wanted one of {', '.join(fields)}, or a name of your own of at most "
            f"{LONGEST_NAME} letters, digits and underscores"
        )
    near = [] if name in fields else get_close_matches(name, fields, 1, _ALIKE)
    if near:
        raise AnswerError(
            f"found {text!r} as a field; did you mean `{near[0]}`? A name of your own must not look like it"
        )
    return name


def own_name(header: str) -> str:
    """The name under which a column is kept that is none of the fields that ship."""
    name = field_name(header, "column")[:LONGEST_NAME].rstrip("_")
    return f"{name}_given" if name in vocabulary().fields else name


def _check_sizes(texts: Sequence[str]) -> None:
    if len(texts) > MOST_ANSWERS:
        raise AnswerError(f"found {len(texts):,} answers, wanted at most {MOST_ANSWERS:,}")
    longest = max(map(len, texts), default=0)
    if longest > LONGEST_TEXT:
        raise AnswerError(f"found a text of {longest:,} characters, wanted at most {LONGEST_TEXT:,}")
