"""Read a job page with only a well-known library: extruct or trafilatura.

extruct returns the structured data of a page unchanged. A value is used only if it has the form
that schema.org prescribes. trafilatura returns the text, title and date of a page.
"""

from datetime import UTC, datetime
from typing import Any

import extruct
import trafilatura

from bench.recorded import Labelled
from include.core.formats.markup import text_of_html

_REMOTE = "TELECOMMUTE"


def extruct_alone(html: str) -> Labelled | None:
    """Return the fields of the first JobPosting that extruct finds, or None if it finds none."""
    found = extruct.extract(
        html, syntaxes=["json-ld", "microdata"], uniform=True, errors="ignore", base_url=""
    )
    postings = [
        thing
        for things in found.values()
        for thing in things
        if isinstance(thing, dict) and "JobPosting" in _as_list(thing.get("@type"))
    ]
    return _labelled(postings[0]) if postings else None


def trafilatura_alone(html: str) -> Labelled:
    """Return the title, the date and the text that trafilatura finds."""
    document = trafilatura.bare_extraction(html, with_metadata=True)
    return Labelled(
        external_id=None,
        title=(document.title if document else None) or "",
        locations=(),
        countries=(),
        posted_at=_parse_time(document.date if document else None),
        employment_types=(),
        salary=None,
        workplace=None,
        text=(document.text if document else None) or "",
    )


def _labelled(posting: dict[str, Any]) -> Labelled:
    places = [
        _as_dict(_as_dict(place).get("address")) for place in _as_list(posting.get("jobLocation"))
    ]
    pay = _as_dict(posting.get("baseSalary"))
    value = _as_dict(pay.get("value"))
    only_amount = value.get("value")
    low, high = value.get("minValue", only_amount), value.get("maxValue", only_amount)
    return Labelled(
        external_id=_as_dict(posting.get("identifier")).get("value"),
        title=str(posting.get("title") or ""),
        locations=tuple(
            str(place["addressLocality"]) for place in places if "addressLocality" in place
        ),
        countries=tuple(
            country if isinstance(country := place.get("addressCountry"), str) else None
            for place in places
        ),
        posted_at=_parse_time(posting.get("datePosted")),
        employment_types=tuple(map(str, _as_list(posting.get("employmentType")))),
        salary=(low, high, pay.get("currency"), value.get("unitText")) if low or high else None,
        workplace="remote" if _REMOTE in _as_list(posting.get("jobLocationType")) else None,
        text=text_of_html(str(posting.get("description") or "")),
    )


def _parse_time(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
