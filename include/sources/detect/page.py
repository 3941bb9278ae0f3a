"""Detection of boards on a company's own page.

This module finds the boards that the page embeds, links to, or mentions in its text and scripts. If
a known source serves the page itself, the board of the page is found, too. Finally, the module
finds the URLs to fetch next.

The patterns have two origins. Some match the code that a vendor gives its customers for their own
pages. Others match files that a vendor's career site loads if it runs on an employer's own domain.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.companies.company_names import domain_of, site_label
from include.core.formats.decoding import decode
from include.core.formats.text import one_line
from include.core.formats.urls import absolute
from include.sources.base import Response
from include.sources.detect.address import Address
from include.sources.detect.boards import boards_at
from include.sources.detect.candidate import Candidate

_EMBED_WEIGHT, _LINK_WEIGHT, _MENTION_WEIGHT = 5, 2, 1
"""The weights of three kinds of evidence for a board: a frame or script of the board, a link to the
board, and the board's URL in the page's text, in this order."""
_MAX_TEXT_BYTES = 3_000_000
"""The number of bytes at the beginning of a response that are searched as text."""
_VENDOR_URL = re.compile(
    r"(?<![\w.-])(?:[\w-]+\.){0,4}(?:greenhouse\.io|lever\.co|ashbyhq\.com|smartrecruiters\.com|"
    r"myworkdayjobs\.com|myworkdaysite\.com|workable\.com|recruitee\.com|"
    r"jobs\.personio\.(?:de|com)|teamtailor\.com|bamboohr\.com|rippling\.com|eightfold\.ai|"
    r"icims\.com|oraclecloud\.com|gupy\.io|applytojob\.com|paycomonline\.net|"
    r"recruiting\.paylocity\.com|ultipro\.com|ultipro\.ca|rec\.pro\.ukg\.net|"
    r"breezy\.hr|pinpointhq\.com|careers\.hibob\.com|softgarden\.io|"
    r"join\.com|jobs\.jobvite\.com|jobs\.gem\.com|careers-page\.com|"
    r"workforcenow(?:\.cloud)?\.adp\.com|applicantpro\.com|isolvedhire\.com|careerplug\.com|"
    r"csod\.com|hireology\.com|hireology\.careers|jibeapply\.com|careers\.pageuppeople\.com|"
    r"taleo\.net|"
    r"jobs\.deel\.com|factorialhr\.com|jobs\.gusto\.com|keka\.com|governmentjobs\.com|"
    r"schooljobs\.com|traffit\.com|hire\.trakstar\.com|recruiterbox\.com|"
    r"avature\.net|myjobs\.adp\.com|comeet\.com|jobs\.dayforcehcm\.com|herp\.careers|hrmos\.co|"
    r"zohorecruit\.(?:com|eu|in|com\.au|jp|sa|ca))(?:/[^\s\"'<>\\`)]*)?",
    re.IGNORECASE,
)
_ESCAPES = (("\\/", "/"), ("\\u002F", "/"), ("\\u0026", "&"), ("&amp;", "&"), ("&quot;", '"'))
_CAREERS_LINK = re.compile(
    r"career|\bjobs?\b|vacanc|opening|open[- ](?:roles|positions)|join[- ]us|work[- ](?:with|for)|"
    r"hiring|recruit|karriere|stellen|emploi|carri[eè]re|empleo|trabaj|lavora|vacature|"
    r"werken[- ]bij|jobb|karri[aä]r|praca|kariera|vagas",
    re.IGNORECASE,
)
_OPENINGS_LINK = re.compile(
    r"open (?:roles|positions|jobs)|(?:all|see|view|search|browse|explore|current) .{0,20}"
    r"(?:jobs|openings|positions|vacancies|roles|opportunities)|offene stellen|stellenangebote|"
    r"nos offres|vacatures",
    re.IGNORECASE,
)
_FILE_SUFFIX = re.compile(
    r"\.(?:png|jpe?g|svg|gif|webp|pdf|docx?|zip|css|ico|mp4|woff2?)$", re.IGNORECASE
)


class Evidence(IntEnum):
    """The kinds of evidence that a page gives for a board. A greater value is stronger evidence."""

    MENTION = 0
    """The board's URL is in the text of the page or of a script."""
    LINK = 1
    CAREERS_LINK = 2
    """The page links to the board, and the text of the link is about jobs."""
    EMBEDDED = 3
    """The page shows the board in a frame or by a script, or the page itself belongs to the
    board."""


@dataclass(frozen=True, kw_only=True)
class NamedBoard:
    """A board that a page embeds, links to or mentions, or to which the page belongs."""

    candidate: Candidate
    evidence: Evidence


@dataclass(frozen=True, kw_only=True)
class Findings:
    """The boards that were found on a page, and the URLs of further pages and scripts."""

    boards: tuple[NamedBoard, ...]
    """The boards that were found, the most likely first."""
    urls_to_fetch: tuple[str, ...]
    """The URLs of pages and scripts that may refer to boards, the most likely first."""
    site_name: str | None
    """The name of the site according to the page's ``meta`` elements; None if there is none."""
    title: str | None


def read_page(response: Response) -> Findings:
    """Return the boards and URLs to which a page, a script or an API response refers.

    The first 3,000,000 bytes of the response are searched as text. The response is also parsed as
    HTML, unless its content type is JSON or JavaScript. Raises ParseError if the HTML cannot be
    parsed.
    """
    text = decode(response.body[:_MAX_TEXT_BYTES], response.content_type)
    for escape, character in _ESCAPES:
        text = text.replace(escape, character)
    weights: Counter[str] = Counter()
    candidate_of: dict[str, Candidate] = {}
    evidence: dict[str, Evidence] = {}

    def count(candidates: tuple[Candidate, ...], weight: int, link_evidence: Evidence) -> None:
        for candidate in candidates[:1]:
            identity = candidate.identity
            candidate_of.setdefault(identity, candidate)
            weights[identity] += weight
            evidence[identity] = max(link_evidence, evidence.get(identity, link_evidence))

    page = LexborHTMLParser("") if _is_code(response) else response.html()
    base = page.css_first("base[href]")
    base_href = base.attributes.get("href") if base else None
    address = absolute(response.url, base_href) or response.url
    embedded_urls = tuple(
        _urls(page, address, "iframe, embed, script, object", "src", "data-src", "data")
    )
    for url in embedded_urls:
        count(boards_at(url), _EMBED_WEIGHT, Evidence.EMBEDDED)
    for node in page.css("a[href], form[action], area[href]"):
        attributes = node.attributes
        if url := _absolute(address, attributes.get("href") or attributes.get("action")):
            words = _words(node)
            about_jobs = _OPENINGS_LINK.search(words) or _CAREERS_LINK.search(words)
            link_evidence = Evidence.CAREERS_LINK if about_jobs else Evidence.LINK
            count(boards_at(url), _LINK_WEIGHT, link_evidence)
    for url_without_scheme in _VENDOR_URL.findall(text):
        count(boards_at(f"https://{url_without_scheme}"), _MENTION_WEIGHT, Evidence.MENTION)
    for widget in (*_widgets(text), *_adp_openings(page)):
        count((widget,), _EMBED_WEIGHT, Evidence.EMBEDDED)
    for own_board in _own_boards(response.url, text):
        count((own_board,), _EMBED_WEIGHT * 2, Evidence.EMBEDDED)
    ranked = tuple(
        NamedBoard(candidate=candidate_of[identity], evidence=evidence[identity])
        for identity, _ in weights.most_common()
    )
    urls_to_fetch = dict.fromkeys(
        (*_widget_urls(text), *_urls_to_fetch(page, address, embedded_urls))
    )
    urls_to_fetch.pop(response.url, None)
    title = page.css_first("title")
    return Findings(
        boards=ranked,
        urls_to_fetch=tuple(urls_to_fetch),
        site_name=_site_name(page),
        title=(_words(title) or None) if title else None,
    )


def _site_name(page: LexborHTMLParser) -> str | None:
    for selector in ('meta[property="og:site_name"]', 'meta[name="application-name"]'):
        node = page.css_first(selector)
        if node and (name := one_line(node.attributes.get("content") or "")):
            return name[:200]
    return None


def _is_code(response: Response) -> bool:
    return re.search(r"json|javascript", response.content_type or "") is not None


def _urls(page: LexborHTMLParser, address: str, selector: str, *attributes: str) -> Iterator[str]:
    for node in page.css(selector):
        for name in attributes:
            if url := _absolute(address, node.attributes.get(name)):
                yield url


def _absolute(address: str, reference: str | None) -> str | None:
    url = absolute(address, reference)
    return url and url.partition("#")[0]


def _widgets(text: str) -> Iterator[Candidate]:
    """Yield the boards of the widgets in a page whose JavaScript code contains the board's name.

    Other widgets have the board's name in the URL of a script, which ``read_page`` finds.
    """
    for vendor, pattern, source, key in _WIDGETS:
        if vendor in text:
            for name in pattern.findall(text):
                yield Candidate(source=source, config={key: name})


def _adp_openings(page: LexborHTMLParser) -> Iterator[Candidate]:
    """Yield the board of each element that embeds openings from ADP in the page."""
    for node in page.css("recruitment-current-openings[cid]"):
        attributes = (node.attributes.get(name) or "" for name in ("cid", "ccid", "locale"))
        config = dict(zip(("client", "center", "lang"), attributes, strict=True))
        if config["lang"] == "en_US":
            config["lang"] = ""
        yield Candidate(
            source="adp_workforce_now", config={key: each for key, each in config.items() if each}
        )


_WIDGETS = tuple(
    (vendor, re.compile(pattern), source, key)
    for vendor, pattern, source, key in (
        ("lever", r"accountName[\"']?\s*:\s*[\"']([\w.-]+)[\"']", "lever", "site"),
        (
            "smartrecruiters",
            r"company_code[\"']?\s*[:=]\s*[\"']([\w.-]+)[\"']",
            "smartrecruiters",
            "company",
        ),
        ("smartrecruiters", r"\bdcr_ci=([\w.-]+)", "smartrecruiters", "company"),
    )
)


def _widget_urls(text: str) -> Iterator[str]:
    """Yield URLs that lead to a Workable account.

    The page may contain only the account's number, as an argument of Workable's widget, or short
    URLs of its postings. The account's name is in the response of the widget's API, or in the URL
    to which a short URL redirects. One short URL is enough.
    """
    for number in re.findall(r"whr_embed\(\s*(\d+)", text):
        yield f"https://apply.workable.com/api/v1/widget/accounts/{number}"
    short_url = re.search(r"https://apply\.workable\.com/j/\w+", text)
    if short_url and "apply.workable.com/api" not in text:
        yield short_url[0]


def _own_boards(url: str, text: str) -> Iterator[Candidate]:
    """Yield the boards to which the page itself may belong.

    Such a page is on a vendor's career site that runs on an employer's own domain. The vendor is
    recognised by its files and variables in ``text``.
    """
    address = Address.parse(url)
    if address is None:
        return
    base_config = {"base_url": address.origin}
    host_config = {"host": address.full_host}
    if address.origin != f"https://{address.full_host}":
        host_config["base_url"] = address.origin
    if "teamtailor-cdn.com" in text and "teamtailor-jobs-widget" not in text:
        yield Candidate(
            source="teamtailor", config={"site": site_label(address.host), **base_config}
        )
    if "recruiteecdn.com" in text:
        yield Candidate(
            source="recruitee", config={"site": site_label(address.host), **base_config}
        )
    if re.search(r"rmkcdn\.successfactors|jobs2web|/platform/js/j2w/", text):
        yield Candidate(source="successfactors", config=host_config)
    if (site := re.search(r"siteNumber[\"']?\s*[:=]\s*[\"'](CX\w*)", text)) and "hcmUI" in text:
        api = re.search(r"https://([\w.-]+\.oraclecloud\.com)", text)
        api_config = {"host": api[1]} if api and "base_url" not in host_config else host_config
        yield Candidate(source="oracle", config={**api_config, "site": site[1]})
    domain = re.search(r"[\"']?\bdomain[\"']?\s*[:=]\s*[\"']([\w-]+(?:\.[\w-]+)+)[\"']", text)
    if domain and re.search(r"vscdn\.net|eightfold\.ai", text):
        yield Candidate(source="eightfold", config={**host_config, "domain": domain[1]})
    locale = re.search(r"\blocale[\"']?\s*[:=]\s*[\"']([a-z]{2,3}_(?:[a-z]{2}|global))\b", text)
    if locale and "phApp" in text:
        yield Candidate(source="phenom", config={**host_config, "locale": locale[1]})
    if "jibecdn.com" in text:
        yield Candidate(source="jibe", config=host_config)
    if "talentbrew.com" in text and (match := re.search(r"[\"'](/[a-z-]{2,5})?/search-jobs", text)):
        yield Candidate(source="radancy", config={"url": address.origin + (match[1] or "")})
    if "iCIMS_JobsTable" in text or "icims_content_iframe" in text:
        yield Candidate(source="icims", config={"site": site_label(address.host), **base_config})


def _urls_to_fetch(
    page: LexborHTMLParser, address: str, embedded_urls: tuple[str, ...]
) -> Iterator[str]:
    """Yield the URLs to fetch next, the most likely first.

    First come the URLs of frames, then the linked pages whose link text is about openings, then
    other linked pages about careers, and then scripts. Linked pages and scripts on other domains
    are left out.
    """
    scripts = set(_urls(page, address, "script", "src"))
    yield from (url for url in embedded_urls if url not in scripts and not _FILE_SUFFIX.search(url))
    career_links = [
        (bool(_OPENINGS_LINK.search(words)), url)
        for node in page.css("a[href]")
        if (url := _absolute(address, node.attributes.get("href")))
        and _is_on_same_site(url, address)
        and not _FILE_SUFFIX.search(urlsplit(url).path)
        and (
            _CAREERS_LINK.search(words := _words(node)) or _CAREERS_LINK.search(urlsplit(url).path)
        )
    ]
    yield from (url for is_about_openings, url in career_links if is_about_openings)
    yield from (url for is_about_openings, url in career_links if not is_about_openings)
    yield from (url for url in scripts if _is_on_same_site(url, address))


def _words(node: LexborNode) -> str:
    return one_line(node.text(deep=True, separator=" "))[:200]


def _is_on_same_site(url: str, address: str) -> bool:
    """Return whether both URLs have the same host, or hosts in the same registered domain."""
    host, page_host = (urlsplit(each).hostname or "" for each in (url, address))
    return host == page_host or (
        # The numbers of IPv4 addresses have no registered domain.
        not host.replace(".", "").isdigit() and domain_of(host) == domain_of(page_host)
    )
