"""Where messages may go: the guard on addresses that they are posted to.

An address that people give us is looked up once, and what it means is held against what is allowed; the connection is
then made to that very answer, so that a name which means something else a moment later gains nothing.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

HTTPS, HTTP = "https", "http"
PORTS = {HTTPS: 443, HTTP: 80}
LOCALHOST = "localhost"
INNER = "which is no public address; set KPI_OUTGOING_PRIVATE=true where messages may go there"
WEB = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~:/?#[]@!$&'()*+,;=%"
HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?")
TRANSLATED = IPv6Network("64:ff9b::/96")  # an IPv4 address in its last four bytes (NAT64)
COMPATIBLE = IPv6Network("::/96")  # the same, deprecated, and still understood here and there

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], list[str]]


class Reach(StrEnum):
    """How far a message may go."""

    PUBLIC = "public"  # what people give us: https to the public internet
    OPERATOR = "operator"  # what the operator set up: https anywhere, http to this machine
    ANYWHERE = "anywhere"  # the operator said so: http too, and the inner network


class ForbiddenAddressError(ValueError):
    """Nothing may be sent there, and why. The text names the host at most, never the path, which may be a secret."""


@dataclass(frozen=True, slots=True)
class Place:
    """An address taken apart: the host in ASCII and without a final dot, the target with its query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def shown(self) -> str:
        """As the Host header has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def place_of(url: str, reach: Reach) -> Place:
    """The address, where it is allowed by its looks; ForbiddenAddressError where it is not. Looks nothing up."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ForbiddenAddressError(
            "found no web address, wanted one such as https://example.com/hook"
        ) from None
    if set(url) - set(WEB) or parts.scheme not in PORTS or not parts.hostname:
        raise ForbiddenAddressError("found no web address, wanted one such as https://example.com/hook")
    if "@" in parts.netloc:
        raise ForbiddenAddressError(
            "found a user or a password in the address; write it without, and sign instead"
        )
    host = _host(parts)
    if parts.scheme == HTTP and not _may_be_plain(host, reach):
        raise ForbiddenAddressError(
            f"found http to {host}, wanted https: what is sent could be read on the way"
        )
    if reach is Reach.PUBLIC:
        _refuse_inner(host)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host, PORTS[parts.scheme] if port is None else port, target)


def addresses_of(place: Place, reach: Reach, resolve: Resolve | None = None) -> tuple[str, ...]:
    """What the host means now, all of it allowed; ForbiddenAddressError where any of it is not, OSError where nothing."""
    found = tuple(dict.fromkeys((resolve or looked_up)(place.host, place.port)))
    for text in found:
        address = ip_address(text.partition("%")[0])
        if reach is Reach.PUBLIC and not is_public(address):
            raise ForbiddenAddressError(f"{place.host} means {text}, {INNER}")
        if reach is Reach.OPERATOR and place.scheme == HTTP and not _inner(address).is_loopback:
            raise ForbiddenAddressError(f"{place.host} means {text}, which is not this machine; use https")
    return found


def looked_up(host: str, port: int) -> list[str]:
    """What this machine says that the name means; OSError where it knows nothing."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: Address) -> bool:
    """Whether it belongs to the public internet, whatever it is wrapped in."""
    inner = _inner(address)
    barred = inner.is_private or inner.is_loopback or inner.is_link_local or inner.is_unspecified
    if isinstance(inner, IPv6Address):
        barred = barred or inner.is_site_local
    return inner.is_global and not (barred or inner.is_multicast or inner.is_reserved)


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in TRANSLATED or (address in COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or address


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").removesuffix(".")
    literal = f"[{host}]" in parts.netloc.lower()
    if literal and ("%" in host or not _is_address(host)):
        raise ForbiddenAddressError("found brackets around what is no IPv6 address")
    if not literal and not HOST.fullmatch(host):
        raise ForbiddenAddressError(
            "found no name of a host; write it in ASCII, xn--… where it has letters beyond"
        )
    return host


def _refuse_inner(host: str) -> None:
    """What can be told of a host without asking anybody: it is this machine's name, or an inner address itself."""
    if host == LOCALHOST or host.endswith(f".{LOCALHOST}"):
        raise ForbiddenAddressError(f"{host} means this machine, {INNER}")
    literal = _literal(host)
    if literal is not None and not is_public(literal):
        found = f"found {host}" if str(literal) == host else f"{host} means {literal}"
        raise ForbiddenAddressError(f"{found}, {INNER}")


def _literal(host: str) -> Address | None:
    """The address that the host is, also as machines read it: 127.1, 0x7f000001, 2130706433."""
    if _is_address(host):
        return ip_address(host)
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _may_be_plain(host: str, reach: Reach) -> bool:
    if reach is Reach.OPERATOR:
        return host == LOCALHOST or (_is_address(host) and _inner(ip_address(host)).is_loopback)
    return reach is Reach.ANYWHERE
