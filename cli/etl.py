"""Commands about the sales warehouse: etl run, status, rejects."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import REFUSED, AsJson, named, now, opened, say, show_json, show_table, stop, tell

if TYPE_CHECKING:  # the command line's help must not wait for these
    from storage.warehouse.runs import Run
    from storage.warehouse.versions import WarehouseVersion
    from wiring import System

BROKEN = 3
MODES = ("reload", "merge")

etl = typer.Typer(
    help="The sales warehouse: make it, ask how it went, see what was rejected.", no_args_is_help=True
)

RunId = Annotated[int | None, typer.Option("--run", help="A run's number; `kpi etl status` lists them.")]


def add_to(app: typer.Typer) -> None:
    for command in (run, status, rejects):
        etl.command()(command)
    app.add_typer(etl, name="etl")


def run(
    source: Annotated[
        Path | None, typer.Option(help="The folder, or file, to read; KPI_SALES_SOURCE by default.")
    ] = None,
    mode: Annotated[
        str, typer.Option(help="`reload`: all anew. `merge`: only new and changed files.")
    ] = "reload",
    asked: Annotated[int | None, typer.Option("--run", hidden=True, help="Carry out this run.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make the sales warehouse of its files. Exit code 1 if they cannot be used, 3 if it broke down."""
    from storage.warehouse.runs import PROCESS_ENDED

    chosen = named(mode, MODES, "--mode")
    with opened() as system:
        if asked is not None:
            done = _carried(system, _known(system, asked).id, waits_again=True)
        else:
            done = _carried(system, _asked_for(system, source, chosen))
            if (
                done.error == PROCESS_ENDED
            ):  # it was another process's; what was asked for is still to be done
                done = _carried(system, _asked_for(system, source, chosen))
    _show_run(done, as_json=as_json)
    if done.status in ("refused", "failed"):
        raise typer.Exit(REFUSED if done.status == "refused" else BROKEN)


def status(
    of: RunId = None,
    limit: Annotated[int, typer.Option(help="So many runs at most.", min=1)] = 10,
    as_json: AsJson = False,
) -> None:
    """The warehouse as it stands, the run that is under way, and the latest runs with their ledgers."""
    import contract_sales
    from storage.warehouse import files, runs, versions

    with opened() as system:
        if of is not None:
            _show_run(_known(system, of), as_json=as_json)
            return
        with system.database.read() as connection:
            version = versions.newest(connection)
            held = files.held(connection, system.sales.warehouse) if version else []
            active, latest = runs.active_run(connection), runs.list_runs(connection, limit)
    if as_json:
        answer = {
            "warehouse": contract_sales.warehouse_json(version, held),
            "active": contract_sales.run_json(active) if active else None,
            "runs": [contract_sales.run_json(one) for one in latest],
        }
        show_json(answer)
        return
    tell(_version_in_words(version))
    headers = [
        "run",
        "asked at (UTC)",
        "by",
        "mode",
        "",
        "version",
        "rows read",
        "loaded",
        "rejected",
        "set aside",
        "s",
    ]
    show_table("Runs", headers, [_run_row(one) for one in latest])


def rejects(
    of: RunId = None,
    as_csv: Annotated[
        Path | None,
        typer.Option("--csv", help="Write all of them into this file; - is stdout.", allow_dash=True),
    ] = None,
    limit: Annotated[int, typer.Option(help="So many at most; all of them go into the CSV.", min=1)] = 100,
    as_json: AsJson = False,
) -> None:
    """The rows that were not loaded, each with its file, line and reason; by default of what the warehouse holds."""
    import contract_sales
    from storage.warehouse import rejects as rejected

    with opened() as system:
        run_id = _known(system, of).id if of is not None else _of_the_warehouse(system)
        if as_csv is not None:
            _write_rejects(system, run_id, as_csv)
            return
        with system.database.read() as connection:
            count = rejected.count(connection, run_id)
            found = [one for _, one in rejected.page(connection, run_id, limit)]
    if as_json:
        listed = [contract_sales.reject_json(one) for one in found]
        show_json({"run": run_id, "count": count, "rejects": listed})
        return
    rows = [(one.file, one.sheet or None, one.line, one.header, one.found, one.reason) for one in found]
    show_table(f"Rejected by run {run_id}", ["file", "sheet", "line", "column", "found", "why"], rows)
    if count > len(found):
        say(f"{len(found):,} of {count:,}; --csv FILE writes all of them")


def _carried(system: System, run_id: int, *, waits_again: bool = False) -> Run:
    """The run after its end, or the end of the command where it is stopped."""
    from cli.etl_carrying import StoppedError, carried_out

    try:
        return carried_out(system, run_id, waits_again=waits_again)
    except StoppedError:
        stop(f"run {run_id} was stopped; the warehouse stands as it was before", REFUSED)


def _asked_for(system: System, source: Path | None, mode: str) -> int:
    """The number of the run that does it, new or under way; the end of the command where another one is."""
    from kpi.sales.options import Mode
    from storage.warehouse.asking import ask_for
    from storage.warehouse.runs import BusyError, Wish

    chosen = source.expanduser().absolute() if source is not None else system.sales.source
    wish = Wish("cli", str(chosen), Mode(mode), system.sales.options.mark)
    try:
        return ask_for(system.database, wish, now()).id
    except BusyError as error:
        stop(f"{error} `kpi etl run --run {error.run.id}` waits for it.", REFUSED)


def _known(system: System, run_id: int) -> Run:
    from storage.warehouse.runs import find_run

    with system.database.read() as connection:
        found = find_run(connection, run_id)
    return found or stop(f"there is no run {run_id}; `kpi etl status` lists them")


def _of_the_warehouse(system: System) -> int:
    """The run that made what the warehouse holds."""
    from storage.warehouse.versions import newest

    with system.database.read() as connection:
        version = newest(connection)
    return version.run_id if version else stop("there is no warehouse yet: `kpi etl run` makes it", REFUSED)


def _show_run(done: Run, *, as_json: bool) -> None:
    import contract_sales

    if as_json:
        show_json(contract_sales.run_json(done))
        return
    version = f", version {done.version}" if done.version else ""
    ledgers = [
        (label, ledger.read, ledger.loaded, ledger.rejected, ledger.set_aside)
        for label, ledger in done.ledger.items()
    ]
    title = f"Run {done.id}: {done.status}{version}, {done.seconds:.1f} s"
    if not ledgers:
        tell(title)
    else:
        show_table(title, ["file", "rows read", "loaded", "rejected", "set aside"], ledgers)
    if done.rows:
        tell(", ".join(f"{name}: {count:,} rows" for name, count in done.rows.items()))
    if done.notes:
        notes = [
            (one.file, one.sheet or None, one.header, one.problem, one.action, one.count)
            for one in done.notes
        ]
        show_table("Worth knowing", ["file", "sheet", "column", "what", "done", "count"], notes)
    rejected = sum(ledger.rejected for ledger in done.ledger.values())
    if rejected:
        say(f"Rejected: {rejected:,}. `kpi etl rejects --run {done.id}` says why; --csv FILE writes them.")
    if done.error:
        say(f"kpi: {done.error.message}")


def _version_in_words(version: WarehouseVersion | None) -> str:
    if version is None:
        return "There is no warehouse yet: `kpi etl run` makes it."
    rows = ", ".join(f"{name}: {count:,} rows" for name, count in version.rows.items())
    days = f"{version.first_day} to {version.last_day}"
    return (
        f"The warehouse is at version {version.version} of {version.at:%Y-%m-%d %H:%M} UTC, {days}.\n{rows}"
    )


def _run_row(one: Run) -> tuple[object, ...]:
    from kpi.report import Ledger

    total = sum(one.ledger.values(), Ledger())
    how = f"{one.status}, {one.progress.phase} {one.progress.done:,}" if one.active else one.status
    return (
        one.id, f"{one.asked_at:%Y-%m-%d %H:%M:%S}", one.origin, one.mode, how, one.version,
        total.read, total.loaded, total.rejected, total.set_aside, f"{one.seconds:.1f}",
    )  # fmt: skip


def _write_rejects(system: System, run_id: int, out: Path) -> None:
    """Written aside and named in one step, so that no half of a list lies there."""
    from storage.warehouse.reject_csv import reject_lines

    if str(out) == "-":
        sys.stdout.writelines(reject_lines(system.database, run_id))
        return
    aside = out.with_name(f".{out.name}.tmp")
    try:
        with aside.open("w", encoding="utf-8-sig", newline="") as file:
            file.writelines(reject_lines(system.database, run_id))
        aside.replace(out)
    except OSError as error:
        aside.unlink(missing_ok=True)
        stop(str(error), REFUSED)
    say(f"{out}: the rows that run {run_id} rejected")
