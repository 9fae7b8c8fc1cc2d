"""The console: one line a message, whatever a cell holds."""

from __future__ import annotations

import io

from alerts.channels.console import Console
from alerts.delivery import Result
from tests.alerts.builders import change, message
from tests.alerts.sending.letters import failing, letter


def test_a_message_is_one_line() -> None:
    stream = io.StringIO()
    assert Console(stream).send(letter("console")) == "console"
    assert stream.getvalue() == f"[firing] {message().text}\n"


def test_a_member_cannot_write_to_the_terminal() -> None:
    stream = io.StringIO()
    Console(stream).send(letter("console", message(change(member="\x1b[2J\r\nNorth"))))
    assert stream.getvalue().startswith("[firing] Net margin ([2J North) is below its limit: ")
    assert stream.getvalue().count("\n") == 1


def test_a_narrow_terminal_gets_what_it_can_show() -> None:
    raw = io.BytesIO()
    narrow = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    Console(narrow).send(letter("console", message(change(member="Köln"))))
    assert raw.getvalue().startswith(b"[firing] Net margin (K?ln) is below its limit")


def test_it_is_always_set_up() -> None:
    assert Console(io.StringIO()).addresses() == ("console",)


def test_a_closed_console_is_tried_again() -> None:
    stream = io.StringIO()
    stream.close()
    error = failing(Console(stream), letter("console"))
    assert (error.kind, error.unsure) == (Result.RETRY, False)
    assert "the console cannot be written to (ValueError)" in error.detail
