from collections.abc import Mapping
from typing import Any

import pytest

from include.core.models import Company
from include.errors import SettingError
from include.sources.registry import adapter_for, check_config

GUID = "3ecffcba-6b5a-4a7e-b71b-bbb54a4527ab"
PAGE = "https://acme.example/jobs"
FIELDS = {"external_id": "id", "title": "title", "url": "url"}


def company(
    source: str, config: Mapping[str, Any], include_titles: tuple[str, ...] = ()
) -> Company:
    return Company(slug="acme", source=source, config=config, include_titles=include_titles)


@pytest.mark.parametrize(
    ("source", "config", "field"),
    [
        ("myspace", {}, "source"),
        ("greenhouse", {}, "config.board"),
        ("greenhouse", {"board": " "}, "config.board"),
        ("greenhouse", {"board": 7}, "config.board"),
        ("greenhouse", {"board": "acme/jobs"}, "config.board"),
        ("greenhouse", {"board": ".."}, "config.board"),
        ("greenhouse", {"board": "\ud800"}, "config.board"),
        ("comeet", {"company": "acme\0", "uid": "1"}, "config.company"),
        ("greenhouse", {"board": "acme", "site": "acme"}, "config.site"),
        ("lever", {"board": "acme"}, "config.site"),
        ("lever", {"site": "acme", "base_url": "localhost"}, "config.base_url"),
        ("ashby", {"board": "acme", "render": "yes"}, "config.render"),
        ("sitemap", {"url": "/sitemap.xml"}, "config.url"),
        ("workday", {"host": "acme", "tenant": "acme", "site": "Jobs"}, "config.host"),
        ("workday", {"host": "acme.wd5.myworkdayjobs.com", "tenant": "acme"}, "config.site"),
        ("recruitee", {"site": "acme.example/jobs"}, "config.site"),
        ("personio", {"site": "acme@127.0.0.1:1"}, "config.site"),
        ("bamboohr", {"site": "https://acme"}, "config.site"),
        ("sitemap", {"url": "https://acme.example/s.xml", "pattern": "("}, "config.pattern"),
        ("oracle", {"host": "https://acme.example", "site": "CX_1"}, "config.host"),
        ("oracle", {"host": "acme.example"}, "config.site"),
        ("eightfold", {"host": "acme.eightfold.ai"}, "config.domain"),
        ("icims", {"site": "acme.example/jobs"}, "config.site"),
        ("successfactors", {"host": "jobs.acme.com/search"}, "config.host"),
        ("gupy", {"site": "acme.gupy.io/jobs"}, "config.site"),
        ("jazzhr", {}, "config.site"),
        ("paycom", {"portal": "acme"}, "config.portal"),
        ("paylocity", {"board": "1438"}, "config.board"),
        ("phenom", {"host": "careers.acme.com", "locale": "us/en"}, "config.locale"),
        (
            "ultipro",
            {"host": "recruiting.ultipro.com", "tenant": "A/B", "board": GUID},
            "config.tenant",
        ),
        ("adp_workforce_now", {"client": "acme"}, "config.client"),
        ("applicantpro", {"host": "acme"}, "config.host"),
        ("cornerstone", {"tenant": "acme", "site": "1/home"}, "config.site"),
        ("pageup", {"url": "541/cw/en"}, "config.url"),
        ("taleo", {"host": "acme.taleo.net", "section": "2/jobsearch.ftl"}, "config.section"),
        ("amazon", {}, "config.query"),
        ("apple", {"query": ""}, "config.query"),
        ("html", {"url": PAGE}, "config.link_selector"),
        ("html", {"url": PAGE, "link_selector": "a["}, "config.link_selector"),
        (
            "html",
            {"url": PAGE, "link_selector": "a", "next_selector": "::"},
            "config.next_selector",
        ),
        ("html", {"url": "jobs", "link_selector": "a"}, "config.url"),
        ("json", {"url": PAGE, "jobs": "["}, "config.fields"),
        ("json", {"url": PAGE, "jobs": "[", "fields": FIELDS}, "config.jobs"),
        ("json", {"url": PAGE, "jobs": "@", "fields": "title"}, "config.fields"),
        ("json", {"url": PAGE, "jobs": "@", "fields": {"title": "t"}}, "config.fields.external_id"),
        (
            "json",
            {"url": PAGE, "jobs": "@", "fields": FIELDS | {"title": "a["}},
            "config.fields.title",
        ),
        (
            "json",
            {"url": PAGE, "jobs": "@", "fields": FIELDS | {"title": "f(@)"}},
            "config.fields.title",
        ),
        (
            "json",
            {"url": PAGE, "jobs": "@", "fields": FIELDS | {"title": 1}},
            "config.fields.title",
        ),
        (
            "json",
            {"url": PAGE, "jobs": "@", "fields": FIELDS | {"color": "c"}},
            "config.fields.color",
        ),
        ("json", {"url": PAGE, "jobs": "@", "fields": FIELDS, "total": "length("}, "config.total"),
    ],
)
def test_an_unusable_config_is_refused_with_the_name_of_its_field(
    source: str, config: Mapping[str, Any], field: str
) -> None:
    with pytest.raises(SettingError) as refused:
        check_config(company(source, config))

    assert refused.value.field == field


def test_the_error_for_an_unknown_source_lists_the_known_sources() -> None:
    with pytest.raises(SettingError, match=r"greenhouse, lever, .*workday, .*, sitemap"):
        adapter_for("myspace")


def test_title_patterns_are_checked_with_the_config() -> None:
    with pytest.raises(SettingError) as refused:
        check_config(company("lever", {"site": "acme"}, include_titles=("/(/",)))

    assert refused.value.field == "include_titles"


def test_a_board_s_name_is_quoted_in_the_url() -> None:
    request = adapter_for("ashby").first_request({"board": "Acme & Sons?x=1#y"})

    assert request.url == (
        "https://api.ashbyhq.com/posting-api/job-board/Acme%20%26%20Sons%3Fx%3D1%23y"
        "?includeCompensation=true"
    )
