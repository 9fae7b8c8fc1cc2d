"""The words of `vocabulary.toml`: which header means which field, and what counts as a total or a blank."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("vocabulary.toml")


class Content(StrEnum):
    """What a canonical field holds."""

    DATE = "date"
    MEASURE = "measure"
    RATE = "rate"
    TEXT = "text"
    IDENTIFIER = "identifier"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One field that a header may mean; a lower `tier` is stronger. `beside` is a field that must be there too."""

    field: str
    tier: int
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every set holds plain words (`kpi.cleaning.words.plain`), `blanks` excepted: these are cells, in lower case."""

    contents: Mapping[str, Content]
    meanings: Mapping[str, tuple[Meaning, ...]]
    like: Mapping[str, frozenset[str]]
    vague: Mapping[str, frozenset[str]]
    months: Mapping[str, int]
    sets: Mapping[str, frozenset[str]]

    def means(self, words: str) -> tuple[Meaning, ...]:
        """What a header in plain words means; empty where it is in no list."""
        return self.meanings.get(words, ())

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.contents)


@cache
def vocabulary() -> Vocabulary:
    """The words that ship, read once."""
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    meanings: dict[str, tuple[Meaning, ...]] = {}
    for field, about in raw["fields"].items():
        for words, meaning in _tiers(field, about):
            meanings[words] = (*meanings.get(words, ()), meaning)
    return Vocabulary(
        contents={field: Content(about["kind"]) for field, about in raw["fields"].items()},
        meanings=meanings,
        like={field: frozenset(about.get("like", ())) for field, about in raw["fields"].items()},
        vague={field: frozenset(about.get("vague", ())) for field, about in raw["fields"].items()},
        months={name: int(number) for number, names in raw["months"].items() for name in names},
        sets={name: frozenset(words) for name, words in raw["words"].items()},
    )


def _tiers(field: str, about: Mapping[str, Any]) -> list[tuple[str, Meaning]]:
    beside = about.get("beside", {})
    return [
        (words, Meaning(field, tier, beside.get(words, "")))
        for tier, words_of_tier in enumerate(about["tiers"])
        for words in dict.fromkeys(words_of_tier)
    ]
