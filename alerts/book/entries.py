"""How rules, destinations, routes, silences and targets are written, in a book, over REST and as options alike: the
untrusted edge, checked by pydantic before anything is believed.

What is left out is empty here; `alerts.book.rules` and `alerts.book.reading` say what that means.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from alerts.book.words import (
    read_clock,
    read_days,
    read_duration,
    read_hours,
    read_share,
    read_zone,
    write_clock,
    write_days,
    write_duration,
    write_hours,
)

MOST = 5_000  # entries of one kind in one book
MOST_LABELS = 20
# What routes and silences know of an alert by itself; people's labels are beside these.
OWN_LABELS = ("rule", "dataset", "kpi", "grain", "severity", "owner", "file", "member")


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError(f"found {number}, wanted a number such as 0.3 or 30%")
    return number


def _number(given: Any) -> Any:
    if isinstance(given, bool):
        raise ValueError(f"found {given}, wanted a number such as 0.3 or 30%")  # noqa: TRY004 - pydantic's
    return read_share(given) if isinstance(given, str) else given


def _pair(given: Any) -> Any:
    """Two numbers, or one text with a comma."""
    parts = given.split(",") if isinstance(given, str) else given
    if not isinstance(parts, list | tuple) or len(parts) != len(("low", "high")):
        raise ValueError(f"found {given!r}, wanted the lowest and the highest value, such as 0.28,0.4")
    return tuple(parts)


def _any_file(given: Any) -> Any:
    """`*` is any file of the dataset."""
    return True if given == "*" else given


def _line(text: str) -> str:
    if not text.strip() or any(ord(char) < ord(" ") for char in text):
        raise ValueError("wanted a name on one line")
    return text.strip()


def _texts(given: Any) -> Any:
    """A list of texts, or one text with commas."""
    return [part for part in map(str.strip, given.split(",")) if part] if isinstance(given, str) else given


def _label(name: str) -> str:
    if name in OWN_LABELS:
        raise ValueError(f"`{name}` is known of every alert by itself; give the label another name")
    return name


Amount = Annotated[float, BeforeValidator(_number), AfterValidator(_finite)]
Name = Annotated[str, AfterValidator(_line), Field(max_length=120)]
Duration = Annotated[str, AfterValidator(lambda text: write_duration(read_duration(text)))]
Days = Annotated[str, AfterValidator(lambda text: write_days(read_days(text)))]
Clock = Annotated[str, AfterValidator(lambda text: write_clock(read_clock(text)))]
Zone = Annotated[str, AfterValidator(read_zone)]
OpenHours = Annotated[str, AfterValidator(lambda text: write_hours(read_hours(text)))]
LabelName = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[\w.-]+$")]
Text = Annotated[str, Field(max_length=255)]
Labels = Annotated[dict[Annotated[LabelName, AfterValidator(_label)], Text], Field(max_length=MOST_LABELS)]
Matchers = Annotated[dict[LabelName, Text], Field(max_length=MOST_LABELS)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_texts), Field(max_length=50)]
Model = TypeVar("Model", bound="Written")


class EntryError(ValueError):
    """What cannot be taken as it was written: problems by key, the key empty where it is about the whole."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"`{key}`: {why}" if key else why for key, why in problems.items()))
        self.problems = dict(problems)


class Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    def plain(self) -> dict[str, Any]:
        """What was said, and no more, with the keys as people write them."""
        return self.model_dump(by_alias=True, exclude_defaults=True)


class WrittenRule(Written):
    """A rule. Exactly one of the conditions is given: `below` or `above`, `outside`, `change_below` or `change_above`,
    `below_target`, `behind_pace`, `unusual`, `fresh`, `unreadable`; the keys after each belong to it.
    """

    name: Annotated[str, Field(max_length=120)] = ""
    dataset: Name
    kpi: Annotated[str, Field(max_length=120)] = ""
    grain: Literal["", "day", "week", "month", "quarter", "year"] = ""
    by: Annotated[str, Field(max_length=120)] = ""
    below: Amount | None = None
    above: Amount | None = None
    outside: Annotated[tuple[Amount, Amount], BeforeValidator(_pair)] | None = None
    margin: Amount | None = None
    change_below: Amount | None = None
    change_above: Amount | None = None
    against: Literal["", "previous", "year"] = ""
    points: bool | None = None
    below_target: Amount | None = None
    behind_pace: Amount | None = None
    unusual: bool = False
    width: Amount | None = None
    window: Annotated[int, Field(ge=1, le=400)] | None = None
    method: Annotated[str, Field(max_length=40)] = ""
    side: Literal["", "below", "above"] = ""
    recover: Amount | None = None
    fresh: Annotated[str, Field(max_length=255)] = ""
    on: Days | Literal[""] = ""
    by_time: Clock | Literal[""] = ""
    zone: Zone | Literal[""] = ""
    grace: Duration | Literal[""] = ""
    unreadable: Annotated[bool | str, BeforeValidator(_any_file)] = False
    periods: Annotated[int, Field(alias="for", ge=1, le=400)] = 1
    for_time: Duration = "0"
    keep: Duration = "0"
    severity: Annotated[str, AfterValidator(_line), Field(max_length=20)] = "warning"
    labels: Labels = {}
    owner: Annotated[str, Field(max_length=120)] = ""
    to: Names = ()


class WrittenDestination(Written):
    """One address of a channel by its name. `hours` such as `mon-fri 08:00-18:00 Europe/Paris`, empty for any time;
    `budget`: messages an hour, 0 for no limit.
    """

    name: Name
    channel: Annotated[str, Field(min_length=1, max_length=20)]
    address: Annotated[str, Field(min_length=1, max_length=255)]
    hours: OpenHours = ""
    budget: Annotated[int, Field(ge=0, le=10_000)] | None = None


class WrittenRoute(Written):
    """Where alerts go whose labels match; see `alerts.sending.routing.Route`."""

    name: Name
    match: Matchers = {}
    to: Names
    goes_on: bool = False
    group_by: Annotated[tuple[LabelName, ...], BeforeValidator(_texts), Field(max_length=MOST_LABELS)] = ()
    wait: Duration = "0"
    interval: Duration = "0"
    repeat: Duration = "0"
    second: Annotated[str, Field(max_length=120)] = ""
    second_after: Duration = "15m"


class WrittenReport(Written):
    """A dataset's figures, sent by the clock; its `schedule` is read where it is kept. `view`: a saved one's name."""

    name: Name
    dataset: Name
    schedule: Annotated[str, Field(min_length=1, max_length=500)]
    to: Names
    view: Annotated[str, Field(max_length=120)] = ""
    paused: bool = False


class WrittenSilence(Written):
    """Nothing goes out from `start` to `end` of what matches: a `rule` of a `dataset` by its name (the `nth` of that
    name), a `member`, labels.
    """

    start: AwareDatetime | None = None
    end: AwareDatetime
    reason: Annotated[str, Field(max_length=1000)] = ""
    name: Annotated[str, Field(max_length=120)] = ""
    rule: Annotated[str, Field(max_length=120)] = ""
    dataset: Annotated[str, Field(max_length=120)] = ""
    nth: Annotated[int, Field(ge=1)] = 1
    member: Annotated[str, Field(max_length=255)] | None = None
    match: Matchers = {}
    created_by: Annotated[str, Field(max_length=120)] = ""


class WrittenTarget(Written):
    """What a KPI is to reach in a period, as `kpi targets set` takes it."""

    dataset: Name
    kpi: Annotated[str, Field(min_length=1, max_length=200)]
    period: Annotated[str, Field(min_length=1, max_length=40)]
    by: Annotated[str, Field(max_length=120)] = ""
    member: Annotated[str, Field(max_length=255)] = ""
    value: float | Annotated[str, Field(max_length=40)]


def checked(model: type[Model], plain: Mapping[str, Any]) -> Model:
    """The entry in its checked shape; EntryError says everything that is wrong at once, by key."""
    try:
        return model.model_validate(dict(plain))
    except ValidationError as error:
        problems: dict[str, str] = {}
        for one in error.errors():
            key = str(one["loc"][0]) if one["loc"] else ""
            problems.setdefault(key, _said(one["type"], one["msg"], one["input"]))
        raise EntryError(problems) from error


def _said(kind: str, problem: str, found: Any) -> str:
    if kind == "extra_forbidden":
        return "there is no such key"
    if kind == "missing":
        return "it is missing"
    if kind == "value_error":
        return problem.removeprefix("Value error, ")
    shown = found.isoformat() if isinstance(found, datetime) else repr(found)
    return f"found {shown[:80]}; {problem[:1].lower()}{problem[1:]}"
