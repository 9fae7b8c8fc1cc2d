"""A source of a few files, and what runs make of it."""

from __future__ import annotations

import shutil
from typing import NamedTuple

from sqlalchemy import text

from kpi.sales.options import Mode
from monitor.sales.road import SalesRoad
from monitor.sales.run import carry_out
from monitor.service import clock
from storage.warehouse import files
from storage.warehouse.asking import ask_for
from storage.warehouse.runs import Run, Wish
from wiring import System

HEAD = "order_id,order_date,customer_id,product_id,quantity,unit_price\n"
JANUARY = HEAD + "O1,2025-01-30,1,A,2,10\nO1,2025-01-30,1,B,1,7\n"
FEBRUARY = HEAD + "O1,2025-02-02,1,A,-1,10\nO2,2025-02-03,2,A,1,10\n"


class Total(NamedTuple):
    """What all sales come to."""

    sales: int
    revenue: float


def put(system: System, **files: str) -> None:
    """Have these files in the source, and no others."""
    shutil.rmtree(system.sales.source, ignore_errors=True)
    system.sales.source.mkdir(parents=True)
    for name, content in files.items():
        (system.sales.source / f"{name}.csv").write_text(content)


def run(system: System, mode: Mode = Mode.MERGE, road: SalesRoad | None = None) -> Run:
    """A run as it ended, on the system's own road unless another is named."""
    on = road or system.sales
    wish = Wish("cli", str(on.source), mode, on.options.mark)
    return carry_out(on, ask_for(system.database, wish, clock()).id, "here", clock)


def total(system: System) -> Total:
    with system.database.read() as connection:
        row = connection.execute(text("SELECT count(*), sum(revenue) FROM fact_sales")).one()
    return Total(*row)


def forget_rows_of(system: System, name: str) -> None:
    """Lose what was read from a file, as a restore does, which brings no Parquet."""
    with system.database.read() as connection:
        held = files.held(connection, system.sales.warehouse)
    for one in held:
        if one.file.name == name:
            shutil.rmtree(system.sales.warehouse / one.folder)
