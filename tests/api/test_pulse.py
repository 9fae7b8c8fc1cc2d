"""What an open page asks for every two seconds."""

from __future__ import annotations

from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.pulse import pulse_route


def test_the_pulse_is_the_mark_as_plain_text_and_kept_by_nobody() -> None:
    answer = TestClient(Starlette(routes=[pulse_route(lambda: "0123456789abcdef")])).get("/pulse")
    assert (answer.status_code, answer.text) == (200, "0123456789abcdef")
    assert answer.headers["cache-control"] == "no-store"


def test_while_the_database_does_not_answer_there_is_no_pulse() -> None:
    def away() -> str:
        raise OperationalError("SELECT 1", {}, OSError("the server is away"))

    answer = TestClient(Starlette(routes=[pulse_route(away)])).get("/pulse")
    assert (answer.status_code, answer.text) == (503, "")
