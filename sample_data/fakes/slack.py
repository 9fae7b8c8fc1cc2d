"""Slack as documented: its checks on a message, its limits, its history."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sample_data.fakes.said import Asked, Body, Reply

TOKEN = "xoxb-a-token-that-nobody-may-see"  # noqa: S105 - nobody's
WEBHOOK_PATH = "/services/T0/B0/a-secret-that-nobody-may-see"
POSTING, HISTORY, REPLIES = (
    "/api/chat.postMessage",
    "/api/conversations.history",
    "/api/conversations.replies",
)
WEBHOOK_STATUS = {"invalid_payload": 400, "no_text": 400, "invalid_token": 400, "user_not_found": 400}
WEBHOOK_STATUS |= {"action_prohibited": 403, "channel_is_archived": 410, "rollup_error": 500}
MOST_BLOCKS, MOST_CHARACTERS = 50, 13_000
MOST_FIELDS, LONGEST_FIELD = 10, 2_000
LONGEST_HEADER, LONGEST_SECTION = 150, 3_000


@dataclass(frozen=True, slots=True)
class Posted:
    """A message in a channel; the history shows it from `visible_at` on, by the fake's clock."""

    channel: str
    ts: str
    body: Body
    visible_at: float


def error(provider: str, code: str) -> Reply:
    """`ok: false` of the Web API, plain text of an incoming webhook."""
    if provider == "webhook":
        return Reply(WEBHOOK_STATUS.get(code, 404), code)
    notes = ["[ERROR] no more than 150 characters"] if code == "invalid_blocks" else []
    answer = {"ok": False, "error": code, "response_metadata": {"messages": notes}}
    return Reply(200, json.dumps(answer))


def refusal(asked: Asked, posted: list[Posted]) -> Reply | None:
    """What is wrong with a call of chat.postMessage, None where nothing is."""
    threads = {(one.channel, one.ts) for one in posted}
    thread = asked.body.get("thread_ts")
    known = thread is None or (asked.body.get("channel"), thread) in threads
    checks = {
        **authorised(asked),
        "channel_not_found": bool(asked.body.get("channel")),
        "thread_not_found": known,
    }
    return first_failed("slack", checks) or content_refusal("slack", asked.body)


def authorised(asked: Asked) -> dict[str, bool]:
    """Whether a call has the token where it belongs, by the error that it has otherwise."""
    return {
        "not_authed": asked.bearer.startswith("Bearer ") and "token" not in asked.body,
        "invalid_auth": asked.bearer == f"Bearer {TOKEN}",
    }


def content_refusal(provider: str, body: Body) -> Reply | None:
    """Slack's limits: 50 blocks, header 150, section text 3000, ten fields of 2000, 13,000 characters in all."""
    blocks = body.get("blocks", [])
    headers = [block["text"]["text"] for block in blocks if block["type"] == "header"]
    sections = [block["text"]["text"] for block in blocks if block["type"] == "section" and "text" in block]
    parts = [part.get("text", "-") for block in blocks for part in _parts(block)]
    checks = {
        "invalid_payload": bool(body),
        "no_text": bool(body.get("text")),
        "msg_blocks_too_long": len(blocks) <= MOST_BLOCKS
        and len(json.dumps(blocks, ensure_ascii=False)) <= MOST_CHARACTERS,
        "invalid_blocks": all(0 < len(one) <= LONGEST_HEADER for one in headers)
        and all(0 < len(one) <= LONGEST_SECTION for one in sections)
        and all(0 < len(one) <= LONGEST_FIELD for one in parts)
        and all(len(block.get("fields", [])) <= MOST_FIELDS for block in blocks),
    }
    return first_failed(provider, checks)


def _parts(block: Body) -> list[Body]:
    return list(block.get("fields") or block.get("elements") or ())


def first_failed(provider: str, checks: dict[str, bool]) -> Reply | None:
    failed = [code for code, holds in checks.items() if not holds]
    return error(provider, failed[0]) if failed else None


def taken(asked: Asked, ts: str) -> Reply:
    answer = {"ok": True, "channel": asked.body["channel"], "ts": ts, "message": {"text": asked.body["text"]}}
    return Reply(200, json.dumps(answer))


def history(asked: Asked, posted: list[Posted], now: float) -> Reply:
    """conversations.history and .replies, newest first, page by page; metadata only where it is asked for."""
    refused = first_failed("slack", authorised(asked))
    if refused is not None:
        return refused
    wanted, thread = asked.body, asked.body.get("ts", "")
    oldest, start = float(wanted.get("oldest") or 0), int(wanted.get("cursor") or 0)
    found = [
        one
        for one in reversed(posted)
        if one.channel == wanted.get("channel")
        and float(one.ts) >= oldest
        and one.visible_at <= now
        and _belongs(one, thread)
    ]
    page = found[start : start + int(wanted.get("limit") or 100)]
    more = start + len(page) < len(found)
    with_metadata = wanted.get("include_all_metadata") in {"1", "true", True}
    answer: dict[str, Any] = {
        "ok": True,
        "messages": [_shown(one, with_metadata) for one in page],
        "has_more": more,
    }
    if more:
        answer["response_metadata"] = {"next_cursor": str(start + len(page))}
    return Reply(200, json.dumps(answer))


def _belongs(one: Posted, thread: str) -> bool:
    """To the thread that is asked for; to the channel all but what was said in threads only."""
    its = one.body.get("thread_ts")
    return (thread in (its, one.ts)) if thread else (its is None or one.body.get("reply_broadcast") is True)


def _shown(one: Posted, with_metadata: bool) -> Body:  # noqa: FBT001 - what was asked for
    shown = {"type": "message", "ts": one.ts, "text": one.body.get("text", "")}
    if with_metadata and "metadata" in one.body:
        shown["metadata"] = one.body["metadata"]
    return shown
