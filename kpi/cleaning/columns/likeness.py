"""How much a header resembles a field: enough to ask about it, never enough to take it silently."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import cache, lru_cache

from kpi.cleaning.vocabulary import vocabulary

_WITH_ITS_WORD, _MAY_MEAN, _VAGUE = 0.9, 0.85, 0.6
_NEAR = 0.82  # on misspelt headers as good as rapidfuzz's ratio; its WRatio takes `Sales Tax` for `Sales`
_SHARED = 0.3  # of the pairs of letters: fewer never come near
_LONGER = (2 - _NEAR) / _NEAR
_STRANGE_TO = frozenset({"date", "revenue"})


def likeness(words: str, field: str) -> float:
    """From 0, where the header has nothing of the field or says that it is something else, to 1."""
    tokens = set(words.split())
    book = vocabulary()
    if is_unlike(words, field):
        return 0.0
    if tokens & book.like[field]:
        return _WITH_ITS_WORD
    if book.may_mean(words, field):
        return _MAY_MEAN
    if tokens and tokens <= book.vague[field] | book.like[field]:
        return _VAGUE
    return nearness(words, field)


def is_unlike(words: str, field: str) -> bool:
    """Whether a word of the header says that it is something else than the field; a percentage is none of them."""
    tokens = set(words.split())
    book = vocabulary()
    return "%" in words or bool(
        tokens & book.unlike[field] or (field in _STRANGE_TO and tokens & book.sets["strangers"])
    )


@lru_cache(maxsize=4096)
def nearness(words: str, field: str) -> float:
    """How near the spelling comes to a name of the field; 0 where that is a chance likeness, or no misspelling."""
    if is_unlike(words, field) or vocabulary().means(words) or vocabulary().may_mean(words, field):
        return 0.0
    pairs, length = _pairs(words), len(words)
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(words)
    best = 0.0
    for name, known in _names(field).items():
        shared = len(pairs & known)
        if shared <= _SHARED * len(known) or not length / _LONGER <= len(name) <= length * _LONGER:
            continue
        matcher.set_seq1(name)
        best = max(best, matcher.ratio())
    return best if best >= _NEAR else 0.0


@cache
def _names(field: str) -> Mapping[str, frozenset[str]]:
    """The names of a field with their pairs of letters."""
    return {
        words: _pairs(words)
        for words, meanings in vocabulary().meanings.items()
        if any(meaning.field == field for meaning in meanings)
    }


def _pairs(words: str) -> frozenset[str]:
    edged = f" {words} "
    return frozenset(edged[at : at + 2] for at in range(len(edged) - 1))
