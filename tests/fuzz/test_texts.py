"""Tests that random texts, JSON-LD and filters are read without an error.

The result is a value, such as a date, a place or pay, or it is unknown.
"""

import json
from typing import Any

from hypothesis import strategies as st

from include.core.fields import schema_posting
from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.language import language_of
from include.core.fields.reading import complete
from include.core.fields.records import posting_to_json
from include.core.filtering.filters import check_filters, wants
from include.core.formats.json_object import JsonObject, mended_json
from include.core.models import Company, JobPosting, ListedJob
from include.core.pay.pay_text import salary_in, salary_in_prose
from include.core.places.locations import locate
from include.core.places.place_lists import locations_in, place_names
from include.core.places.workplaces import items_at_the_top, workplace_in_title, workplace_of
from include.errors import JobhuntError, ParseError
from include.extract.labels import labelled_values
from tests.fuzz.test_listings import values
from tests.fuzzing import fuzzed, markup, repeated

LONGEST = 5_000
words = st.sampled_from(
    ["Berlin", ", ", "Germany", " or ", "/", "(", ")", "; ", "Remote", " - ", "10115", "NY",
     "USA", "|", "Salary: ", "$", "€", "50,000", "1.", "k", " per ", "year", "hour", "between ",
     "up to ", "bonus ", "2026-", "-03-", "January ", "1st", "T10:00", "+02:00", "Z", "ago",
     "days ", "\u0301", "\u202e", "\xa0", "full", "-time", "hybrid", "·", ":", "\n", " ", "9",
     "00", "a", "ß", "İ", "\ufdfa", "年収", "万"]
) | st.text(max_size=3)  # fmt: skip
texts = st.lists(words, max_size=40).map("".join) | repeated(words, most=LONGEST)


@fuzzed(text=texts)
def test_any_text_is_a_date_or_unknown(text: str) -> None:
    time = parse_time(text)
    assert time is None or (time.tzinfo and 1990 <= time.year <= 2100)


@fuzzed(number=st.integers() | st.floats())
def test_any_number_is_a_date_or_unknown(number: float) -> None:
    time = parse_time(number)
    assert time is None or 1990 <= time.year <= 2100


@fuzzed(text=texts, country=st.none() | texts)
def test_any_text_is_read_as_places(text: str, country: str | None) -> None:
    place_names(text)
    locate(text, country=country)
    for found in locations_in(text, country=country):
        assert found.country is None or len(found.country) == 2


@fuzzed(text=texts)
def test_any_text_is_read_as_pay_or_not(text: str) -> None:
    for found in (salary_in(text), salary_in_prose(text), salary_in(text, currency="EUR")):
        if found and found.min is not None and found.max is not None:
            assert 0 < found.min <= found.max


@fuzzed(text=texts)
def test_any_text_is_read_as_facts(text: str) -> None:
    labelled_values(text.splitlines())
    employment_types(text)
    workplace_of(text)
    workplace_in_title(text)
    items_at_the_top(text.splitlines())
    language_of(text)


@fuzzed(title=texts, html=markup | texts)
def test_any_description_completes_a_posting(title: str, html: str) -> None:
    try:
        posting = complete(JobPosting(title=title or "Cook"), html)
    except ParseError:
        return
    assert json.dumps(posting_to_json(posting))


KEYS = [
    "title", "name", "description", "responsibilities", "hiringOrganization", "employmentUnit",
    "address",
    "jobLocation", "addressLocality", "addressCountry", "baseSalary", "value", "minValue",
    "currency",
    "unitText", "salaryCurrency", "employmentType", "datePosted", "validThrough", "url",
    "identifier",
    "applicantLocationRequirements", "jobLocationType", "inLanguage", "estimatedSalary", "@type",
]  # fmt: skip
facts = values | texts
parts = facts | st.dictionaries(st.sampled_from(KEYS), facts, max_size=4)
things = st.dictionaries(st.sampled_from(KEYS), parts | st.lists(parts, max_size=4), max_size=10)


@fuzzed(thing=things)
def test_any_json_ld_is_a_posting_or_refused(thing: dict[str, Any]) -> None:
    try:
        posting = schema_posting.read(JsonObject(thing), heading="Cook")
        complete(posting, schema_posting.description_of(JsonObject(thing)), method="jsonld")
    except ParseError:
        return


@fuzzed(
    text=repeated(
        st.sampled_from(["{", "}", "[", "]", ",", ":", '"', "'", "//", "/*", "*/", "\\u", "a",
                         "\n", "1e999", "0x"]),
        most=LONGEST,
    )
)  # fmt: skip
def test_any_broken_json_is_mended_or_left(text: str) -> None:
    json.dumps(list(mended_json(text)))


@fuzzed(
    patterns=st.lists(texts | texts.map(lambda text: f"/{text}/"), max_size=4).map(tuple),
    text=texts,
)
def test_any_filter_is_refused_or_decides(patterns: tuple[str, ...], text: str) -> None:
    company = Company(
        slug="a",
        source="greenhouse",
        config={"board": "a"},
        include_titles=patterns,
        exclude_locations=patterns,
    )
    job = ListedJob(external_id="1", title=text, url="", location=text)
    try:
        check_filters(company)
    except JobhuntError:
        return
    assert wants(company, job) in (True, False)
