from ipaddress import ip_address

import pytest

from include.errors import FetchError
from include.fetch.guard import AddressGuard, is_public

PUBLIC = [
    "8.8.8.8",
    "172.32.0.1",
    "192.169.0.1",
    "2606:4700::1111",
    "2a00:1450:4001:80b::200e",
    "64:ff9b::808:808",  # the public address 8.8.8.8 behind NAT64
]
NOT_PUBLIC = {
    "loopback": "127.0.0.1",
    "loopback, elsewhere in its network": "127.255.255.254",
    "loopback in IPv6": "::1",
    "this host": "0.0.0.0",
    "this host in IPv6": "::",
    "private, 10": "10.0.0.1",
    "private, 172.16": "172.31.255.255",
    "private, 192.168": "192.168.1.1",
    "unique local": "fd00::1",
    "link-local": "169.254.169.254",
    "link-local in IPv6": "fe80::1",
    "site-local": "fec0::1",
    "carrier's": "100.64.0.1",
    "multicast": "224.0.0.1",
    "multicast, administratively scoped": "239.255.255.250",
    "multicast in IPv6": "ff02::1",
    "broadcast": "255.255.255.255",
    "reserved": "240.0.0.1",
    "protocol assignments": "192.0.0.8",
    "documentation": "203.0.113.7",
    "documentation in IPv6": "2001:db8::1",
    "more documentation in IPv6": "3fff::1",
    "benchmarks": "198.18.0.1",
    "6to4 relays": "192.88.99.1",
    "6to4 of a private address": "2002:7f00:1::",
    "6to4 of a public address": "2002:808:808::",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "NAT64 of loopback": "64:ff9b::7f00:1",
    "NAT64 of a private address": "64:ff9b::a00:1",
    "local NAT64": "64:ff9b:1::808:808",
    "IPv4-mapped loopback": "::ffff:127.0.0.1",
    "IPv4-mapped cloud metadata": "::ffff:a9fe:a9fe",
    "IPv4-compatible": "::127.0.0.1",
    "discard": "100::1",
    "segment routing": "5f00::1",
}


def refusal(url: str, *allowed: str) -> str | None:
    """Return the code of the error with which the guard refuses the URL; None if it does not.

    The result is "retryable" for an error that is worth another try.
    """
    try:
        AddressGuard(allowed).check_url(url)
    except FetchError as error:
        return "retryable" if error.retryable else error.code
    return None


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC.values(), ids=NOT_PUBLIC.keys())
def test_no_other_address_is_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC.values(), ids=NOT_PUBLIC.keys())
def test_a_url_may_not_name_an_address_that_is_not_public(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    assert refusal(f"http://{host}/jobs") == "blocked_address"


@pytest.mark.parametrize(
    "url",
    [
        "http://0x7f.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0/",
        # This URL is refused although 8.8.8.8 is public, because no real site writes it in this
        # form.
        "http://134744072/",
        "http://999.999.999.999/",
        "http://careers.example.8./",
        "http://[::ffff:7f00:1]/",
        "http://[fe80::1%25eth0]/",
    ],
)
def test_an_address_in_disguise_is_refused(url: str) -> None:
    assert refusal(url) == "blocked_address"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "data:text/html,<h1>hi",
        "ftp://example.com/",
        "gopher://example.com/",
        "javascript:alert(1)",
        "//example.com/",
        "/jobs",
        "",
        "http://",
        "http:///jobs",
        "http://user@example.com/",
        "http://user:password@example.com/",
        "http://:@example.com/",
        "http://example.com:99999/",
        "http://example.com:port/",
        "http://[::1/",
        "http://\0/",
        "http://127.0.0.1\0.example/",
        "http://\ud800.example/",
        # These three are refused, because libcurl takes them as commands.
        "http://+careers.example/",
        "http://-careers.example/",
        "http://*/",
    ],
)
def test_only_plain_http_urls_are_let_through(url: str) -> None:
    assert refusal(url) == "blocked_address"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "https://example.com:8443/jobs?id=1#apply",
        "HTTPS://EXAMPLE.COM/",
        "http://bücher.example/",
        "http://8.8.8.8/",
        "http://[2606:4700::1111]/",
        "http://1st-choice.example/",
        "http://face.example/",
    ],
)
def test_names_and_public_addresses_are_let_through(url: str) -> None:
    assert refusal(url) is None


@pytest.mark.parametrize(
    ("url", "allowed", "expected"),
    [
        ("http://127.0.0.1:8090/", "127.0.0.1:8090", None),
        ("http://127.0.0.1:8090/", "127.0.0.1", None),
        ("http://127.0.0.1/", "127.0.0.1:80", None),
        ("https://127.0.0.1/", "127.0.0.1:443", None),
        ("https://127.0.0.1/", "127.0.0.1:80", "blocked_address"),
        ("http://127.0.0.1:8091/", "127.0.0.1:8090", "blocked_address"),
        ("http://127.0.0.2:8090/", "127.0.0.1:8090", "blocked_address"),
        ("http://2130706433:8090/", "127.0.0.1", "blocked_address"),
        ("http://user@127.0.0.1/", "127.0.0.1", "blocked_address"),
        ("file://127.0.0.1/etc/passwd", "127.0.0.1", "blocked_address"),
        ("http://[::1]:8090/", "::1", None),
        ("http://[::1]:8090/", "[::1]", None),
        ("http://[::1]:8090/", "[::1]:8090", None),
        ("http://[::1]/", "[::1]:80", None),
        ("http://[::1]:8091/", "[::1]:8090", "blocked_address"),
        ("http://[fd00::1]:8090/", "[FD00::1]:8090", None),
        ("http://[fd00::2]:8090/", "[fd00::1]", "blocked_address"),
    ],
)
def test_an_operator_allows_a_private_host_or_one_port_of_it(
    url: str, allowed: str, expected: str | None
) -> None:
    assert refusal(url, allowed) == expected


@pytest.mark.parametrize("host", ["[::1]", "127.0.0.1"])
def test_a_guard_of_one_url_allows_no_other_port_of_its_host(host: str) -> None:
    guard = AddressGuard([host]).limited_to(f"http://{host}:8090/")
    guard.check_url(f"http://{host}:8090/")
    with pytest.raises(FetchError):
        guard.check_url(f"http://{host}:8091/")


@pytest.mark.parametrize(
    ("host", "addresses", "blocked"),
    [
        ("example.com", ["8.8.8.8"], False),
        ("example.com", ["8.8.8.8", "2606:4700::1111"], False),
        ("example.com", ["8.8.8.8", "10.0.0.1"], True),
        ("example.com", ["fe80::1%eth0"], True),
        ("careers.corp", ["10.0.0.1"], False),
        ("CAREERS.corp", ["10.0.0.1"], False),
        ("careers.corp.example.com", ["10.0.0.1"], True),
        ("api.corp", ["10.0.0.1"], True),
    ],
)
def test_one_private_address_of_a_name_refuses_it_unless_it_is_allowed(
    host: str, addresses: list[str], blocked: bool
) -> None:
    guard = AddressGuard(["Careers.Corp", "api.corp:8080"])
    if blocked:
        with pytest.raises(FetchError) as refused:
            guard.check_addresses(host, 80, addresses)
        assert refused.value.code == "blocked_address"
    else:
        guard.check_addresses(host, 80, addresses)


@pytest.mark.parametrize("port", [22, 25, 6379])
def test_a_port_of_another_kind_of_server_is_refused(port: int) -> None:
    with pytest.raises(FetchError) as raised:
        AddressGuard().check_url(f"http://careers.example:{port}/")
    assert raised.value.code == "blocked_address"


@pytest.mark.parametrize("port", [80, 443, 8080, 8443, 3000])
def test_a_port_of_a_web_server_is_not_refused(port: int) -> None:
    AddressGuard().check_url(f"http://careers.example:{port}/")
