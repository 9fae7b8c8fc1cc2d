"""What the reading of one file yielded: the values that cross from the sandboxed child to everyone else."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

# The member of the dimension `currency` for amounts of which nothing says it, beside others of which something does.
NOT_STATED = "not stated"


class Status(StrEnum):
    """How a load ended. `review`: it was read, but something must be asked first; nothing was committed."""

    LOADED = "loaded"
    UNCHANGED = "unchanged"
    REVIEW = "review"
    REJECTED = "rejected"
    UNDONE = "undone"  # an earlier load was taken back; what held before it holds again


class Kind(StrEnum):
    """What a column of the facts is good for."""

    DATE = "date"
    MEASURE = "measure"  # numbers that add up
    RATE = "rate"  # numbers that do not: kept, never summed
    DIMENSION = "dimension"  # text with few distinct values: groups and filters
    IDENTIFIER = "identifier"  # text that is counted, never grouped by
    TEXT = "text"  # any other text


class Cadence(StrEnum):
    """How long a time one dated row stands for, read off the dates themselves (`kpi.calendar.cadence`)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Effect(StrEnum):
    """What an issue did to the data."""

    REJECTED = "rejected"  # rows were not loaded
    SET_ASIDE = "set_aside"  # rows are no data: totals, notes, blanks
    EMPTIED = "emptied"  # cells of loaded rows were left empty
    REPAIRED = "repaired"  # values were read otherwise than they stand there; may be turned off
    LEFT_OUT = "left_out"  # columns, tables or sheets that are not used
    DOUBT = "doubt"  # the file contradicts itself: a total that disagrees with its rows
    ANSWERED = "answered"  # a question that was answered by a person or by the best guess
    NOTE = "note"  # worth knowing, nothing was changed


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing a person should know about one cell (`D14`), row or column; empty strings where not known.

    `count` is how many cells or rows it is about, of which `cell` is the first. `repair` is the code by which a repair
    can be turned off.
    """

    sheet: str
    cell: str
    header: str
    found: str
    problem: str
    action: str
    effect: Effect = Effect.NOTE
    count: int = 1
    repair: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What must be asked before the file can be loaded; `candidates` best first.

    An answer is given by `key`, and kept for later files by `fingerprint`, which tells the layout of the table.
    """

    sheet: str
    cell: str
    header: str
    question: str
    candidates: tuple[str, ...]
    key: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that was taken and is worth keeping for the next file of the same `fingerprint`.

    `kind` is one of `kpi.loading.answers.AnswerKind`; the key is then a header, a question's key or a repair's code.
    """

    fingerprint: str
    key: str
    answer: str
    kind: str = "choice"


@dataclass(frozen=True, slots=True)
class StatedTarget:
    """A target as a list in a file states it. `row` counts from 1; `cell` holds the value, `kpi_cell` names the KPI.

    `grain` is that of the `period`, which is known by the first day (ISO) that it has in an ordinary calendar; both
    `dimension` and `member` are empty for the whole. `percent`: the value was written with a percent sign. `used` is
    not set where the data could have no such target; where they could, KPI and period are by now those of the data.
    """

    sheet: str
    row: int
    cell: str
    kpi_cell: str
    kpi: str
    grain: str
    period: str
    dimension: str
    member: str
    value: float
    percent: bool = False
    used: bool = True


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where every row went. Balanced by law: read = loaded + rejected + set aside."""

    read: int = 0
    loaded: int = 0
    rejected: int = 0
    set_aside: int = 0

    def __post_init__(self) -> None:
        if self.read != self.loaded + self.rejected + self.set_aside:
            raise ValueError(f"the row ledger does not balance: {self}")

    def __add__(self, other: Ledger) -> Ledger:
        return Ledger(
            self.read + other.read,
            self.loaded + other.loaded,
            self.rejected + other.rejected,
            self.set_aside + other.set_aside,
        )


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """One column of a used sheet; `field` is the name it has in the facts, empty where it was left out."""

    header: str
    field: str
    type: str
    confidence: float


@dataclass(frozen=True, slots=True)
class SheetReport:
    """One sheet: used, or left with the `reason`. `header_row` counts from 1, as Excel does.

    `fingerprint` tells the layout by its headers, whatever their order; answers are kept under it. `repairs` are the
    codes of the repairs that came up, whether they were made or turned off.
    """

    name: str
    used: bool
    reason: str
    header_row: int | None
    rows: Ledger
    columns: tuple[ColumnReport, ...] = ()
    fingerprint: str = ""
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row by its number in the file, from 1, and its cells as text from the preview's first column on."""

    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetPreview:
    """Some rows of a sheet as they lie there. `letters` name their columns, `more_columns` were left out."""

    sheet: str
    letters: tuple[str, ...]
    rows: tuple[PreviewRow, ...]
    more_columns: int = 0


@dataclass(frozen=True, slots=True)
class FactField:
    """One column of the facts. `header` is what the people who made the workbook call it."""

    name: str
    kind: Kind
    header: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file was not loaded: a stable code, and a message for the person who made the file."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class FileReport:
    """All that is known about one file after it was read. `fields`, `first_day`, `last_day` are empty if refused.

    `currencies` are those of the amounts where the file says so; more than one must not be added up. `choices` are
    the best guesses that were accepted, `answers` what people had said and the reading went by, `in_force` all that
    was said about its layouts, whether it came up or not. `targets` are those that lists in the file state. `previews`
    show how its sheets begin.
    """

    status: Status
    rows: Ledger
    sheets: tuple[SheetReport, ...] = ()
    issues: tuple[Issue, ...] = ()
    questions: tuple[Question, ...] = ()
    fields: tuple[FactField, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    cadence: Cadence = Cadence.DAY
    error: Refusal | None = None
    choices: tuple[Choice, ...] = ()
    currencies: tuple[str, ...] = ()
    answers: tuple[Choice, ...] = ()
    in_force: tuple[Choice, ...] = ()
    targets: tuple[StatedTarget, ...] = ()
    previews: tuple[SheetPreview, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; `from_dict` gives the same report back."""
        plain = asdict(self)
        for key in ("first_day", "last_day"):
            plain[key] = plain[key].isoformat() if plain[key] else None
        return plain

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Self:
        return cls(
            status=Status(plain["status"]),
            rows=Ledger(**plain["rows"]),
            sheets=tuple(_sheet(sheet) for sheet in plain["sheets"]),
            issues=tuple(Issue(**{**i, "effect": Effect(i["effect"])}) for i in plain["issues"]),
            questions=tuple(
                Question(**{**q, "candidates": tuple(q["candidates"])}) for q in plain["questions"]
            ),
            fields=tuple(FactField(f["name"], Kind(f["kind"]), f["header"]) for f in plain["fields"]),
            first_day=date.fromisoformat(plain["first_day"]) if plain["first_day"] else None,
            last_day=date.fromisoformat(plain["last_day"]) if plain["last_day"] else None,
            cadence=Cadence(plain["cadence"]),
            error=Refusal(**plain["error"]) if plain["error"] else None,
            choices=tuple(Choice(**choice) for choice in plain.get("choices", ())),
            currencies=tuple(plain.get("currencies", ())),
            answers=tuple(Choice(**choice) for choice in plain.get("answers", ())),
            in_force=tuple(Choice(**choice) for choice in plain.get("in_force", ())),
            targets=tuple(StatedTarget(**target) for target in plain.get("targets", ())),
            previews=tuple(preview_from(preview) for preview in plain.get("previews", ())),
        )


def preview_from(plain: dict[str, Any]) -> SheetPreview:
    """The preview of which `dataclasses.asdict` made these plain types."""
    rows = tuple(PreviewRow(one["row"], tuple(one["cells"])) for one in plain["rows"])
    return SheetPreview(plain["sheet"], tuple(plain["letters"]), rows, plain["more_columns"])


def _sheet(plain: dict[str, Any]) -> SheetReport:
    columns = tuple(ColumnReport(**column) for column in plain["columns"])
    repairs = tuple(plain.get("repairs", ()))
    return SheetReport(**{**plain, "rows": Ledger(**plain["rows"]), "columns": columns, "repairs": repairs})
