import json
from typing import Any

import pytest

from include.core.models import EmploymentType, JobPosting, Location, Page, Workplace
from include.errors import ParseError
from include.pipeline.pages.read_page import read_page
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.sources.answers import answer

SITE = {"site": "acme"}
URL = "https://acme.gupy.io/jobs/8765432"


def site(**props: Any) -> bytes:
    """Return a page, made by hand, whose script contains these properties."""
    script = json.dumps({"props": {"pageProps": props}, "page": "/"})
    return (
        '<html><body><script src="/app.js"></script>'
        f'<script id="__NEXT_DATA__" type="application/json">{script}</script></body></html>'
    ).encode()


def row(**changes: Any) -> dict[str, Any]:
    address = {"country": "Brasil", "state": "São Paulo", "city": "Campinas"}
    return {
        "id": 8765432,
        "title": "Analista",
        "type": "vacancy_type_effective",
        "workplace": {"address": address, "workplaceType": "hybrid"},
    } | changes


def job(**changes: Any) -> dict[str, Any]:
    return {
        "id": 8765432,
        "code": "REQ-7",
        "name": "Analista",
        "jobType": "vacancy_type_internship",
        "workplaceType": "hybrid",
        "addressCity": "Campinas",
        "addressState": "São Paulo",
        "addressCountry": "Brasil",
        "addressCountryShortName": "BR",
        "description": "<p>Sobre a vaga.</p>",
        "responsibilities": "<li>Analisar dados</li>",
        "prerequisites": "<ul><li>Excel</li></ul>",
        "relevantExperiences": "",
        "publishedAt": "2026-07-01T12:00:00.000Z",
        "expiresAt": "2026-08-01",
        "careerPage": {"name": "Acme"},
    } | changes


def read(**changes: Any) -> JobPosting:
    body = site(job=job(**changes))
    return read_page("gupy", Page(url=URL, body=body, content_type="text/html; charset=utf-8"))


def test_the_first_page_has_all_postings() -> None:
    request = adapter_for("gupy").first_request(SITE)
    page = answer("gupy", SITE, site(careerPage={"name": "Acme"}, jobs=[row(), row(id=2)]))

    assert request.url == "https://acme.gupy.io/"
    assert prove([page]).complete
    assert [each.external_id for each in page.jobs] == ["8765432", "2"]
    assert page.jobs[0].url == URL
    assert page.jobs[0].location == "Campinas, São Paulo, Brasil"


def test_a_posting_may_have_no_workplace() -> None:
    (listed,) = answer("gupy", SITE, site(jobs=[row(workplace=None)])).jobs

    assert listed.location is None


@pytest.mark.parametrize(
    "page",
    [
        site(jobs=[row()])[:-60],
        site(careerPage={"name": "Gupy"}),
        site(jobs={"total": 0}),
        b"<h1>Gupy</h1>",
    ],
    ids=["cut", "a page without a list", "another list", "another page"],
)
def test_a_page_without_the_whole_list_is_an_error(page: bytes) -> None:
    with pytest.raises(ParseError):
        answer("gupy", SITE, page)


def test_a_posting_is_read_from_its_page_s_script() -> None:
    posting = read()

    assert (posting.external_id, posting.requisition_id, posting.title) == (
        "8765432",
        "REQ-7",
        "Analista",
    )
    assert posting.company == "Acme"
    assert posting.locations == (
        Location(
            raw="Campinas, São Paulo, Brasil", city="Campinas", region="São Paulo", country="BR"
        ),
    )
    assert posting.workplace is Workplace.HYBRID
    assert posting.employment_types == (EmploymentType.INTERN,)
    assert posting.posted_at_raw == "2026-07-01T12:00:00.000Z"
    assert posting.valid_through_raw == "2026-08-01"
    assert posting.description_text.splitlines() == [
        "Sobre a vaga.",
        "Responsabilidades e atribuições",
        "- Analisar dados",
        "Requisitos e qualificações",
        "- Excel",
    ]
    assert posting.provenance["title"] == "api"


def test_a_permanent_contract_does_not_state_the_hours() -> None:
    posting = read(jobType="vacancy_type_effective", addressCity=None, addressState=None)

    assert posting.employment_types == ()
    assert posting.employment_type_raw == "vacancy_type_effective"
    assert [(place.city, place.country) for place in posting.locations] == [(None, "BR")]


def test_a_page_without_a_posting_in_its_script_is_read_as_a_web_page() -> None:
    markup = {"@type": "JobPosting", "title": "Cozinheiro", "description": "<p>Cozinhar.</p>"}
    jsonld = f'<script type="application/ld+json">{json.dumps(markup)}</script>'.encode()

    for body in (jsonld, jsonld + site(job=None)):
        page = Page(url=URL, body=body, content_type="text/html")
        assert read_page("gupy", page).title == "Cozinheiro"
