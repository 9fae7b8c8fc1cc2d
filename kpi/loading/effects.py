"""What the effects of issues are called wherever people read them, the gravest first."""

from __future__ import annotations

from dataclasses import dataclass

from kpi.report import Effect


@dataclass(frozen=True, slots=True)
class EffectWords:
    """A short name, and what it means for the data."""

    name: str
    meaning: str


EFFECTS = {
    Effect.REJECTED: EffectWords("Rejected", "the row was not loaded"),
    Effect.DOUBT: EffectWords("In doubt", "the file contradicts itself; it was loaded as it stands"),
    Effect.EMPTIED: EffectWords("Left empty", "the row was loaded without this cell"),
    Effect.REPAIRED: EffectWords("Repaired", "it was read otherwise than it stands there"),
    Effect.SET_ASIDE: EffectWords("Set aside", "the row is no data, such as a total or a note"),
    Effect.LEFT_OUT: EffectWords("Left out", "the column, table or sheet is not used"),
    Effect.ANSWERED: EffectWords("Answered", "a question was settled by a person or by the best guess"),
    Effect.NOTE: EffectWords("Note", "worth knowing; nothing was changed"),
}
