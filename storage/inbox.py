"""The inbox: how files that people hand in are named, and how they get there whole."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePosixPath
from uuid import uuid4

LONGEST_NAME = 120
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)


def put(inbox: Path, name: str, content: bytes) -> Path:
    """Store a file under a safe form of its name, in one step, over what lay there; returns where it is."""
    inbox.mkdir(parents=True, exist_ok=True)
    target = inbox / safe_file_name(name)
    aside = inbox / f".{uuid4().hex}.tmp"
    try:
        aside.write_bytes(content)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    return target


def dataset_name(path: Path, inbox: Path) -> str:
    """The folder below the inbox, else the file's stem, in lower snake case."""
    if path.is_relative_to(inbox):
        parts = path.relative_to(inbox).parts
        if len(parts) > 1:
            return snake_case(parts[0])
    return snake_case(path.stem)


def source_key(path: Path, inbox: Path) -> str:
    """What tells the files of a dataset apart: the name without its suffix, so that finance.xls and finance.xlsx are
    one, and before it the folders that lie between the dataset's own and the file.
    """
    folders = path.relative_to(inbox).parts[1:-1] if path.is_relative_to(inbox) else ()
    return snake_case("_".join([*folders, path.stem]))


def snake_case(text: str) -> str:
    """`Sample - Superstore` becomes `sample_superstore`; letters of any language stay; never empty."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower())
    return "_".join(part for word in words for part in word.split("_") if part)[:LONGEST_NAME] or "data"


def safe_file_name(name: str) -> str:
    """The last part of a name that came from outside, without what a file system or a reader could misread."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(
        c
        for c in unicodedata.normalize("NFC", last)
        if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*'
    )
    kept = kept.strip(" .~$")
    stem, dot, suffix = kept.rpartition(".")
    if not dot:
        stem, suffix = kept, ""
    stem = stem.encode("utf-8", "ignore")[:LONGEST_NAME].decode("utf-8", "ignore") or "workbook"
    if stem.lower() in RESERVED:
        stem = f"{stem}_"
    return f"{stem}.{suffix[:10]}" if suffix else stem
