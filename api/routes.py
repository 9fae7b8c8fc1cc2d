"""What is mounted beside the page: health for machines, and the API with its own 404."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from api.application import build_api
from api.assets import asset_routes
from api.webhooks import webhook_routes
from monitor.service import LEASE, TTL, clock
from storage.leases import find_beat
from wiring import System

FRESH = 2 * TTL  # a heartbeat older than two leases means that nobody watches


def build_routes(system: System) -> list[BaseRoute]:
    async def healthz(_request: Request) -> Response:
        """Alive: the process answers."""
        return JSONResponse({"status": "alive"})

    async def readyz(_request: Request) -> Response:
        """Ready: the database answers, and somebody watches. 503 with the reason where not."""
        problem = await run_in_threadpool(_problem, system)
        if problem:
            return JSONResponse({"status": "not ready", "reason": problem}, status_code=503)
        return JSONResponse({"status": "ready"})

    return [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        *asset_routes(),
        *webhook_routes(system),
        Mount("/api", build_api(system)),
    ]


def _problem(system: System) -> str:
    try:
        with system.database.read() as connection:
            connection.execute(text("SELECT 1"))
            beat = find_beat(connection, LEASE)
    except SQLAlchemyError as error:
        return f"the database does not answer: {type(error).__name__}"
    if beat is None or clock() - beat.beat_at > FRESH:
        return "nobody watches the inbox: no sign of life from the service"
    return ""
