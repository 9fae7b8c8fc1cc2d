"""What providers say by themselves: WhatsApp's webhook, with its handshake and its signature.

Answered at once, and 200 whatever was meant, as long as it was signed: the provider repeats until it hears that. Only
where it could not be written down is it asked to come again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from alerts.channels.whatsapp_codes import Instead, verdict_of
from alerts.delivery import safe_detail
from monitor.service import clock
from storage.alerting.provider_statuses import FAILED, KNOWN, Failure, ProviderStatus, record_status
from wiring import System

PATH = "/webhooks/whatsapp"
CHANNEL = "whatsapp"
LARGEST = 3 * 1024 * 1024  # bytes of a body, as Meta says
LONGEST = 255  # characters of an id
ACCEPTED = 200  # of what fails later, the provider had said so
MOST = 1_000  # statuses in one body

log = logging.getLogger(__name__)


def webhook_routes(system: System) -> list[BaseRoute]:
    async def whatsapp(request: Request) -> Response:
        if request.method == "POST":
            return await _told(system, request)
        return _handshake(request, system.settings.whatsapp_verify_token)

    return [Route(PATH, whatsapp, methods=["GET", "POST"])]


def _handshake(request: Request, token: SecretStr | None) -> Response:
    """Meta asks once, when the address is set up, and wants its challenge back."""
    asked = request.query_params
    if token is None:
        return _said(403, "WHATSAPP_VERIFY_TOKEN is not set")
    wanted = hmac.compare_digest(
        asked.get("hub.verify_token", "").encode(), token.get_secret_value().encode()
    )
    if asked.get("hub.mode") != "subscribe" or not wanted:
        return _said(403, "not the verify token that is set here")
    return _said(200, asked.get("hub.challenge", "")[:LONGEST])


async def _told(system: System, request: Request) -> Response:
    secret = system.settings.whatsapp_app_secret
    if secret is None:
        return _said(403, "WHATSAPP_APP_SECRET is not set")
    raw = await _body(request)
    if raw is None:
        return _said(413, "too large")
    if not is_signed(raw, request.headers.get("x-hub-signature-256", ""), secret.get_secret_value()):
        return _said(401, "not signed with the app's secret")
    try:
        await run_in_threadpool(_record, system, raw)
    except SQLAlchemyError as error:
        log.warning(
            "what WhatsApp said could not be written down (%s); it will say it again", type(error).__name__
        )
        return _said(503, "come again")
    return _said(200, "")


async def _body(request: Request) -> bytes | None:
    """The bytes as they came, which the signature is over; None where there are more than there may be."""
    raw = bytearray()
    try:
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > LARGEST:
                return None
    except ClientDisconnect:
        return None
    return bytes(raw)


def is_signed(raw: bytes, header: str, secret: str) -> bool:
    """Whether `sha256=…` is the HMAC of the raw body."""
    wanted = f"sha256={hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}"
    return hmac.compare_digest(header.strip().lower().encode(), wanted.encode())


def _record(system: System, raw: bytes) -> None:
    """Each in a transaction of its own: what was written before a crash is known when all of it comes again."""
    now = clock()
    for said in statuses_of(raw, now):
        with system.database.begin() as connection:
            record_status(connection, CHANNEL, said, now)
            system.road.reached("during_webhook")


def statuses_of(raw: bytes, now: datetime) -> list[ProviderStatus]:
    """What the body says of messages that we sent, in the order in which it happened; empty for anything else.

    What people write to the number comes here as well and is not ours to read.
    """
    try:
        body = json.loads(raw)
    except ValueError:
        return []
    found = [read for one in _statuses(body) if (read := _status(one, now)) is not None]
    return sorted(found[:MOST], key=lambda said: (said.at, KNOWN.index(said.status)))


def _statuses(body: Any) -> Iterator[Any]:
    for entry in _list(body, "entry"):
        for change in _list(entry, "changes"):
            yield from _list(change.get("value") if isinstance(change, dict) else None, "statuses")


def _list(of: Any, name: str) -> list[Any]:
    found = of.get(name) if isinstance(of, dict) else None
    return found if isinstance(found, list) else []


def _status(one: Any, now: datetime) -> ProviderStatus | None:
    """None where it is of no kind that we know."""
    if not isinstance(one, dict):
        return None
    provider_id, status, key = one.get("id"), one.get("status"), one.get("biz_opaque_callback_data")
    if not _is_id(provider_id) or not isinstance(status, str) or status not in KNOWN:
        return None
    failure = _failure(_list(one, "errors")) if status == FAILED else None
    return ProviderStatus(
        provider_id, status, key if _is_id(key) else "", _moment(one.get("timestamp"), now), failure
    )


def _is_id(text: Any) -> TypeGuard[str]:
    return isinstance(text, str) and 0 < len(text) <= LONGEST and text.isascii() and text.isprintable()


def _failure(errors: list[Any]) -> Failure:
    """What the code asks for; `errors` is kept in words, for it cannot be had a second time."""
    error = next((one for one in errors if isinstance(one, dict)), {})
    code = error.get("code")
    meant = verdict_of(ACCEPTED, code)
    data = error.get("error_data")
    details = data.get("details", "") if isinstance(data, dict) else ""
    hint = f"; {meant.hint}" if meant.hint else ""
    told = " ".join(
        str(part) for part in (code, error.get("title"), error.get("message"), details) if part is not None
    )
    return Failure(
        meant.kind,
        meant.scope,
        safe_detail(f"WhatsApp could not deliver it: {told or 'it did not say why'}", ()) + hint,
        str(code) if isinstance(code, int) else "",
        meant.wait or timedelta(),
        once=meant.instead is Instead.AGAIN,
    )


def _moment(seconds: Any, now: datetime) -> datetime:
    """The provider's time, as it writes it; ours where that is none."""
    text = str(seconds)
    return datetime.fromtimestamp(int(text[:10]), UTC) if text.isdecimal() and text.isascii() else now


def _said(status: int, text: str) -> Response:
    return PlainTextResponse(text, status, {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"})
