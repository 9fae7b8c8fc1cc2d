"""What a saved view asks for, as whoever has no page chooses it, and what of that is not there any more. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from alerts.telling.phrases import cell
from dashboard.boards.layout import RESERVED
from dashboard.saved_views.address import filters_of, gone_from, grouped
from dashboard.taking.viewing import PERIODS as CALLED
from dashboard.taking.viewing import Choices
from dashboard.view import PARTIALS, WITH, Stretch, Versus, beginning, key_of
from kpi.calendar import PERIODS
from kpi.report import Kind
from kpi.values import CURRENCY, Partial
from storage.datasets import Dataset
from storage.saved_views import SavedView

PERIOD_OF = {stretch.value: name for name, stretch in CALLED.items()}
GRAIN_OF = {grain.value: grain for grain in PERIODS}
VERSUS_OF = {words: one for one, words in WITH.items()}
MOST_MEMBERS = 3  # that a line names of a dimension
LONGEST = 120  # characters of a name, or of what is listed: the figures need room, too
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
    begins = beginning(dataset)
    choices = Choices(
        period=PERIOD_OF[said["period"]] if said.get("period") in PERIOD_OF else PERIOD_OF[begins.stretch],
        grain=GRAIN_OF.get(said.get("grain", ""), begins.grain),
        where=where,
        start=first,
        end=last,
        partial=PARTIALS.get(said.get("running", ""), Partial.TO_DATE),
        versus=VERSUS_OF.get(said.get("versus", ""), Versus.PREVIOUS),
    )
    notes = tuple(_gone_words(view.name, name, members, where) for name, members in gone.items())
    return Sight(choices, "" if board == RESERVED else board, notes)


def in_brief(where: Where) -> str:
    """The filters, `region North, South and 3 more · channel Web`; `all rows` where there are none."""
    chosen: dict[str, list[str]] = {}
    for name, member in where:
        chosen.setdefault(name, []).append(member)
    parts = [f"{name} {_some(members)}" for name, members in chosen.items()]
    return cell(" · ".join(parts), LONGEST) if parts else "all rows"


def view_gone(name: str) -> str:
    return f"The view {cell(name, LONGEST)} is there no more; shown is the latest period, all rows."


def board_gone(view: str, board: str) -> str:
    asked = f"The view {cell(view, LONGEST)} asks for the dashboard {cell(board, LONGEST)}"
    return f"{asked}, which is there no more; shown are the standard figures."


def _gone(view: SavedView, dataset: Dataset, members_of: MembersOf) -> Mapping[str, list[str]]:
    """The members that are not in the data, by dimension; of what the amounts are in, too."""
    dimensions = {field.name for field in dataset.fields if field.kind is Kind.DIMENSION}
    if not dataset.currencies:
        return gone_from(view, dimensions, members_of)
    having = members_of(CURRENCY) if len(dataset.currencies) > 1 else dataset.currencies
    strange = [one for one in filters_of(view).get(CURRENCY, [])[-1:] if one and one not in having]
    lost = gone_from(view, dimensions - {CURRENCY}, members_of)
    return {**lost, CURRENCY: strange} if strange else lost


def _gone_words(view: str, name: str, members: Sequence[str], where: Where) -> str:
    """As the page says it. Of a currency only that it is gone: another one takes its place, and is named elsewhere."""
    asked = f"The view {cell(view, LONGEST)} asks for {cell(name, LONGEST)} {_some(members)}"
    left = [member for other, member in where if other == name]
    if name == CURRENCY and not left:
        return f"{asked}, which is not in the data any more."
    shown = _some(left) if left else f"every {cell(name, LONGEST)}"
    return f"{asked}, which is not in the data any more; shown is {shown}."


def _some(members: Sequence[str]) -> str:
    more = len(members) - MOST_MEMBERS
    named = cell(", ".join(members[:MOST_MEMBERS]), LONGEST)
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
