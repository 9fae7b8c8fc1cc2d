"""The same plan gives the same bytes, wherever and whenever it is carried out."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace

import pytest

from kpi.sales.generator.plan import Plan
from kpi.sales.generator.truth import FILES
from tests.conftest import PROJECT
from tests.kpi.sales.generator.made import made

PLAN = Plan(2_000, seed=3)
ELSEWHERE = """
from tests.kpi.sales.generator.test_source import PLAN, hashes
print(hashes(PLAN))
"""


def hashes(plan: Plan) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in made(plan).files.items()}


@pytest.mark.parametrize("seed_of_hashes", ["0", "1"])
def test_another_process_makes_the_same_bytes(seed_of_hashes: str) -> None:
    said = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        cwd=PROJECT,
        env={"PYTHONHASHSEED": seed_of_hashes, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == str(hashes(PLAN))


def test_another_seed_makes_other_files() -> None:
    one, other = hashes(PLAN), hashes(replace(PLAN, seed=4))
    assert {name: one[name] == other[name] for name in FILES} == dict.fromkeys(FILES, False)


def test_the_headers_are_the_agreed_ones() -> None:
    assert {name: content.split(b"\n")[0].decode() for name, content in made(PLAN).files.items()} == {
        "customers.csv": "customer_id,name,city,region,country,segment",
        "products.csv": "product_id,name,category,subcategory,unit_price",
        "sales.csv": "sale_id,order_id,order_date,customer_id,product_id,quantity,unit_price,discount",
    }


def test_every_line_ends_with_one_line_feed() -> None:
    found = made(PLAN)
    assert {
        name: (content.count(b"\n"), b"\r" in content, content.endswith(b"\n"))
        for name, content in found.files.items()
    } == {name: (found.truth["files"][name]["rows"] + 1, False, True) for name in FILES}
