"""Which files of a whole folder are taken, and where they go: pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kpi.format import format_count
from storage.inbox import safe_file_name

MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Sorted:
    """The places of the files to take, by their position in what was handed in, and the names of the others."""

    places: dict[int, Path]
    skipped: tuple[str, ...]


def sort_out(names: Sequence[str], types: Collection[str], *, together: bool) -> Sorted:
    """Where each file goes below the inbox: into folders as they are, or each by itself.

    A name may have the folders before it. Lock files and hidden ones are passed over without a word, as they are in
    the inbox; files of other types are named.
    """
    places: dict[int, Path] = {}
    skipped: list[str] = []
    for position, name in enumerate(names):
        parts = [
            part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", "..", ".")
        ]
        if not parts or any(part.startswith((".", "~$")) for part in parts):
            continue
        if PurePosixPath(parts[-1]).suffix[1:].lower() not in types:
            skipped.append("/".join(parts))
        else:
            places[position] = _place(parts, together=together, taken=set(places.values()))
    return Sorted(places, tuple(skipped))


def in_words(skipped: Sequence[str]) -> str:
    """`2 files are no workbooks and were left out: notes.docx, logo.png`; empty where there are none."""
    if not skipped:
        return ""
    more = f" and {format_count(len(skipped) - MOST_NAMED)} more" if len(skipped) > MOST_NAMED else ""
    what = (
        "1 file is no workbook and was"
        if len(skipped) == 1
        else f"{format_count(len(skipped))} files are no workbooks and were"
    )
    return f"{what} left out: {', '.join(skipped[:MOST_NAMED])}{more}"


def _place(parts: Sequence[str], *, together: bool, taken: Collection[Path]) -> Path:
    if together:
        return Path(*(safe_file_name(part) for part in parts))
    alone = Path(safe_file_name(parts[-1]))
    return alone if alone not in taken else Path(safe_file_name(" ".join(parts)))
