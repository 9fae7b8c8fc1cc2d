"""What may stand in a catalogue file: the untrusted edge, checked by pydantic before anything is believed."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

NEEDS = {
    "formula": ("formula",),
    "growth": ("of", "back", "grains"),
    "to_date": ("of", "grains"),
    "rolling": ("of", "periods", "grains"),
    "new_members": ("of",),
    "returning_members": ("of",),
    "repeat_rate": ("of", "by"),
}
SPECIAL = ("formula", "of", "by", "back", "periods")
Named = Annotated[str, Field(pattern=r"^[^\W\d]\w*$", max_length=120)]
PeriodGrain = Literal["day", "week", "month", "quarter", "year"]


class CatalogError(ValueError):
    """A definition that cannot be used, or a KPI that is not there; the message names the KPI and the key."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Entry(Strict):
    """One KPI as written. Which of the special keys it has is said by its kind."""

    label: str = Field(min_length=1)
    description: str = Field(min_length=1)
    unit: Literal["currency", "number", "count", "percent"]
    favourable: Literal["up", "down", "none"]
    decimals: int = Field(ge=0, le=6)
    kind: Literal[
        "formula", "growth", "to_date", "rolling", "new_members", "returning_members", "repeat_rate"
    ] = "formula"
    formula: str = ""
    of: str = ""
    by: str = ""
    back: Literal["", "month", "quarter", "year"] = ""
    periods: int = Field(default=0, ge=0, le=120)
    grains: tuple[PeriodGrain | Literal["total"], ...] = ()

    @model_validator(mode="after")
    def keys_fit_the_kind(self) -> Self:
        for key in NEEDS[self.kind]:
            if not getattr(self, key):
                raise ValueError(f"kind `{self.kind}` needs the key `{key}`")
        for key in SPECIAL:
            if getattr(self, key) and key not in NEEDS[self.kind]:
                raise ValueError(f"kind `{self.kind}` has no key `{key}`")
        if self.kind == "rolling" and len(self.grains) != 1:
            raise ValueError("kind `rolling` adds up the periods of one grain; give `grains` exactly one")
        return self

    def text(self) -> str:
        """The formula as people read it."""
        return {
            "growth": f"change of {self.of} against 1 {self.back} earlier",
            "to_date": f"{self.of} since the start of the year",
            "rolling": f"{self.of} of the last {self.periods} complete {'/'.join(self.grains)}s",
            "new_members": f"count of {self.of} first seen in the period",
            "returning_members": f"count of {self.of} also seen before the period",
            "repeat_rate": f"count of {self.of} with 2 or more {self.by} / count of {self.of} with any",
        }.get(self.kind, self.formula)


class Fields(Strict):
    measures: tuple[Named, ...]
    rates: tuple[Named, ...]
    texts: tuple[Named, ...]


class CatalogFile(Strict):
    fields: Fields
    fallbacks: dict[Named, Named] = {}
    kpi: dict[Named, Entry]


def check(plain: dict[str, Any]) -> CatalogFile:
    """The file's content in its checked shape; CatalogError lists everything that is wrong at once."""
    try:
        return CatalogFile.model_validate(plain)
    except ValidationError as error:
        raise CatalogError(
            "\n".join(_said(one["loc"], one["msg"], one["type"]) for one in error.errors())
        ) from error


def _said(loc: tuple[int | str, ...], problem: str, kind: str) -> str:
    if kind == "extra_forbidden":
        problem = "there is no such key"
    problem = problem.removeprefix("Value error, ")
    if loc[0] == "kpi" and len(loc) > 1:
        keys = ".".join(str(part) for part in loc[2:])
        return f"KPI `{loc[1]}`" + (f", key `{keys}`" if keys else "") + f": {problem}"
    return f"key `{'.'.join(str(part) for part in loc)}`: {problem}"
