from __future__ import annotations

import pytest

from tests.proofs import processes


def test_what_a_process_fails_with_is_told_where_it_was_started() -> None:
    with pytest.raises(AssertionError, match=r"a process has failed:[\s\S]*ZeroDivisionError"):
        processes.run(divmod, 1, 0)
