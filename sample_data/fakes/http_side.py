"""The HTTP of the fake: which provider an address is, what its script says, and how that is answered."""

from __future__ import annotations

import json
import select
import socket
import time
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from sample_data.fakes import slack, whatsapp
from sample_data.fakes.hooks import PREFIX
from sample_data.fakes.page import page, shown
from sample_data.fakes.said import Asked, Body, Reply
from sample_data.fakes.slack_files import BYTES, PLACE, SHOWING

if TYPE_CHECKING:
    from sample_data.fakes.providers import FakeProviders

TAKEN = {"ok", "drop", "hang", "slow"}
NO_SUCH = Reply(404, "no such address")


class Handler(BaseHTTPRequestHandler):
    providers: FakeProviders

    def do_POST(self) -> None:
        self.providers.asked.append(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.path, headers, _body(raw, headers), raw)
        provider = provider_of(self.path)
        if self.path == "/_script":
            self.providers.script(asked.body["provider"], *asked.body["answers"])
            self._send(Reply(200, "{}"))
        elif self.path in (slack.HISTORY, slack.REPLIES):
            answer = self.providers.next_answer("history")
            self._send(_scripted("slack", answer, "") or self.providers.history(asked))
        elif self.path in (PLACE, SHOWING) or self.path.startswith(BYTES):
            answer = self.providers.next_answer("file")
            self._send(_scripted("slack", answer, "") or self.providers.file(asked))
        elif provider is None:
            self._send(NO_SUCH)
        else:
            self._answer(provider, asked, self.providers.next_answer(provider))

    def do_GET(self) -> None:
        fake = self.providers
        fake.asked.append(self.path)
        answers: dict[str, Any] = {
            "/_received": lambda: json.dumps([asdict(one) for one in fake.received]),
            "/_violations": lambda: json.dumps(fake.violations),
            "/_list": lambda: shown(fake.received),
            "/": lambda: page(fake.received),
        }
        found = answers.get(self.path)
        self._send(Reply(200, found()) if found else NO_SUCH)

    def _answer(self, provider: str, asked: Asked, answer: str) -> None:
        secrets = f"{asked.bearer} {self.path}"
        name, _, detail = answer.partition(":")
        refused = self.providers.refusal(provider, asked) or _scripted(provider, answer, secrets)
        taken = self.providers.keep(provider, asked, accepted=refused is None and name != "lost")
        if name == "429":
            self.providers.told_to_wait(provider, asked, detail)
        if name == "slow":
            time.sleep(float(detail))
        if name == "hang":
            self._hang()
        if name in {"drop", "lost", "hang"}:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self._send(refused or taken or NO_SUCH)

    def _hang(self) -> None:
        """Until the other side gives up, or the fake is stopped."""
        while not self.providers.stopped.wait(0.02):
            if select.select([self.connection], [], [], 0)[0]:
                return

    def log_message(self, *_arguments: Any) -> None:
        """Quiet: tests read `received`."""

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


def provider_of(path: str) -> str | None:
    if path == slack.POSTING:
        return "slack"
    if path.startswith("/services/"):
        return "webhook"
    if path.startswith(PREFIX):
        return "hook"
    return "whatsapp" if whatsapp.MESSAGES.match(path) else None


def _body(raw: bytes, headers: dict[str, str]) -> Body:
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(raw.decode()))
    try:
        parsed = json.loads(raw)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _scripted(provider: str, answer: str, secrets: str) -> Reply | None:
    """The scripted failure, or None where the message is to be taken."""
    name, _, detail = answer.partition(":")
    if name in TAKEN or name == "lost":
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
    if provider == "whatsapp":
        return whatsapp.error(code)
    return Reply(400, code) if provider == "hook" else slack.error(provider, code)
