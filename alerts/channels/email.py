"""E-mail by SMTP: one message to one address, the same Message-ID however often it is sent."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP as LINES
from email.utils import format_datetime
from enum import StrEnum

from alerts.delivery import DeliveryError, Letter, Recall, Result, Scope, safe_detail
from alerts.forms.email import email_parts

BUSY = 421  # the server goes away for now
GO_ON = 354  # the mail itself may come
NOT_NOW = 500  # codes below it ask for another time
NO_MAILBOX = re.compile(
    r"\b5\.1\.[0-9]{1,3}\b"
)  # of the codes within an answer those about the recipient's address
MOST_COPIES = 3  # of a mail that the server takes each time without a word
AT_LINE_START = re.compile(rb"(?m)^\.")  # a line with nothing but a point ends the mail


class Security(StrEnum):
    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


@dataclass(frozen=True, slots=True)
class Email:
    """Hands each message to the operator's server. Its provider id is the Message-ID, by which readers fold repeats."""

    host: str = ""
    port: int = 0  # 0: the usual one
    security: Security = Security.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    recipients: tuple[str, ...] = ()
    timeout: float = 15.0  # seconds for each step
    verdict: float = 300.0  # seconds for the answer to the mail itself: a relay may pass it on, or have it looked at, first
    trusted: ssl.SSLContext | None = None
    name: str = "email"
    needs: str = "e-mail is not set up: set SMTP_HOST, SMTP_FROM and SMTP_TO"
    pace: timedelta = timedelta()
    patience: timedelta = timedelta(minutes=8)  # all steps, and the verdict
    wants_proof: bool = False

    def addresses(self) -> tuple[str, ...]:
        return self.recipients if self.host and self.sender else ()

    def recall(self, address: str) -> Recall:  # noqa: ARG002 - the interface's
        return Recall.NONE

    def find(self, letter: Letter) -> str | None:  # noqa: ARG002 - the interface's
        """A server does not tell what it has passed on."""
        return None

    def send(self, letter: Letter) -> str:
        if not (self.host and self.sender):
            raise DeliveryError(Result.BROKEN, self.needs, scope=Scope.CHANNEL)
        written = self.written(letter)
        with self._failures():
            server = self._connected()
        try:
            with self._failures():
                self._introduced(server)
            self._handed_over(server, letter, written.as_bytes(policy=LINES))
        finally:
            server.close()
        return str(written["Message-ID"])

    def written(self, letter: Letter) -> EmailMessage:
        """The mail. It is dated when its cause was, so that a repeat is the same mail to the last byte."""
        picture = f"chart@{self.sender.rpartition('@')[2]}" if letter.picture else ""
        subject, text, html = email_parts(letter.message, picture)
        mail = EmailMessage()
        mail["From"], mail["Subject"] = self.sender, subject
        try:
            mail["To"] = letter.address
        except (ValueError, LookupError):
            detail = f"{letter.address!r} is no e-mail address; correct the destination"
            raise DeliveryError(Result.DEAD, safe_detail(detail, ()), scope=Scope.ADDRESS) from None
        mail["Date"] = format_datetime(letter.owed_since)
        mail["Message-ID"] = (
            f"<{re.sub(r'[^A-Za-z0-9_.-]', '', letter.key)}@{self.sender.rpartition('@')[2]}>"
        )
        if letter.thread:
            mail["In-Reply-To"] = mail["References"] = letter.thread
        mail["Auto-Submitted"] = "auto-generated"  # no answering machine answers
        mail["X-Auto-Response-Suppress"] = "All"
        mail.set_content(text)
        mail.add_alternative(html, subtype="html")
        if letter.picture:
            _illustrate(mail, letter.picture, picture)
        return mail

    def _connected(self) -> smtplib.SMTP:
        port = self.port or PORTS[self.security]
        if self.security is Security.TLS:
            return smtplib.SMTP_SSL(self.host, port, timeout=self.timeout, context=self._trust())
        return smtplib.SMTP(self.host, port, timeout=self.timeout)

    def _introduced(self, server: smtplib.SMTP) -> None:
        """Up to where a message may be handed over: encrypted as is wanted, and known by name."""
        if self.security is Security.STARTTLS:
            server.starttls(context=self._trust())
        server.ehlo_or_helo_if_needed()
        if self.user:
            server.login(self.user, self.password)

    def _trust(self) -> ssl.SSLContext:
        return self.trusted or ssl.create_default_context()

    def _handed_over(self, server: smtplib.SMTP, letter: Letter, written: bytes) -> None:
        """Sender, recipient, and the mail itself; only from there on it may have arrived unheard."""
        with self._failures(malformed=Result.DEAD):
            self._check(server.mail(self.sender), Result.BROKEN, Scope.CHANNEL, "the sender")
            code, said = server.rcpt(letter.address)
            nobody = bool(NO_MAILBOX.search(said.decode("utf-8", "replace")))
            # Anything else may be the server's: that it passes on nothing for us, say. That is no fault of the recipient.
            refused = Result.DEAD if nobody else Result.BROKEN
            self._check((code, said), refused, Scope.ADDRESS, "the recipient")
        with self._failures(unsure=True, malformed=Result.DEAD):
            self._check(self._taken(server, letter, written), Result.DEAD, Scope.MESSAGE, "the message")
        with suppress(OSError, smtplib.SMTPException):  # it has the message: how it says goodbye is its own
            server.quit()

    def _taken(self, server: smtplib.SMTP, letter: Letter, written: bytes) -> tuple[int, bytes]:
        """What the server says of the mail. One that says nothing time and again is not given it for ever."""
        code, said = server.docmd("data")
        if code != GO_ON:
            raise smtplib.SMTPDataError(code, said)
        ended = written if written.endswith(b"\r\n") else written + b"\r\n"
        server.send(AT_LINE_START.sub(b"..", ended) + b".\r\n")
        if server.sock is not None:
            server.sock.settimeout(self.verdict)
        try:
            return server.getreply()
        except smtplib.SMTPServerDisconnected as error:
            silent = isinstance(error.__context__, TimeoutError)
            if not silent or letter.unsure_since is None or letter.attempt < MOST_COPIES:
                raise
            detail = (
                "the mail server takes the mail and does not say that it has it: it may have arrived several times, "
                "and is not sent again by itself"
            )
            raise DeliveryError(Result.DEAD, detail, unsure=True) from None

    def _check(self, answer: tuple[int, bytes], refused: Result, scope: Scope, what: str) -> None:
        code, said = answer
        if code // 100 != 2:  # noqa: PLR2004 - SMTP: done
            text = f"the mail server refused {what}: {code} {said.decode('utf-8', 'replace')}"
            raise self._error(code, text, refused, scope)

    def _error(self, code: int, text: str, refused: Result, scope: Scope) -> DeliveryError:
        """Refused for good as the step says; for now, to be tried again."""
        detail = safe_detail(text, (self.password,))
        if code < NOT_NOW:
            return DeliveryError(Result.RETRY, detail, code=str(code), status=code)
        return DeliveryError(refused, detail, scope=scope, code=str(code), status=code)

    @contextmanager
    def _failures(self, *, unsure: bool = False, malformed: Result = Result.BROKEN) -> Iterator[None]:
        """What the library raises, as a DeliveryError."""
        try:
            yield
        except smtplib.SMTPAuthenticationError as error:
            text = f"the mail server refused SMTP_USER and SMTP_PASSWORD: {_said(error)}"
            raise self._error(error.smtp_code, text, Result.BROKEN, Scope.CHANNEL) from None
        except smtplib.SMTPNotSupportedError as error:
            detail = f"the mail server does not do what SMTP_SECURITY or SMTP_USER wants: {error}"
            raise DeliveryError(Result.BROKEN, self._safe(detail), scope=Scope.CHANNEL) from None
        except (
            smtplib.SMTPResponseException
        ) as error:  # SMTPDataError, SMTPConnectError, SMTPHeloError among them
            refused = (Result.DEAD, Scope.MESSAGE) if unsure else (Result.BROKEN, Scope.CHANNEL)
            raise self._error(error.smtp_code, f"the mail server answered {_said(error)}", *refused) from None
        except (OSError, smtplib.SMTPException) as error:
            detail = self._safe(f"no answer from the mail server ({type(error).__name__}: {error})")
            raise DeliveryError(Result.RETRY, detail, unsure=unsure) from None
        except ValueError as error:  # a line's end within an address
            detail = (
                f"the mail server cannot be told ({type(error).__name__}); correct the destination or SMTP_…"
            )
            scope = Scope.CHANNEL if malformed is Result.BROKEN else Scope.MESSAGE
            raise DeliveryError(malformed, detail, scope=scope) from None

    def _safe(self, text: str) -> str:
        return safe_detail(text, (self.password,))


def _illustrate(mail: EmailMessage, picture: bytes, content_id: str) -> None:
    """Put the picture where the HTML shows it, by boundaries that are always the same: a repeat is the same mail."""
    html = mail.get_body(("html",))
    if isinstance(html, EmailMessage):
        html.add_related(
            picture, "image", "png", cid=f"<{content_id}>", filename="trend.png", disposition="inline"
        )
        html.set_boundary("=_picture_beside_html")
        mail.set_boundary("=_text_or_html")


def _said(error: smtplib.SMTPResponseException) -> str:
    said = error.smtp_error
    return f"{error.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
