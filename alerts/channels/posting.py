"""One POST over HTTP: sent once, never redirected, its answer bounded in time and size.

It knows of every failure whether the message may have arrived all the same: not before the first byte of the body was
taken to be sent, and possibly from then on.
"""

from __future__ import annotations

import io
import logging
import ssl
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

from requests import PreparedRequest, Request
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from alerts.channels.outgoing import (
    HTTPS,
    ForbiddenAddressError,
    Place,
    Reach,
    Resolve,
    addresses_of,
    place_of,
)

AGENT = "kpi-dashboard"
MOST = 1_048_576  # bytes of an answer; the rest is not read
PART = 65_536  # bytes that are read at once, at most

# It logs what it asks for, and the addresses of webhooks are secrets.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Headers are found by their names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class NoAnswerError(Exception):
    """Nobody answered, or not to the end. `unsure`: the message may have arrived all the same."""

    def __init__(self, reason: str, *, unsure: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.unsure = unsure


class MalformedError(ValueError):
    """The address, the proxy's or a header cannot be used at all. The text names none: they may hold secrets."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """The operator's way out of the network, by the usual variables; empty: straight."""

    url: str = field(default="", repr=False)  # may hold a password
    no_proxy: str = ""

    def leads_to(self, place: Place) -> bool:
        if not self.url or place.scheme != HTTPS:
            return False
        names = [name.strip().lstrip(".").lower() for name in self.no_proxy.split(",")]
        near = "*" in names or any(f".{place.host}".endswith(f".{name}") for name in names if name)
        return not near


STRAIGHT = Proxy()
Way = tuple[HTTPAdapter, dict[str, str]]  # and the proxy that it goes through


class _Pinned(HTTPAdapter):
    """Connects to the address that was checked; the certificate must be of the name all the same."""

    def __init__(self, host: str, address: str) -> None:
        super().__init__()
        self._host = host
        self._address = address

    def build_connection_pool_key_attributes(self, *given: Any, **named: Any) -> tuple[Any, Any]:
        place, trust = super().build_connection_pool_key_attributes(*given, **named)
        return {**place, "host": self._address}, {**trust, "server_hostname": self._host}


@dataclass(frozen=True, slots=True)
class Post:
    """How to post: how far, through what, how long (seconds) to connect and in all, and the file of whom to trust."""

    reach: Reach = Reach.OPERATOR
    proxy: Proxy = STRAIGHT
    connecting: float = 10.0
    whole: float = 20.0
    resolve: Resolve | None = None
    trusted: str = ""  # empty: what SSL_CERT_FILE names, else the system's, else certifi's

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send the body, which is not empty, once.

        Raises NoAnswerError, MalformedError, and ForbiddenAddressError before anything is sent.
        """
        until = time.monotonic() + self.whole
        place = place_of(url, self.reach)
        sent = io.BytesIO(body)  # read only after the headers went out: where it stands tells what was sent
        try:
            request = _request(place, sent, headers)
            return self._answered(self._ways(place), request, sent, until)
        except ForbiddenAddressError:
            raise
        except (OSError, HTTPException, HTTPError, ValueError) as error:
            if isinstance(error, ValueError) and not sent.tell():
                raise MalformedError(type(error).__name__) from None
            raise NoAnswerError(_reason(error), unsure=sent.tell() > 0) from None

    def _ways(self, place: Place) -> list[Way]:
        """Through the proxy, which looks the name up itself, or to each of the addresses that it means."""
        if self.reach is Reach.OPERATOR and self.proxy.leads_to(place):
            return [(HTTPAdapter(), {HTTPS: self.proxy.url})]
        return [(_Pinned(place.host, one), {}) for one in addresses_of(place, self.reach, self.resolve)]

    def _answered(self, ways: list[Way], request: PreparedRequest, sent: io.BytesIO, until: float) -> Answer:
        """By the first way that lets the body out, and by no other from then on."""
        latest: Exception = OSError("the host has no address")
        for way in ways:
            try:
                return self._exchanged(way, request, until)
            except (OSError, HTTPException, HTTPError) as error:
                latest = error
            if sent.tell():
                break
        raise latest

    def _exchanged(self, way: Way, request: PreparedRequest, until: float) -> Answer:
        adapter, proxies = way
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("it took too long to connect")
        trusted = self.trusted or ssl.get_default_verify_paths().cafile or True
        waits = (min(self.connecting, left), left)
        read = bytearray()
        with closing(adapter), closing(adapter.send(request, True, waits, trusted, None, proxies)) as answer:
            while len(read) < MOST and (part := answer.raw.read1(min(PART, MOST - len(read)))):
                read += part
                if time.monotonic() > until:
                    raise TimeoutError("the answer took too long")
        return Answer(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, bytes(read))


STRAIGHT_OUT = Post()


def _request(place: Place, body: io.BytesIO, headers: Mapping[str, str]) -> PreparedRequest:
    plain = {"Host": place.shown, "User-Agent": AGENT, "Connection": "close"}
    url = f"{place.scheme}://{place.shown}{place.target}"
    return Request("POST", url, {**plain, **headers}, data=body).prepare()


def _reason(error: BaseException) -> str:
    """What lies beneath what the libraries made of it: their texts hold the address."""
    inner = next((one for one in (error.__cause__, *error.args) if isinstance(one, BaseException)), None)
    return _reason(inner) if inner else f"{type(error).__name__}: {error}"
