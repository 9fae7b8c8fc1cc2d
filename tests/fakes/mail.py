"""A mail server on loopback that does as it is told: real SMTP in, real answers out.

    mail = FakeMail(); mail.start(); mail.script("rcpt", "550 5.1.1 nobody of that name")

The steps are connect, ehlo, auth, mail, rcpt, data and body (after the final dot). An answer is a line of SMTP, `drop`
(hang up), `take and drop` (keep the mail, then hang up), or `take after N` (so many seconds). With a context it speaks STARTTLS, or TLS from the start.
"""

from __future__ import annotations

import base64
import io
import socketserver
import ssl
import threading
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

USER, PASSWORD = "kpi", "a-password-that-nobody-may-see"
WELCOME = {"connect": "220 fake", "auth": "235 ok", "mail": "250 ok", "rcpt": "250 ok", "data": "354 go on"}


@dataclass(frozen=True)
class Mail:
    """What was taken: from whom and to whom by the envelope, and the mail itself."""

    sender: str
    recipients: tuple[str, ...]
    written: EmailMessage
    encrypted: bool


class FakeMail:
    def __init__(self, context: ssl.SSLContext | None = None, *, at_once: bool = False) -> None:
        """`at_once`: TLS from the start, else STARTTLS where there is a context."""
        self.context, self.at_once = context, at_once
        self.received: list[Mail] = []
        self.port = 0
        self._scripts: dict[str, list[str]] = {}
        self._server: socketserver.ThreadingTCPServer | None = None

    def start(self) -> None:
        mail = self

        class OfThis(_Handler):
            fake = mail

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), OfThis)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def script(self, step: str, *answers: str) -> None:
        self._scripts.setdefault(step, []).extend(answers)

    def answer(self, step: str, otherwise: str) -> str:
        waiting = self._scripts.get(step, [])
        return waiting.pop(0) if waiting else otherwise


class _HungUpError(Exception):
    pass


class _Handler(socketserver.StreamRequestHandler):
    fake: FakeMail
    encrypted = False

    def handle(self) -> None:
        self.sender, self.recipients = "", list[str]()
        try:
            if self.fake.at_once:
                self._encrypt()
            self._say("connect")
            while line := self.rfile.readline().decode().strip():
                self._obey(line)
        except (_HungUpError, OSError):
            return
        finally:
            if self.encrypted:
                self.connection.close()

    def _obey(self, line: str) -> None:
        command, _, rest = line.partition(" ")
        match command.upper():
            case "EHLO":
                offers = ["AUTH PLAIN LOGIN"] + (["STARTTLS"] if self._offers_tls() else [])
                lines = [f"250-{offer}" for offer in ["fake", *offers]]
                self._say("ehlo", "\r\n".join([*lines[:-1], lines[-1].replace("-", " ", 1)]))
            case "STARTTLS":
                self._say("starttls", "220 go on")
                self._encrypt()
            case "AUTH":
                known = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode() == rest.removeprefix(
                    "PLAIN "
                )
                self._say("auth", "235 ok" if known else "535 5.7.8 wrong")
            case "MAIL":
                self.sender = rest[len("FROM:<") :].partition(">")[0]
                self._say("mail")
            case "RCPT":
                self.recipients.append(rest[len("TO:<") :].partition(">")[0])
                self._say("rcpt")
            case "DATA":
                if self._say("data").startswith("354"):
                    self._take()
            case "QUIT":
                self._say("quit", "221 bye")
                raise _HungUpError
            case _:
                self._say("other", "250 ok")

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        answer = self.fake.answer("body", "250 taken")
        if answer.startswith("take after "):
            time.sleep(float(answer.removeprefix("take after ")))
            answer = "250 taken"
        if answer.startswith("250") or answer == "take and drop":
            written = message_from_bytes(b"".join(lines), policy=policy.default)
            self.fake.received.append(Mail(self.sender, tuple(self.recipients), written, self.encrypted))
        self._write("drop" if answer == "take and drop" else answer)

    def _offers_tls(self) -> bool:
        return self.fake.context is not None and not self.encrypted

    def _encrypt(self) -> None:
        assert self.fake.context is not None
        self.connection: Any = self.fake.context.wrap_socket(self.connection, server_side=True)
        self.rfile = cast(io.BufferedIOBase, self.connection.makefile("rb"))
        self.wfile = cast(io.BufferedIOBase, self.connection.makefile("wb", 0))
        self.encrypted = True

    def _say(self, step: str, otherwise: str = "") -> str:
        return self._write(self.fake.answer(step, otherwise or WELCOME[step]))

    def _write(self, answer: str) -> str:
        if answer == "drop":
            raise _HungUpError
        self.wfile.write(f"{answer}\r\n".encode())
        return answer
