"""WhatsApp's Cloud API as documented: its checks on a template message, and what it tells of it afterwards."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sample_data.fakes.said import Asked, Body, Reply
from sample_data.fakes.slack import TOKEN

MESSAGES = re.compile(r"^/v\d+\.\d+/(\d+)/messages$")
# As they were approved, once and for all: the message may only fill them in.
TEMPLATES = {
    "kpi_alert_v1": "KPI alert: {{1}} is {{2}}. The value is {{3}} and the limit is {{4}} for {{5}}. "
    "Reference {{6}}, see the dashboard for details.",
    "kpi_resolved_v1": "KPI back to normal: {{1}} is {{2}} (limit {{3}}) after {{4}}. "
    "Reference {{5}}, sent by the KPI dashboard.",
    "kpi_digest_v1": "{{1}} KPI alerts need attention, the worst are: {{2}}. Reference {{3}}, see the dashboard.",
    "kpi_report_v1": "KPI report {{1}}. The figures are: {{2}}. Reference {{3}}, see the dashboard.",
}
LONGEST_BODY, LONGEST_DATA = 1_024, 512
UNFIT = re.compile(r"[\n\t]| {5,}")


@dataclass(frozen=True, slots=True)
class Statuses:
    """What WhatsApp tells of each message it took, to whom, signed with the app's secret.

    `copies` of each; `reverse` the order; `patience`: seconds for which it tries again where nobody listens.
    """

    url: str
    secret: str
    kinds: tuple[str, ...] = ("sent", "delivered", "read")
    copies: int = 1
    reverse: bool = False
    delay: float = 0.0
    patience: float = 10.0


def error(code: str) -> Reply:
    told: Body = {
        "message": f"(#{code}) refused",
        "type": "OAuthException",
        "code": int(code),
        "fbtrace_id": "A1",
    }
    told["error_data"] = {"messaging_product": "whatsapp", "details": f"details of {code}"}
    return Reply(401 if code == "190" else 400, json.dumps({"error": told}))


def refusal(asked: Asked) -> Reply | None:
    """Meta's checks on a template message, in the order in which it makes them."""
    body = asked.body
    template = body.get("template", {})
    components = template.get("components", []) or [{}]
    texts = [str(parameter.get("text", "")) for parameter in components[0].get("parameters", [])]
    approved = TEMPLATES.get(template.get("name"), "")
    checks = {
        "190": asked.bearer == f"Bearer {TOKEN}",
        "131008": body.get("messaging_product") == "whatsapp" and bool(body.get("to")),
        "131009": body.get("type") == "template" and bool(template.get("language", {}).get("code")),
        "132001": bool(approved) and template.get("language", {}).get("code") == "en_US",
        "132000": len(components) == 1 and len(texts) == approved.count("{{"),
        "100": all(texts) and not any(UNFIT.search(text) for text in texts),
        "132005": len(filled(approved, texts)) <= LONGEST_BODY
        and len(body.get("biz_opaque_callback_data", "")) <= LONGEST_DATA,
    }
    failed = [code for code, holds in checks.items() if not holds]
    return error(failed[0]) if failed else None


def filled(approved: str, texts: list[str]) -> str:
    """What the recipient reads."""
    for place, text in enumerate(texts, start=1):
        approved = approved.replace(f"{{{{{place}}}}}", text)
    return approved


def taken(asked: Asked, provider_id: str) -> Reply:
    contacts = [{"input": asked.body["to"], "wa_id": asked.body["to"].lstrip("+")}]
    said = {"contacts": contacts, "messages": [{"id": provider_id, "message_status": "accepted"}]}
    return Reply(200, json.dumps({"messaging_product": "whatsapp", **said}))


def status_body(provider_id: str, status: str, key: str = "", recipient: str = "", at: int = 0) -> bytes:
    """The webhook's body for one status; `failed:131026` is failed with that code."""
    name, _, code = status.partition(":")
    one: dict[str, Any] = {"id": provider_id, "status": name, "timestamp": str(at), "recipient_id": recipient}
    if key:
        one["biz_opaque_callback_data"] = key
    if name == "failed":
        number = int(code or 131000)
        details = {"details": f"details of {number}"}
        one["errors"] = [{"code": number, "title": "Refused", "message": "Refused", "error_data": details}]
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": "1055512345"},
        "statuses": [one],
    }
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def signed(raw: bytes, secret: str) -> dict[str, str]:
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={digest}"}


def tell(statuses: Statuses, bodies: list[bytes], going: Callable[[], bool]) -> None:
    """Post them one after the other; each again, as Meta does, until somebody says 200."""
    time.sleep(statuses.delay)
    for raw in bodies:
        until = time.monotonic() + statuses.patience
        while going() and not _heard(statuses, raw) and time.monotonic() < until:
            time.sleep(0.1)


def _heard(statuses: Statuses, raw: bytes) -> bool:
    request = urllib.request.Request(statuses.url, raw, signed(raw, statuses.secret))  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
