"""A receiver of webhooks that checks what Standard Webhooks asks receivers to check."""

from __future__ import annotations

import base64
import hashlib
import hmac

from sample_data.fakes.said import Asked, Reply

PREFIX = "/hook/"
SECRET = "a-shared-secret-that-nobody-may-see"  # noqa: S105 - nobody's
OLDEST = 300  # seconds that a message may have been on its way


def refusal(asked: Asked, now: float) -> Reply | None:
    """None where the signature is over this very id, time and body, and the time is not long ago."""
    key, moment = asked.headers.get("webhook-id", ""), asked.headers.get("webhook-timestamp", "")
    signed = f"{key}.{moment}.".encode() + asked.raw
    digest = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    if asked.headers.get("webhook-signature", "").split(" ")[0] != f"v1,{digest}":
        return Reply(401, "wrong signature")
    if not moment.isdecimal() or abs(now - int(moment)) > OLDEST:
        return Reply(401, "too old")
    return None if key and asked.body.get("key") == key else Reply(400, "no id")
