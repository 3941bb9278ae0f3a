"""Write postings in the format of Greenhouse's job board API.

The format is documented at developers.greenhouse.io/job-board.html.
"""

from datetime import datetime, timedelta, timezone
from html import escape
from zlib import crc32

from local.career_sites.content import Place
from local.career_sites.markup import to_html
from local.career_sites.postings import Salary, SamplePosting

UNKNOWN_BOARD = {"status": 404, "error": "Board not found"}
UNKNOWN_JOB = {"status": 404, "error": "Job not found"}
_EASTERN = timezone(timedelta(hours=-5))
_PLACE_SEPARATORS = ("; ", " | ", " or ")
_LOCATION_TYPES = {"remote": "Remote", "hybrid": "Hybrid", "onsite": "On-Site"}


def board(
    postings: list[SamplePosting], *, base_url: str, content: bool, pay_transparency: bool
) -> dict[str, object]:
    """Return the response that lists ``postings``.

    Args:
        base_url: the scheme, host and port of the server, without a trailing slash.
        content: True to include the descriptions, departments and offices.
        pay_transparency: True to include the pay.
    """
    jobs = [
        _job(posting, base_url=base_url, pay_transparency=pay_transparency)
        | (_content(posting) if content else {})
        for posting in postings
    ]
    return {"jobs": jobs, "meta": {"total": len(jobs)}}


def job(posting: SamplePosting, *, base_url: str, pay_transparency: bool) -> dict[str, object]:
    """Return the response for one posting."""
    return (
        _job(posting, base_url=base_url, pay_transparency=pay_transparency)
        | _content(posting)
        | {"ai_disclaimer": None, "include_ai_disclaimer": None, "ai_opt_out_request_url": None}
    )


def _job(posting: SamplePosting, *, base_url: str, pay_transparency: bool) -> dict[str, object]:
    separator = _PLACE_SEPARATORS[posting.number % len(_PLACE_SEPARATORS)]
    fields: dict[str, object] = {
        "absolute_url": base_url + posting.path,
        "data_compliance": [
            {
                "type": "gdpr",
                "requires_consent": False,
                "requires_processing_consent": False,
                "requires_retention_consent": False,
                "retention_period": None,
                "demographic_data_consent_applies": False,
            }
        ],
        "internal_job_id": posting.number * 1000 + 3,
        "location": {"name": separator.join(posting.locations)},
        "metadata": [
            {
                "id": 4036944008,
                "name": "Location Type",
                "value": _LOCATION_TYPES[posting.workplace or "onsite"],
                "value_type": "single_select",
            }
        ],
        "id": int(posting.external_id),
        "updated_at": _timestamp(posting.updated_at),
        "requisition_id": f"R-{posting.number % 100_000:05}",
        "title": posting.title,
        "company_name": posting.employer.name,
        "first_published": _timestamp(posting.posted_at),
        "language": "en",
        "application_deadline": None,
    }
    if pay_transparency:
        fields["pay_input_ranges"] = [_pay(posting.salary)] if posting.salary else []
    return fields


def _content(posting: SamplePosting) -> dict[str, object]:
    return {
        "content": escape(to_html(posting.body)),
        "departments": [
            {
                "id": _stable_id(posting.department),
                "name": posting.department,
                "child_ids": [],
                "parent_id": None,
            }
        ],
        "offices": [_office(place) for place in posting.places],
    }


def _office(place: Place) -> dict[str, object]:
    return {
        "id": _stable_id(place.city),
        "name": place.label,
        "location": f"{place.city}, {place.region}, {place.country}",
        "child_ids": [],
        "parent_id": None,
    }


def _pay(salary: Salary) -> dict[str, object]:
    return {
        "min_cents": round(salary.minimum * 100),
        "max_cents": round(salary.maximum * 100),
        "currency_type": salary.currency,
        "title": "Annual Salary:" if salary.period == "YEAR" else "Hourly Rate:",
        "blurb": "<p>Where you start in this range depends on experience.</p>",
    }


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(_EASTERN).isoformat(timespec="seconds")


def _stable_id(name: str) -> int:
    return 4_000_000_000 + crc32(name.encode()) % 1_000_000_000
