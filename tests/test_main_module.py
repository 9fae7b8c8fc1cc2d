"""What a test leaves behind for the processes that later tests start."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from streamlit.testing.v1 import AppTest

from tests.conftest import main_module_kept

PAGE = "assert __name__ == '__main__'"  # drawn by multiprocessing it has another name


def test_a_process_started_after_a_page_was_drawn_does_not_draw_it_first() -> None:
    with main_module_kept():
        AppTest.from_string(PAGE, default_timeout=60).run()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(abs, -1).result() == 1
