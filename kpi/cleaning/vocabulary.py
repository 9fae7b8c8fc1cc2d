"""The words of `vocabulary.toml`: which header means which field, and what counts as a total or a blank."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("vocabulary.toml")
AMOUNTS = frozenset(
    (
        "revenue",
        "cogs",
        "operating_expenses",
        "other_income",
        "interest",
        "tax",
        "discount",
        "refund",
        "target",
    )
)  # fields that are amounts of money
PRICES = frozenset(("unit_price", "unit_cost"))


class Content(StrEnum):
    """What a canonical field holds."""

    DATE = "date"
    MEASURE = "measure"
    RATE = "rate"
    TEXT = "text"
    IDENTIFIER = "identifier"


@dataclass(frozen=True, slots=True, order=True)
class Meaning:
    """One field that a header may mean; a lower `tier` is stronger, and within it a lower `place` more usual.

    Of the fields in `beside`, one must be there, too; none where it is empty.
    """

    tier: int
    place: int
    field: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the same name may be written differently: words that do not count, and words that are cut short."""

    particles: frozenset[str]
    short: Mapping[str, str]

    def keys(self, words: str) -> tuple[str, ...]:
        """Under what plain words are found: as they stand and written out, spaces aside, as in `ORDERNUMBER`."""
        tokens = words.split()
        bare = "".join(tokens)
        if len(tokens) < 2:  # noqa: PLR2004 -- one word alone that is cut short may be many things
            return (bare,) if bare else ()
        full = "".join(self.short.get(token, token) for token in tokens if token not in self.particles)
        return tuple(key for key in dict.fromkeys((bare, full)) if key)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every set holds plain words (`kpi.cleaning.words.plain`), `blanks` excepted: these are cells, in lower case.

    `meanings` are by plain words, `found` by the keys of these; `maybe` holds keys, `leaves` plain words,
    all others single words.
    """

    contents: Mapping[str, Content]
    meanings: Mapping[str, tuple[Meaning, ...]]
    found: Mapping[str, tuple[Meaning, ...]]
    maybe: Mapping[str, frozenset[str]]
    like: Mapping[str, frozenset[str]]
    vague: Mapping[str, frozenset[str]]
    unlike: Mapping[str, frozenset[str]]
    leaves: Mapping[str, frozenset[str]]
    months: Mapping[str, int]
    sets: Mapping[str, frozenset[str]]
    spelling: Spelling

    def means(self, words: str) -> tuple[Meaning, ...]:
        """What a header in plain words means, one meaning a field; empty where it is in no list."""
        best: dict[str, Meaning] = {}
        for key in self.spelling.keys(words):
            for meaning in self.found.get(key, ()):
                best[meaning.field] = min(meaning, best.get(meaning.field, meaning))
        return tuple(best.values())

    def may_mean(self, words: str, field: str) -> bool:
        """Whether a header in plain words is one of those that may mean the field or something else."""
        return any(key in self.maybe[field] for key in self.spelling.keys(words))

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.contents)


@cache
def vocabulary() -> Vocabulary:
    """The words that ship, read once."""
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    fields = raw["fields"]
    spelling = Spelling(frozenset(raw["spelling"]["particles"]), raw["spelling"]["short"])
    meanings, found = _read_meanings(fields, spelling)
    maybes = {field: about.get("maybe", ()) for field, about in fields.items()}
    return Vocabulary(
        contents={field: Content(about["kind"]) for field, about in fields.items()},
        meanings=meanings,
        found=found,
        maybe={
            field: frozenset(key for name in names for key in spelling.keys(name))
            for field, names in maybes.items()
        },
        **{
            name: {field: frozenset(about.get(name, ())) for field, about in fields.items()}
            for name in ("like", "vague", "unlike", "leaves")
        },
        months={name: int(number) for number, names in raw["months"].items() for name in names},
        sets={name: frozenset(words) for name, words in raw["words"].items()},
        spelling=spelling,
    )


def _read_meanings(
    fields: Mapping[str, Any], spelling: Spelling
) -> tuple[dict[str, tuple[Meaning, ...]], dict[str, tuple[Meaning, ...]]]:
    """The meanings by plain words, and by every key under which these, or these and what may follow, are found."""
    meanings: dict[str, tuple[Meaning, ...]] = {}
    found: dict[str, tuple[Meaning, ...]] = {}
    for field, about in fields.items():
        tails = ("", *about.get("behind", ()))
        for words, meaning in _tiers(field, about):
            meanings[words] = (*meanings.get(words, ()), meaning)
            for key in dict.fromkeys(key for tail in tails for key in spelling.keys(f"{words} {tail}")):
                known = found.get(key, ())
                if all(
                    other.field != field for other in known
                ):  # the first list that has it is the strongest
                    found[key] = (*known, meaning)
    return meanings, found


def _tiers(field: str, about: Mapping[str, Any]) -> Iterator[tuple[str, Meaning]]:
    beside = about.get("beside", {})
    for tier, names in enumerate(about["tiers"]):
        for place, words in enumerate(dict.fromkeys(names)):
            yield words, Meaning(tier, place, field, tuple(beside.get(words, ())))


def is_rate(words: str) -> bool:
    """Whether plain words name what is compared and never added: `growth rate`, `umsatzanteil`, `% of total`."""
    sets = vocabulary().sets
    endings = tuple(sets["rate_endings"])
    return any(token in sets["rates"] or "%" in token or token.endswith(endings) for token in words.split())


def is_margin(words: str) -> bool:
    """Whether plain words name amounts, or rates if the numbers are small: `gross margin`."""
    return not vocabulary().sets["margins"].isdisjoint(words.split())
