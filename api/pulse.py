"""The pulse: a short text that is another one as soon as an open page has something new to show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboard.pulse import PLACE


def pulse_route(mark: Callable[[], str]) -> Route:
    """`mark` reads it, once for all who ask at a time. 503 while the database does not answer: what is shown stays."""
    one_by_one = asyncio.Lock()  # while the database hangs, all pages together hold one thread

    async def pulse(_request: Request) -> Response:
        try:
            async with one_by_one:
                now = await run_in_threadpool(mark)
        except SQLAlchemyError:
            return Response(status_code=503)
        return PlainTextResponse(now, headers={"Cache-Control": "no-store"})

    return Route(f"/{PLACE}", pulse)
