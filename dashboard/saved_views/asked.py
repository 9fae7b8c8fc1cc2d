"""What a saved view asks for, as whoever has no page chooses it, and what of that is not there any more. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from alerts.telling.phrases import cell
from dashboard.boards.layout import RESERVED
from dashboard.saved_views.address import filters_of, gone_from, grouped
from dashboard.taking.viewing import PERIODS as CALLED
from dashboard.taking.viewing import Choices, as_opened
from dashboard.view import PARTIALS, WITH, Stretch, Versus, key_of
from kpi.calendar import PERIODS
from kpi.report import Kind
from kpi.values import CURRENCY, Partial
from storage.datasets import Dataset
from storage.saved_views import SavedView

PERIOD_OF = {stretch.value: name for name, stretch in CALLED.items()}
GRAIN_OF = {grain.value: grain for grain in PERIODS}
VERSUS_OF = {words: one for one, words in WITH.items()}
MOST_MEMBERS = 3  # that a line names of a dimension
LONGEST = 120  # characters of what is listed in the first line
BRIEF = 40  # of a name, or of what is listed, in a line about what is gone: the figures need room, too
Where = tuple[tuple[str, str], ...]
MembersOf = Callable[[str], Collection[str]]


@dataclass(frozen=True, slots=True)
class Sight:
    """How a dataset is looked at. `board`: the dashboard by its name, empty for the standard one.

    `notes`: what the view asks for and does not get, a sentence each.
    """

    choices: Choices
    board: str = ""
    notes: tuple[str, ...] = ()


def sight_of(view: SavedView, dataset: Dataset, members_of: MembersOf) -> Sight:
    """What the page shows at the view's address; what cannot be read there is as on a page that is opened anew.

    Members that are gone are left out, and said. `members_of`: those that the data have of a dimension.
    """
    said = {
        key: values[-1] for key, values in grouped(view.query).items()
    }  # of several the page takes the last
    first, last = _days(view, dataset) if said.get("period") == Stretch.CUSTOM else (None, None)
    board, gone = said.get("board", ""), _gone(view, dataset, members_of)
    where = tuple(pair for pair in _filters(view, dataset) if pair[1] not in gone.get(pair[0], ()))
    begins = as_opened(dataset)
    choices = Choices(
        period=PERIOD_OF.get(said.get("period", ""), begins.period),
        grain=GRAIN_OF.get(said.get("grain", ""), begins.grain),
        where=where,
        start=first,
        end=last,
        partial=PARTIALS.get(said.get("running", ""), Partial.TO_DATE),
        versus=VERSUS_OF.get(said.get("versus", ""), Versus.PREVIOUS),
    )
    notes = tuple(_gone_words(name, members, where) for name, members in gone.items())
    return Sight(choices, "" if board == RESERVED else board, notes)


def in_brief(where: Where) -> str:
    """The filters, `region North, South and 3 more · channel Web`; `all rows` where there are none."""
    chosen: dict[str, list[str]] = {}
    for name, member in where:
        chosen.setdefault(name, []).append(member)
    parts = [f"{name} {_some(members, LONGEST)}" for name, members in chosen.items()]
    return cell(" · ".join(parts), LONGEST) if parts else "all rows"


def view_gone(name: str) -> str:
    return f"Shown are all rows: the view {cell(name, BRIEF)} is there no more."


def board_gone(board: str) -> str:
    return f"Shown are the standard figures: the dashboard {cell(board, BRIEF)} is there no more."


def _gone(view: SavedView, dataset: Dataset, members_of: MembersOf) -> Mapping[str, list[str]]:
    """The members that are not in the data, by dimension; of what the amounts are in, too."""
    dimensions = {field.name for field in dataset.fields if field.kind is Kind.DIMENSION}
    if not dataset.currencies:
        lost = gone_from(view, dimensions, members_of)
        unit = [] if CURRENCY in dimensions else [one for one in filters_of(view).get(CURRENCY, []) if one]
        return {**lost, CURRENCY: unit} if unit else lost
    having = members_of(CURRENCY) if len(dataset.currencies) > 1 else dataset.currencies
    strange = [one for one in filters_of(view).get(CURRENCY, [])[-1:] if one and one not in having]
    lost = gone_from(view, dimensions - {CURRENCY}, members_of)
    return {**lost, CURRENCY: strange} if strange else lost


def _gone_words(name: str, members: Sequence[str], where: Where) -> str:
    """What is shown instead comes first, for a long line is cut. Of a currency only that it is gone: which one takes its
    place is named elsewhere.
    """
    gone = f"{cell(name, BRIEF)} {_some(members)} is not in the data any more."
    left = [member for other, member in where if other == name]
    if name == CURRENCY and not left:
        return f"{gone[:1].upper()}{gone[1:]}"
    return f"Shown is {_some(left) if left else f'every {cell(name, BRIEF)}'}: {gone}"


def _some(members: Sequence[str], longest: int = BRIEF) -> str:
    more = len(members) - MOST_MEMBERS
    named = cell(", ".join(members[:MOST_MEMBERS]), longest)
    return f"{named} and {more} more" if more > 0 else named


def _filters(view: SavedView, dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Where it is known what the amounts are in, one currency is shown, and chosen only where there are several."""
    for name, members in filters_of(view).items():
        unit = name == CURRENCY and bool(dataset.currencies)
        if unit and len(dataset.currencies) == 1:
            continue
        for member in members[-1:] if unit else members:
            if member:
                yield name, member


def _days(view: SavedView, dataset: Dataset) -> tuple[date, date]:
    """As the page takes them: without a second day up to the last one of the data, without any all of them."""
    found = sorted(_read_days(grouped(view.query).get(key_of(view.dataset, "days"), ())))
    first = found[0] if found else dataset.first_day
    return first, found[-1] if len(found) > 1 else max(first, dataset.last_day)


def _read_days(texts: Sequence[str]) -> Iterator[date]:
    for text in texts:
        try:
            yield date.fromisoformat(text)
        except ValueError:
            continue
