"""One POST: to the address that was checked, by the name that was meant, and never for ever."""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.channels.outgoing import ForbiddenAddressError, Reach
from alerts.channels.posting import AGENT, MOST, Answer, MalformedError, NoAnswerError, Post, Proxy
from tests.fakes.certificates import certified

NAME = "hooks.example"
NEAR = Post(reach=Reach.ANYWHERE, resolve=lambda _host, _port: ["127.0.0.1"])
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Seen: yes\r\n\r\ngood"
Talk = Callable[[socket.socket], None]


@contextmanager
def listening(talk: Talk, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server that speaks once, on any port."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        plain, _ = server.accept()
        try:
            with context.wrap_socket(plain, server_side=True) if context else plain as connected:
                talk(connected)
        except OSError:  # it was refused, or hung up on: what the test is about
            plain.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(server.getsockname()[1])
        thread.join(5)
    finally:
        server.close()


def hearing(heard: list[bytes], answer: bytes = OK) -> Talk:
    def talk(connected: socket.socket) -> None:
        heard.append(all_of(connected))
        connected.sendall(answer)

    return talk


def all_of(connected: socket.socket) -> bytes:
    """A request to its end: hanging up on an unread rest would take the answer away, too."""
    heard = b""
    while part := connected.recv(65_536):
        heard += part
        head, found, body = heard.partition(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        if found and len(body) >= int(length[1] if length else 0):
            break
    return heard


def unanswered(post: Post, url: str) -> NoAnswerError:
    with pytest.raises(NoAnswerError) as caught:
        post(url, b"{}", {})
    return caught.value


def test_the_body_goes_out_once_with_its_headers() -> None:
    heard: list[bytes] = []
    with listening(hearing(heard)) as port:
        answer = NEAR(f"http://{NAME}:{port}/a?b=c", b'{"a": 1}', {"Content-Type": "application/json"})
    head, _, body = heard[0].partition(b"\r\n\r\n")
    assert (answer, answer.text) == (Answer(200, {"content-length": "4", "x-seen": "yes"}, b"good"), "good")
    assert (set(head.decode().split("\r\n")), body) == (
        {
            "POST /a?b=c HTTP/1.1",
            f"Host: {NAME}:{port}",
            "Accept-Encoding: identity",
            f"User-Agent: {AGENT}",
            "Connection: close",
            "Content-Type: application/json",
            "Content-Length: 8",
        },
        b'{"a": 1}',
    )


def test_by_tls_it_goes_to_the_checked_address_by_the_name_that_was_meant(tmp_path: Path) -> None:
    server, _ = certified(tmp_path, NAME)
    heard: list[bytes] = []
    post = replace(NEAR, trusted=str(tmp_path / f"{NAME}.pem"))
    with listening(hearing(heard), server) as port:
        assert post(f"https://{NAME}:{port}/", b"{}", {}).status == 200
    assert f"Host: {NAME}:{port}".encode() in heard[0]


def test_a_certificate_of_another_name_is_not_believed_and_nothing_is_said(tmp_path: Path) -> None:
    server, _ = certified(tmp_path, "evil.example")
    heard: list[bytes] = []
    post = replace(NEAR, trusted=str(tmp_path / "evil.example.pem"))
    with listening(hearing(heard), server) as port:
        error = unanswered(post, f"https://{NAME}:{port}/")
    assert ("CERTIFICATE_VERIFY_FAILED" in error.reason, error.unsure, heard) == (True, False, [])


def test_a_name_is_looked_up_once_so_that_it_cannot_mean_something_else_a_moment_later() -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.7"]])
    post = Post(Reach.ANYWHERE, whole=1.0, resolve=lambda _host, _port: next(answers))
    with listening(hearing([])) as port:
        assert post(f"http://{NAME}:{port}/", b"{}", {}).status == 200
    assert next(answers) == ["10.0.0.7"]


def test_an_inner_address_gets_nothing() -> None:
    post = Post(Reach.PUBLIC, resolve=lambda _host, _port: ["127.0.0.1"])
    with pytest.raises(ForbiddenAddressError):
        post(f"https://{NAME}/", b"{}", {})


def test_the_second_address_is_tried_where_the_first_does_not_answer() -> None:
    post = Post(Reach.ANYWHERE, whole=2.0, resolve=lambda _host, _port: ["::1", "127.0.0.1"])
    with listening(hearing([])) as port:
        assert post(f"http://{NAME}:{port}/", b"{}", {}).status == 200


@pytest.mark.parametrize("means", [["127.0.0.1"], []], ids=["refused", "no such name"])
def test_without_a_connection_nothing_has_arrived(means: list[str]) -> None:
    assert not unanswered(replace(NEAR, resolve=lambda _host, _port: means), "http://127.0.0.1:9/").unsure


def test_a_name_that_nobody_knows_has_received_nothing() -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    error = unanswered(Post(Reach.ANYWHERE, resolve=unknown), f"http://{NAME}/")
    assert ("gaierror" in error.reason, error.unsure) == (True, False)


@pytest.mark.parametrize("silent", [0.6, 0.0], ids=["silent", "hanging up"])
def test_where_tls_does_not_come_about_nothing_has_arrived(silent: float) -> None:
    with listening(lambda _connected: time.sleep(silent)) as port:
        assert not unanswered(replace(NEAR, connecting=0.3), f"https://{NAME}:{port}/").unsure


def test_who_does_not_answer_in_time_may_have_it() -> None:
    def talk(connected: socket.socket) -> None:
        all_of(connected)
        connected.recv(1)  # until the other side gives up

    with listening(talk) as port:
        assert unanswered(replace(NEAR, whole=1.5), f"http://{NAME}:{port}/").unsure


def test_who_breaks_the_connection_off_with_the_message_in_hand_may_have_it() -> None:
    def talk(connected: socket.socket) -> None:
        connected.recv(65_536)
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close is a reset

    with listening(talk) as port:
        assert unanswered(NEAR, f"http://{NAME}:{port}/").unsure


def test_the_path_of_an_address_is_in_no_error(tmp_path: Path) -> None:
    server, _ = certified(tmp_path, "evil.example")
    reasons = [unanswered(NEAR, f"{scheme}://{NAME}:9/hidden").reason for scheme in ("http", "https")]
    for said in (b"", b"SSH\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"):
        with listening(hearing([], said)) as port:
            reasons.append(unanswered(NEAR, f"http://{NAME}:{port}/hidden").reason)
    with listening(hearing([]), server) as port:
        reasons.append(unanswered(NEAR, f"https://{NAME}:{port}/hidden").reason)
    assert [reason for reason in reasons if "hidden" in reason] == []


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n",
        b"SSH-2.0-OpenSSH\r\n",
    ],
    ids=["nothing", "half of the body", "half of a chunk", "no chunk", "something else"],
)
def test_an_answer_that_breaks_off_leaves_it_open_whether_it_arrived(said: bytes) -> None:
    with listening(hearing([], said)) as port:
        assert unanswered(NEAR, f"http://{NAME}:{port}/").unsure


def test_an_answer_that_comes_by_drops_ends_in_time() -> None:
    def dripping(connected: socket.socket) -> None:
        connected.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")
        while True:
            connected.sendall(b"x")
            time.sleep(0.05)

    began = time.monotonic()
    with listening(dripping) as port:
        error = unanswered(replace(NEAR, whole=1.5), f"http://{NAME}:{port}/")
    assert ("TimeoutError" in error.reason, error.unsure) == (True, True)
    assert time.monotonic() - began < 5


def test_an_endless_answer_is_read_only_so_far() -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b"x" * (MOST + 1000)
    with listening(hearing([], endless)) as port:
        assert len(NEAR(f"http://{NAME}:{port}/", b"{}", {}).body) == MOST


def test_a_redirect_is_the_answer_and_no_more_of_it_is_read_either() -> None:
    heard: list[bytes] = []
    head = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 9000000\r\n\r\n"
    with listening(hearing(heard, head + b"x" * (MOST + 1000))) as port:
        answer = NEAR(f"http://{NAME}:{port}/", b"{}", {})
    assert (answer.status, len(answer.body), len(heard)) == (302, MOST, 1)


@pytest.mark.parametrize(
    "headers", [{"Authorization": "Bearer a\nb"}, {"Authorization": "Bearer →"}, {"A\r\nB": "c"}]
)
def test_a_header_that_cannot_be_sent_is_not_sent(headers: dict[str, str]) -> None:
    with pytest.raises(MalformedError) as caught:  # and not that nobody listens there
        NEAR(f"http://{NAME}:9/", b"{}", headers)
    assert "Bearer" not in str(caught.value)


def test_by_a_proxy_it_goes_through_a_tunnel_and_the_proxy_looks_the_name_up(tmp_path: Path) -> None:
    server, _ = certified(tmp_path, NAME)
    heard: list[bytes] = []

    def proxy(connected: socket.socket) -> None:
        heard.append(all_of(connected))
        connected.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with server.wrap_socket(connected, server_side=True) as inside:
            hearing(heard)(inside)

    with listening(proxy) as port:
        through = Proxy(f"http://user:pass%40word@127.0.0.1:{port}")
        post = Post(proxy=through, trusted=str(tmp_path / f"{NAME}.pem"))
        assert post(f"https://{NAME}/a", b"{}", {}).status == 200
    assert heard[0].startswith(f"CONNECT {NAME}:443 HTTP/1.".encode())
    assert b"Proxy-Authorization: Basic dXNlcjpwYXNzQHdvcmQ=" in heard[0]
    assert heard[1].startswith(b"POST /a HTTP/1.1\r\n")
    assert b"\r\nHost: hooks.example\r\n" in heard[1]
    assert b"Proxy-Authorization" not in heard[1]


def test_a_proxy_that_refuses_has_passed_nothing_on() -> None:
    with listening(hearing([], b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")) as port:
        error = unanswered(Post(proxy=Proxy(f"127.0.0.1:{port}")), f"https://{NAME}/")
    assert ("407" in error.reason, error.unsure) == (True, False)


def test_a_proxy_is_not_for_what_people_gave() -> None:
    post = Post(Reach.PUBLIC, Proxy("http://127.0.0.1:9"), resolve=lambda _host, _port: [])
    assert "has no address" in unanswered(post, f"https://{NAME}/").reason


@pytest.mark.parametrize("url", ["http://", "ftp://user:word@127.0.0.1:9", "socks5://user:word@h:1"])
def test_a_proxy_that_cannot_be_used_says_so_without_its_password(url: str) -> None:
    with pytest.raises(MalformedError) as caught:
        Post(proxy=Proxy(url))(f"https://{NAME}/", b"{}", {})
    assert "word" not in str(caught.value)


@pytest.mark.parametrize(
    ("no_proxy", "near"),
    [
        ("", False),
        ("example", True),
        ("hooks.example", True),
        (".example", True),
        ("*", True),
        ("a.b, hooks.EXAMPLE", True),
        ("ooks.example", False),
    ],
)
def test_what_is_near_is_not_asked_of_the_proxy(no_proxy: str, near: bool) -> None:  # noqa: FBT001 - a fact of the case
    post = Post(whole=0.5, resolve=lambda _host, _port: [], proxy=Proxy("http://127.0.0.1:9", no_proxy))
    assert ("has no address" in unanswered(post, f"https://{NAME}/").reason) is near


def test_no_secret_of_the_proxy_is_in_its_repr() -> None:
    assert "word" not in repr(Post(proxy=Proxy("http://user:word@127.0.0.1:9")))
