import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from include.core.hosts.robots import RobotsText
from include.core.models import Page
from include.errors import FetchError, PageGone
from include.fetch.pages import Fetched
from include.fetch.robots import Robots

USER_AGENT = "JobhuntIngestion/0.1 (+https://example.com/about-our-bot)"


class Site:
    """A site that counts the requests for robots.txt, and answers them with a text or an error."""

    def __init__(self, answers: Mapping[str, str | bytes | Exception]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    async def fetch(self, url: str) -> Fetched:
        self.asked.append(url)
        await asyncio.sleep(0)
        answer = self._answers[url]
        if isinstance(answer, Exception):
            raise answer
        body = answer.encode() if isinstance(answer, str) else answer
        return Fetched(page=Page(url=url, body=body, content_type="text/plain"))


@dataclass
class Store:
    """A store of the robots.txt rules that all workers share."""

    known: dict[str, tuple[RobotsText, timedelta]] = field(default_factory=dict)
    reading: defaultdict[str, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )

    def find(self, origins: Collection[str]) -> Mapping[str, RobotsText]:
        return {origin: self.known[origin][0] for origin in origins if origin in self.known}

    def keep(self, origin: str, robots: RobotsText, lifetime: timedelta) -> None:
        self.known[origin] = robots, lifetime


def robots_of(site: Site, store: Store | None = None) -> Robots:
    store = store or Store()
    return Robots(site.fetch, store, exclusive=store.reading.__getitem__, user_agent=USER_AGENT)


async def refusal(answer: str | bytes | Exception, path: str = "/jobs/1") -> str | None:
    """Return the code of the error with which the page is refused; None if it is allowed.

    The result is "retryable" for an error that is worth another try.
    """
    site = Site({"https://careers.example/robots.txt": answer})
    robots = robots_of(site)
    try:
        await robots.check(f"https://careers.example{path}")
    except FetchError as error:
        return "retryable" if error.retryable else error.code
    return None


async def allowed(rules: str | bytes, path: str = "/jobs/1") -> bool:
    code = await refusal(rules, path)
    assert code in (None, "robots")
    return code is None


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (PageGone("404"), None),
        (FetchError("401", code="http_4xx", status=401), None),
        (FetchError("403", code="http_4xx", status=403), None),
        (FetchError("empty", code="empty"), None),
        (FetchError("six redirects", code="redirect"), None),
        (FetchError("500", code="http_5xx", retryable=True), "robots"),
        (FetchError("429", code="rate_limited", retryable=True), "robots"),
        (FetchError("slow", code="timeout", retryable=True), "robots"),
        (FetchError("reset", code="protocol", retryable=True), "robots"),
        (FetchError("endless", code="too_large"), "robots"),
        (FetchError("broken gzip", code="encoding"), "robots"),
        # These errors keep their own codes, because no page of the host can be reached either.
        (FetchError("no name", code="dns", retryable=True), "dns"),
        (FetchError("refused", code="connect", retryable=True), "connect"),
        (FetchError("certificate", code="tls"), "tls"),
        (FetchError("private", code="blocked_address"), "blocked_address"),
    ],
    ids=str,
)
async def test_absent_rules_allow_and_unreachable_ones_deny(
    answer: Exception, expected: str | None
) -> None:
    assert await refusal(answer) == expected


@pytest.mark.parametrize(
    ("rules", "path", "expected"),
    [
        ("User-agent: *\nDisallow: /", "/jobs/1", False),
        ("User-agent: *\nDisallow: /private", "/jobs/1", True),
        ("User-agent: *\nDisallow: /private", "/private/1", False),
        ("User-agent: *\nDisallow: /jobs\nAllow: /jobs/1", "/jobs/1", True),
        ("User-agent: *\nDisallow: /*?page=", "/jobs?page=2", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/jobs/1.pdf", False),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/caf%C3%A9/1", False),
        ("User-agent: JobhuntIngestion\nDisallow: /", "/jobs/1", False),
        ("User-agent: jobhuntingestion\nDisallow: /", "/jobs/1", False),
        ("User-agent: OtherBot\nDisallow: /", "/jobs/1", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: JobhuntIngestion\nAllow: /", "/jobs/1", True),
        ("User-agent: *\nAllow: /\n\nUser-agent: JobhuntIngestion\nDisallow: /", "/jobs/1", False),
        ("\ufeffUser-agent: *\nDisallow: /", "/jobs/1", False),
        ("User-agent: *\r\nDisallow: /\r\n", "/jobs/1", False),
        ("user-agent : *\n disallow : /", "/jobs/1", False),
        ("User-agent: *\nCrawl-delay: soon\nDisallow: /private", "/jobs/1", True),
        ("User-agent: *\nCrawl-delay: soon\nDisallow: /private", "/private", False),
    ],
)
async def test_the_rules_for_our_user_agent_are_obeyed(
    rules: str, path: str, expected: bool
) -> None:
    assert await allowed(rules, path) is expected


@pytest.mark.parametrize("product", ["https", "example", "about-our-bot"])
async def test_rules_for_a_word_of_our_comment_are_not_for_us(product: str) -> None:
    assert await allowed(f"User-agent: {product}\nDisallow: /")


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "<!doctype html><h1>Not found</h1><p>User-agent: see our help</p>",
        bytes(range(256)) * 20,
        b"\xff\xfe" + "User-agent: x".encode("utf-16-le"),
        "Disallow: /",
    ],
    ids=["empty", "HTML", "binary", "UTF-16", "a rule for nobody"],
)
async def test_an_unparsable_robots_txt_forbids_nothing(answer: str | bytes) -> None:
    assert await allowed(answer)


async def test_a_robots_txt_is_read_up_to_500_kib() -> None:
    start = "User-agent: *\nDisallow: /private\n"
    padding = "# nothing\n" * (500 * 1024 // 10)
    assert await allowed(f"{start}{padding}Disallow: /")
    assert not await allowed(f"{start}{padding}Disallow: /", "/private")


async def test_a_rule_that_is_cut_at_500_kib_is_ignored() -> None:
    start = "User-agent: *\nDisallow: /jobs\n"
    end = "Allow: /jobs/1-of-another-kind\n"
    # The limit cuts the last line to "Allow: /jobs/1", which would allow the page.
    comment_length = 500 * 1024 - len(start) - len("Allow: /jobs/1")
    assert not await allowed(start + "#" * (comment_length - 1) + "\n" + end)


async def test_robots_txt_is_requested_once_for_all_pages_of_an_origin() -> None:
    names = ["http://a.example", "https://a.example", "http://a.example:8080", "http://b.example"]
    site = Site({f"{name}/robots.txt": "User-agent: *\nDisallow: /private" for name in names})
    robots = robots_of(site)
    await asyncio.gather(
        *(robots.check(f"{name}/jobs/{n}?page=1#apply") for name in names for n in range(20))
    )
    assert sorted(site.asked) == sorted(f"{name}/robots.txt" for name in names)


async def test_robots_txt_is_checked_for_each_origin() -> None:
    site = Site(
        {
            "https://a.example/robots.txt": "User-agent: *\nDisallow: /",
            "https://b.example/robots.txt": PageGone("404"),
        }
    )
    robots = robots_of(site)
    await robots.check("https://b.example/jobs/1")
    with pytest.raises(FetchError):
        await robots.check("https://a.example/jobs/1")


async def test_a_refusal_is_remembered_too() -> None:
    fault = FetchError("500", code="http_5xx", retryable=True)
    site = Site({"https://a.example/robots.txt": fault})
    robots = robots_of(site)
    for _ in range(3):
        with pytest.raises(FetchError, match="can't be read"):
            await robots.check("https://a.example/jobs/1")
    assert len(site.asked) == 1


async def test_rules_that_one_worker_has_read_are_not_requested_by_others() -> None:
    store = Store()
    site = Site({"https://a.example/robots.txt": "User-agent: *\nDisallow: /private"})
    await robots_of(site, store).check("https://a.example/jobs/1")
    other = robots_of(site, store)
    await other.check("https://a.example/jobs/2")
    with pytest.raises(FetchError, match="disallows"):
        await other.check("https://a.example/private")
    assert len(site.asked) == 1


async def test_workers_that_meet_an_origin_at_once_read_its_rules_once() -> None:
    store = Store()
    site = Site({f"https://{name}.example/robots.txt": "User-agent: x" for name in "ab"})
    await asyncio.gather(
        *(robots_of(site, store).check(f"https://{name}.example/1") for name in "ab" * 5)
    )
    assert sorted(site.asked) == [f"https://{name}.example/robots.txt" for name in "ab"]


@pytest.mark.parametrize(
    ("answer", "lifetime"),
    [
        ("User-agent: *\nDisallow: /", timedelta(hours=24)),
        (PageGone("404"), timedelta(hours=24)),
        (FetchError("500", code="http_5xx"), timedelta(seconds=30)),
        (FetchError("refused", code="connect"), timedelta(seconds=30)),
    ],
    ids=str,
)
async def test_rules_are_kept_for_a_day_and_faults_for_30_seconds(
    answer: str | Exception, lifetime: timedelta
) -> None:
    store = Store()
    site = Site({"https://a.example/robots.txt": answer})
    with suppress(FetchError):
        await robots_of(site, store).check("https://a.example/jobs/1")
    assert store.known["https://a.example"][1] == lifetime


@pytest.mark.parametrize(
    ("rules", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 2", 2),
        ("User-agent: *\nCrawl-delay: 0.5", 0.5),
        ("User-agent: *\nCrawl-delay: 86400", 60),
        ("User-agent: *\nCrawl-delay: 0", None),
        ("User-agent: *\nCrawl-delay: -3", None),
        ("User-agent: *\nCrawl-delay: soon", None),
        ("User-agent: *\nCrawl-delay: nan", None),
        ("User-agent: *\nCrawl-delay: inf", None),
        ("User-agent: OtherBot\nCrawl-delay: 2", None),
        ("User-agent: *\nCrawl-delay: 2\n\nUser-agent: JobhuntIngestion\nCrawl-delay: 1", 1),
        ("", None),
    ],
)
async def test_a_site_says_how_long_to_wait_between_two_requests(
    rules: str, delay: float | None
) -> None:
    site = Site({"https://a.example/robots.txt": rules})
    assert await robots_of(site).check("https://a.example/jobs/1") == delay
