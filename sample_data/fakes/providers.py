"""The providers' HTTP, as documented, on one port of loopback: real requests in, real answers out.

    fake = FakeProviders(); fake.start()               # or: python -m sample_data.fakes --port 9100 --journal f.jsonl
    Slack(token=TOKEN, base_url=f"{fake.url}/api/")    # webhook: f"{fake.url}/services/T0/B0/secret"
    WhatsApp(token=TOKEN, base_url=fake.url)           # any version and phone number id
    Webhook({"teams": f"{fake.url}/hook/teams"}, SECRET)
    fake.script("slack", "500", "429:30", "ok")        # the next answers, in turn; afterwards "ok" again
    fake.tell_statuses(Statuses(url, app_secret))      # WhatsApp's webhook; script("status", "failed:131026") once

Scripts are for slack, history, file (each of the calls for a picture; `files.shown` has what came of them), webhook,
whatsapp, hook and status. Answers: `ok`, `error:CODE` (Slack's `ok: false` or the webhook's plain text; WhatsApp's error
number), `429:SECONDS`, any HTTP status such as `500`, `html502`, `redirect`,
`empty` (200 and no sense in it), `drop` (take it, then hang up), `lost` (hang up without taking it), `hang` (take it,
then say nothing), `slow:SECONDS` (then as usual), `echo` (500 with the request's secrets in the body).
A request that breaks the provider's rules is refused as the provider would, whatever the script says; one that comes
faster than the provider allows is taken, and `violations` says so.
From another process: POST /_script {"provider", "answers"}; GET /_received and /_violations. A page of it all is at /.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sample_data.fakes import hooks, slack, whatsapp
from sample_data.fakes.http_side import Handler
from sample_data.fakes.pace import Pace
from sample_data.fakes.said import Asked, Journal, Received, Reply
from sample_data.fakes.slack import Posted
from sample_data.fakes.slack_files import Files
from sample_data.fakes.whatsapp import Statuses


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # of five, more are put off for a second and longer where many connect at once


class FakeProviders:
    """All providers on one port. `received` lists every POST in order; the journal has it on disk before the answer.

    `now` is the wall clock by which Slack numbers messages; `scale` as Pace has it; `settle`: seconds after which Slack's
    history shows a message.
    """

    def __init__(
        self,
        journal: Path | None = None,
        *,
        scale: float = 1.0,
        settle: float = 0.0,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.pace = Pace(time.monotonic, scale)
        self.now = now
        self.port = 0
        self.asked: list[str] = []  # the path of every request, whatever it was
        self.stopped = threading.Event()
        self.statuses: Statuses | None = None
        self.files = Files()
        self._journal = Journal(journal)
        self._settle = settle
        self._numbers = itertools.count(1)
        self._posted: list[Posted] = []
        self._scripts: dict[str, list[str]] = {}
        self._lock = threading.Lock()
        self._telling: list[threading.Thread] = []
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def received(self) -> list[Received]:
        return self._journal.received

    @property
    def accepted(self) -> list[Received]:
        return [one for one in self.received if one.accepted]

    @property
    def violations(self) -> list[str]:
        return self.pace.violations

    def assert_in_pace(self) -> None:
        """Fails where somebody wrote faster than a provider allows, or earlier than it asked."""
        if self.violations:
            raise AssertionError("; ".join(self.violations))

    def start(self, port: int = 0) -> None:
        """Listen on `port`, on the one used before, or on any free one."""
        fake = self

        class OfThis(Handler):
            providers = fake

        self.stopped.clear()
        self._server = _Server(("127.0.0.1", port or self.port), OfThis)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Refuse connections until `start`; what was received stays."""
        if self._server is not None and self._thread is not None:
            self.stopped.set()
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

    def post_for_somebody(self, channel: str, text: str, key: str = "", **more: Any) -> None:
        """A message in a Slack channel that did not come from here."""
        metadata = {"event_type": "kpi_alert", "event_payload": {"delivery": key}}
        with self._lock:
            ts = f"{int(self.now())}.{next(self._numbers):06d}"
            body = {"text": text, **({"metadata": metadata} if key else {}), **more}
            self._posted.append(Posted(channel, ts, body, 0.0))

    def tell_statuses(self, statuses: Statuses | None) -> None:
        """From now on, say what became of each WhatsApp message."""
        self.statuses = statuses

    def told(self, seconds: float = 10.0) -> None:
        """Wait until all that was to be told has been."""
        until = time.monotonic() + seconds
        for thread in list(self._telling):
            thread.join(max(0.0, until - time.monotonic()))

    def refusal(self, provider: str, asked: Asked) -> Reply | None:
        if provider == "whatsapp":
            return whatsapp.refusal(asked)
        if provider == "hook":
            return hooks.refusal(asked, self.now())
        if provider == "slack":
            return slack.refusal(asked, self._posted)
        return slack.content_refusal(provider, asked.body)

    def history(self, asked: Asked) -> Reply:
        with self._lock:
            return slack.history(asked, list(self._posted), self.now())

    def file(self, asked: Asked) -> Reply:
        with self._lock:
            posted = list(self._posted)
        return self.files.answer(asked, self.url, posted)

    def keep(self, provider: str, asked: Asked, *, accepted: bool) -> Reply | None:
        """Write it down, and give the answer where it was taken."""
        with self._lock:
            number = next(self._numbers) if accepted else 0
            at = self.now()
            provider_id, reply = self._taken(provider, asked, number, at) if accepted else ("", None)
            self.pace.arrived(provider, address_of(provider, asked), accepted=accepted)
            self._journal.keep(Received(provider, asked.path, asked.body, accepted, provider_id, at))
        if accepted and provider == "whatsapp":
            self._tell(asked, provider_id)
        return reply

    def told_to_wait(self, provider: str, asked: Asked, seconds: str) -> None:
        if seconds.isdecimal():
            self.pace.told_to_wait(provider, address_of(provider, asked), float(seconds))

    def _taken(self, provider: str, asked: Asked, number: int, at: float) -> tuple[str, Reply]:
        if provider == "whatsapp":
            return f"wamid.FAKE{number:06d}", whatsapp.taken(asked, f"wamid.FAKE{number:06d}")
        if provider == "webhook":
            return "webhook", Reply(200, "ok")
        if provider == "hook":
            return asked.headers["webhook-id"], Reply(202, "")
        ts, channel = f"{int(at)}.{number:06d}", asked.body["channel"]
        self._posted.append(Posted(channel, ts, asked.body, at + self._settle))
        return f"{channel}:{ts}", slack.taken(asked, ts)

    def _tell(self, asked: Asked, provider_id: str) -> None:
        statuses, scripted = self.statuses, self.next_answer("status")
        if statuses is None:
            return
        kinds = statuses.kinds if scripted == "ok" else ("sent", *scripted.split(","))
        moment, key = int(self.now()), asked.body.get("biz_opaque_callback_data", "")
        bodies = [
            whatsapp.status_body(provider_id, kind, key, asked.body["to"].lstrip("+"), moment + place)
            for place, kind in enumerate(kinds)
            for _copy in range(statuses.copies)
        ]
        ordered = bodies[::-1] if statuses.reverse else bodies
        thread = threading.Thread(
            target=whatsapp.tell, args=(statuses, ordered, lambda: not self.stopped.is_set()), daemon=True
        )
        self._telling.append(thread)
        thread.start()


def address_of(provider: str, asked: Asked) -> str:
    """Whom a message is for, as far as pace goes."""
    if provider == "slack":
        return str(asked.body.get("channel", ""))
    return str(asked.body.get("to", "")) if provider == "whatsapp" else asked.path
