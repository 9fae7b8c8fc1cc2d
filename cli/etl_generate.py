"""`kpi etl generate`: invented sales files with a chosen share of dirty rows, and the truth about them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from cli.output import REFUSED, AsJson, say, show_json, stop

if TYPE_CHECKING:  # the command line's help must not wait for it
    from kpi.sales.generator.plan import Plan

TRUTH = "truth.json"
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


class NotOursError(Exception):
    """A file that would be written over was not made by this command; nothing was written."""


def add_to(app: typer.Typer) -> None:
    app.command("generate")(generate)


def generate(
    out: Annotated[Path, typer.Option(help="The folder to put the files into.")],
    rows: Annotated[int, typer.Option(help="Lines of sales.csv, below its header.")],
    seed: Annotated[int, typer.Option(help="The same seed and options give the same bytes.")] = 1,
    dirty: Annotated[float, typer.Option(help="The share of lines that something is wrong with.")] = 0.02,
    start: Day = None,
    end: Day = None,
    customers: Annotated[int, typer.Option(help="0: by the number of rows.")] = 0,
    products: Annotated[int, typer.Option(help="0: by the number of rows.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Make invented customers, products and sales as CSV, and in truth.json what a right reading of them comes to.

    Writes over what an earlier `kpi etl generate` put into the folder, and over no other file: exit code 1.
    """
    from kpi.sales.generator.plan import FIRST_DAY, LAST_DAY, Plan, PlanError

    first, last = (start.date() if start else FIRST_DAY), (end.date() if end else _at_least(LAST_DAY, start))
    try:
        truth = write_source(out, Plan(rows, seed, dirty, first, last, customers, products))
    except PlanError as error:
        stop(str(error))
    except (NotOursError, OSError) as error:
        stop(str(error), REFUSED)
    if as_json:
        show_json(truth)
    else:
        for name, found in truth["files"].items():
            say(f"{out / name}: {found['rows']:,} rows")
        say(f"{out / TRUTH}: what is dirty in them, and what they come to")


def write_source(folder: Path, plan: Plan) -> dict[str, Any]:
    """Put customers.csv, products.csv, sales.csv and truth.json into the folder; returns what the last one says.

    Each is written aside and renamed once all of them are whole. Raises NotOursError before anything is written where
    one of them lies there already and is not what an earlier call wrote.
    """
    from kpi.sales.generator.source import parts
    from kpi.sales.generator.truth import FILES, Tally

    _check_ours(folder, FILES)
    folder.mkdir(parents=True, exist_ok=True)
    aside = {name: folder / f".{name}.{uuid4().hex}.tmp" for name in (*FILES, TRUTH)}
    hashes = {name: hashlib.sha256() for name in FILES}
    tally = Tally(plan)
    try:
        with ExitStack() as opened:
            files = {name: opened.enter_context(aside[name].open("wb")) for name in FILES}
            for part in parts(plan, tally):
                files[part.name].write(part.text)
                hashes[part.name].update(part.text)
        truth = tally.told({name: found.hexdigest() for name, found in hashes.items()})
        aside[TRUTH].write_text(_sealed(truth), encoding="utf-8", newline="\n")
        _check_ours(folder, FILES)  # making them took a while
        _put(folder, aside)
    finally:
        for path in aside.values():
            path.unlink(missing_ok=True)
    return truth


def _put(folder: Path, aside: Mapping[str, Path]) -> None:
    """The old files go first and the truth comes first, so that a crash leaves none that the truth does not know."""
    for name in aside:
        if name != TRUTH:
            (folder / name).unlink(missing_ok=True)
    for name in (TRUTH, *(name for name in aside if name != TRUTH)):
        aside[name].replace(folder / name)


def _check_ours(folder: Path, names: tuple[str, ...]) -> None:
    known = _known(folder / TRUTH)
    for path in (folder / name for name in (TRUTH, *names)):
        if (path.exists() or path.is_symlink()) and not _is_ours(path, known):
            raise NotOursError(
                f"{path} is there and was not made by this command, or was changed since. Nothing was written:"
                " name another folder with --out, or move the file away."
            )


def _is_ours(path: Path, known: Mapping[str, str]) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    return bool(known) if path.name == TRUTH else _sha256(path) == known.get(path.name)


def _known(path: Path) -> Mapping[str, str]:
    """The hashes by which our files are known; none where the truth is not one of ours, or was changed."""
    from kpi.sales.generator.truth import MADE_BY

    try:
        text = path.read_text(encoding="utf-8")
        told = json.loads(text)
        del told["seal"]
        if _sealed(told) == text and told["made_by"].partition(",")[0] == MADE_BY.partition(",")[0]:
            return {name: str(found["sha256"]) for name, found in told["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    return {}


def _sealed(truth: Mapping[str, object]) -> str:
    """The truth as text, with a hash of itself at the end by which it is known as ours."""
    text = json.dumps(truth, indent=2, ensure_ascii=False)
    return (
        json.dumps({**truth, "seal": hashlib.sha256(text.encode()).hexdigest()}, indent=2, ensure_ascii=False)
        + "\n"
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _at_least(day: date, start: datetime | None) -> date:
    return max(day, start.date()) if start else day
