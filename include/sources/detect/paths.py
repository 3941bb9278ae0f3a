"""Recognition of boards by the path of a URL, whatever its host.

The path is one of a source's API, of its widget, or of its career sites on employers' own hosts.
"""

import re
from collections.abc import Callable
from urllib.parse import unquote

from include.core.companies.company_names import site_label
from include.sources.detect.address import Address
from include.sources.detect.candidate import Candidate

_API_HOSTS = frozenset({
    "boards-api.greenhouse.io", "api.lever.co", "api.ashbyhq.com", "api.smartrecruiters.com",
    "api-prod.letsdeel.com", "api.gem.com", "api.hireology.com", "api.rippling.com",
    "apply.workable.com", "careers-page.com", "herp.careers", "jobs.gusto.com", "paycomonline.net",
    "recruiting.paylocity.com",
})  # fmt: skip
"""The hosts to which adapters send requests if the config has no ``base_url``. A candidate for a
URL on such a host therefore needs no ``base_url``."""

GUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_LANGUAGE = r"[a-z]{2}(?:-[a-z]{2,4})?"

ConfigMaker = Callable[[Address, re.Match[str]], dict[str, str]]


def boards_by_path(address: Address) -> tuple[Candidate, ...]:
    """Return the board whose API or page has the path of ``address``, or nothing.

    The result has at most one candidate. Its ``base_url`` depends on its config. A config that has
    a ``url`` gets no ``base_url``. If the config has a ``host``, the ``base_url`` is the origin of
    ``address``. This ``base_url`` is omitted if the origin is ``https://`` followed by the host.
    Otherwise the ``base_url`` is the origin and the part of the path before the known path. This
    ``base_url`` is omitted if ``address`` is on the source's own host.
    """
    for source, path, make_config in _PATTERNS:
        if (match := path.search(address.path)) is None:
            continue
        config = make_config(address, match)
        if not all(config.values()):
            continue
        if "url" in config:
            pass  # ``url`` is the board's address, which a base_url must not replace
        elif address.host not in _API_HOSTS and "host" not in config:
            config["base_url"] = address.origin + address.path[: match.start()]
        elif "host" in config and not _is_https_host(address):
            config["base_url"] = address.origin
        return (Candidate(source=source, config=config),)
    return ()


def _is_https_host(address: Address) -> bool:
    """Return whether the origin is ``https://`` followed by the host, without a port."""
    return address.origin == f"https://{address.full_host}"


def config_from_path(key: str) -> ConfigMaker:
    """Return a function that makes a config whose ``key`` has the name from the path."""
    return lambda _, match: {key: unquote(match[1])}


def config_from_host(key: str) -> ConfigMaker:
    """Return a function that makes a config whose ``key`` has the label of the host.

    An example of a label is ``acme`` for ``careers.acme.example``. This function is for paths that
    do not contain the name of the board.
    """

    def make_config(address: Address, _: re.Match[str]) -> dict[str, str]:
        return {key: site_label(address.host)}

    return make_config


def _embedded_greenhouse_board(address: Address, _: re.Match[str]) -> dict[str, str]:
    return {"board": address.query_value("for") or ""}


def _workday(address: Address, match: re.Match[str]) -> dict[str, str]:
    return {"host": address.full_host, "tenant": match[1], "site": match[2]}


def _oracle(address: Address, match: re.Match[str]) -> dict[str, str]:
    return {"host": address.full_host, "site": match[1]}


def _oracle_api(address: Address, _: re.Match[str]) -> dict[str, str]:
    finder = re.search(r"siteNumber=\"?(\w+)", address.query_value("finder") or "")
    return {"host": address.full_host, "site": finder[1] if finder else ""}


def _eightfold(address: Address, _: re.Match[str]) -> dict[str, str]:
    return {"host": address.full_host, "domain": address.query_value("domain") or ""}


def _ultipro(address: Address, match: re.Match[str]) -> dict[str, str]:
    return {"host": address.full_host, "tenant": match[1], "board": match[2]}


def _neogov(address: Address, _: re.Match[str]) -> dict[str, str]:
    return {"agency": address.query_value("agency") or ""}


def _paycom_key(address: Address, _: re.Match[str]) -> dict[str, str]:
    return {"portal": address.query_value("clientkey") or ""}


def _phenom(address: Address, match: re.Match[str]) -> dict[str, str]:
    return {"host": address.full_host, "locale": f"{match[2]}_{match[1]}"}


def _search_host(address: Address, _: re.Match[str]) -> dict[str, str]:
    return {"host": address.full_host}


def _avature(address: Address, match: re.Match[str]) -> dict[str, str]:
    return {"url": address.origin + address.path[: match.start()]}


def _careers_url(address: Address, match: re.Match[str]) -> dict[str, str]:
    """Return a config whose ``url`` is the origin and the first group of the path's pattern."""
    return {"url": address.origin + match[1]}


def _taleo(address: Address, match: re.Match[str]) -> dict[str, str]:
    return {"host": address.full_host, "section": match[1]}


def _amazon(address: Address, _: re.Match[str]) -> dict[str, str]:
    return {"query": address.query_value("base_query") or "amazon"}


_PATTERNS: tuple[tuple[str, re.Pattern[str], ConfigMaker], ...] = tuple(
    (source, re.compile(path), make_config)
    for source, path, make_config in (
        ("greenhouse", r"/v1/boards/([^/]+)", config_from_path("board")),
        ("greenhouse", r"/embed/job_(?:board|app)\b", _embedded_greenhouse_board),
        ("lever", r"/v0/postings/([^/]+)", config_from_path("site")),
        ("ashby", r"/posting-api/job-board/([^/]+)", config_from_path("board")),
        ("smartrecruiters", r"/v1/companies/([^/]+)/postings", config_from_path("company")),
        ("workday", r"/wday/cxs/([^/]+)/([^/]+)", _workday),
        (
            "workable",
            r"/api/v[123]/(?:widget/)?accounts/([A-Za-z][^/]*)",
            config_from_path("account"),
        ),
        ("recruitee", r"/api/offers$", config_from_host("site")),
        ("personio", r"/xml$", config_from_host("site")),
        ("teamtailor", r"/jobs\.(?:json|rss)$", config_from_host("site")),
        ("bamboohr", r"/careers/list$", config_from_host("site")),
        ("breezy", r"^/json$", config_from_host("site")),
        ("pinpoint", r"/postings\.json$", config_from_host("site")),
        ("hibob", r"/api/job-ad$", config_from_host("site")),
        ("gem", r"/job_board/v0/([^/]+)/job_posts", config_from_path("board")),
        ("herp", r"/careers/api/v1/companies/([^/]+)$", config_from_path("company")),
        ("hrmos", r"/pages/([^/]+)/jobs(?:/[^/]+)?$", config_from_path("company")),
        ("manatal", r"/api/v1\.0/c/([^/]+)/jobs", config_from_path("company")),
        (
            "deel",
            r"/guest/ats/organizations/([^/]+)/career_page_settings$",
            config_from_path("company"),
        ),
        ("gusto", rf"/boards/([\w%-]+-{GUID})$", config_from_path("board")),
        (
            "keka",
            rf"/careers/api/embedjobs/(?:(?:js|default/active)/)?(?:{GUID}|[0-9A-Fa-f]{{32}})$",
            config_from_host("site"),
        ),
        ("neogov", r"/SearchEngine/JobsFeed$", _neogov),
        ("traffit", r"/public/job_posts/published$", config_from_host("site")),
        ("rippling", r"/platform/api/ats/v1/board/([^/]+)", config_from_path("board")),
        ("applicantpro", r"^/core/jobs/\d+(?:/|$)", _search_host),
        ("hireology", r"/v[12]/(?:public/)?careers/([^/]+)$", config_from_path("company")),
        ("jibe", r"^/api/jobs$|/careers-home/jobs(?:/\w+)?$", _search_host),
        ("pageup", rf"^((?:/\d+)?/ca?w\w*/{_LANGUAGE})/(?:listing|job/\d+)(?:/|$)", _careers_url),
        ("taleo", r"^/careersection/([^/]+)/\w+\.ftl$", _taleo),
        ("oracle", r"/hcmUI/CandidateExperience/[^/]+/sites?/([^/]+)", _oracle),
        ("oracle", r"/recruitingCEJobRequisition(?:s|Details)$", _oracle_api),
        ("eightfold", r"/api/pcsx/", _eightfold),
        ("icims", r"/jobs/(?:search|\d+/[^/]+/job)$", config_from_host("site")),
        ("ultipro", rf"/([^/]+)/JobBoard/({GUID})", _ultipro),
        ("paylocity", rf"(?i)/recruiting/jobs/all/({GUID})", config_from_path("board")),
        ("paylocity", rf"(?i)/recruiting/v2/api/feed/jobs/({GUID})", config_from_path("board")),
        ("paycom", r"/v4/ats/web\.php/portal/([0-9A-Fa-f]{32})(?:/|$)", config_from_path("portal")),
        ("paycom", r"/v4/ats/web\.php/jobs", _paycom_key),
        ("jazzhr", r"/apply/jobs(?:/details/\w+)?$", config_from_host("site")),
        (
            "phenom",
            r"^/([a-z]{2}|global)/([a-z]{2})/(?:search-results|job/[^/]+(?:/[^/]+)?)$",
            _phenom,
        ),
        ("radancy", rf"^((?:/{_LANGUAGE})?)/search-jobs(?:/|$)", _careers_url),
        ("radancy", rf"^((?:/{_LANGUAGE})?)/job/[^/]+/[^/]+/\d+/\d{{9,}}$", _careers_url),
        ("successfactors", r"/job/(?:[^/]+/)+(?:\d{6,}|\d+-[a-z]{2}_[A-Z]{2})$", _search_host),
        ("successfactors", r"^/services/recruiting/v1/jobs$", _search_host),
        ("zoho", r"/jobs/Careers(?:/\d+(?:/[^/]+)?)?$", _search_host),
        ("avature", r"/(?:SearchJobs|JobDetail)(?:/|$)", _avature),
        ("amazon", r"(?:/[a-z]{2})?/search\.json$", _amazon),
    )
)
