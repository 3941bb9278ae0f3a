"""Write HTML pages that contain a job, and noise that must not count as a change.

The noise is a clock, a view counter, a banner and a session token, which differ in every response.
It is only in the header, footer, aside, scripts and ``data-`` attributes.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from html import escape

from local.career_sites import jsonld
from local.career_sites.content import EMPLOYERS, Employer
from local.career_sites.markup import to_html
from local.career_sites.postings import Salary, SamplePosting

_EMPLOYMENT_TYPES = {
    "FULL_TIME": "Full-time",
    "PART_TIME": "Part-time",
    "CONTRACTOR": "Contract",
    "TEMPORARY": "Temporary",
    "INTERN": "Internship",
}
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$"}
_BANNERS = (
    "Meet us at the spring fair on the market square",
    "Our newcomers tell their story: watch the film",
    "Voted a good place to work by the people who do",
    "Refer a friend and choose a tree for our orchard",
    "Open house every first Saturday, with cake",
)
_SLOT = re.compile(r"\x00(\w+)\x00")
"""A place in a template that noise fills: the name of the noise between two NULs."""


@dataclass(frozen=True, kw_only=True)
class Noise:
    """The values from which the noise of one response is computed."""

    served: int
    """The number of requests that the server has received."""
    at: datetime

    def fill(self, slot: str) -> bytes:
        """Return the text that fills a slot of a page. Raise KeyError for an unknown slot."""
        match slot:
            case "views":
                # The factors and moduli are arbitrary. The values only have to differ between
                # responses.
                return str(40 + self.served * 7 % 977).encode()
            case "banner":
                return _BANNERS[self.served % len(_BANNERS)].encode()
            case "session":
                return f"{self.served * 2654435761 % 2**32:08x}{self.at:%H%M%S%f}".encode()
            case "now":
                return self.at.isoformat(timespec="milliseconds").encode()
            case _:
                raise KeyError(slot)


class Page:
    """A page whose text is encoded only once. Each response fills its slots with new noise."""

    def __init__(self, template: str) -> None:
        # The pieces are a text, the name of a slot, a text, ..., and a text.
        pieces = _SLOT.split(template)
        self._texts = [text.encode() for text in pieces[::2]]
        self._slots = pieces[1::2]

    def render(self, noise: Noise) -> bytes:
        parts = [self._texts[0]]
        for slot, text in zip(self._slots, self._texts[1:], strict=True):
            parts += (noise.fill(slot), text)
        return b"".join(parts)


def job_page(posting: SamplePosting, *, base_url: str) -> Page:
    """Return the page of a posting.

    It contains JSON-LD if the employer's source is a sitemap and its pages contain structured data.
    """
    head = [f'<link rel="canonical" href="{base_url}{posting.path}">']
    if posting.employer.source == "sitemap" and posting.employer.structured:
        head.append(jsonld.script(posting, base_url=base_url))
    return _page(
        posting.employer,
        title=posting.title,
        head="\n".join(head),
        main=f"{_facts(posting)}\n{to_html(posting.body, heading='h2')}",
    )


def text_page(employer: Employer, *, title: str, paragraphs: tuple[str, ...]) -> Page:
    """Return a page that is not a job page."""
    main = f"<h1>{escape(title)}</h1>" + "".join(f"<p>{escape(text)}</p>" for text in paragraphs)
    return _page(employer, title=title, head="", main=main)


def link_page(employer: Employer, *, title: str, links: list[tuple[str, str]]) -> Page:
    """Return a page that shows ``links``, which are pairs of path and text."""
    items = "".join(f'<li><a href="{path}">{escape(text)}</a></li>' for path, text in links)
    return _page(employer, title=title, head="", main=f"<h1>{escape(title)}</h1><ul>{items}</ul>")


def front_page(counts: dict[str, int]) -> bytes:
    """Return the page at the server's root. For each employer, it links to the list of jobs.

    ``counts`` holds the number of listed jobs by slug.
    """
    items = "".join(
        f'<li><a href="/{employer.slug}/jobs/">{escape(employer.name)}</a>: '
        f"{counts[employer.slug]} jobs ({employer.source})</li>"
        for employer in EMPLOYERS
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sample career sites'
        f"</title></head><body><h1>Sample career sites</h1><ul>{items}</ul></body></html>"
    ).encode()


def _facts(posting: SamplePosting) -> str:
    facts = [
        f"<h1>{escape(posting.title)}</h1>",
        f"<p>Location: {escape('; '.join(posting.locations))}</p>",
    ]
    if posting.employment_type:
        facts.append(f"<p>Employment type: {_EMPLOYMENT_TYPES[posting.employment_type]}</p>")
    if posting.salary:
        facts.append(f"<p>Salary: {_pay(posting.salary)}</p>")
    facts.append(f"<p>Posted: {posting.posted_at.day} {posting.posted_at:%B %Y}</p>")
    return "\n".join(facts)


def _pay(salary: Salary) -> str:
    symbol = _SYMBOLS[salary.currency]
    if salary.period == "HOUR":
        return f"{symbol}{salary.minimum:.2f} – {symbol}{salary.maximum:.2f} an hour"
    return f"{symbol}{salary.minimum:,.0f} – {symbol}{salary.maximum:,.0f} a year"


def _page(employer: Employer, *, title: str, head: str, main: str) -> Page:
    name, home = escape(employer.name), f"/{employer.slug}"
    return Page(
        f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{escape(title)} | {name}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
{head}
<script>window.session = "\x00session\x00"; window.renderedAt = "\x00now\x00";</script>
</head>
<body data-session="\x00session\x00" data-rendered="\x00now\x00">
<header>
<p class="banner">\x00banner\x00</p>
<nav><ul><li><a href="{home}/">Home</a></li><li><a href="{home}/about">About us</a></li>
<li><a href="{home}/blog/1">Stories</a></li><li><a href="{home}/jobs/">All jobs</a></li></ul></nav>
</header>
<main>
{main}
</main>
<aside>
<p>\x00views\x00 people viewed this job</p>
<p>Share it with a friend, print it or keep it for later.</p>
</aside>
<footer>
<p>© {name}. We treat every application in confidence and every applicant alike.</p>
<p><a href="{home}/about">Imprint</a> <a href="/private/account">Sign in</a></p>
<p>Page rendered at \x00now\x00 for session \x00session\x00</p>
</footer>
</body>
</html>
"""
    )
