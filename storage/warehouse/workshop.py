"""A DuckDB on disk for one piece of work on many rows: it spills rather than fails, and nothing of it is left."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from storage.engines.contract import Budget


@contextmanager
def workshop(
    folder: Path, budget: Budget, *, reads: Sequence[Path] = (), streams: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database in a folder of its own below `folder`, which is removed afterwards, whatever happened.

    Only files below `folder` can be opened, and what `reads` names, files or folders; whatever text reaches it can open
    nothing else. It takes no more memory and threads than the budget and spills beside itself, or where the budget says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    own = Path(tempfile.mkdtemp(prefix="workshop-", dir=folder))
    try:
        connection = duckdb.connect(str(own / "rows.duckdb"), config=_config(own, budget))
        try:
            if streams:
                connection.execute("SET disabled_optimizers = 'build_side_probe_side'")
            _shut_in(connection, [folder, *reads])
            yield connection
        finally:
            connection.close()
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _config(own: Path, budget: Budget) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": budget.memory,
        "threads": budget.threads,
        "temp_directory": str(budget.spill or own / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,  # order costs memory; rows that need one carry their line
        "checkpoint_threshold": "1TB",  # the database ends with the work: nothing of it need reach its file
    }


def _shut_in(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> None:
    folders = [str(path) for path in paths if path.is_dir()]
    files = [str(path) for path in paths if not path.is_dir()]
    connection.execute("SET allowed_directories = " + _quoted_list(folders))
    connection.execute("SET allowed_paths = " + _quoted_list(files))
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _quoted_list(texts: Sequence[str]) -> str:
    """A list for `SET`, which takes no parameters; our own paths, never the text of a cell."""
    return "[" + ", ".join("'" + text.replace("'", "''") + "'" for text in texts) + "]"
