"""The child that reads one workbook: the only process in which the bytes of a stranger are parsed.

    python -m monitor.reader_child < request.json

Limits itself before it looks at the file, leaves `facts.parquet` and `report.json` in the folder it is given, and
exits with 0; with NO_MEMORY where it ran into its limit. Whatever else happens to it, the parent answers for.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

NO_MEMORY = 77
FACTS, REPORT = "facts.parquet", "report.json"
_MOST_ISSUES = 20_000


def main() -> None:
    """Reads the request from stdin and answers it."""
    for unneeded in (
        "pandas",
        "numpy",
    ):  # pyarrow would import them at its first array, in a fifth of a second
        sys.modules[unneeded] = None  # type: ignore[assignment]
    gc.disable()  # millions of cells and no cycles: collecting would cost a third of the time
    request = json.load(sys.stdin)
    _limit(request["memory_bytes"], request["cpu_seconds"])
    try:
        _read(request)
    except MemoryError:
        os._exit(NO_MEMORY)
    os._exit(0)  # tidying up millions of cells would take longer than it helps


def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))


def _read(request: dict[str, Any]) -> None:
    from kpi.answers import Instructions  # noqa: PLC0415 -- inside the limits, as all that follows
    from kpi.processor import DataProcessor  # noqa: PLC0415
    from kpi.reading.limits import Limits  # noqa: PLC0415

    limits = Limits(**request["limits"])
    processor = DataProcessor(limits, Instructions.from_dict(request["instructions"]))
    processed = processor.process(Path(request["path"]), request["name"])
    out = Path(request["out"])
    if processed.facts is not None:
        _write_facts(processed.facts, out / FACTS)
    report = processed.report
    plain = replace(report, issues=shortened(report.issues)).to_dict()
    (out / REPORT).write_text(json.dumps(plain), encoding="utf-8")


def shortened(issues: tuple[Any, ...]) -> tuple[Any, ...]:
    """The first issues, and a last line that says how many more there are."""
    rest = len(issues) - _MOST_ISSUES
    if rest <= 0:
        return issues
    last = replace(
        issues[_MOST_ISSUES], found=f"{rest:,} more issues", problem="the list ends here", action=""
    )
    return (*issues[:_MOST_ISSUES], last)


def _write_facts(facts: Any, path: Path) -> None:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    # Without the Arrow schema the dictionaries are plain text columns to everyone who reads the file.
    # Dictionaries pay for labels only: hashing every number costs as much as writing it.
    labels = [field.name for field in facts.schema if pa.types.is_dictionary(field.type)]
    pq.write_table(
        facts, path, compression="zstd", compression_level=1, store_schema=False, use_dictionary=labels
    )


if __name__ == "__main__":
    main()
