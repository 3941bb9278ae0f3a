"""Tests of pages and listings that are fetched through a proxy."""

import logging
from pathlib import Path

import pytest
from pydantic import SecretStr

from include.errors import FetchError
from include.fetch.guard import AddressGuard
from include.fetch.options import FetchOptions
from include.fetch.pages import PageFetcher
from tests.fetch.answers import HTML, MIB
from tests.fetch.certificates import Authority
from tests.fetch.fault_server import FaultServer, redirect, reply
from tests.fetch.fetching import fetch
from tests.fetch.proxy_server import ProxyServer

PASSWORD = "p%40ss-W0rd"  # the password of the test's proxy, encoded for a URL
CREDENTIALS = "crawler:p@ss-W0rd"


def fetcher_behind(proxy: str, *allowed: str) -> PageFetcher:
    return PageFetcher(
        FetchOptions(
            guard=AddressGuard(allowed),
            user_agent="Tester/1.0",
            deadline=5,
            max_bytes=MIB,
            proxy=SecretStr(proxy),
        )
    )


@pytest.mark.parametrize("scheme", ["http", "socks5"])
@pytest.mark.parametrize("credentials", ["", CREDENTIALS])
async def test_pages_are_fetched_through_a_proxy_which_resolves_their_names(
    scheme: str, credentials: str, server: FaultServer
) -> None:
    start = reply(status=302, location="/there", set_cookie="seen=1; Path=/")
    server.at("/", start)
    server.at("/there", reply(HTML))
    userinfo = f"crawler:{PASSWORD}@" if credentials else ""
    with ProxyServer(credentials) as proxy:
        async with fetcher_behind(f"{scheme}://{userinfo}127.0.0.1:{proxy.port}") as fetcher:
            page = (await fetch(fetcher, f"http://careers.example:{server.port}/")).page
    assert page is not None
    assert page.body == HTML
    assert page.url == f"http://careers.example:{server.port}/there"
    how = "GET" if scheme == "http" else "SOCKS5"
    assert {*proxy.asked} == {(how, "careers.example", server.port)}
    assert [asked.headers.get("cookie") for asked in server.asked] == [None, "seen=1"]
    if scheme == "socks5":
        assert not any("proxy-authorization" in asked.headers for asked in server.asked)


@pytest.mark.parametrize("scheme", ["http", "socks5"])
@pytest.mark.parametrize("credentials", ["", CREDENTIALS])
async def test_pages_over_tls_go_through_a_tunnel(
    scheme: str, credentials: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    userinfo = f"crawler:{PASSWORD}@" if credentials else ""
    with (
        FaultServer(tls=authority.server_context("good")) as server,
        ProxyServer(credentials) as proxy,
    ):
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))
        url = server.at("/", reply(HTML))
        proxy_url = f"{scheme}://{userinfo}127.0.0.1:{proxy.port}/"
        async with fetcher_behind(proxy_url, server.host) as fetcher:
            fetched = [await fetch(fetcher, url) for _ in range(2)]
    assert all(one.page and one.page.body == HTML and one.etag is None for one in fetched)
    how = "CONNECT" if scheme == "http" else "SOCKS5"
    assert proxy.asked == [(how, "127.0.0.1", server.port)], (
        "the second page needs a tunnel of its own"
    )
    assert not any("proxy-authorization" in asked.headers for asked in server.asked)
    assert not any("cookie" in asked.headers for asked in server.asked)


@pytest.mark.parametrize("is_trusted", [True, False])
async def test_a_proxy_may_speak_tls(
    is_trusted: bool, server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    server.at("/", reply(HTML))
    with ProxyServer(CREDENTIALS, tls=authority.server_context("good")) as proxy:
        if is_trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))
        proxy_url = f"https://crawler:{PASSWORD}@127.0.0.1:{proxy.port}"
        async with fetcher_behind(proxy_url) as fetcher:
            fetching = fetch(fetcher, f"http://careers.example:{server.port}/")
            if is_trusted:
                assert (await fetching).page
            else:
                with pytest.raises(FetchError, match="certificate"):
                    await fetching
    expected_requests = 1 if is_trusted else 0
    assert len(server.asked) == expected_requests
    assert len(proxy.asked) == expected_requests


@pytest.mark.parametrize(
    ("proxy_url", "code"),
    [
        ("http://crawler:wr0ng-secret@127.0.0.1:{port}", "http_4xx"),
        ("socks5://crawler:wr0ng-secret@127.0.0.1:{port}", "connect"),
        ("http://crawler:wr0ng-secret@127.0.0.1:1", "connect"),
        ("socks5://crawler:wr0ng-secret@127.0.0.1:1", "connect"),
        ("http://crawler:wr0ng-secret@nowhere.invalid:1", "connect"),
        ("http://crawler:wr0ng-secret@127.0.0.1:99999", "connect"),
        ("http://crawler:@wr0ng-secret@127.0.0.1:{port}", "connect"),
    ],
)
@pytest.mark.parametrize("page", ["http://careers.example:{port}/", "https://careers.example/"])
async def test_credentials_are_in_no_message_and_no_log(
    proxy_url: str,
    code: str,
    page: str,
    server: FaultServer,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    with ProxyServer(CREDENTIALS) as proxy:
        async with fetcher_behind(proxy_url.format(port=proxy.port)) as fetcher:
            with pytest.raises(FetchError) as refused:
                await fetch(fetcher, page.format(port=server.port))
    assert refused.value.code == (code if page.startswith("http:") else "connect")
    assert server.asked == []
    output = f"{refused.value!r} {caplog.text} {capfd.readouterr()} {vars(fetcher._client)}"
    assert "wr0ng-secret" not in output


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://127.0.0.1/", "blocked_address"),
        ("http://[::1]/", "blocked_address"),
        ("http://2130706433/", "blocked_address"),
        ("http://10.0.0.1/", "blocked_address"),
        ("http://user@careers.example/", "blocked_address"),
        ("http://careers.example:22/", "blocked_address"),
        ("http://" + "a" * 300 + ".example/", "url_too_long"),
        ("file:///etc/passwd", "blocked_address"),
    ],
)
async def test_the_guard_still_reads_every_url(
    location: str, code: str, server: FaultServer
) -> None:
    server.at("/", redirect(location))
    with ProxyServer() as proxy:
        async with fetcher_behind(f"http://127.0.0.1:{proxy.port}") as fetcher:
            for url in (location, f"http://careers.example:{server.port}/"):
                with pytest.raises(FetchError) as refused:
                    await fetch(fetcher, url)
                assert refused.value.code == code
    assert proxy.asked == [("GET", "careers.example", server.port)]
