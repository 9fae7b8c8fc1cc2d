"""Headers and labels as people write them, brought to one form in which they can be compared."""

from __future__ import annotations

import re
import unicodedata

_DIRECTIONS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD, *_DIRECTIONS))
# Signs that are no digits but become some in their compatibility form: superscripts, fractions, numbers in circles.
_NOT_DIGITS = re.compile(
    "[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2089\u2150-\u218b\u2460-\u249b\u24ea-\u24ff\u2776-\u2793"
    "\u3220-\u3229\u3248-\u324f\u3251-\u325f\u3280-\u3289\u32b1-\u32bf\U0001f100-\U0001f10c]"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NO_WORD = re.compile(r"[^\w%$€£¥₹₽]+|_+")
_LIGATURES = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"})


def clean_text(text: str) -> str:
    """A text cell without what nobody sees: compatibility forms, zero-width marks, spaces at the edges."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text).translate(_INVISIBLE).strip()


def has_raised_digits(text: str) -> bool:
    """Whether the text holds signs such as `²`, which `clean_text` would make digits of the number before them."""
    return not text.isascii() and _NOT_DIGITS.search(text) is not None


def plain(text: str) -> str:
    """Lower case words without accents and punctuation, one space between.

    `InvoiceNo` becomes `invoice no`, `Umsätze (EUR)` becomes `umsatze eur`, `% of total` keeps its sign.
    """
    spaced = _CAMEL.sub(" ", clean_text(text))
    folded = unicodedata.normalize("NFKD", spaced.casefold().translate(_LIGATURES))
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(_NO_WORD.sub(" ", bare).split())


def field_name(text: str, fallback: str) -> str:
    """The header as the name of a column of the facts: `Gross Sales` is `gross_sales`."""
    words = plain(text).replace("%", " pct ")
    name = "_".join(re.sub(r"\W+", " ", words).split())
    if not name:
        return fallback
    return f"n_{name}" if name[0].isdigit() else name
