"""What may stand in a catalogue file: the untrusted edge, checked by pydantic before anything is believed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kpi.language.tree import Place

NEEDS = {  # of the keys that not every KPI has
    "formula": ("formula",),
    "growth": ("of", "back"),
    "offset": ("of", "back"),
    "to_date": ("of",),
    "rolling": ("of", "periods", "grains"),
    "new_members": ("of",),
    "returning_members": ("of",),
    "repeat_rate": ("of", "by"),
    "attainment": ("of",),
}
MAY_HAVE = {
    "formula": ("min_sample",),
    "to_date": ("since",),
    "new_members": ("min_sample",),
    "returning_members": ("min_sample",),
    "repeat_rate": ("min_sample",),
    "attainment": ("formula",),
}
SPECIAL = ("formula", "of", "by", "back", "periods", "since", "min_sample")
PERIODS = ("day", "week", "month", "quarter", "year")
PARTS = {  # the grains whose periods lie within one of these, or begin in one
    "day": ("day",),
    "week": ("day", "week"),
    "month": ("day", "month"),
    "quarter": ("day", "month", "quarter"),
    "year": PERIODS,
}
Named = Annotated[str, Field(pattern=r"^[^\W\d]\w*$", max_length=120)]
PeriodGrain = Literal["day", "week", "month", "quarter", "year"]
Limit = Annotated[float, Field(allow_inf_nan=False)]
Model = TypeVar("Model", bound=BaseModel)


class CatalogError(ValueError):
    """A definition that cannot be used, or a KPI that is not there; the message names the KPI and the key.

    `place` is where in its formula, if it is about that.
    """

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(message)
        self.place = place


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Entry(Strict):
    """One KPI as written. Which of the special keys it has is said by its kind."""

    label: str = Field(min_length=1, max_length=120)
    description: str = Field(min_length=1, max_length=2000)
    unit: Literal["currency", "number", "count", "percent", "days", "hours"]
    favourable: Literal["up", "down", "range", "none"]
    low: Limit | None = None
    high: Limit | None = None
    decimals: int = Field(ge=0, le=6)
    kind: Literal[
        "formula",
        "growth",
        "offset",
        "to_date",
        "rolling",
        "new_members",
        "returning_members",
        "repeat_rate",
        "attainment",
    ] = "formula"
    formula: str = ""
    of: str = ""
    by: str = ""
    back: Literal["", "day", "week", "month", "quarter", "year"] = ""
    since: Literal["", "week", "month", "quarter", "year"] = ""
    periods: int = Field(default=0, le=400)
    grains: tuple[PeriodGrain | Literal["total"], ...] = ()
    min_sample: int = Field(default=0, ge=0)
    owner: str = Field(default="", max_length=120)
    version: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def keys_fit_the_kind(self) -> Self:
        if self.kind == "rolling" and "periods" in self.model_fields_set and self.periods < 1:
            raise ValueError("`periods` is a whole number from 1")
        for key in NEEDS[self.kind]:
            if not getattr(self, key):
                raise ValueError(f"kind `{self.kind}` needs the key `{key}`")
        for key in SPECIAL:
            if getattr(self, key) and key not in NEEDS[self.kind] + MAY_HAVE.get(self.kind, ()):
                hint = f"; that of `{self.of}` counts" if key == "min_sample" else ""
                raise ValueError(f"kind `{self.kind}` has no key `{key}`{hint}")
        if self.kind == "rolling" and len(self.grains) != 1:
            raise ValueError("kind `rolling` adds up the periods of one grain; give `grains` exactly one")
        for grain in self.grains:
            if grain not in self.fitting:
                raise ValueError(
                    f"{self.text()}: has no values by {grain}, only by {', '.join(self.fitting)}"
                )
        return self

    @model_validator(mode="after")
    def limits_fit_the_direction(self) -> Self:
        limits = (self.low, self.high)
        if self.favourable != "range" and limits != (None, None):
            raise ValueError('the keys `low` and `high` belong to favourable = "range"')
        if self.favourable == "range" and (self.low is None or self.high is None or self.low > self.high):
            raise ValueError(
                'favourable = "range" needs the keys `low` and `high`, the first not above the second'
            )
        return self

    @property
    def fitting(self) -> tuple[str, ...]:
        """The grains at which the KPI can have values."""
        if self.kind in ("growth", "offset"):
            return PARTS[self.back]
        if self.kind == "to_date":  # a week counts to where it ends
            return tuple(one for one in PERIODS if one == "week" or one in PARTS[self.since or "year"])
        return PERIODS if self.kind == "rolling" else (*PERIODS, "total")

    def text(self) -> str:
        """The formula as people read it."""
        return {
            "growth": f"change of {self.of} against 1 {self.back} earlier",
            "offset": f"{self.of} of 1 {self.back} earlier",
            "to_date": f"{self.of} since the start of the {self.since or 'year'}",
            "rolling": f"{self.of} of the last {self.periods} complete {'/'.join(self.grains)}s",
            "new_members": f"count of {self.of} first seen in the period",
            "returning_members": f"count of {self.of} also seen before the period",
            "repeat_rate": f"count of {self.of} with 2 or more {self.by} / count of {self.of} with any",
            "attainment": self.formula or f"{self.of} / target",
        }.get(self.kind, self.formula)


class Fields(Strict):
    measures: tuple[Named, ...]
    rates: tuple[Named, ...]
    texts: tuple[Named, ...]


class Entries(Strict):
    """Definitions alone, as people exchange them."""

    kpi: dict[Named, Entry]


class CatalogFile(Entries):
    fields: Fields
    fallbacks: dict[Named, Named] = {}
    hierarchies: dict[Named, tuple[Named, ...]] = {}

    @model_validator(mode="after")
    def hierarchies_are_of_texts(self) -> Self:
        for name, levels in self.hierarchies.items():
            if name in self.fields.texts + self.fields.measures + self.fields.rates:
                raise ValueError(
                    f"hierarchy `{name}` is called like a column of `fields`; give it another name"
                )
            for level in levels:
                if level not in self.fields.texts:
                    raise ValueError(f"hierarchy `{name}`: `{level}` is none of the texts in `fields`")
        return self


def check(plain: Mapping[str, Any]) -> CatalogFile:
    """The file's content in its checked shape; CatalogError lists everything that is wrong at once."""
    return _checked(CatalogFile, plain)


def check_entries(plain: Mapping[str, Any]) -> dict[str, Entry]:
    """Definitions alone, by key; CatalogError lists everything that is wrong at once."""
    return _checked(Entries, plain).kpi


def check_entry(key: str, plain: Mapping[str, Any]) -> Entry:
    """One entry in its checked shape; CatalogError lists everything that is wrong at once."""
    return check_entries({"kpi": {key: dict(plain)}})[key]


def _checked(model: type[Model], plain: Mapping[str, Any]) -> Model:
    try:
        return model.model_validate(plain)
    except ValidationError as error:
        said = (_said(one["loc"], one["msg"], one["type"]) for one in error.errors())
        raise CatalogError("\n".join(said)) from error


def _said(loc: tuple[int | str, ...], problem: str, kind: str) -> str:
    if kind == "extra_forbidden":
        problem = "there is no such key"
    problem = problem.removeprefix("Value error, ")
    if loc[:1] != ("kpi",) or len(loc) == 1:
        return f"key `{'.'.join(map(str, loc))}`: {problem}" if loc else problem
    if loc[-1] == "[key]":
        wanted = "wanted a name of at most 120 letters, digits and _, that begins with no digit"
        return f"KPI `{loc[1]}`: the key is no name; {wanted}"
    keys = ".".join(map(str, loc[2:]))
    return f"KPI `{loc[1]}`" + (f", key `{keys}`" if keys else "") + f": {problem}"
