"""Texts that say that there is nothing. What is a gap among numbers may be a name elsewhere.

Numbers and days know all of the vocabulary's. Of labels `NA` is North America or Namibia, `ND` North Dakota and `x` a
product; of ids only what programs write for nothing is taken, since anything else may be one.
"""

from __future__ import annotations

from functools import cache

from kpi.cleaning.vocabulary import vocabulary

_NAMES_TOO = frozenset({"na", "nd", "x", "nil", "pending", "s/d", "s.o."})
_OF_PROGRAMS = ("n/a", "#n/a", "null", "none", "nan", "-", "--", "---", "\u2013", "\u2014")
_OF_DATABASES = ("(null)", "<null>", "\\n", "<na>")


@cache
def blank_labels() -> tuple[str, ...]:
    """In lower case, without spaces around."""
    sets = vocabulary().sets
    return tuple(sorted({*sets["blanks"], *sets["empty_members"], *_OF_DATABASES} - _NAMES_TOO))


@cache
def blank_ids() -> tuple[str, ...]:
    """In lower case, without spaces around."""
    return tuple(sorted({*_OF_PROGRAMS, *_OF_DATABASES, *vocabulary().sets["empty_members"]}))
