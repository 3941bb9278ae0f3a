"""Write postings as JSON-LD (schema.org's JobPosting), including the oddities of real pages.

The number of the posting decides which oddities its page has. The oddities are: a JobPosting inside
``@graph``, an HTML entity in the type of the script element, raw newlines in strings (which is
invalid JSON), an entity-escaped description, places as an array, a place that has only a name, and
a country as an array.
"""

import json
from html import escape

from local.career_sites.content import Place
from local.career_sites.markup import to_html
from local.career_sites.postings import Salary, SamplePosting


def script(posting: SamplePosting, *, base_url: str) -> str:
    """Return the whole ``<script>`` element."""
    record = _job_posting(posting, base_url=base_url)
    media_type = "application/ld+json"
    match posting.number % 5:
        case 1:
            organisation = {
                "@type": "Organization",
                "@id": f"{base_url}/{posting.slug}/#organization",
                "name": posting.employer.name,
            }
            page = {"@type": "WebPage", "url": record["url"], "name": posting.title}
            text = json.dumps(
                {"@context": "https://schema.org", "@graph": [organisation, page, record]}
            )
        case 2:
            media_type = "application/ld&#x2B;json"
            text = json.dumps(_in_context(record), indent=2)
        case 3:
            text = json.dumps(_in_context(record)).replace(r"\n", "\n")
        case 4:
            record["description"] = escape(str(record["description"]))
            text = json.dumps(_in_context(record))
        case _:
            text = json.dumps([_in_context(record)])
    return f'<script type="{media_type}">{text}</script>'


def _in_context(record: dict[str, object]) -> dict[str, object]:
    return {"@context": "https://schema.org/"} | record


def _job_posting(posting: SamplePosting, *, base_url: str) -> dict[str, object]:
    places = [_place(place, posting.number) for place in posting.places]
    has_time = posting.number % 2 == 1
    date_posted = (posting.posted_at if has_time else posting.posted_at.date()).isoformat()
    record: dict[str, object] = {
        "@type": "JobPosting",
        "title": posting.title,
        "description": to_html(posting.body),
        "datePosted": date_posted,
        "employmentType": posting.employment_type,
        "hiringOrganization": {"@type": "Organization", "name": posting.employer.name},
        "jobLocation": places if len(places) > 1 else places[0],
        "url": base_url + posting.path,
        "directApply": False,
    }
    if posting.workplace == "remote":
        record["jobLocationType"] = "TELECOMMUTE"
        record["applicantLocationRequirements"] = {
            "@type": "Country",
            "name": posting.places[0].country,
        }
    if posting.salary:
        record["baseSalary"] = _base_salary(posting.salary)
    return record


def _place(place: Place, number: int) -> dict[str, object]:
    if number % 11 == 0:
        return {"@type": "Place", "name": place.label}
    country: object = [place.country_code] if number % 7 == 0 else place.country_code
    return {
        "@type": "Place",
        "address": {
            "@type": "PostalAddress",
            "addressLocality": place.city,
            "addressRegion": place.region,
            "addressCountry": country,
        },
    }


def _base_salary(salary: Salary) -> dict[str, object]:
    return {
        "@type": "MonetaryAmount",
        "currency": salary.currency,
        "value": {
            "@type": "QuantitativeValue",
            "minValue": salary.minimum,
            "maxValue": salary.maximum,
            "unitText": salary.period,
        },
    }
