import json
from datetime import UTC, datetime
from html import escape
from typing import Any

import pytest

from include.core.models import EmploymentType, Location, PayPeriod, Workplace
from include.extract import fingerprint_input, read_posting
from tests.extract.pages import DESCRIPTION, URL, job, jsonld, page

WEB_PAGE = {"@type": "WebPage", "url": URL, "name": "Sweeper"}


@pytest.mark.parametrize(
    ("thing", "kind"),
    [
        (job(), "application/ld+json"),
        (job(), "application/ld&#x2B;json"),
        (job(), "Application/LD+JSON; charset=utf-8"),
        ([job()], "application/ld+json"),
        ({"@context": "https://schema.org", "@graph": [WEB_PAGE, job()]}, "application/ld+json"),
        (WEB_PAGE | {"mainEntity": job()}, "application/ld+json"),
        (job(**{"@type": ["JobPosting", "Thing"]}), "application/ld+json"),
        (job(**{"@type": "http://schema.org/JobPosting"}), "application/ld+json"),
        (job(description=escape(DESCRIPTION)), "application/ld+json"),
        (job(description=escape(escape(DESCRIPTION))), "application/ld+json"),
        (
            json.dumps(job(description=DESCRIPTION + "\n")).replace(r"\n", "\n"),
            "application/ld+json",
        ),
        ("//<![CDATA[\n" + json.dumps(job()) + "\n//]]>", "application/ld+json"),
        ("<!-- " + json.dumps(job()) + " -->", "application/ld+json"),
        (escape(json.dumps(job()), quote=True), "application/ld+json"),
        (json.dumps(job()) + ";\n// the job", "application/ld+json"),
        (json.dumps(job())[:-1] + ",}", "application/ld+json"),
        (json.dumps(job())[:-1], "application/ld+json"),
        ("\ufeff" + json.dumps(job()), "application/ld+json"),
        (f"var posting = {json.dumps(job())};", "application/ld+json"),
        (json.dumps(WEB_PAGE) + "\n" + json.dumps(job()), "application/ld+json"),
        (json.dumps(job()).replace('"datePosted"', '/* a */ "datePosted"'), "application/ld+json"),
        (json.dumps(job()).replace('"title"', '// a\n"title"'), "application/ld+json"),
        (json.dumps(job()).replace("Sweeper", r"\x53weeper"), "application/ld+json"),
        (json.dumps(job(), indent=1).replace('"Acme"', r"'Acm\'e'"), "application/ld+json"),
    ],
)
def test_a_posting_is_read_from_every_known_form_of_json_ld(thing: Any, kind: str) -> None:
    read = read_posting(jsonld(thing, kind=kind))

    assert read.title == "Sweeper"
    assert read.description_html == DESCRIPTION
    assert read.requirements == ("Patience", "A broom")
    assert read.provenance["title"] == "jsonld"
    assert read.posted_at == datetime(2026, 3, 1, tzinfo=UTC)
    assert read.posted_at_raw == "2026-03-01"


def test_raw_newlines_survive_the_mending_of_json() -> None:
    broken = json.dumps(job(description="<pre>a\nb</pre>")).replace(r"\n", "\n")[:-1] + ",}"

    assert read_posting(jsonld(broken)).description_html == "<pre>a\nb</pre>"


@pytest.mark.parametrize(
    "broken",
    ['{"@type": "JobPosting", "title" "Cook"}', '{"@type": "JobPosting"' + '{"a":[' * 9999],
)
def test_json_that_cannot_be_mended_is_no_posting(broken: str) -> None:
    read = read_posting(jsonld(broken, around="<p>" + "We sweep. " * 30 + "</p>"))

    assert (read.title, read.provenance["title"]) == ("Sweeper", "text")


def test_all_fields_are_read() -> None:
    read = read_posting(
        jsonld(
            job(
                title="Sweeper &amp; Mopper",
                identifier={"@type": "PropertyValue", "name": "Acme", "value": 77},
                url=URL,
                jobLocationType="TELECOMMUTE",
                applicantLocationRequirements=[{"@type": "Country", "name": "Germany"}],
                validThrough="2026-05-01T00:00:00Z",
                baseSalary={
                    "@type": "MonetaryAmount",
                    "currency": "EUR",
                    "value": {"minValue": "18.50", "maxValue": 21, "unitText": "HOUR"},
                },
            )
        )
    )

    assert read.title == "Sweeper & Mopper"
    assert read.external_id == "77"
    assert read.company == "Acme"
    assert read.language == "en"
    assert read.provenance["language"] == "html"
    assert read.workplace is Workplace.REMOTE
    assert read.applicant_countries == ("DE",)
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert read.valid_through == datetime(2026, 5, 1, tzinfo=UTC)
    assert read.salary is not None
    assert (read.salary.min, read.salary.max, read.salary.currency) == (18.5, 21, "EUR")
    assert (read.salary.period, read.salary.origin) == (PayPeriod.HOUR, "jsonld")


BREMEN = Location(raw="Bremen, DE", city="Bremen", country="DE")


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ({"address": {"addressLocality": "Bremen", "addressCountry": "DE"}}, (BREMEN,)),
        ({"address": {"addressLocality": "Bremen", "addressCountry": ["DE"]}}, (BREMEN,)),
        (
            {"address": {"addressLocality": "Bremen", "addressCountry": {"name": "DE"}}},
            (BREMEN,),
        ),
        (
            [
                {"address": {"addressLocality": "Bremen", "addressCountry": "DE"}},
                {"address": {"addressLocality": "Jena", "addressCountry": "Germany"}},
            ],
            (BREMEN, Location(raw="Jena, Germany", city="Jena", country="DE")),
        ),
        (
            {"@type": "Place", "name": "Bremen, Germany"},
            (Location(raw="Bremen, Germany", city="Bremen", country="DE"),),
        ),
        (
            {"address": "Bremen, Germany"},
            (Location(raw="Bremen, Germany", city="Bremen", country="DE"),),
        ),
        ("Bremen, Germany", (Location(raw="Bremen, Germany", city="Bremen", country="DE"),)),
        ({"@type": "Place"}, ()),
        ({"addressLocality": "Bremen", "addressCountry": "DE"}, (BREMEN,)),
        (
            {"address": {"address": {"addressLocality": "Bremen", "addressCountry": "DE"}}},
            (BREMEN,),
        ),
        (
            "Bremen, Germany; Paris, FR",
            (
                Location(raw="Bremen, Germany", city="Bremen", country="DE"),
                Location(raw="Paris, FR", city="Paris", country="FR"),
            ),
        ),
        (None, ()),
    ],
)
def test_locations_are_read_in_every_known_form(
    places: Any, expected: tuple[Location, ...]
) -> None:
    assert read_posting(jsonld(job(jobLocation=places))).locations == expected


@pytest.mark.parametrize(
    ("pay", "currency", "expected"),
    [
        ({"currency": "EUR", "value": {"value": 20, "unitText": "HOUR"}}, None, (20, 20, "HOUR")),
        ({"currency": "EUR", "value": 300, "unitText": "DAY"}, None, (300, 300, "DAY")),
        ({"value": {"minValue": 1, "maxValue": 2, "unitText": "MONTH"}}, "EUR", (1, 2, "MONTH")),
        ("€40,000 - €50,000 a year", None, (40_000, 50_000, "YEAR")),
        (50_000, "EUR", (50_000, 50_000, None)),
        (None, "EUR 40,000.00 - EUR 50,000.00 /Yr.", (40_000, 50_000, "YEAR")),
    ],
)
def test_pay_is_read_in_every_known_form(
    pay: Any, currency: str | None, expected: tuple[float, float, str | None]
) -> None:
    salary = read_posting(jsonld(job(baseSalary=pay, salaryCurrency=currency))).salary

    assert salary is not None
    assert (salary.min, salary.max, salary.period) == expected
    assert salary.currency == "EUR"


@pytest.mark.parametrize("pay", [{}, {"value": {}}, "competitive", [], {"value": {"minValue": 0}}])
def test_pay_that_is_not_stated_is_unknown(pay: Any) -> None:
    assert read_posting(jsonld(job(baseSalary=pay, salaryCurrency="EUR"))).salary is None


def test_of_several_postings_the_one_with_the_page_s_url_is_read() -> None:
    related = job(title="Mopper", url="https://acme.example/jobs/2")
    own = job(url=f"{URL}?utm_source=related")

    assert read_posting(jsonld([related, own])).title == "Sweeper"


def test_qualifications_belong_to_the_description() -> None:
    read = read_posting(jsonld(job(qualifications="<ul><li>Balance</li></ul>")))

    assert read.requirements == ("Patience", "A broom", "Balance")


def test_a_posting_without_a_description_gets_the_text_of_the_page() -> None:
    around = "<main><h1>Sweeper</h1><p>" + "We sweep all day and we like it. " * 10 + "</p></main>"
    read = read_posting(jsonld(job(description=None), around=around))

    assert "We sweep all day" in read.description_text
    assert read.provenance["description_text"] == "text"
    assert read.provenance["title"] == "jsonld"


@pytest.mark.parametrize(
    "thing", ["{not json", WEB_PAGE, {"@graph": [WEB_PAGE]}, [], "null", "[" * 50_000]
)
def test_the_page_s_text_is_read_if_there_is_no_job_posting(thing: Any) -> None:
    read = read_posting(jsonld(thing))

    assert read.title == "Sweeper"
    assert read.provenance["title"] == "text"


def test_microdata_is_read_like_json_ld() -> None:
    read = read_posting(
        page(
            '<body><div itemscope itemtype="http://schema.org/JobPosting">'
            '<meta itemprop="datePosted" content="Mon Jul 13 00:00:00 UTC 2026">'
            '<span itemprop="hiringOrganization" itemscope><b itemprop="name">Acme</b></span>'
            '<h1 itemprop="title">Sweeper</h1>'
            '<div itemprop="jobLocation" itemscope itemtype="http://schema.org/Place">'
            '<div itemprop="address" itemscope><span itemprop="addressLocality">Bremen</span>'
            '<span itemprop="addressCountry">Germany</span></div></div>'
            f'<div itemprop="description">{DESCRIPTION}</div></div></body>'
        )
    )

    assert (read.title, read.company) == ("Sweeper", "Acme")
    assert read.locations == (Location(raw="Bremen, Germany", city="Bremen", country="DE"),)
    assert read.posted_at == datetime(2026, 7, 13, tzinfo=UTC)
    assert read.requirements == ("Patience", "A broom")
    assert read.provenance["title"] == "microdata"


def test_the_elements_to_which_itemref_refers_are_read() -> None:
    read = read_posting(
        page(
            '<body><p id="where" itemprop="jobLocation" itemscope><b itemprop="name">Bremen, DE</b>'
            '</p><div id="more"><i itemprop="employmentType">PART_TIME</i></div>'
            '<div itemscope itemtype="http://schema.org/JobPosting" itemref="where more none">'
            f'<h1 itemprop="title">Sweeper</h1><div itemprop="description">{DESCRIPTION}</div>'
            '<p itemprop="hiringOrganization" itemscope id="loop" itemref="loop">'
            '<b itemprop="name">Acme</b></p></div></body>'
        )
    )

    assert [place.city for place in read.locations] == ["Bremen"]
    assert read.employment_types == (EmploymentType.PART_TIME,)
    assert read.company == "Acme"


@pytest.mark.parametrize(
    "stated",
    [
        {"@type": "Country", "name": "PL"},
        {"@type": "AdministrativeArea", "address": {"addressCountry": "PL"}},
        {"@type": "Place", "name": "", "address": {"addressCountry": {"name": "Poland"}}},
        {"@type": "City", "name": "Kraków, Poland"},
        "Polska",
    ],
)
def test_the_country_of_applicants_is_read_in_every_known_form(stated: Any) -> None:
    read = read_posting(jsonld(job(applicantLocationRequirements=stated)))

    assert read.applicant_countries == ("PL",)


def test_the_country_of_applicants_is_that_of_their_state() -> None:
    stated = {"@type": "State", "name": "California"}
    read = read_posting(jsonld(job(applicantLocationRequirements=stated)))

    assert read.applicant_countries == ("US",)


def test_text_around_structured_data_does_not_change_a_fingerprint() -> None:
    before = fingerprint_input(jsonld(job(), around="<p>17 people viewed this</p>"))
    after = fingerprint_input(
        jsonld(job(), around="<p>18 people viewed this</p><footer>13:05</footer>")
    )

    assert before == after
    assert before.text.split() == ["Requirements", "Patience", "A", "broom"]


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Mopper"},
        {"jobLocation": {"name": "Jena"}},
        {"employmentType": "PART_TIME"},
        {"baseSalary": {"currency": "EUR", "value": 1}},
        {"datePosted": "2026-03-02"},
        {"validThrough": "2026-05-01"},
        {"jobLocationType": "TELECOMMUTE"},
    ],
)
def test_every_decisive_field_changes_a_fingerprint(changes: dict[str, Any]) -> None:
    assert (
        fingerprint_input(jsonld(job())).fields != fingerprint_input(jsonld(job(**changes))).fields
    )


@pytest.mark.parametrize(
    ("written", "city", "region", "country"),
    [
        ("Bangalore, IN, 560066", "Bangalore", None, "IN"),
        ("Palo Alto, CA, US, 94304", "Palo Alto", "CA", "US"),
        ("Berlin, DE", "Berlin", None, "DE"),
    ],
)
def test_a_successfactors_location_may_end_with_country_and_postcode(
    written: str, city: str, region: str | None, country: str
) -> None:
    read = read_posting(
        page(
            '<div class="jobDisplayShell" itemscope itemtype="http://schema.org/JobPosting">'
            '<span itemprop="jobLocation" itemscope itemtype="http://schema.org/Place">'
            '<span itemprop="address" itemscope itemtype="http://schema.org/PostalAddress">'
            f'<meta itemprop="streetAddress" content="{written}"></span></span>'
            '<h1 itemprop="title">Sweeper</h1><p itemprop="description">Sweeps.</p></div>'
        )
    )

    (place,) = read.locations
    assert (place.raw, place.city, place.region, place.country) == (written, city, region, country)


def test_a_successfactors_location_may_be_in_parts() -> None:
    html = (
        '<div class="jobDisplayShell" itemscope itemtype="http://schema.org/JobPosting">'
        '<span itemprop="jobLocation" itemscope itemtype="http://schema.org/Place">'
        '<span itemprop="address" itemscope itemtype="http://schema.org/PostalAddress">'
        '<meta itemprop="addressLocality" content="Bremen">'
        '<meta itemprop="addressCountry" content="DE"></span></span>'
        '<h1 itemprop="title">Sweeper</h1></div>'
    )

    assert read_posting(page(html)).locations == (
        Location(raw="Bremen, DE", city="Bremen", country="DE"),
    )


def test_references_by_id_are_followed() -> None:
    graph = {
        "@context": "https://schema.org",
        "@graph": [
            job(
                hiringOrganization={"@id": "#acme"},
                jobLocation={"@type": "Place", "@id": "#bremen"},
            )
            | {"@id": "#job"},
            {"@type": "Organization", "@id": "#acme", "name": "Acme", "knows": {"@id": "#job"}},
            {"@type": "Place", "@id": "#bremen", "address": {"@id": "#address"}},
            {"@type": "PostalAddress", "@id": "#address", "addressLocality": "Bremen"},
        ],
    }

    read = read_posting(jsonld(graph))

    assert read.company == "Acme"
    assert [place.city for place in read.locations] == ["Bremen"]


def test_an_object_that_refers_to_itself_is_read() -> None:
    read = read_posting(jsonld(job(hiringOrganization={"@id": "#acme"}) | {"@id": "#acme"}))

    assert (read.title, read.company) == ("Sweeper", None)


LONG = "We sweep the streets of this town by night and by day, and we do it very well. " * 12


def test_facts_that_the_structured_data_lacks_are_read_from_the_page() -> None:
    facts = (
        "<main><h1>Sweeper</h1><dl><dt>Salary</dt><dd>€ 3.000 per month</dd>"
        "<dt>Contract</dt><dd>12-month fixed term</dd></dl></main>"
    )
    read = read_posting(jsonld(job(description=LONG), around=facts))

    assert read.salary is not None
    assert (read.salary.min, read.provenance["salary"]) == (3_000, "text")
    assert read.employment_types == (EmploymentType.FULL_TIME, EmploymentType.TEMPORARY)
    assert read.provenance["locations"] == "jsonld"


def test_a_description_that_is_only_a_teaser_is_replaced_by_the_text_of_the_page() -> None:
    shown = f"<main><h1>Sweeper</h1><p>Sweep with us.</p><p>{LONG}</p></main>"
    read = read_posting(jsonld(job(description="Sweep with us."), around=shown))

    assert "by night" in read.description_text
    assert read.provenance["description_text"] == "text"


@pytest.mark.parametrize(
    ("stated", "shown", "title"),
    [
        ("Sweeper (R-17)", "Sweeper", "Sweeper"),
        ("Bremen - Sweeper", "Sweeper", "Sweeper"),
        ("Sweepers and Bakers", "Sweeper", "Sweepers and Bakers"),
        ("Sweeper", "Acme careers", "Sweeper"),
    ],
)
def test_the_title_is_the_one_that_the_page_shows(stated: str, shown: str, title: str) -> None:
    around = f"<main><h1>{shown}</h1></main>"

    assert read_posting(jsonld(job(title=stated), around=around)).title == title


def test_rdfa_is_read_like_microdata() -> None:
    read = read_posting(
        page(
            "<body vocab='http://schema.org/'><div typeof='JobPosting'><h1 property='title'>Sweeper"
            "</h1><div property='jobLocation' typeof='Place'><div property='address' "
            "typeof='PostalAddress'><span property='addressLocality'>Odense</span></div></div>"
            "<meta property='schema:employmentType' content='PART_TIME'><time "
            "property='datePosted' "
            f"datetime='2026-05-12'>today</time><p property='description'>{LONG}</p></div></body>"
        )
    )

    assert [place.city for place in read.locations] == ["Odense"]
    assert read.employment_types == (EmploymentType.PART_TIME,)
    assert read.posted_at == datetime(2026, 5, 12, tzinfo=UTC)
    assert read.provenance["title"] == "rdfa"


def test_a_link_of_rdfa_names_the_item_inside_of_it() -> None:
    read = read_posting(
        page(
            "<article typeof='schema:JobPosting'><h1 property='schema:title'>Sweeper</h1>"
            "<a rel='nofollow' href='/jobs'>All jobs</a><p rel='schema:baseSalary'>"
            "<b typeof='schema:MonetaryAmount'><i property='schema:currency' content='EUR'></i>"
            "<b rel='schema:value'><b typeof='schema:QuantitativeValue'>"
            "<i property='schema:minValue' content='3100'></i>"
            "<i property='schema:maxValue' content='3900'></i>"
            "<i property='schema:unitText' content='MONTH'></i></b></b></b></p>"
            f"<p property='schema:description'>{LONG}</p></article>"
        )
    )

    assert read.salary
    assert (read.salary.min, read.salary.max) == (3_100, 3_900)
    assert (read.salary.currency, read.salary.period) == ("EUR", PayPeriod.MONTH)


def test_pay_without_a_period_is_completed_from_the_sentence_with_the_same_amount() -> None:
    stated = {"@type": "MonetaryAmount", "currency": "USD", "value": "310000"}
    text = f"<p>Remuneration is between ₦310,000 and ₦390,000 monthly.</p><p>{LONG}</p>"

    read = read_posting(jsonld(job(baseSalary=stated, description=text))).salary

    assert read
    assert (read.min, read.max, read.currency, read.period) == (
        310_000,
        390_000,
        "NGN",
        PayPeriod.MONTH,
    )


def test_a_remote_job_without_a_place_is_in_the_country_of_its_applicants() -> None:
    remote = job(
        jobLocation=None,
        jobLocationType="TELECOMMUTE",
        applicantLocationRequirements={"@type": "Country", "name": "Uruguay"},
    )

    read = read_posting(jsonld(remote))

    assert [(place.raw, place.country) for place in read.locations] == [("Uruguay", "UY")]
    assert read.applicant_countries == ("UY",)


@pytest.mark.parametrize(
    ("shown", "changes", "city"),
    [
        ("Thiers", {}, "Thiers"),
        ("Rue Haute 1, 63300 Thiers", {}, "Thiers"),
        ("Berlin, Germany", {}, None),
        ("Several", {}, None),
        ("Thiers", {"jobLocationType": "TELECOMMUTE"}, None),
    ],
)
def test_a_city_on_the_page_completes_a_country(
    shown: str, changes: dict[str, str], city: str | None
) -> None:
    stated = job(jobLocation={"address": {"addressCountry": "FR"}}, **changes)
    found = read_posting(jsonld(stated, around=f"<p>Location: {shown}</p>")).locations

    assert [(each.city, each.country) for each in found] == [(city, "FR")]


@pytest.mark.parametrize(
    ("stated", "shown", "period"),
    [
        ("€2,000 - €2,500", "Salary: €2,000 - €2,500 / month", PayPeriod.MONTH),
        ("€2,000 - €2,500", "Salary: €1,000 - €1,500 / month", None),
        ("€2,000 - €2,500", "Salary: $2,000 - $2,500 USD / month", None),
    ],
)
def test_pay_without_a_period_is_completed_from_the_page_if_the_amounts_are_equal(
    stated: str, shown: str, period: PayPeriod | None
) -> None:
    posting = read_posting(jsonld(job(baseSalary=stated), around=f"<p>{shown}</p>"))

    assert posting.salary is not None
    assert (posting.salary.min, posting.salary.max) == (2_000, 2_500)
    assert (posting.salary.currency, posting.salary.period) == ("EUR", period)
