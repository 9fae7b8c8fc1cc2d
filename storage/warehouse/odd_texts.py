"""What the odd texts of a table mean: each different one is read once, and the rows look it up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pyarrow as pa

from kpi.cleaning.values.numbers import Sign
from kpi.sales.options import DayOrder
from kpi.sales.typing.days import Days
from kpi.sales.typing.days import settle_days as read_days
from kpi.sales.typing.discounts import DiscountFigures, Reading, discount_reading
from kpi.sales.typing.evidence import Evidence, discount_counts
from kpi.sales.typing.faults import MOST_ODD
from kpi.sales.typing.fields import Kind
from kpi.sales.typing.figures import (
    Odd,
    Sample,
    Signs,
    decimal_signs,
    odd_figures,
    refuse_currencies,
)
from kpi.sales.typing.months import LONGEST, Months, month_columns
from kpi.sales.typing.sql import CELLS, quoted
from kpi.sales.typing.values import day_part, plain_figure
from kpi.sales.typing.ways import DayWay, FigureWay, Ways, fields_of, headers_of
from storage.warehouse.cells import Cells

_SAMPLE = 20_000  # distinct texts that tell the decimal sign, those first that may
_MAY_BE_GROUP = "[^0-9]*[1-9][0-9]{0,2}[.,][0-9]{3}[^0-9]*"


def settle_figures(cells: Cells, ways: Ways, evidence: Evidence) -> tuple[Ways, dict[str, str]]:
    """The ways of the columns of figures, and examples of points that were taken for the decimal sign without proof."""
    raw = cells.raw
    there = fields_of(raw, Kind.FIGURE, Kind.DISCOUNT)
    signs = _signs(cells, there, evidence)
    figures = {
        field: evidence.figure(field, signs.by_field.get(field, Sign.POINT), typed=raw.typed)
        for field in there
    }
    ways = replace(ways, figures=figures, discount=_discount(cells, figures, evidence))
    odd = _odd_texts(cells, ways, {field: place for field, place in there.items() if figures[field].odd})
    for field, texts in odd.items():
        refuse_currencies(texts, headers_of(raw)[field], raw)
        sign = None if raw.typed else figures[field].sign
        reading = ways.discount if field == "discount" else Reading()
        _keep_figures(
            cells, field, ways.odd_size(field), odd_figures(texts, sign, ways.odd_size(field), reading)
        )
    return ways, dict(signs.taken)


def _signs(cells: Cells, there: Mapping[str, str], evidence: Evidence) -> Signs:
    """The decimal signs: numbers of a typed format have a point."""
    if cells.raw.typed:
        return Signs({}, {})
    headers = headers_of(cells.raw)
    samples = {
        field: Sample(headers[field], (), proven=evidence.of(field, "pointed") > 0)
        for field in there
        if evidence.proves_point(field)
    }
    open_ones = {field: place for field, place in there.items() if field not in samples}
    for field, place in open_ones.items():
        samples[field] = Sample(headers[field], _sampled(cells, quoted(place)))
    return decimal_signs({field: samples[field] for field in there}, cells.raw)


def _sampled(cells: Cells, cell: str) -> list[str]:
    query = (
        f"SELECT text FROM (SELECT DISTINCT {cell} AS text FROM {CELLS} "  # noqa: S608 - our own names
        f"WHERE contains({cell}, ',') OR contains({cell}, '.')) "
        f"ORDER BY regexp_full_match(text, '{_MAY_BE_GROUP}'), hash(text), text LIMIT {_SAMPLE}"
    )
    return [str(text) for (text,) in cells.ask(query)]


def _discount(cells: Cells, figures: Mapping[str, FigureWay], evidence: Evidence) -> Reading:
    """What the figures of the discount mean; those that were counted with a point may have to be counted again."""
    place = cells.raw.place_of("discount")
    if place is None:
        return Reading()
    found = evidence.discount()
    way = figures["discount"]
    if way.marks or way.sign is Sign.COMMA:
        names, counts = zip(*discount_counts(plain_figure(quoted(place), way, (18, 9))), strict=True)
        row = cells.ask(f"SELECT {', '.join(counts)} FROM {CELLS}")[0]  # noqa: S608 - our own names
        numbers = {name: int(str(count or 0)) for name, count in zip(names, row, strict=True)}
        found = DiscountFigures(**numbers, percentages=found.percentages)
    return discount_reading(headers_of(cells.raw)["discount"], found)


def _odd_texts(cells: Cells, ways: Ways, odd: Mapping[str, str]) -> dict[str, list[str]]:
    """The distinct texts of each of these columns that no cast takes, in order; of too many the first ones."""
    if not odd:
        return {}
    texts = {
        field: f"CASE WHEN {plain_figure(quoted(place), ways.figures[field], ways.cast_size(field))} IS NULL "
        f"THEN {quoted(place)} END"
        for field, place in odd.items()
    }
    return _distinct(cells, texts)


def _distinct(cells: Cells, texts: Mapping[str, str]) -> dict[str, list[str]]:
    """The distinct values of each expression that are not null, all found in one pass over the cells."""
    pairs = ", ".join(f"{{'field': '{field}', 'text': {text}}}" for field, text in texts.items())
    query = (
        f"CREATE OR REPLACE TEMP TABLE odd AS SELECT DISTINCT one.field AS field, one.text AS text "  # noqa: S608 - our own names
        f"FROM (SELECT unnest([{pairs}]) AS one FROM {CELLS}) WHERE one.text IS NOT NULL"
    )
    cells.ask(query)
    first = f"SELECT text FROM odd WHERE field = ? ORDER BY text LIMIT {MOST_ODD}"  # noqa: S608 - our own number
    return {
        field: [text for (text,) in cells.connection.execute(first, [field]).fetchall()] for field in texts
    }


def _keep_figures(cells: Cells, field: str, size: tuple[int, int], found: Mapping[str, object]) -> None:
    """The table `odd_<field>`: text, value, and as `fault` why there is no value."""
    values = [value if not isinstance(value, Odd) else None for value in found.values()]
    faults = [value.value if isinstance(value, Odd) else None for value in found.values()]
    table = pa.table(
        {
            "text": pa.array(list(found), pa.string()),
            "value": pa.array(values, pa.decimal128(*size)),
            "fault": pa.array(faults, pa.string()),
        }
    )
    cells.connection.from_arrow(table).create(f"odd_{field}")


def settle_days(cells: Cells, evidence: Evidence, days: DayOrder) -> DayWay:
    """How the dates are read. What texts mean that are no ISO days is then the table `odd_date`."""
    raw = cells.raw
    place = raw.place_of("date")
    if place is None or evidence.of("date", "iso") == evidence.of("date", "filled"):
        return DayWay()
    texts = _distinct(cells, {"date": day_part(quoted(place))})["date"]
    alone = evidence.of("date", "iso") == 0
    header = headers_of(raw)["date"]
    found = read_days(texts, header, raw, days, alone=alone, months=lambda: _months(cells, quoted(place)))
    _keep_days(cells, found)
    return DayWay(True, bool(found.periods), found.proved, found.beside)


def _months(cells: Cells, date: str) -> Iterator[Months]:
    """The columns of months beside the dates; without those of which there are more texts than can be read one by one."""
    for column in month_columns(cells.raw):
        month = f"left(trim({quoted(column.place)}), {LONGEST})"
        query = (
            f"SELECT {day_part(date)} AS day, {month} AS month, count(*) FROM {CELLS} "  # noqa: S608 - our own names
            f"GROUP BY ALL HAVING day IS NOT NULL AND month IS NOT NULL LIMIT {MOST_ODD + 1}"
        )
        rows = cells.ask(query)
        if len(rows) <= MOST_ODD:
            yield Months(column.header, {(str(day), str(month)): int(str(n)) for day, month, n in rows})


def _keep_days(cells: Cells, days: Days) -> None:
    texts = list(days.by_text)
    table = pa.table(
        {
            "text": pa.array(texts, pa.string()),
            "day": pa.array(list(days.by_text.values()), pa.date32()),
            "blank": pa.array([text in days.blanks for text in texts], pa.bool_()),
            "period": pa.array([text in days.periods for text in texts], pa.bool_()),
        }
    )
    cells.connection.from_arrow(table).create("odd_date")
