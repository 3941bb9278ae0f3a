"""Usable configs of every source, and pairs of configs of the same board or of different boards."""

from collections.abc import Mapping
from typing import Any

Config = Mapping[str, Any]

PAGE = "https://acme.example/jobs"
FIELDS = {"external_id": "id", "title": "title", "url": "url"}
WORKDAY = {"host": "acme.wd5.myworkdayjobs.com", "tenant": "acme", "site": "Jobs"}
ORACLE = {"host": "acme.fa.us2.oraclecloud.com", "site": "CX_1"}
EIGHTFOLD = {"host": "acme.eightfold.ai", "domain": "acme.com"}
GUID = "3ecffcba-6b5a-4a7e-b71b-bbb54a4527ab"
ULTIPRO = {"host": "recruiting2.ultipro.com", "tenant": "ACM1000ACME", "board": GUID}
PAYCOM = {"portal": "0123456789ABCDEF0123456789ABCDEF"}
PHENOM = {"host": "careers.acme.com", "locale": "en_us"}
HTML = {"url": PAGE, "link_selector": "a.job", "next_selector": "a.next"}
JSON = {"url": PAGE, "jobs": "data[]", "fields": FIELDS, "total": "n", "next": "next"}
MIRROR = "http://127.0.0.1:8090/acme"

USABLE: tuple[tuple[str, Config], ...] = (
    ("greenhouse", {"board": "acme", "base_url": "https://boards-api.eu.greenhouse.io"}),
    ("lever", {"site": "acme", "render": True}),
    ("ashby", {"board": "Acme & Sons"}),
    ("smartrecruiters", {"company": "Acme"}),
    ("workday", WORKDAY),
    ("workable", {"account": "acme"}),
    ("recruitee", {"site": "acme", "base_url": "https://jobs.acme.example"}),
    ("personio", {"site": "acme", "language": "de"}),
    ("teamtailor", {"site": "acme.na"}),
    ("bamboohr", {"site": "acme", "base_url": MIRROR}),
    ("rippling", {"board": "acme"}),
    ("oracle", ORACLE),
    ("eightfold", EIGHTFOLD),
    ("icims", {"site": "acme"}),
    ("icims", {"site": "jobs-acme", "base_url": "https://jobs-acme.icims.com"}),
    ("successfactors", {"host": "jobs.acme.com"}),
    ("gupy", {"site": "acme"}),
    ("jazzhr", {"site": "acme"}),
    ("paycom", PAYCOM),
    ("paylocity", {"board": GUID, "base_url": "https://2000recruiting.paylocity.com"}),
    ("phenom", PHENOM),
    ("phenom", {"host": "careers.acme.com"}),
    ("ultipro", ULTIPRO),
    ("amazon", {"query": "robot & arm"}),
    ("apple", {"query": "retail"}),
    ("sitemap", {"url": "https://acme.example/sitemap.xml", "pattern": r"/jobs/\d+"}),
    ("html", HTML),
    ("json", JSON | {"base_url": MIRROR}),
)

SAME: tuple[tuple[str, Config, Config], ...] = (
    # whitespace, order, defaults
    ("greenhouse", {"board": "acme"}, {"board": " acme\n"}),
    ("greenhouse", {"board": "acme"}, {"render": False, "board": "acme"}),
    ("workday", WORKDAY, dict(reversed(WORKDAY.items()))),
    ("personio", {"site": "acme"}, {"site": "acme", "language": "en"}),
    ("personio", {"site": "acme"}, {"site": "acme", "language": " en "}),
    ("html", HTML, HTML | {"link_selector": " a.job ", "next_selector": "a.next\t"}),
    ("json", JSON, JSON | {"jobs": " data[] ", "total": "n\n"}),
    ("json", JSON, JSON | {"fields": FIELDS | {"title": " title"}}),
    ("json", JSON, JSON | {"fields": dict(reversed(FIELDS.items()))}),
    # hosts
    ("workday", WORKDAY, WORKDAY | {"host": " Acme.WD5.MyWorkdayJobs.com. "}),
    ("oracle", ORACLE, ORACLE | {"host": ORACLE["host"].upper()}),
    ("eightfold", EIGHTFOLD, EIGHTFOLD | {"host": "Acme.Eightfold.ai"}),
    ("successfactors", {"host": "jobs.acme.com"}, {"host": "Jobs.Acme.COM."}),
    ("recruitee", {"site": "acme"}, {"site": "ACME"}),
    ("personio", {"site": "acme"}, {"site": "Acme"}),
    ("teamtailor", {"site": "acme.na"}, {"site": "Acme.NA"}),
    ("bamboohr", {"site": "acme"}, {"site": " Acme"}),
    ("icims", {"site": "acme"}, {"site": "ACME"}),
    ("gupy", {"site": "acme"}, {"site": "Acme"}),
    ("jazzhr", {"site": "acme"}, {"site": "ACME"}),
    ("phenom", PHENOM, {"host": "Careers.Acme.com.", "locale": "EN_US"}),
    ("phenom", {"host": "careers.acme.com"}, {"host": "careers.acme.com", "locale": "en_global"}),
    ("paylocity", {"board": GUID}, {"board": f" {GUID.upper()}"}),
    ("ultipro", ULTIPRO, ULTIPRO | {"host": "Recruiting2.UltiPro.com", "board": GUID.upper()}),
    # URLs
    ("sitemap", {"url": PAGE}, {"url": "HTTPS://ACME.example:443/jobs"}),
    ("sitemap", {"url": PAGE}, {"url": " https://acme.example./jobs "}),
    ("sitemap", {"url": "http://acme.example/"}, {"url": "http://acme.example:80"}),
    ("html", HTML | {"url": "https://bücher.example/"}, HTML | {"url": "https://xn--bcher-kva.example"}),
    ("json", JSON | {"url": "https://a.example?q=1"}, JSON | {"url": "https://A.example/?q=1"}),
    ("lever", {"site": "a", "base_url": MIRROR}, {"site": "a", "base_url": f" {MIRROR}// "}),
    ("lever", {"site": "a", "base_url": "http://b.example"}, {"site": "a", "base_url": "HTTP://B.example.:80/"}),
    # a base_url that equals the source's own URL
    ("greenhouse", {"board": "acme"}, {"board": "acme", "base_url": "https://boards-api.greenhouse.io/"}),
    ("lever", {"site": "acme"}, {"site": "acme", "base_url": "https://API.lever.co"}),
    ("ashby", {"board": "acme"}, {"board": "acme", "base_url": "https://api.ashbyhq.com"}),
    ("workable", {"account": "acme"}, {"account": "acme", "base_url": "https://apply.workable.com"}),
    ("workday", WORKDAY, WORKDAY | {"base_url": f"https://{WORKDAY['host'].upper()}"}),
    ("recruitee", {"site": "acme"}, {"site": "Acme", "base_url": "https://acme.recruitee.com/"}),
    ("bamboohr", {"site": "acme"}, {"site": "acme", "base_url": "https://acme.bamboohr.com"}),
    ("gupy", {"site": "acme"}, {"site": "acme", "base_url": "https://acme.gupy.io"}),
    ("jazzhr", {"site": "acme"}, {"site": "acme", "base_url": "https://acme.applytojob.com/"}),
    ("paylocity", {"board": GUID}, {"board": GUID, "base_url": "https://recruiting.paylocity.com"}),
    ("phenom", PHENOM, PHENOM | {"base_url": "https://careers.acme.com"}),
    ("ultipro", ULTIPRO, ULTIPRO | {"base_url": "https://recruiting2.ultipro.com"}),
    # aliases
    ("icims", {"site": "acme"}, {"site": "careers-acme"}),
    ("icims", {"site": "acme"}, {"site": " Careers-Acme"}),
    # a name that has no effect beside a base_url
    ("icims", {"site": "acme", "base_url": MIRROR}, {"site": "jobs-acme", "base_url": MIRROR}),
    ("recruitee", {"site": "a", "base_url": PAGE}, {"site": "b", "base_url": PAGE}),
    ("teamtailor", {"site": "a", "base_url": PAGE}, {"site": "b", "base_url": PAGE}),
    ("successfactors", {"host": "a.b", "base_url": PAGE}, {"host": "c.d", "base_url": PAGE}),
)  # fmt: skip

DIFFERENT: tuple[tuple[str, Config, Config], ...] = (
    # names whose case may matter to the source
    ("greenhouse", {"board": "acme"}, {"board": "Acme"}),
    ("lever", {"site": "acme"}, {"site": "Acme"}),
    ("ashby", {"board": "acme"}, {"board": "Acme"}),
    ("smartrecruiters", {"company": "acme"}, {"company": "Acme"}),
    ("workable", {"account": "acme"}, {"account": "Acme"}),
    ("rippling", {"board": "acme"}, {"board": "Acme"}),
    ("workday", WORKDAY, WORKDAY | {"tenant": "Acme"}),
    ("workday", WORKDAY, WORKDAY | {"site": "jobs"}),
    ("oracle", ORACLE, ORACLE | {"site": "cx_1"}),
    ("eightfold", EIGHTFOLD, EIGHTFOLD | {"domain": "Acme.com"}),
    ("ultipro", ULTIPRO, ULTIPRO | {"tenant": "acm1000acme"}),
    ("paycom", PAYCOM, {"portal": PAYCOM["portal"].lower()}),
    # queries, languages, rendering and characters
    ("amazon", {"query": "robot"}, {"query": "Robot"}),
    ("amazon", {"query": "robot arm"}, {"query": "robot  arm"}),
    ("apple", {"query": "retail"}, {"query": "retail store"}),
    ("personio", {"site": "acme"}, {"site": "acme", "language": "EN"}),
    ("personio", {"site": "acme"}, {"site": "acme", "language": "de"}),
    ("phenom", PHENOM, PHENOM | {"locale": "fr_ca"}),
    ("lever", {"site": "acme"}, {"site": "acme", "render": True}),
    ("greenhouse", {"board": "acme\u00e9"}, {"board": "acmee\u0301"}),
    # other hosts
    ("ultipro", ULTIPRO, ULTIPRO | {"host": "recruiting.ultipro.com"}),
    ("paycom", PAYCOM, PAYCOM | {"base_url": "https://www.paycomonline.net"}),
    ("bamboohr", {"site": "acme"}, {"site": "acme-uk"}),
    ("icims", {"site": "acme"}, {"site": "jobs-acme"}),
    ("icims", {"site": "acme"}, {"site": "careers-careers-acme"}),
    ("icims", {"site": "acme"}, {"site": "acme", "base_url": "https://jobs-acme.icims.com"}),
    ("workday", WORKDAY, WORKDAY | {"host": "acme.wd3.myworkdayjobs.com"}),
    ("workday", WORKDAY | {"base_url": MIRROR}, WORKDAY | {"base_url": MIRROR, "host": "b.c"}),
    ("teamtailor", {"site": "acme"}, {"site": "acme.na"}),
    ("greenhouse", {"board": "a"}, {"board": "a", "base_url": "https://boards-api.eu.greenhouse.io"}),
    ("greenhouse", {"board": "a"}, {"board": "a", "base_url": "http://boards-api.greenhouse.io"}),
    ("greenhouse", {"board": "a"}, {"board": "a", "base_url": "https://boards-api.greenhouse.io:444"}),
    ("lever", {"site": "a", "base_url": MIRROR}, {"site": "a", "base_url": MIRROR.upper()}),
    # a base_url with the source's own host, because links to other hosts are moved to it
    ("sitemap", {"url": PAGE}, {"url": PAGE, "base_url": "https://acme.example"}),
    ("icims", {"site": "a"}, {"site": "a", "base_url": "https://careers-a.icims.com"}),
    # URLs, patterns, selectors, expressions
    ("sitemap", {"url": PAGE}, {"url": "https://acme.example/Jobs"}),
    ("sitemap", {"url": PAGE}, {"url": f"{PAGE}/"}),
    ("sitemap", {"url": PAGE}, {"url": f"{PAGE}?"}),
    ("sitemap", {"url": PAGE}, {"url": "http://acme.example/jobs"}),
    ("sitemap", {"url": PAGE}, {"url": "https://www.acme.example/jobs"}),
    ("sitemap", {"url": PAGE}, {"url": "https://user@acme.example/jobs"}),
    ("sitemap", {"url": f"{PAGE}?a=1&b=2"}, {"url": f"{PAGE}?b=2&a=1"}),
    ("sitemap", {"url": f"{PAGE}?q=%41"}, {"url": f"{PAGE}?q=A"}),
    ("sitemap", {"url": f"{PAGE}?utm_source=a"}, {"url": PAGE}),
    ("sitemap", {"url": PAGE}, {"url": PAGE, "pattern": ".*"}),
    ("sitemap", {"url": PAGE, "pattern": "/jobs/"}, {"url": PAGE, "pattern": "/Jobs/"}),
    ("html", HTML | {"url": f"{PAGE}#/all"}, HTML | {"url": f"{PAGE}#/new"}),
    ("html", HTML, HTML | {"link_selector": "a.Job"}),
    ("html", HTML, HTML | {"link_selector": "a .job"}),
    ("html", HTML, {"url": PAGE, "link_selector": "a.job"}),
    ("json", JSON, JSON | {"jobs": "Data[]"}),
    ("json", JSON, JSON | {"fields": FIELDS | {"title": "Title"}}),
    ("json", JSON, JSON | {"fields": FIELDS | {"location": "city"}}),
    ("json", JSON, {key: value for key, value in JSON.items() if key != "total"}),
)  # fmt: skip
