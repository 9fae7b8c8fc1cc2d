"""What a command prints: JSON to stdout and nothing else there, or a table for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:  # the command line's help must not wait for it
    from wiring import System

REFUSED, USAGE = 1, 2
WIDE = 180  # characters of a line where nobody's window sets them

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON to stdout, and nothing else there.")]
DatasetName = Annotated[str, typer.Option("--dataset", help="The dataset's name.")]


def show_json(answer: object) -> None:
    sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def show_table(title: str, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table for people; a cell is data, so markup in it is printed as it is."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(title), title_justify="left")
    for header in headers:
        table.add_column(escape(header))
    for row in rows:
        table.add_row(*(escape("–" if cell is None else str(cell)) for cell in row))
    console = Console()
    Console(width=None if console.is_terminal else WIDE).print(table)


def hand_out(text: str, target: Path | None, said: str, *, as_json: bool) -> None:
    """A TOML text to the file, of which `said` tells people, or to stdout; the end of the command where it cannot be written."""
    if target is not None:
        try:
            target.write_text(text, encoding="utf-8")
        except OSError as error:
            stop(f"{target} cannot be written: {error.strerror}", REFUSED)
    if as_json:
        show_json({"toml": text, "file": str(target) if target else None})
    elif target is None:
        sys.stdout.write(text)
    else:
        say(said)


def text_of(file: Path) -> str:
    """What a person wrote into a file; the end of the command where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        stop(f"{file} cannot be read: {error}")


def now() -> datetime:
    """The clock, read at this door."""
    return datetime.now(UTC)


def named(value: str, choices: Sequence[str], option: str) -> str:
    """The value, if it is one of the choices; else the end of the command."""
    if value not in choices:
        stop(f"{option}: found {value!r}, wanted one of {', '.join(choices)}")
    return value


def tell(text: str) -> None:
    """A line of the answer for people, where JSON is not asked for."""
    sys.stdout.write(text + "\n")


def say(text: str) -> None:
    """A line for people beside the answer: a hint, or why there is none."""
    sys.stderr.write(text + "\n")


def stop(message: str, code: int = USAGE) -> NoReturn:
    """End the command with one clear message."""
    say(f"kpi: {message}")
    raise typer.Exit(code)


@contextmanager
def opened() -> Iterator[System]:
    """The system over the environment's settings; what is wrong with them ends the command with code 2.

    So does an engine that cannot be reached.
    """
    from settings import Settings, SettingsError
    from storage.database import DatabaseUnavailableError
    from storage.engines.contract import EngineUnavailableError
    from wiring import build

    try:
        settings = Settings.from_env()
        system = build(settings)
    except (SettingsError, DatabaseUnavailableError) as error:
        stop(str(error))
    set_up_logging(settings.log_level)
    try:
        yield system
    except EngineUnavailableError as error:
        stop(str(error))
    finally:
        system.close()


def set_up_logging(level: str) -> None:
    """Logs go to stderr, in UTC, a line each."""
    import logging
    import time

    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)
