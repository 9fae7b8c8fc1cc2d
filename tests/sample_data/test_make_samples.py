"""The samples are what their script makes, and tell the story that the demo relies on."""

from __future__ import annotations

import csv
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from alerts.judging.conditions import Limit
from sample_data.demo import DEMO_FILES, DEMO_RULES
from sample_data.make_samples import SEED, write_samples
from sample_data.work_out_expected import work_out

LIMITS = [rule.condition.limit for rule in DEMO_RULES if isinstance(rule.condition, Limit)]
SHIPPED = Path(__file__).resolve().parents[2] / "sample_data"
CSV_FILES = ("orders.csv", "sales/customers.csv", "sales/products.csv", "sales/sales.csv")
FILES = ("finance.xlsx", *CSV_FILES)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    write_samples(folder, SEED)
    return folder


@pytest.fixture(scope="module")
def expected() -> Any:
    return json.loads((SHIPPED / "expected.json").read_text(encoding="utf-8"))


def _cells(workbook: Path) -> list[list[tuple[Any, ...]]]:
    return [list(sheet.iter_rows(values_only=True)) for sheet in load_workbook(workbook).worksheets]


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def test_the_same_seed_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    write_samples(tmp_path, SEED)
    assert {
        name: (tmp_path / name).read_bytes() == (made / name).read_bytes() for name in FILES
    } == dict.fromkeys(FILES, True)


def test_another_seed_gives_other_figures(made: Path, tmp_path: Path) -> None:
    write_samples(tmp_path, SEED + 1)
    assert (tmp_path / "orders.csv").read_bytes() != (made / "orders.csv").read_bytes()


@pytest.mark.parametrize("name", CSV_FILES)
def test_a_shipped_csv_is_what_the_script_makes(made: Path, name: str) -> None:
    assert (SHIPPED / name).read_bytes() == (made / name).read_bytes()


def test_the_shipped_workbook_holds_what_the_script_makes(made: Path) -> None:
    """Cell by cell: the packed bytes may differ where another zlib packs them."""
    assert _cells(SHIPPED / "finance.xlsx") == _cells(made / "finance.xlsx")


def test_the_shipped_expectations_are_worked_out_from_the_shipped_files(expected: Any) -> None:
    assert work_out(SHIPPED) == expected


def test_the_files_stay_small() -> None:
    assert (SHIPPED / "finance.xlsx").stat().st_size < 600_000
    assert sum((SHIPPED / name).stat().st_size for name in CSV_FILES) < 300_000


def test_the_csv_headers_are_the_agreed_ones() -> None:
    assert {name: _header(SHIPPED / name) for name in CSV_FILES} == {
        "orders.csv": [
            "order_id",
            "date",
            "customer",
            "product",
            "category",
            "city",
            "quantity",
            "unit_price",
        ],
        "sales/customers.csv": ["customer_id", "name", "city"],
        "sales/products.csv": ["product_id", "name", "category", "unit_price"],
        "sales/sales.csv": [
            "order_id",
            "order_date",
            "customer_id",
            "product_id",
            "quantity",
            "unit_price",
            "discount",
        ],
    }


def test_the_export_and_the_warehouse_files_say_the_same(expected: Any) -> None:
    assert expected["orders.csv"] == expected["sales"]


def test_the_margin_slumps_below_the_demo_threshold_in_the_last_complete_month_only(expected: Any) -> None:
    finance = expected["finance.xlsx"]
    margins = {month: values["gross_margin"] for month, values in finance["by_month"].items()}
    limit = LIMITS[0]
    assert [month for month, margin in margins.items() if margin < limit] == [finance["last_complete_month"]]


def test_only_the_first_demo_rule_is_breached(expected: Any) -> None:
    values = {
        "finance": expected["finance.xlsx"]["by_month"]["2025-11-01"],
        "orders": expected["orders.csv"]["by_month"]["2025-11-01"],
    }
    below = [values[rule.dataset][rule.kpi] < limit for rule, limit in zip(DEMO_RULES, LIMITS, strict=True)]
    assert below == [True, False, False]


def test_the_last_month_is_a_partial_one(expected: Any) -> None:
    assert expected["finance.xlsx"]["last_day"] == "2025-12-17"
    assert expected["orders.csv"]["last_day"] == "2025-12-17"


def test_every_day_has_figures_so_that_no_period_has_a_hole() -> None:
    rows = _cells(SHIPPED / "finance.xlsx")[0][1:]
    days = sorted({row[0].date() for row in rows})
    assert {(later - earlier).days for earlier, later in pairwise(days)} == {1}


def test_revenue_grows_from_year_to_year(expected: Any) -> None:
    months = expected["finance.xlsx"]["by_month"]
    grown = [
        months[f"2025-{month:02}-01"]["revenue"] / months[f"2024-{month:02}-01"]["revenue"]
        for month in range(1, 12)
    ]
    assert all(1.05 < growth < 1.25 for growth in grown)


def test_the_demo_drops_files_that_are_there() -> None:
    assert [path.is_file() for path in DEMO_FILES] == [True, True]
