"""Slack's and WhatsApp's HTTP, as documented, on loopback: real requests in, real answers out.

    fake = FakeProviders(); fake.start()               # or: python tests/fakes/providers.py --port 9100 --journal f.jsonl
    Slack(token=TOKEN, base_url=f"{fake.url}/api/")    # webhook: f"{fake.url}/services/T0/B0/secret"
    WhatsApp(token=TOKEN, base_url=fake.url)           # any version and phone number id
    fake.script("slack", "500", "429:30", "ok")        # the next answers, in turn; afterwards "ok" again

Answers: `ok`, `error:CODE` (Slack's `ok: false` or the webhook's plain text; WhatsApp's error number),
`429:SECONDS`, any HTTP status such as `500`, `html502`, `redirect`, `empty` (200 and no sense in it), `drop`
(receive, then hang up), `slow:SECONDS` (then as usual), `echo` (500 with the request's secrets in the body).
A request that breaks the provider's rules is refused as the provider would, whatever the script says.
From another process: POST /_script {"provider", "answers"}; GET /_received gives what arrived.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import socket
import threading
import time
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

TOKEN = "xoxb-a-token-that-nobody-may-see"
WEBHOOK_PATH = "/services/T0/B0/a-secret-that-nobody-may-see"
TEMPLATES = {"kpi_alert_v1": 6, "kpi_resolved_v1": 5}
WHATSAPP = re.compile(r"^/v\d+\.\d+/(\d+)/messages$")
WEBHOOK_STATUS = {"invalid_payload": 400, "no_text": 400, "invalid_token": 400, "user_not_found": 400}
WEBHOOK_STATUS |= {"action_prohibited": 403, "channel_is_archived": 410, "rollup_error": 500}


@dataclass(frozen=True, slots=True)
class Received:
    """One POST that arrived, `accepted` where the answer said so; `provider` is slack, webhook or whatsapp."""

    provider: str
    path: str
    body: dict[str, Any]
    accepted: bool
    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


class FakeProviders:
    """Both providers on one port. `received` lists every POST in order; the journal has it on disk before the answer."""

    def __init__(self, journal: Path | None = None) -> None:
        self.journal = journal
        self.received: list[Received] = []
        self.port = 0
        self.numbers = itertools.count(1)
        self._scripts: dict[str, list[str]] = {}
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def accepted(self) -> list[Received]:
        return [one for one in self.received if one.accepted]

    def start(self, port: int = 0) -> None:
        """Listen on `port`, on the one used before, or on any free one."""
        fake = self

        class Handler(_Handler):
            providers = fake

        self._server = ThreadingHTTPServer(("127.0.0.1", port or self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Refuse connections until `start`; what was received stays."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = self._thread = None

    def script(self, provider: str, *answers: str) -> None:
        with self._lock:
            self._scripts.setdefault(provider, []).extend(answers)

    def next_answer(self, provider: str) -> str:
        with self._lock:
            waiting = self._scripts.get(provider, [])
            return waiting.pop(0) if waiting else "ok"

    def keep(self, received: Received) -> None:
        with self._lock:
            self.received.append(received)
            if self.journal is not None:
                with self.journal.open("a", encoding="utf-8") as journal:
                    journal.write(json.dumps(asdict(received)) + "\n")
                    journal.flush()
                    os.fsync(journal.fileno())


class _Handler(BaseHTTPRequestHandler):
    providers: FakeProviders

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        provider = _provider(self.path)
        if self.path == "/_script":
            wanted = json.loads(raw)
            self.providers.script(wanted["provider"], *wanted["answers"])
            self._send(Reply(200, "{}"))
        elif provider is None:
            self._send(Reply(404, "no such address"))
        else:
            self._answer(provider, _body(raw), self.providers.next_answer(provider))

    def do_GET(self) -> None:
        if self.path == "/_received":
            self._send(Reply(200, json.dumps([asdict(one) for one in self.providers.received])))
        else:
            self._send(Reply(404, "no such address"))

    def _answer(self, provider: str, body: dict[str, Any], answer: str) -> None:
        secrets = f"{self.headers.get('Authorization', '')} {self.path}"
        reply = self._refusal(provider, body) or _scripted(provider, answer, secrets)
        provider_id = "" if reply else _provider_id(provider, body, next(self.providers.numbers))
        self.providers.keep(Received(provider, self.path, body, reply is None, provider_id))
        if answer.startswith("slow:"):
            time.sleep(float(answer.removeprefix("slow:")))
        if answer == "drop":
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self._send(reply or _accepted(provider, body, provider_id))

    def log_message(self, *_arguments: Any) -> None:
        """Quiet: tests read `received`."""

    def _refusal(self, provider: str, body: dict[str, Any]) -> Reply | None:
        bearer = self.headers.get("Authorization", "")
        if provider == "whatsapp":
            return _whatsapp_refusal(bearer, body)
        return _slack_refusal(bearer, body) if provider == "slack" else _content_refusal(provider, body)

    def _send(self, reply: Reply) -> None:
        data = reply.body.encode()
        try:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            kind = "application/json" if reply.body[:1] in {"{", "["} else "text/html"
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:  # the client gave up waiting: what a slow answer is for
            self.close_connection = True


def _provider(path: str) -> str | None:
    if path == "/api/chat.postMessage":
        return "slack"
    if path.startswith("/services/"):
        return "webhook"
    return "whatsapp" if WHATSAPP.match(path) else None


def _body(raw: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(raw)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _scripted(provider: str, answer: str, secrets: str) -> Reply | None:
    """The scripted failure, or None where the message is to be accepted."""
    name, _, detail = answer.partition(":")
    if name in {"ok", "drop", "slow"}:
        return None
    if name == "error":
        return _error(provider, detail)
    if name == "429":
        return Reply(429, '{"error": "ratelimited"}', {"Retry-After": detail} if detail else {})
    if name == "redirect":
        return Reply(302, "", {"Location": "/elsewhere"})
    fixed = {
        "html502": Reply(502, "<html><body>Bad gateway</body></html>"),
        "empty": Reply(200, "[1]"),
        "echo": Reply(500, f"<p>failed for {secrets}</p>"),
    }
    return fixed.get(name) or Reply(int(name), "{}")


def _error(provider: str, code: str) -> Reply:
    if provider == "slack":
        notes = ["[ERROR] no more than 150 characters"] if code == "invalid_blocks" else []
        said = {"messages": notes}
        return Reply(200, json.dumps({"ok": False, "error": code, "response_metadata": said}))
    if provider == "webhook":
        return Reply(WEBHOOK_STATUS.get(code, 404), code)
    error = {"message": f"(#{code}) refused", "type": "OAuthException", "code": int(code), "fbtrace_id": "A1"}
    error["error_data"] = {"messaging_product": "whatsapp", "details": f"details of {code}"}
    return Reply(401 if code == "190" else 400, json.dumps({"error": error}))


def _slack_refusal(bearer: str, body: dict[str, Any]) -> Reply | None:
    checks = {
        "not_authed": bearer.startswith("Bearer ") and "token" not in body,
        "invalid_auth": bearer == f"Bearer {TOKEN}",
        "channel_not_found": bool(body.get("channel")),
    }
    return _first_failed("slack", checks) or _content_refusal("slack", body)


def _content_refusal(provider: str, body: dict[str, Any]) -> Reply | None:
    """Slack's limits: 50 blocks, header 150, section text 3000, ten fields of 2000, 13,000 characters in all."""
    blocks = body.get("blocks", [])
    headers = [block["text"]["text"] for block in blocks if block["type"] == "header"]
    sections = [block["text"]["text"] for block in blocks if block["type"] == "section" and "text" in block]
    parts = [part["text"] for block in blocks for part in block.get("fields", block.get("elements", []))]
    checks = {
        "invalid_payload": bool(body),
        "no_text": bool(body.get("text")),
        "msg_blocks_too_long": len(blocks) <= 50 and len(json.dumps(blocks, ensure_ascii=False)) <= 13_000,
        "invalid_blocks": all(0 < len(one) <= 150 for one in headers)
        and all(0 < len(one) <= 3000 for one in sections)
        and all(0 < len(one) <= 2000 for one in parts)
        and all(len(block.get("fields", [])) <= 10 for block in blocks),
    }
    return _first_failed(provider, checks)


def _first_failed(provider: str, checks: dict[str, bool]) -> Reply | None:
    failed = [code for code, holds in checks.items() if not holds]
    return _error(provider, failed[0]) if failed else None


def _whatsapp_refusal(bearer: str, body: dict[str, Any]) -> Reply | None:
    """Meta's checks on a template message, in the order in which it makes them."""
    template = body.get("template", {})
    components = template.get("components", []) or [{}]
    texts = [str(parameter.get("text", "")) for parameter in components[0].get("parameters", [])]
    checks = {
        "190": bearer == f"Bearer {TOKEN}",
        "131008": body.get("messaging_product") == "whatsapp" and bool(body.get("to")),
        "131009": body.get("type") == "template" and bool(template.get("language", {}).get("code")),
        "132001": template.get("name") in TEMPLATES,
        "132000": len(components) == 1 and len(texts) == TEMPLATES.get(template.get("name")),
        "100": all(texts) and not any(re.search(r"[\n\t]| {4,}", text) for text in texts),
        "132005": sum(map(len, texts)) <= 900 and len(body.get("biz_opaque_callback_data", "")) <= 512,
    }
    return _first_failed("whatsapp", checks)


def _provider_id(provider: str, body: dict[str, Any], number: int) -> str:
    if provider == "slack":
        return f"{body['channel']}:1763726400.{number:06d}"
    return "webhook" if provider == "webhook" else f"wamid.FAKE{number:06d}"


def _accepted(provider: str, body: dict[str, Any], provider_id: str) -> Reply:
    if provider == "webhook":
        return Reply(200, "ok")
    if provider == "slack":
        channel, _, ts = provider_id.rpartition(":")
        return Reply(200, json.dumps({"ok": True, "channel": channel, "ts": ts}))
    contacts = [{"input": body["to"], "wa_id": body["to"].lstrip("+")}]
    said = {"contacts": contacts, "messages": [{"id": provider_id, "message_status": "accepted"}]}
    return Reply(200, json.dumps({"messaging_product": "whatsapp", **said}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--journal", type=Path)
    options = parser.parse_args()
    fake = FakeProviders(options.journal)
    fake.start(options.port)
    print(fake.url, flush=True)  # noqa: T201 - whoever started it reads the address from here
    threading.Event().wait()


if __name__ == "__main__":
    main()
