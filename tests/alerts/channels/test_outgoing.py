"""The guard: what people may have us call, in every spelling that has fooled somebody."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from alerts.channels.outgoing import (
    ForbiddenAddressError,
    Place,
    Reach,
    addresses_of,
    is_public,
    looked_up,
    place_of,
)


def checked(url: str, *means: str, reach: Reach = Reach.PUBLIC) -> tuple[str, ...]:
    """What the address leads to, where its name means these."""
    return addresses_of(place_of(url, reach), reach, lambda _host, _port: list(means))


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://example.com", Place("https", "example.com", 443, "/")),
        ("https://Example.COM:8443/a?b=c#d", Place("https", "example.com", 8443, "/a?b=c")),
        ("HTTPS://example.com./hook", Place("https", "example.com", 443, "/hook")),
        ("https://xn--bcher-kva.example/", Place("https", "xn--bcher-kva.example", 443, "/")),
        ("https://[2606:4700::1111]:444/x", Place("https", "2606:4700::1111", 444, "/x")),
    ],
)
def test_an_address_is_taken_apart(url: str, place: Place) -> None:
    assert place_of(url, Reach.PUBLIC) == place


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com",
        "http://example.com",
        "http://127.0.0.1",
        "ftp://example.com",
        "file:///etc/passwd",
        "gopher://example.com",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://user@example.com",
        "https://user:secret@example.com",
        "https://example.com@127.0.0.1",
        "https://127.0.0.1\\@example.com",
        "https://example.com\\.evil.example",
        "https://exa mple.com",
        "https://example.com/a b",
        "https://example.com/\r\nHost: evil.example",
        "https://example.com\t/",
        "https://example.com:99999/",
        "https://example.com:port/",
        "https://[::1",
        "https://[example.com]/",
        "https://[fe80::1%25eth0]/",
        "https://ex\u0430mple.com",
        "https://①②⑦.⓪.⓪.①",
        "https://-example.com",
        "https://example.com..",
        "https://%6c%6f%63%61%6c%68%6f%73%74/",
    ],
)
def test_what_is_no_plain_https_address_is_refused_before_anything_is_looked_up(url: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        place_of(url, Reach.PUBLIC)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
        "100::1",
    ],
)
def test_no_inner_or_special_address_may_be_called_whatever_its_name(address: str) -> None:
    with pytest.raises(ForbiddenAddressError, match="which is no public address; set KPI_OUTGOING_PRIVATE"):
        checked("https://innocent.example/hook", address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_the_public_internet_may_be_called(address: str) -> None:
    assert checked("https://example.com/hook", address) == (address,)


SPELLINGS = ["2130706433", "0x7f000001", "0x7f.1", "017700000001", "127.1", "0", "127.0.0.1.", "localhost."]


@pytest.mark.parametrize("host", SPELLINGS)
def test_the_spellings_of_this_machine_mean_this_machine(host: str) -> None:
    place = place_of(f"https://{host}/", Reach.ANYWHERE)
    with pytest.raises(ForbiddenAddressError, match="which is no public address"):
        addresses_of(place, Reach.PUBLIC, looked_up)


@pytest.mark.parametrize(
    "host", [*SPELLINGS, "LocalHost", "hooks.localhost", "10.0.0.7", "169.254.169.254", "[::1]", "[fd00::1]"]
)
def test_what_is_no_public_address_by_its_looks_is_refused_before_anything_is_looked_up(host: str) -> None:
    with pytest.raises(ForbiddenAddressError, match="which is no public address; set KPI_OUTGOING_PRIVATE"):
        place_of(f"https://{host}/hook", Reach.PUBLIC)


def test_one_inner_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(ForbiddenAddressError, match=r"10\.0\.0\.7"):
        checked("https://example.com", "93.184.216.34", "10.0.0.7")


def test_a_name_that_means_nothing_has_no_addresses() -> None:
    assert checked("https://example.com") == ()


def test_the_operator_may_call_the_inner_network_by_https_and_this_machine_by_http() -> None:
    assert checked("https://relay.internal/", "10.0.0.7", reach=Reach.OPERATOR) == ("10.0.0.7",)
    assert checked("http://127.0.0.1:9/", "127.0.0.1", reach=Reach.OPERATOR) == ("127.0.0.1",)
    assert checked("http://localhost:9/", "127.0.0.1", "::1", reach=Reach.OPERATOR) == ("127.0.0.1", "::1")


@pytest.mark.parametrize(
    "url", ["http://relay.internal/", "http://10.0.0.7/", "http://127.0.0.1.evil.example/"]
)
def test_tokens_do_not_travel_in_clear(url: str) -> None:
    with pytest.raises(ForbiddenAddressError, match="wanted https"):
        place_of(url, Reach.OPERATOR)


def test_a_localhost_that_is_somewhere_else_is_refused() -> None:
    with pytest.raises(ForbiddenAddressError, match="not this machine"):
        checked("http://localhost:9/", "93.184.216.34", reach=Reach.OPERATOR)


def test_a_setting_lifts_it_all_but_the_form() -> None:
    assert checked("http://10.0.0.7/hook", "10.0.0.7", reach=Reach.ANYWHERE) == ("10.0.0.7",)
    with pytest.raises(ForbiddenAddressError):
        place_of("ftp://10.0.0.7/hook", Reach.ANYWHERE)


def test_nothing_that_may_be_secret_is_in_what_is_said() -> None:
    with pytest.raises(ForbiddenAddressError) as caught:
        checked("https://example.com/a-secret?token=a-secret", "10.0.0.7")
    assert "a-secret" not in str(caught.value)


def test_a_mapped_public_address_is_public() -> None:
    assert is_public(ip_address("::ffff:8.8.8.8"))
