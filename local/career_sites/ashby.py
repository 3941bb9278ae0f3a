"""Write postings in the format of Ashby's posting API.

The format is documented at developers.ashbyhq.com/docs/public-job-posting-api.
"""

from uuid import NAMESPACE_URL, uuid5

from local.career_sites.content import Place
from local.career_sites.markup import to_html, to_plain
from local.career_sites.postings import Salary, SamplePosting

_EMPLOYMENT_TYPES = {
    "FULL_TIME": "FullTime",
    "PART_TIME": "PartTime",
    "CONTRACTOR": "Contract",
    "TEMPORARY": "Temporary",
    "INTERN": "Intern",
}
_WORKPLACES = {"remote": "Remote", "hybrid": "Hybrid", "onsite": "OnSite"}
_INTERVALS = {"YEAR": "1 YEAR", "HOUR": "1 HOUR"}
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$"}


def board(
    postings: list[SamplePosting], *, base_url: str, include_compensation: bool
) -> dict[str, object]:
    """Return the response that lists ``postings``. The pay is optional, as in Ashby's API."""
    jobs = [
        _job(posting, base_url=base_url) | (_pay_fields(posting) if include_compensation else {})
        for posting in postings
    ]
    return {"jobs": jobs, "apiVersion": "1"}


def _job(posting: SamplePosting, *, base_url: str) -> dict[str, object]:
    job_url = base_url + posting.path
    return {
        "id": posting.external_id,
        "title": posting.title,
        "department": posting.department,
        "team": posting.department,
        "employmentType": _EMPLOYMENT_TYPES[posting.employment_type or "FULL_TIME"],
        "location": posting.locations[0],
        "secondaryLocations": [
            {"location": location, "address": _address(place)}
            for location, place in zip(posting.locations[1:], posting.places[1:], strict=False)
        ],
        "publishedAt": posting.posted_at.isoformat(timespec="milliseconds"),
        "isListed": posting.listed,
        # Hybrid jobs are marked as remote, too, because Ashby's real boards do this.
        "isRemote": posting.workplace in {"remote", "hybrid"},
        "workplaceType": _WORKPLACES[posting.workplace or "onsite"],
        "address": _address(None if posting.workplace == "remote" else posting.places[0]),
        "jobUrl": job_url,
        "applyUrl": f"{job_url}/application",
        "descriptionHtml": to_html(posting.body, heading="h2"),
        "descriptionPlain": to_plain(posting.body),
    }


def _address(place: Place | None) -> dict[str, dict[str, str]]:
    """Return the address of ``place``; an empty address if ``place`` is None."""
    if place is None:
        return {"postalAddress": {}}
    return {
        "postalAddress": {
            "addressRegion": place.region,
            "addressCountry": place.country,
            "addressLocality": place.city,
        }
    }


def _pay_fields(posting: SamplePosting) -> dict[str, object]:
    salary = posting.salary
    if salary is None:
        nothing: dict[str, object] = {
            "compensationTierSummary": None,
            "scrapeableCompensationSalarySummary": None,
            "compensationTiers": [],
            "summaryComponents": [],
        }
        return {"shouldDisplayCompensationOnJobPostings": False, "compensation": nothing}
    summary = _summary(salary)
    component: dict[str, object] = {
        "compensationType": "Salary",
        "interval": _INTERVALS[salary.period],
        "currencyCode": salary.currency,
        "minValue": salary.minimum,
        "maxValue": salary.maximum,
    }
    tier = {
        "id": _part_id(posting, "tier"),
        "tierSummary": summary,
        "title": None,
        "additionalInformation": None,
        "components": [{"id": _part_id(posting, "pay"), "summary": summary} | component],
    }
    compensation = {
        "compensationTierSummary": summary,
        "scrapeableCompensationSalarySummary": summary.replace("–", "-"),
        "compensationTiers": [tier],
        "summaryComponents": [component],
    }
    return {"shouldDisplayCompensationOnJobPostings": True, "compensation": compensation}


def _summary(salary: Salary) -> str:
    symbol = _SYMBOLS[salary.currency]
    if salary.period == "HOUR":
        return f"{symbol}{salary.minimum:.2f} – {symbol}{salary.maximum:.2f} per hour"
    return f"{symbol}{salary.minimum / 1000:.0f}K – {symbol}{salary.maximum / 1000:.0f}K"


def _part_id(posting: SamplePosting, part: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{posting.external_id}/{part}"))
