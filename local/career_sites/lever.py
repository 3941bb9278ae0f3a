"""Write postings in the format of Lever's postings API.

The format is documented at github.com/lever/postings-api.
"""

from local.career_sites.markup import list_items, to_html, to_plain
from local.career_sites.postings import Salary, SamplePosting

NOT_FOUND = {"ok": False, "error": "Document not found"}
DEFAULT_LIMIT = 100
_COMMITMENTS = {
    "FULL_TIME": "Full-time",
    "PART_TIME": "Part-time",
    "CONTRACTOR": "Contract",
    "TEMPORARY": "Temporary",
    "INTERN": "Internship",
}
_INTERVALS = {"YEAR": "per-year-salary", "HOUR": "per-hour-wage"}


def posting(sample: SamplePosting, *, base_url: str) -> dict[str, object]:
    """Return the response for one posting. The listing contains the same object for the posting."""
    # The last section without bullets is the additional text, and the others are the description.
    opening, *sections = sample.body
    lists = [section for section in sections if section.bullets]
    prose = [section for section in sections if not section.bullets]
    description, additional = prose[:-1], prose[-1:]
    hosted_url = base_url + sample.path
    fields: dict[str, object] = {
        "additionalPlain": to_plain(additional),
        "additional": f"<div>{to_html(additional)}</div>",
        "categories": {
            "commitment": _COMMITMENTS[sample.employment_type or "FULL_TIME"],
            "department": sample.department,
            "location": sample.locations[0],
            "team": f"{sample.department} {sample.places[0].city}",
            "allLocations": list(sample.locations),
        },
        "createdAt": round(sample.posted_at.timestamp() * 1000),
        "descriptionPlain": to_plain([opening, *description]),
        "description": f"<div>{to_html([opening, *description])}</div>",
        "id": sample.external_id,
        "lists": [{"text": section.heading, "content": list_items(section)} for section in lists],
        "text": sample.title,
        "country": sample.places[0].country_code,
        "workplaceType": sample.workplace or "unspecified",
        "opening": f"<div>{to_html([opening])}</div>",
        "openingPlain": to_plain([opening]),
        "descriptionBody": f"<div>{to_html(description)}</div>",
        "descriptionBodyPlain": to_plain(description),
        "hostedUrl": hosted_url,
        "applyUrl": f"{hosted_url}/apply",
    }
    if sample.salary:
        fields["salaryRange"] = _salary_range(sample.salary)
    return fields


def _salary_range(salary: Salary) -> dict[str, object]:
    return {
        "min": salary.minimum,
        "max": salary.maximum,
        "currency": salary.currency,
        "interval": _INTERVALS[salary.period],
    }
