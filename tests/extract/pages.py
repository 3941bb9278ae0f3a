"""Make pages for tests of extraction, in the form in which a server would send them."""

import json
from typing import Any

from include.core.models import Page

URL = "https://acme.example/jobs/1"
DESCRIPTION = "<h2>Requirements</h2><ul><li>Patience</li><li>A broom</li></ul>"


def page(html: str | bytes, content_type: str | None = "text/html; charset=utf-8") -> Page:
    body = html.encode() if isinstance(html, str) else html
    return Page(url=URL, body=body, content_type=content_type)


def job(**changes: Any) -> dict[str, Any]:
    """Return a JobPosting as JSON-LD. ``changes`` replaces some of its properties."""
    return {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": "Sweeper",
        "description": DESCRIPTION,
        "hiringOrganization": {"@type": "Organization", "name": "Acme"},
        "jobLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": "Bremen",
                "addressCountry": "DE",
            },
        },
        "employmentType": "FULL_TIME",
        "datePosted": "2026-03-01",
    } | changes


def jsonld(thing: Any, *, kind: str = "application/ld+json", around: str = "") -> Page:
    """Return a page that contains ``thing`` as its structured data.

    Args:
        thing: the text of the script, or a value that is written to it as JSON.
        kind: the type of the script.
        around: the markup between the navigation and the main part of the page.
    """
    text = thing if isinstance(thing, str) else json.dumps(thing)
    return page(
        f'<html lang="en"><head><script type="{kind}">{text}</script></head>'
        f"<body><nav>Home</nav>{around}<main><h1>Sweeper</h1></main></body></html>"
    )
