from __future__ import annotations

from pathlib import Path

import pytest

from kpi.reading.reach import NOWHERE, Reach
from monitor.reach_file import REACH, ReachFile, read_reach


def test_what_the_child_said_last_is_read_by_its_parent(tmp_path: Path) -> None:
    told = ReachFile(tmp_path / REACH)
    told.tell(Reach("Data", 1, 3))
    told.tell(Reach("Data", 1, 3, 10, 0.1))  # too soon after the first to be written
    assert read_reach(tmp_path / REACH) == Reach("Data", 1, 3)
    told.tell(
        Reach("Data", rows=900, share=1.0)
    )  # all of it, from one who does not know which sheet of how many it is
    assert read_reach(tmp_path / REACH) == Reach("Data", 1, 3, 900, 1.0)
    told.tell(Reach("Next"))
    assert read_reach(tmp_path / REACH) == Reach("Next")


@pytest.mark.parametrize("content", [b"", b"[1]", b'{"colour": "red"}', b"\xff", b"null"])
def test_what_is_no_reach_is_nowhere(tmp_path: Path, content: bytes) -> None:
    assert read_reach(tmp_path / REACH) == NOWHERE
    (tmp_path / REACH).write_bytes(content)
    assert read_reach(tmp_path / REACH) == NOWHERE


def test_a_folder_that_is_gone_ends_no_reading(tmp_path: Path) -> None:
    ReachFile(tmp_path / "gone" / REACH).tell(Reach("Data"))
    assert not (tmp_path / "gone").exists()
