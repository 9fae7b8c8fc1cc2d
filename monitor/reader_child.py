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
from ctypes import CDLL
from dataclasses import replace
from pathlib import Path
from signal import SIGKILL
from typing import Any

NO_MEMORY = 77
FACTS, REPORT, SHEETS = "facts.parquet", "report.json", "sheets"
_MOST_ISSUES = 20_000
_PROSE, _LONGEST_PROSE = frozenset({"found", "problem", "action", "question", "message"}), 2_000
_NO_CHARACTER = "\ufffd"
_GRACE = 5  # seconds between the signal that names the reason and the one that cannot be missed
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Reads the request from stdin and answers it."""
    for unneeded in (
        "pandas",
        "numpy",
    ):  # pyarrow would import them at its first array, in a fifth of a second
        sys.modules[unneeded] = None  # type: ignore[assignment]
    gc.disable()  # millions of cells and no cycles: collecting would cost a third of the time
    request = json.load(sys.stdin)
    limit_itself(request["memory_bytes"], request["cpu_seconds"])
    try:
        _read(request)
    except MemoryError:
        os._exit(NO_MEMORY)
    os._exit(0)  # tidying up millions of cells would take longer than it helps


def limit_itself(memory_bytes: int, cpu_seconds: int) -> None:
    """From now on this process gets no more than that, and ends with its parent; the kernel sees to it."""
    die_with_parent()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + _GRACE))


def die_with_parent() -> None:
    """On Linux a killed parent takes the child with it; elsewhere the limits end it."""
    if sys.platform == "linux":
        CDLL(None).prctl(_PR_SET_PDEATHSIG, SIGKILL)


def _read(request: dict[str, Any]) -> None:
    from kpi.loading.answers import Instructions  # noqa: PLC0415 -- inside the limits, as all that follows
    from kpi.loading.remembered import MemoryPlace  # noqa: PLC0415
    from kpi.processor import DataProcessor  # noqa: PLC0415
    from kpi.reading.limits import Limits  # noqa: PLC0415
    from monitor.reach_file import REACH, ReachFile  # noqa: PLC0415

    limits = Limits(**request["limits"])
    out = Path(request["out"])
    place = MemoryPlace(Path(request["remembered"]), out / SHEETS) if request["remembered"] else None
    said = Instructions.from_dict(request["instructions"])
    processor = DataProcessor(limits, said, request["password"], place, ReachFile(out / REACH).tell)
    processed = processor.process(Path(request["path"]), request["name"])
    if processed.facts is not None:
        _write_facts(processed.facts, out / FACTS)
    report = processed.report
    plain = presentable(replace(report, issues=shortened(report.issues)).to_dict())
    (out / REPORT).write_text(json.dumps(plain), encoding="utf-8")


def presentable(plain: Any, name: str = "") -> Any:
    """Plain JSON values without the character 0, which not every database takes, and with prose of bounded length.

    Names and keys keep their length: people answer by them.
    """
    if isinstance(plain, dict):
        return {key: presentable(value, key) for key, value in plain.items()}
    if isinstance(plain, list | tuple):
        return [presentable(value) for value in plain]
    if not isinstance(plain, str):
        return plain
    text = plain.replace("\0", _NO_CHARACTER)
    return f"{text[:_LONGEST_PROSE]}…" if name in _PROSE and len(text) > _LONGEST_PROSE else text


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
    for label in labels:
        facts = _without_zero(facts, label)
    pq.write_table(
        facts, path, compression="zstd", compression_level=1, store_schema=False, use_dictionary=labels
    )


def _without_zero(facts: Any, name: str) -> Any:
    """The facts without the character 0 in the labels of a column, which not every database takes."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    column = facts.column(name).unify_dictionaries()
    if not column.num_chunks or not pc.any(pc.match_substring(column.chunk(0).dictionary, "\0")).as_py():
        return facts
    texts = pc.replace_substring(column.cast(pa.string()), "\0", _NO_CHARACTER)
    place = facts.schema.get_field_index(name)
    return facts.set_column(
        place, facts.schema.field(name), texts.dictionary_encode().cast(facts.schema.field(name).type)
    )


if __name__ == "__main__":
    main()
