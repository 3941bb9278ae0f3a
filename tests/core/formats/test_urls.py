from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from include.core.formats.urls import (
    absolute,
    canonical_url,
    host_key,
    is_http,
    origin_of,
    rebase,
    requested_url,
    site_of,
)
from include.errors import SettingError


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("https://example.com/jobs/1", "https://example.com/jobs/1"),
        ("HTTPS://Example.COM:443/Jobs/1#apply", "https://example.com/Jobs/1"),
        ("http://example.com:8080/jobs/", "http://example.com:8080/jobs/"),
        ("https://example.com/j?utm_source=x&id=2&gh_src=y", "https://example.com/j?id=2"),
        ("https://example.com/j?b=2&a=1", "https://example.com/j?b=2&a=1"),
        ("https://example.com/j?utm_medium=x", "https://example.com/j"),
        ("https://example.com/senior cook", "https://example.com/senior%20cook"),
        ("https://example.com/senior%20cook?q=a%2Fb", "https://example.com/senior%20cook?q=a%2Fb"),
        ("https://bücher.example/stelle", "https://xn--bcher-kva.example/stelle"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com/caf%c3%a9", "https://example.com/caf%C3%A9"),
        ("https://example.com/%7Ecook%2Dlead/%41", "https://example.com/~cook-lead/A"),
        ("https://example.com/a%2fb?c=%2f%7e", "https://example.com/a%2Fb?c=%2F~"),
        ("https://example.com/a/./b/../c/.", "https://example.com/a/c/"),
        ("https://example.com/../../a", "https://example.com/a"),
        ("http://[2001:db8::1]:80/x", "http://[2001:db8::1]/x"),
        ("not a url", "not a url"),
        ("https://exa mple.com:port/", "https://exa mple.com:port/"),
    ],
)
def test_all_spellings_of_a_url_have_one_canonical_form(url: str, identity: str) -> None:
    assert canonical_url(url) == identity
    assert canonical_url(identity) == identity


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://Example.com/a", "example.com"),
        ("https://example.com:443/a", "example.com"),
        ("http://example.com:443/a", "example.com:443"),
        ("http://127.0.0.1:8090/a", "127.0.0.1:8090"),
        ("https://user:secret@example.com/", "example.com"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
    ],
)
def test_a_host_key_has_the_port_only_if_it_is_not_the_default(url: str, key: str) -> None:
    assert host_key(url) == key


@pytest.mark.parametrize(
    ("url", "requested"),
    [
        ("https://example.com/region:1/c%2B%2B+dev%7Elead", None),
        ("https://example.com/j;jsessionid=1?x=%2C&e=a%40b&d=2026%2F03&p=50%", None),
        ("https://example.com/%41/a%2fb", None),
        ("https://Example.com:443/senior cook#top", "https://example.com/senior%20cook"),
        ("https://bücher.example/café?q=ü", "https://xn--bcher-kva.example/caf%C3%A9?q=%C3%BC"),
        ("https://example.com/a/../b", "https://example.com/b"),
    ],
)
def test_a_url_is_requested_as_it_is_written(url: str, requested: str | None) -> None:
    assert requested_url(url) == (requested or url)


PIECES = ["http", "https", ":", "/", "//", "?", "#", "@", "[", "]", "\\", "a.example", "::1", "80"]


def place(url: str) -> tuple[str, str] | None:
    """Return the scheme and the host of a URL; None if it is invalid."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.scheme, parts.netloc


@given(st.lists(st.sampled_from([*PIECES, " ", "\t", "\n", "\0", "℀"]), max_size=9).map("".join))
@example("http:/\n/a.example/x")
def test_the_site_of_a_url_has_its_scheme_and_host(url: str) -> None:
    assert place(site_of(url)) == place(url)


def test_an_origin_keeps_its_spelling() -> None:
    assert origin_of("HTTP://Example.com:80/a//b?c#d") == "http://Example.com:80"


@pytest.mark.parametrize("url", ["http://a\0.example/", "http://\0/", "http://a\x7f.example:80/"])
def test_a_host_that_is_not_printable_is_no_host(url: str) -> None:
    assert not is_http(url)
    assert canonical_url(url) == url
    with pytest.raises(ValueError, match="host"):
        host_key(url)


def test_a_url_without_a_host_has_no_host_key() -> None:
    with pytest.raises(ValueError, match="no host"):
        host_key("mailto:jobs@example.com")


@pytest.mark.parametrize(
    "url", ["/jobs/1", "ftp://example.com/", "javascript:alert(1)", "https:///x", "http://[::1", ""]
)
def test_only_absolute_http_urls_are_http_urls(url: str) -> None:
    assert not is_http(url)


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("/jobs/1", "https://acme.example/jobs/1"),
        (" ?page=2 ", "https://acme.example/jobs?page=2"),
        ("//jobs.example/1", "https://jobs.example/1"),
        ("javascript:/jobs/1", None),
        ("http://[/jobs/1", None),
        ("", None),
        (None, None),
    ],
)
def test_a_reference_leads_to_an_http_url_or_nowhere(
    reference: str | None, url: str | None
) -> None:
    assert absolute("https://acme.example/jobs", reference) == url


@pytest.mark.parametrize(
    ("base_url", "moved"),
    [
        (None, "https://api.example.com/v0/x?skip=0"),
        ("http://127.0.0.1:8090", "http://127.0.0.1:8090/v0/x?skip=0"),
        ("http://127.0.0.1:8090/lever/", "http://127.0.0.1:8090/lever/v0/x?skip=0"),
    ],
)
def test_a_base_url_replaces_scheme_and_host_and_keeps_its_path_in_front(
    base_url: str | None, moved: str
) -> None:
    once = rebase("https://api.example.com/v0/x?skip=0", base_url)

    assert once == moved
    assert rebase(once, base_url) == moved


@pytest.mark.parametrize("base_url", ["localhost:8090", "/lever", "http://x/?a=1", ""])
def test_the_error_for_an_unusable_base_url_names_the_field(base_url: str) -> None:
    with pytest.raises(SettingError) as refused:
        rebase("https://api.example.com/", base_url)

    assert refused.value.field == "config.base_url"
