"""A header taken apart: what it is called, and the unit that stands in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import clean_text, plain

_BRACKETS = re.compile(r"[(\[{]([^)\]}]*)[)\]}]")
_JOINED = re.compile(r"^([k$€£¥₹]|us\$)(k|m|mn|mio|[$€£¥₹])$|^([$€£¥₹])(000s?)$")


@dataclass(frozen=True, slots=True)
class Header:
    """`text` as a person sees it; `words` to compare by, without the unit; `scale` by which the numbers count."""

    text: str
    words: str
    scale: int = 1
    unit: str = ""


def read_header(cell: object) -> Header:
    """`Revenue (USD k)` is `revenue`, counted in thousands; `Revenue (net)` stays `revenue net`."""
    text = " ".join(clean_text(str(cell)).split())
    for unit in (*_BRACKETS.findall(text), *_behind(text)):
        scale = _scale(unit)
        if scale:
            words = plain(_BRACKETS.sub(" ", text) if f"({unit})" in _rounded(text) else text[: -len(unit)])
            words = re.sub(r"\b(in|en)$", "", words).strip()
            return Header(text, words or plain(text), scale, unit.strip())
    return Header(text, plain(text))


def _rounded(text: str) -> str:
    return text.replace("[", "(").replace("]", ")").replace("{", "(").replace("}", ")")


def _behind(text: str) -> list[str]:
    """The last one, two or three words, the longest first, as units may stand without brackets."""
    words = text.split(" ")
    return [" ".join(words[-count:]) for count in (3, 2, 1) if len(words) > count]


def _scale(unit: str) -> int:
    """1, 1,000 or 1,000,000 where every word of the unit is known, otherwise 0. Bare `m` or `k` needs a currency."""
    sets = vocabulary().sets
    scale, known, currency = 1, False, False
    for word in _unit_words(unit):
        if word in sets["currencies"]:
            currency = known = True
        elif word in sets["thousands"]:
            scale, known = 1_000, True
        elif word in sets["millions"]:
            scale, known = 1_000_000, True
        elif word == "m":
            scale = 1_000_000
        elif word not in ("in", "en", "of", "de"):
            return 0
    return scale if known and (currency or "m" not in _unit_words(unit)) else 0


def _unit_words(unit: str) -> list[str]:
    out: list[str] = []
    for word in plain(unit.replace("'000", "000").replace("$000", "$ 000")).split():
        found = _JOINED.match(word)
        out.extend(part for part in found.groups() if part) if found else out.append(word)
    return out
