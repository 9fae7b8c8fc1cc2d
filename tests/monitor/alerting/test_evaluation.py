from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from kpi.calculator import Executor, KPICalculator, KpiValue, Slice
from kpi.calendar import PERIODS, Grain
from kpi.report import FactField
from monitor.alerting.evaluation import Rehearsal, judge_now, rehearse
from monitor.pipeline import Job, process
from storage.alerting import thresholds
from storage.schema import deliveries
from tests.moments import NOON
from tests.monitor.shop import (
    AUGUST,
    OCTOBER,
    SEPTEMBER,
    alerts,
    load,
    month,
    said,
    save,
    set_rule,
    told,
    versions,
)
from wiring import System


def test_a_breach_fires_once_and_clears_once(system: System, tmp_path: Path) -> None:
    set_rule(system)
    for revenue in (50, 40, 150, 160):
        load(system, save(tmp_path, "shop.csv", *month(10, revenue)))
    assert said(system) == [("", "firing", OCTOBER, 50), ("", "ok", OCTOBER, 150)]
    assert [len(one.deliveries) for one in alerts(system)] == [1, 1]


def test_the_first_import_of_a_history_says_nothing_about_its_past(system: System, tmp_path: Path) -> None:
    set_rule(system)
    load(system, save(tmp_path, "shop.csv", *month(7, 1), *month(8, 2), *month(9, 3), *month(10, 500)))
    assert said(system) == []


def test_of_a_history_that_ends_in_a_breach_only_the_end_is_told(system: System, tmp_path: Path) -> None:
    set_rule(system)
    load(system, save(tmp_path, "shop.csv", *month(8, 2), *month(9, 3), *month(10, 4)))
    assert said(system) == [("", "firing", OCTOBER, 4)]


def test_a_month_that_is_not_over_is_not_judged(system: System, tmp_path: Path) -> None:
    set_rule(system)
    load(system, save(tmp_path, "shop.csv", *month(10, 500), "2025-11-02,North,1,0"))
    assert said(system) == []


def test_an_old_value_that_is_corrected_into_a_breach_is_history_and_no_alert(
    system: System, tmp_path: Path
) -> None:
    set_rule(system)
    load(system, save(tmp_path, "shop.csv", *month(9, 500), *month(10, 500)))
    load(system, save(tmp_path, "shop.csv", *month(9, 1), *month(10, 500)))
    assert said(system) == []


def test_a_file_that_takes_the_last_month_away_does_not_fire_about_an_older_one(
    system: System, tmp_path: Path
) -> None:
    set_rule(system)
    load(system, save(tmp_path, "shop.csv", *month(9, 1), *month(10, 1)))
    load(system, save(tmp_path, "shop.csv", *month(9, 1), *month(10, 500)))
    load(system, save(tmp_path, "shop.csv", *month(9, 1)))
    assert said(system) == [("", "firing", OCTOBER, 1), ("", "ok", OCTOBER, 500)]


def test_a_rule_with_a_dimension_has_one_state_a_member(system: System, tmp_path: Path) -> None:
    set_rule(system, dimension="region")
    south = month(10, 500, region="South")
    load(system, save(tmp_path, "shop.csv", *month(10, 50), *south))
    load(system, save(tmp_path, "shop.csv", *month(10, 50), *month(10, 60, region="South")))
    load(system, save(tmp_path, "shop.csv", *month(10, 150), *month(10, 60, region="South")))
    assert said(system) == [
        ("North", "firing", OCTOBER, 50),
        ("South", "firing", OCTOBER, 60),
        ("North", "ok", OCTOBER, 150),
    ]
    titles = [one.deliveries[0].title for one in alerts(system)]
    assert titles[:2] == ["Revenue (North) is below its limit", "Revenue (South) is below its limit"]


def test_a_rule_whose_kpi_has_gone_keeps_its_state_and_the_load_goes_on(
    system: System, tmp_path: Path
) -> None:
    set_rule(system, kpi="cogs", dimension="region")
    set_rule(system, kpi="nonsense")
    load(system, save(tmp_path, "shop.csv", *month(10, 500, 10)))
    gone = save(tmp_path, "shop.csv", "2025-10-01,7", "2025-10-31,8", header="Date,Revenue")
    assert load(system, gone).version == 2
    assert said(system) == [("North", "firing", OCTOBER, 10)]
    load(system, save(tmp_path, "shop.csv", *month(10, 500, 200)))
    assert said(system)[1:] == [("North", "ok", OCTOBER, 200)]


def test_a_ratio_without_a_denominator_neither_fires_nor_clears(system: System, tmp_path: Path) -> None:
    set_rule(system, kpi="gross_margin", limit=0.2, recovery=0.2)
    nothing = save(tmp_path, "shop.csv", *month(9, 100, 10), *month(10, 0, 0))
    load(system, nothing)
    assert said(system) == []
    load(system, save(tmp_path, "shop.csv", *month(10, 100, 90)))
    load(system, nothing)
    assert said(system) == [("", "firing", OCTOBER, 0.1)]


def test_several_months_in_a_row_are_wanted_before_it_fires(system: System, tmp_path: Path) -> None:
    set_rule(system, periods=2)
    load(system, save(tmp_path, "shop.csv", *month(9, 500), *month(10, 1)))
    assert said(system) == []
    load(system, save(tmp_path, "shop.csv", *month(9, 2), *month(10, 1)))
    assert said(system) == [("", "firing", OCTOBER, 1)]


def test_a_rule_set_later_is_judged_without_a_load_and_points_to_the_last_one(
    system: System, tmp_path: Path
) -> None:
    load(system, save(tmp_path, "shop.csv", *month(10, 50)))
    set_rule(system)
    for _ in range(2):
        judge_now(system.database, system.road.desk, "shop", NOON)
    assert said(system) == [("", "firing", OCTOBER, 50)]


def test_a_month_ends_with_the_clock_where_the_business_is(system: System, tmp_path: Path) -> None:
    set_rule(system)
    end = datetime(2025, 10, 30, 14, 30, tzinfo=UTC)
    tokyo = replace(system.road.desk, zone=ZoneInfo("Asia/Tokyo"))
    planned = ("2025-11-01,North,0,0", "2025-11-02,North,0,0")
    load(system, save(tmp_path, "shop.csv", *month(9, 500), *month(10, 1), *planned), at=end)
    before = said(system)
    judge_now(system.database, tokyo, "shop", end)
    an_hour_on = end + timedelta(hours=1)
    judge_now(system.database, system.road.desk, "shop", an_hour_on)
    still = said(system)
    judge_now(system.database, tokyo, "shop", an_hour_on)
    assert (before, still, said(system)) == ([], [], [("", "firing", OCTOBER, 1)])


def test_there_is_nothing_to_judge_in_an_unknown_dataset_or_without_rules(
    system: System, tmp_path: Path
) -> None:
    assert judge_now(system.database, system.road.desk, "nope", NOON).events == ()
    load(system, save(tmp_path, "shop.csv", *month(10, 50)))
    assert judge_now(system.database, system.road.desk, "shop", NOON).events == ()


@dataclass(frozen=True, slots=True)
class Overtaken(KPICalculator):
    """Works out the right figures; but meanwhile somebody else acts, once."""

    acts: list[Callable[[], object]] = field(default_factory=list)

    def values_at(
        self,
        run: Executor,
        fields: Sequence[FactField],
        asked: Slice,
        as_of: date,
        grains: Sequence[Grain] = PERIODS,
    ) -> list[KpiValue]:
        found = KPICalculator.values_at(self, run, fields, asked, as_of, grains)
        while self.acts:
            self.acts.pop()()
        return found


def test_a_judgement_that_a_load_overtook_is_not_written(system: System, tmp_path: Path) -> None:
    """The figures said 50; by the time they would be written, the dataset says 500."""
    load(system, save(tmp_path, "shop.csv", *month(10, 50)))
    set_rule(system)
    healed = save(tmp_path, "shop.csv", *month(10, 500))
    plain = system.calculator
    calculator = Overtaken(plain.catalog, plain.calendar, [lambda: load(system, healed)])
    judge_now(system.database, replace(system.road.desk, calculator=calculator), "shop", NOON)
    assert (said(system), versions(system)) == ([], {"shop": 2})


def test_a_rule_that_was_retired_while_its_figures_were_worked_out_says_nothing(
    system: System, tmp_path: Path
) -> None:
    rule = set_rule(system)

    def retire(seam: str) -> None:
        if seam == "before_commit":
            with system.database.begin() as connection:
                thresholds.retire_rule(connection, rule.id, NOON)

    path = save(tmp_path, "shop.csv", *month(10, 50))
    process(replace(system.road, reached=retire), Job(path, "cli"), NOON)
    assert (said(system), versions(system)) == ([], {"shop": 1})


def test_a_rehearsal_tells_every_change_of_the_past_and_writes_nothing(
    system: System, tmp_path: Path
) -> None:
    rows = (*month(8, 50), *month(9, 150), *month(10, 60))
    load(system, save(tmp_path, "shop.csv", *rows))
    rule = set_rule(system)
    (rehearsed,) = rehearse(system.database, system.road.desk, [rule], NOON)
    assert [told(change) for change in rehearsed.transitions] == [
        (AUGUST, "firing", 1),
        (SEPTEMBER, "resolved", 1),
        (OCTOBER, "firing", 2),
    ]
    assert said(system) == []


def test_a_rehearsal_over_data_that_are_not_there_finds_nothing(system: System) -> None:
    rule = set_rule(system)
    nothing = Rehearsal(rule, problem="there are no data of shop yet")
    assert rehearse(system.database, system.road.desk, [rule], NOON) == [nothing]


def test_the_message_names_the_file_and_version_and_writes_numbers_as_the_page_does(
    system: System, tmp_path: Path
) -> None:
    set_rule(system, kpi="gross_margin", limit=0.2, recovery=0.2)
    load(system, save(tmp_path, "shop.csv", *month(10, 100, 90)))
    with system.database.read() as connection:
        (owed,) = connection.execute(select(deliveries.c.payload)).scalars()
    assert {key: owed[key] for key in ("kpi", "value", "limit", "period", "provenance")} == {
        "kpi": "Gross margin",
        "value": "10.0 %",
        "limit": "20.0 %",
        "period": "Oct 2025",
        "provenance": {
            "workbook": "shop.csv",
            "version": 1,
            "sheet": "",
            "loaded_at": NOON.isoformat(),
            "data_until": "2025-10-31",
        },
    }
