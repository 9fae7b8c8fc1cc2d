"""How large a file may be before it is refused, and the settings that say so."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20

# The environment variables that set a limit: named in the refusal that it causes.
FILE, CELLS = "KPI_READ_FILE_MIB", "KPI_READ_CELLS"
MEMORY, SECONDS = "KPI_READ_MEMORY_MIB", "KPI_READ_SECONDS"


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings for one file, each named in the refusal it causes.

    Honest parts of workbooks shrink 5 to 20 times when packed, rarely 120 times; deflate itself ends near 1,032.
    `cells` counts the rectangle that holds all cells of a sheet, for that is what a reader allocates.
    """

    file_bytes: int = 100 * MIB
    entries: int = 5_000
    sheets: int = 200
    part_bytes: int = 1024 * MIB
    total_bytes: int = 2048 * MIB
    shared_strings_bytes: int = 256 * MIB
    ratio: int = 250
    ratio_from_bytes: int = 32 * MIB
    cells: int = 50_000_000
    columns: int = 4_000
    flaws: int = 200_000
