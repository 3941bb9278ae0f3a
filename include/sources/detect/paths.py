"""Boards by the path of their address, on whatever host: an API, a widget, or a site of its own."""

import re
from collections.abc import Callable
from urllib.parse import unquote

from include.sources.detect.address import Address
from include.sources.detect.candidate import Candidate

_OWN_HOSTS = frozenset({
    "boards-api.greenhouse.io", "api.lever.co", "api.ashbyhq.com", "api.smartrecruiters.com",
    "apply.workable.com", "api.rippling.com",
})  # fmt: skip
"""Where adapters send their requests unless told otherwise."""

Settings = Callable[[Address, re.Match[str]], dict[str, str]]


def boards_by_path(address: Address) -> tuple[Candidate, ...]:
    """At most one; what stands in front of the path that is known goes into ``base_url``."""
    for source, path, settings in _PATHS:
        if (found := path.search(address.path)) is None:
            continue
        config = settings(address, found)
        if not all(config.values()):
            continue
        if address.host not in _OWN_HOSTS and "host" not in config:
            config["base_url"] = address.origin + address.path[: found.start()]
        elif "host" in config and not _is_plain(address):
            config["base_url"] = address.origin
        return (Candidate(source=source, config=config),)
    return ()


def _is_plain(address: Address) -> bool:
    """Whether ``https://`` and the host alone lead there."""
    return address.origin == f"https://{address.full_host}"


def named(key: str) -> Settings:
    """The setting ``key``, as the path has it."""
    return lambda _, found: {key: unquote(found[1])}


def labelled(key: str) -> Settings:
    """For boards whose name is not in the path: the host's own stands in for it."""

    def settings(address: Address, _: re.Match[str]) -> dict[str, str]:
        return {key: site_label(address)}

    return settings


def site_label(address: Address) -> str:
    """``acme`` of ``careers.acme.example``; the host itself where it is an IP address."""
    labels = [part for part in address.host.split(".") if part not in _GENERIC]
    return labels[0] if labels else address.host


_GENERIC = frozenset({"career", "careers", "job", "jobs", "apply", "join", "work", "hiring"})


def _embedded(address: Address, _: re.Match[str]) -> dict[str, str]:
    return {"board": address.asked("for") or ""}


def _workday(address: Address, found: re.Match[str]) -> dict[str, str]:
    return {"host": address.full_host, "tenant": found[1], "site": found[2]}


def _oracle(address: Address, found: re.Match[str]) -> dict[str, str]:
    return {"host": address.full_host, "site": found[1]}


def _oracle_api(address: Address, _: re.Match[str]) -> dict[str, str]:
    finder = re.search(r"siteNumber=\"?(\w+)", address.asked("finder") or "")
    return {"host": address.full_host, "site": finder[1] if finder else ""}


def _eightfold(address: Address, _: re.Match[str]) -> dict[str, str]:
    return {"host": address.full_host, "domain": address.asked("domain") or ""}


def _search_host(address: Address, _: re.Match[str]) -> dict[str, str]:
    return {"host": address.full_host}


def _amazon(address: Address, _: re.Match[str]) -> dict[str, str]:
    return {"query": address.asked("base_query") or "amazon"}


_PATHS: tuple[tuple[str, re.Pattern[str], Settings], ...] = tuple(
    (source, re.compile(path), settings)
    for source, path, settings in (
        ("greenhouse", r"/v1/boards/([^/]+)", named("board")),
        ("greenhouse", r"/embed/job_(?:board|app)\b", _embedded),
        ("lever", r"/v0/postings/([^/]+)", named("site")),
        ("ashby", r"/posting-api/job-board/([^/]+)", named("board")),
        ("smartrecruiters", r"/v1/companies/([^/]+)/postings", named("company")),
        ("workday", r"/wday/cxs/([^/]+)/([^/]+)", _workday),
        ("workable", r"/api/v[123]/(?:widget/)?accounts/([A-Za-z][^/]*)", named("account")),
        ("recruitee", r"/api/offers$", labelled("site")),
        ("personio", r"/xml$", labelled("site")),
        ("teamtailor", r"/jobs\.(?:json|rss)$", labelled("site")),
        ("bamboohr", r"/careers/list$", labelled("site")),
        ("rippling", r"/platform/api/ats/v1/board/([^/]+)", named("board")),
        ("oracle", r"/hcmUI/CandidateExperience/[^/]+/sites?/([^/]+)", _oracle),
        ("oracle", r"/recruitingCEJobRequisition(?:s|Details)$", _oracle_api),
        ("eightfold", r"/api/pcsx/", _eightfold),
        ("icims", r"/jobs/(?:search|\d+/[^/]+/job)$", labelled("site")),
        ("successfactors", r"/job/[^/]+/\d{6,}$", _search_host),
        ("amazon", r"(?:/[a-z]{2})?/search\.json$", _amazon),
    )
)
