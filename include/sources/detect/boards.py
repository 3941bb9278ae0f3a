"""Boards by their address: whose host it is on, or else what its path looks like.

The hosts and paths are those of each source's own module. Paths of their APIs are recognised on
any host, which ``base_url`` then names: mirrors, and boards under an employer's own domain.
"""

import re
from collections.abc import Callable, Iterator

from include.sources.detect.address import Address
from include.sources.detect.candidate import Candidate
from include.sources.detect.paths import boards_by_path

_NO_TENANTS = frozenset({
    "academy", "api", "app", "assets", "assets-aws", "blog", "cdn", "community", "developer",
    "developers", "docs", "documentation", "engage", "get", "go", "help", "id", "images", "info",
    "jobs", "learn", "login", "marketing", "media", "partners", "resources", "scripts", "signin",
    "static", "status", "support", "trust", "tt", "www",
})  # fmt: skip
"""Names that vendors keep below their domains for themselves."""
_EU_GREENHOUSE = "https://boards-api.eu.greenhouse.io"
_EU_LEVER = "https://api.eu.lever.co"

Reader = Callable[[Address, re.Match[str]], Iterator[Candidate]]


def boards_at(url: str) -> tuple[Candidate, ...]:
    """What ``url`` may be a board of, or a posting or an API of one, the likeliest first; none
    for an address that says nothing."""
    address = Address.parse(url)
    if address is None:
        return ()
    for host, read in _HOSTS:
        if found := host.fullmatch(address.host):
            by_host = tuple(read(address, found))
            return by_host or boards_by_path(address)
    return boards_by_path(address)


def _greenhouse(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """``boards.greenhouse.io/acme/jobs/1``, ``…/embed/job_board?for=acme``, and in the EU."""
    board = address.asked("for") or address.first(but={"embed"})
    if board:
        base = {"base_url": _EU_GREENHOUSE} if host["eu"] else {}
        yield Candidate(source="greenhouse", config={"board": board, **base})


def _lever(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    if site := address.first():
        base = {"base_url": _EU_LEVER} if host["eu"] else {}
        yield Candidate(source="lever", config={"site": site, **base})


def _ashby(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    if board := address.first(but={"api", "_next", "static"}):
        yield Candidate(source="ashby", config={"board": board})


def _smartrecruiters(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """``careers.smartrecruiters.com/Acme``, ``jobs.smartrecruiters.com/Acme/74…-cook``."""
    company = address.asked("dcr_ci") or address.asked("company")
    match address.segments:
        case ("oneclick-ui", "company", named, *_) | ("my-applications", named, *_):
            company = named
        case (named, *_) if company is None and "." not in named:
            company = named
        case _:
            pass
    if company:
        yield Candidate(source="smartrecruiters", config={"company": company})


def _workday(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """``acme.wd5.myworkdayjobs.com/en-US/External/job/…``, or its API."""
    tenant, site = host["tenant"], next(iter(address.past_locale), None)
    if address.segments[:2] == ("wday", "cxs"):
        tenant, site = (*address.segments[2:4], None, None)[:2]
    if tenant and site and site != "wday":
        yield _workday_site(address.full_host, tenant, site)


def _workday_recruiting(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """``wd5.myworkdaysite.com/en-US/recruiting/acme/External``: the same boards are under
    ``acme.wd5.myworkdayjobs.com``, in all cases seen."""
    match address.past_locale:
        case ("recruiting", tenant, site, *_) | ("wday", "cxs", tenant, site, *_):
            yield _workday_site(f"{tenant}.{host['pod']}.myworkdayjobs.com".lower(), tenant, site)
            yield _workday_site(address.full_host, tenant, site)
        case _:
            pass


def _workday_site(host: str, tenant: str, site: str) -> Candidate:
    return Candidate(source="workday", config={"host": host, "tenant": tenant, "site": site})


def _workable(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """``apply.workable.com/acme/j/0A1B``. ``…/j/0A1B`` alone redirects there."""
    if account := address.first(but={"api", "j", "static", "assets"}):
        yield Candidate(source="workable", config={"account": account})


def _workable_subdomain(_: Address, host: re.Match[str]) -> Iterator[Candidate]:
    if (account := host["tenant"]) not in _NO_TENANTS | {"apply"}:
        yield Candidate(source="workable", config={"account": account})


def _subdomain(source: str, *, key: str = "site") -> Reader:
    """Boards that are a subdomain of the source's own, whatever the path."""

    def read(_: Address, host: re.Match[str]) -> Iterator[Candidate]:
        if host["tenant"] not in _NO_TENANTS:
            yield Candidate(source=source, config={key: host["tenant"]})

    return read


def _personio(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """Positions are read in the language that the address asks for."""
    language = address.asked("language")
    config = {"site": host["tenant"]}
    if language and language.isalpha() and language != "en":
        config["language"] = language
    yield Candidate(source="personio", config=config)


def _rippling(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """``ats.rippling.com/en-GB/acme/jobs``"""
    board = next((part for part in address.past_locale if part != "embed"), None)
    if board and board not in ("api", "_next", "static"):
        yield Candidate(source="rippling", config={"board": board})


def _eightfold(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """The employer's domain is in the query, mostly; its name with ``.com`` is the best guess."""
    domain = address.asked("domain")
    if host["tenant"] not in _NO_TENANTS or domain:
        domain = domain or f"{host['tenant']}.com"
        yield Candidate(source="eightfold", config={"host": address.full_host, "domain": domain})


def _icims(address: Address, host: re.Match[str]) -> Iterator[Candidate]:
    """``careers-acme.icims.com``; portals under other names are read there."""
    site = host["tenant"]
    if re.match(r"(?:cdn|media|img|c-|i-|login)", site) or site in _NO_TENANTS:
        return
    if site.startswith("careers-"):
        yield Candidate(source="icims", config={"site": site.removeprefix("careers-")})
    else:
        yield Candidate(source="icims", config={"site": site, "base_url": address.origin})


def _amazon(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    """What was searched for; else the words of a team's, a category's or a location's page."""
    query = address.asked("base_query") or address.asked("keywords")
    match address.past_locale:
        case ("teams" | "job_categories" | "locations" | "location", words, *_) if not query:
            query = words.replace("-", " ")
        case _:
            pass
    yield Candidate(source="amazon", config={"query": query or "amazon"})


def _apple(address: Address, _: re.Match[str]) -> Iterator[Candidate]:
    yield Candidate(source="apple", config={"query": address.asked("search") or "apple"})


_HOSTS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(host), read)
    for host, read in (
        (r"(?:job-)?boards(?P<eu>\.eu)?\.greenhouse\.io", _greenhouse),
        (r"jobs(?P<eu>\.eu)?\.lever\.co", _lever),
        (r"jobs\.ashbyhq\.com", _ashby),
        (r"(?:(?:careers|jobs)\.)?smartrecruiters\.com", _smartrecruiters),
        (r"(?P<tenant>[\w-]+)\.wd\d+\.myworkdayjobs(?:-impl)?\.com", _workday),
        (r"(?P<pod>wd\d+)\.myworkdaysite\.com", _workday_recruiting),
        (r"apply\.workable\.com", _workable),
        (r"(?P<tenant>[\w-]+)\.workable\.com", _workable_subdomain),
        (r"(?P<tenant>[\w-]+)\.recruitee\.com", _subdomain("recruitee")),
        (r"(?P<tenant>[\w-]+)\.jobs\.personio\.(?:de|com)", _personio),
        (r"(?P<tenant>[\w-]+(?:\.na)?)\.teamtailor\.com", _subdomain("teamtailor")),
        (r"(?P<tenant>[\w-]+)\.bamboohr\.com", _subdomain("bamboohr")),
        (r"ats(?:\.us1)?\.rippling\.com", _rippling),
        (r"(?P<tenant>[\w-]+)\.eightfold\.ai", _eightfold),
        (r"(?P<tenant>[\w-]+)\.icims\.com", _icims),
        (r"amazon\.jobs", _amazon),
        (r"jobs\.apple\.com", _apple),
    )
)
