"""Two thousand random datasets and questions, each answered twice: by the calculator, and by plain loops (`reckoner`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from math import isclose
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpi.calculator import Against, KPICalculator, Slice
from kpi.calendar import Calendar, Grain
from kpi.definitions import Definition, KpiKind, read_catalog
from kpi.report import FactField, Kind
from kpi.values import Executor
from storage.engines.on_duckdb import duckdb_executor
from tests.kpi.oracle.by_hand import FORMULAS, Figure
from tests.kpi.oracle.invented import Invented, invent
from tests.kpi.oracle.reckoner import Reckoner
from tests.kpi.oracle.years import Years

EXAMPLES, PARTS = 2000, 20
CATALOG = read_catalog((Path(__file__).parent / "definitions.toml").read_text("utf-8"))
DEFINITIONS = {one.key: one for one in CATALOG.definitions}
KINDS = {
    "date": Kind.DATE,
    **dict.fromkeys(("revenue", "cogs", "stock"), Kind.MEASURE),
    **dict.fromkeys(("order_id", "customer_id"), Kind.IDENTIFIER),
    **dict.fromkeys(("product", "region", "category"), Kind.DIMENSION),
}
FIELDS = tuple(FactField(name, kind, name) for name, kind in KINDS.items())
TYPES = {Kind.DATE: pa.date32(), Kind.MEASURE: pa.float64()}
Spots = Mapping[tuple[date, str], Figure]


@dataclass(frozen=True, slots=True)
class Asked:
    """One example, ready to be asked."""

    calculator: KPICalculator
    run: Executor
    cut: Slice
    upto: date

    def values(self) -> dict[str, dict[tuple[date, str], float | None]]:
        found: dict[str, dict[tuple[date, str], float | None]] = {}
        for one in self.calculator.values(self.run, FIELDS, self.cut, self.upto):
            found.setdefault(one.kpi, {})[one.period, one.member] = one.value
        return found

    def compared(self, against: str) -> dict[str, dict[str, tuple[float | None, float | None]]]:
        found: dict[str, dict[str, tuple[float | None, float | None]]] = {}
        cut = replace(self.cut, kpis=tuple(key for key in self.cut.kpis if key in FORMULAS))
        for one in self.calculator.compare(self.run, FIELDS, cut, self.upto, Against(against)):
            earlier = one.earlier.value if one.earlier else None
            found.setdefault(one.kpi, {})[one.member] = one.current.value, earlier
        return found


@pytest.mark.parametrize("part", range(PARTS))
def test_every_kind_of_kpi_is_what_plain_loops_make_of_the_rows(part: int, tmp_path: Path) -> None:
    differing = [
        f"seed {seed}: {said}"
        for seed in range(part * EXAMPLES // PARTS, (part + 1) * EXAMPLES // PARTS)
        for said in _differences(invent(seed), tmp_path)
    ]
    assert differing == []


@pytest.mark.parametrize("seed", range(30))
def test_however_the_rows_are_parted_every_value_is_the_same(seed: int, tmp_path: Path) -> None:
    invented = invent(seed)
    with _asked(invented, tmp_path, parts=1) as whole, _asked(invented, tmp_path, parts=4) as parted:
        assert parted.values() == whole.values()


def _differences(invented: Invented, folder: Path) -> Iterator[str]:
    years = Years(invented.fiscal, invented.week)
    reckoner = Reckoner(invented, years)
    with _asked(invented, folder, parts=1) as asked:
        found = asked.values()
        for key in asked.cut.kpis:
            one = DEFINITIONS[key]
            if invented.question.grain in one.grains:
                yield from _differing(one.key, found.get(one.key, {}), _expected(one, reckoner))
        for against in ("previous", "year"):
            compared = asked.compared(against)
            for key in FORMULAS.keys() & set(asked.cut.kpis):
                yield from _differing_pairs(
                    f"{key} against {against}", compared.get(key, {}), reckoner.compared(key, against)
                )


def _expected(one: Definition, reckoner: Reckoner) -> Spots:
    match one.kind:
        case KpiKind.FORMULA:
            return reckoner.values(one.key)
        case KpiKind.OFFSET:
            return reckoner.offset(one.of, one.back.value)
        case KpiKind.GROWTH:
            return reckoner.growth(one.of, one.back.value)
        case KpiKind.TO_DATE:
            return reckoner.to_date(one.of, one.since.value)
        case KpiKind.ROLLING:
            return reckoner.rolling(one.of, one.periods)
        case _:
            return reckoner.customers(one.key)


def _differing(kpi: str, found: Mapping[tuple[date, str], float | None], expected: Spots) -> Iterator[str]:
    for spot in sorted(found.keys() | expected.keys()):
        if spot not in found or spot not in expected or not _same(found[spot], expected[spot]):
            yield f"{kpi} {spot[0]} {spot[1]!r}: found {found.get(spot, 'nothing')}, wanted {expected.get(spot, 'nothing')}"


def _differing_pairs(
    kpi: str,
    found: Mapping[str, tuple[float | None, float | None]],
    expected: Mapping[str, tuple[Figure, Figure]],
) -> Iterator[str]:
    for member in sorted(found.keys() | expected.keys()):
        pair, wanted = found.get(member), expected.get(member)
        if pair is None or wanted is None or not all(map(_same, pair, wanted)):
            yield f"{kpi} {member!r}: found {pair}, wanted {wanted}"


def _same(found: float | None, wanted: Figure) -> bool:
    if found is None or wanted is None:
        return found is None and wanted is None
    return isclose(found, float(wanted), rel_tol=1e-9, abs_tol=1e-9)


@contextmanager
def _asked(invented: Invented, folder: Path, parts: int) -> Iterator[Asked]:
    question = invented.question
    calendar = Calendar(invented.fiscal, invented.week)
    days = [day for row in invented.rows if isinstance(day := row["date"], date)]
    cut = Slice(
        kpis=_some(invented.seed),
        grain=Grain(question.grain),
        by=question.by,
        where=question.where,
        without=question.without,
        start=question.start,
        end=question.end,
    )
    paths = list(_written(invented, folder, parts))
    with duckdb_executor(paths, calendar.rows(min(days), max(days))) as run:
        yield Asked(KPICalculator(CATALOG, calendar), run, cut, question.upto)


def _some(seed: int) -> tuple[str, ...]:
    """A few KPIs, of each kind about as often: the kinds over time have most of the definitions."""
    random = Random(seed)
    by_kind: dict[KpiKind, list[str]] = {}
    for one in CATALOG.definitions:
        by_kind.setdefault(one.kind, []).append(one.key)
    picked = [random.choice(keys) for keys in by_kind.values() if random.random() < 0.4]
    return tuple(dict.fromkeys([*random.sample(list(FORMULAS), 3), *picked]))


def _written(invented: Invented, folder: Path, parts: int) -> Iterator[Path]:
    random = Random(invented.seed)
    groups: list[list[int]] = [[] for _ in range(parts)]
    for at in range(len(invented.rows)):
        random.choice(groups).append(at)
    for number, group in enumerate(groups):
        rows = [invented.rows[at] for at in group]
        columns = {
            name: pa.array([_plain(row[name]) for row in rows], TYPES.get(kind, pa.string()))
            for name, kind in KINDS.items()
        }
        path = folder / f"{invented.seed}-{parts}-{number}.parquet"
        pq.write_table(pa.table(columns), path)
        yield path


def _plain(cell: object) -> object:
    return cell if cell is None or isinstance(cell, (date, str)) else float(str(cell))
