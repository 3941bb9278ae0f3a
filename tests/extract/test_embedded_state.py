"""Tests of reading postings from the states of a page, which are the data that its script reads."""

import json
from html import escape
from typing import Any
from urllib.parse import quote

import pytest

from include.core.models import EmploymentType, Page, PayPeriod, Workplace
from include.errors import ParseError
from include.extract import fingerprint_input, read_posting
from include.extract.state_posting import description_of
from tests.extract.pages import page

PROSE = "<p>We sweep the streets of this town by night and by day, and we do it well. </p>" * 4
JOB = {
    "id": 7,
    "title": "Sweeper",
    "descriptionHtml": f"{PROSE}<p>The salary is €30,000 - €35,000 a year.</p>",
    "location": {"city": "Bremen", "countryCode": "DE"},
    "employmentType": "Full-time",
    "workplaceType": "hybrid",
    "publishedAt": "2026-03-01T08:00:00Z",
}
OTHER = JOB | {"title": "Baker", "location": "Lyon"}


def page_with_heading(script: str, heading: str = "Sweeper") -> Page:
    """Return a page that shows a heading, and that contains ``script`` in its body."""
    return page(
        f"<html><head><title>{heading} | Acme</title></head><body><h1>{heading}</h1>"
        f"<main><p>Apply now.</p></main>{script}</body></html>"
    )


def test_an_invalid_address_in_a_state_is_ignored() -> None:
    script = next_data({"job": JOB | {"url": "http://[x"}})

    assert read_posting(page_with_heading(script)).title == "Sweeper"


def next_data(state: Any) -> str:
    return f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(state)}</script>'


@pytest.mark.parametrize(
    "script",
    [
        next_data({"props": {"pageProps": {"apiData": {"jobPost": JOB, "similar": [OTHER]}}}}),
        next_data({"props": {"similar": [OTHER], "job": JOB}}),
        f"<script>window.__appData = {json.dumps({'posting': JOB})}; other = 1;</script>",
        f"<script>window['__STATE__']={json.dumps([OTHER, JOB])};</script>",
    ],
)
def test_the_page_s_own_posting_is_read_from_its_scripts(script: str) -> None:
    read = read_posting(page_with_heading(script))

    assert read.title == "Sweeper"
    assert [(place.city, place.country) for place in read.locations] == [("Bremen", "DE")]
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert read.workplace is Workplace.HYBRID
    assert read.posted_at_raw == "2026-03-01T08:00:00Z"
    assert read.salary is not None
    assert (read.salary.min, read.salary.period) == (30_000, PayPeriod.YEAR)
    assert read.provenance["title"] == "state"
    assert fingerprint_input(page_with_heading(script)).fields["title"] == "Sweeper"


@pytest.mark.parametrize(
    "script",
    [
        next_data({"jobs": [OTHER]}),
        next_data({"job": JOB | {"descriptionHtml": "Short."}}),
        next_data({"job": {"title": "Sweeper"}}),
        '<script type="application/json">{"title": "Sweeper", </script>',
        "<script>window.__x = {broken</script>",
        "<script>window.__x = [[[[[[" + "[" * 5_000 + "</script>",
        "<script>var x = 1;</script>",
    ],
)
def test_state_that_may_not_be_the_page_s_posting_is_ignored(script: str) -> None:
    read = read_posting(page_with_heading(script))

    assert (read.title, read.locations, read.provenance["title"]) == ("Sweeper", (), "text")


def test_structured_data_takes_precedence_over_script_state() -> None:
    posting = {"@type": "JobPosting", "title": "Sweeper", "description": PROSE}
    jsonld = f'<script type="application/ld+json">{json.dumps(posting)}</script>'

    assert read_posting(page_with_heading(jsonld + next_data(JOB))).provenance["title"] == "jsonld"


def app(state: str, *, name: str = "Acme", path: str = "/jobs/sweeper-77", text: str = "") -> Page:
    """Return a page that shows ``text``, and whose posting is only in its state."""
    html = f"<html><head><title>{name}</title></head><body>{text}{state}</body></html>"
    return Page(
        url=f"https://acme.example{path}",
        body=html.encode(),
        content_type="text/html; charset=utf-8",
    )


def flat(value: Any, *, numbered_keys: bool = False) -> list[Any]:
    """Return a value as one flat array, as the library devalue writes it.

    Each member of an object or a list is replaced by its position in the array. If
    ``numbered_keys`` is true, the keys of objects are, too, as Remix writes them.
    """
    values: list[Any] = []

    def add(each: Any) -> int:
        position = len(values)
        values.append(None)
        if isinstance(each, dict):
            values[position] = {
                (f"_{add(key)}" if numbered_keys else key): add(member)
                for key, member in each.items()
            }
        elif isinstance(each, list):
            values[position] = [add(member) for member in each]
        else:
            values[position] = each
        return position

    add(value)
    return values


def astro(value: Any) -> list[Any]:
    """Return a value as a pair of a type number and the value, as Astro writes it."""
    if isinstance(value, dict):
        return [0, {key: astro(member) for key, member in value.items()}]
    if isinstance(value, list):
        return [1, [astro(member) for member in value]]
    return [0, value]


STATE = {"layout": {"title": "Careers"}, "job": JOB, "similar": [OTHER]}
STATE_JSON = json.dumps(STATE)
APOLLO_CACHE = {
    "ROOT_QUERY": {
        'job({"id":7})': {"__ref": "Job:7"},
        'otherJobs({"id":7})': [{"__ref": "Job:8"}],
    },
    "Place:1": {"__typename": "Place", "name": "Bremen", "country": "Deutschland"},
    "Job:8": {"__typename": "Job", **OTHER, "id": 8},
    "Job:7": {"__typename": "Job", **JOB, "location": {"__ref": "Place:1"}},
}
JS_STATE = STATE_JSON.replace('"job":', "job:").replace('"title":', "title:")


@pytest.mark.parametrize(
    "state",
    [
        f'<script type="application/json" id="any">{STATE_JSON}</script>',
        f'<script type="application/json" data-x>{json.dumps({"body": STATE_JSON})}</script>',
        f"<template>{escape(STATE_JSON)}</template>",
        f"<noscript>{STATE_JSON}</noscript>",
        f"<script>window.App.state = {STATE_JSON}</script>",
        f"<script>const page={STATE_JSON};</script>",
        f"<script>window.state = {JS_STATE}</script>",
        f"<script>{{ kit.start(app, element, {{ node_ids: [0], data: [{JS_STATE}] }}); }}</script>",
        f"<script>self.state = JSON.parse({json.dumps(STATE_JSON)})</script>",
        "<script>window.s=JSON.parse('" + STATE_JSON.replace("</", "<\\/") + "')</script>",
        f'<script>window.s=JSON.parse(decodeURIComponent("{quote(STATE_JSON)}"))</script>',
        f'<script type="application/json" id="__NUXT_DATA__">{json.dumps(flat(STATE))}</script>',
        f"<script>s.enqueue({json.dumps(json.dumps(flat(STATE, numbered_keys=True)))})</script>",
        f'<div data-page="{escape(STATE_JSON)}"></div>',
        f"<div data-react-props='{STATE_JSON}'></div>",
        f'<job-page :job="{escape(json.dumps(JOB))}"></job-page>',
        f'<astro-island props="{escape(json.dumps(astro(STATE)[1]))}"></astro-island>',
        f"<script>window.__APOLLO_STATE__={json.dumps(APOLLO_CACHE)}</script>",
    ],
)
def test_each_form_of_a_state_is_read(state: str) -> None:
    read = read_posting(app(state))

    assert (read.title, read.provenance["title"]) == ("Sweeper", "state")
    assert [(place.city, place.country) for place in read.locations] == [("Bremen", "DE")]
    assert "We sweep the streets" in (read.description_text or "")


BAKER = JOB | {"id": 8, "title": "Baker"}
ARTICLE = {"id": 9, "title": "Our year", "body": PROSE, "publishedAt": "2026-03-01"}


@pytest.mark.parametrize(
    ("state", "name", "path", "title"),
    [
        # The only posting.
        ({"job": JOB}, "Acme", "/jobs", "Sweeper"),
        # The posting whose id, slug or URL the URL of the page contains.
        ({"jobs": [JOB, BAKER]}, "Acme", "/jobs/baker-8", "Baker"),
        ({"jobs": [JOB, BAKER | {"slug": "b-1"}]}, "Acme", "/jobs/b-1", "Baker"),
        ({"jobs": [JOB | {"id": 777}, BAKER | {"id": 888}]}, "Acme", "/job?id=888", "Baker"),
        ({"jobs": [JOB, BAKER | {"url": "/p/x"}]}, "Acme", "/p/x", "Baker"),
        # The posting whose title is in the name of the page.
        ({"jobs": [JOB, BAKER]}, "Baker @ Acme", "/", "Baker"),
        ({"jobs": [JOB, BAKER]}, "We want a baker now", "/", "Baker"),
        # Neither the company nor an article is the posting.
        ({"company": JOB | {"title": "Acme"}, "job": BAKER}, "Baker | Acme", "/acme", "Baker"),
        ({"news": ARTICLE, "job": BAKER}, "Acme", "/1", "Baker"),
    ],
)
def test_the_page_decides_which_object_is_its_posting(
    state: Any, name: str, path: str, title: str
) -> None:
    assert read_posting(app(next_data(state), name=name, path=path)).title == title


@pytest.mark.parametrize(
    ("state", "name"),
    [
        ({"a": JOB, "b": BAKER}, "Acme"),
        ({"jobs": [JOB]}, "Acme"),
        ({"jobs": [JOB, JOB | {"id": 8, "location": "Lyon"}]}, "Sweeper"),
        ({"similarJobs": JOB}, "Sweeper"),
        ({"weitereStellen": [JOB]}, "Sweeper"),
        ({"article": ARTICLE}, "Our year"),
        ({"company": {"name": "Acme", "description": PROSE, "location": "Bremen"}}, "Acme"),
    ],
)
def test_no_object_is_used_if_nothing_shows_that_it_is_the_posting(state: Any, name: str) -> None:
    with pytest.raises(ParseError):
        read_posting(app(next_data(state), name=name, path="/"))


def test_an_unconfirmed_object_is_not_used_if_the_page_shows_more_text() -> None:
    """Read a page that shows a long text, and whose state has a posting that nothing confirms."""
    text = "<h1>Our year</h1>" + "<p>A text about something else, which the page shows.</p>" * 9

    read = read_posting(app(next_data({"job": JOB}), path="/", text=text))

    assert (read.title, read.provenance["title"]) == ("Our year", "text")


@pytest.mark.parametrize(
    ("keys", "cities"),
    [
        ({"city": "Bremen", "state": "open"}, [("Bremen", None, None)]),
        ({"location": {"ort": "Bremen", "land": "Deutschland"}}, [("Bremen", None, "DE")]),
        ({"location": {"ort": "Bremen", "land": "Bremen"}}, [("Bremen", None, None)]),
        ({"miasto": "Opole", "kraj": "Polska"}, [("Opole", None, "PL")]),
        ({"cidade": "Campinas", "uf": "SP", "pais": "Brasil"}, [("Campinas", "SP", "BR")]),
        ({"location": {"name": "Göteborg", "country": "Sverige"}}, [("Göteborg", None, "SE")]),
        ({"store": {"name": "No. 7", "city": "Leeds"}}, [("Leeds", None, None)]),
        ({"workplace": {"name": "Wind farm 7", "city": "Leeds"}}, [("Leeds", None, None)]),
        ({"workplace": {"name": "Leeds"}}, []),
        ({"recruiter": {"name": "Ann", "city": "Leeds"}}, []),
        ({"company": {"name": "Acme", "city": "Leeds"}}, []),
        (
            {"locationName": "Bremen, Germany", "secondaryLocations": [{"city": "Leeds"}]},
            [("Bremen", None, "DE"), ("Leeds", None, None)],
        ),
    ],
)
def test_places_are_read_from_the_keys_of_many_sites(
    keys: dict[str, Any], cities: list[tuple[Any, ...]]
) -> None:
    read = read_posting(app(next_data({"job": {**JOB, "location": None, **keys}})))

    assert [(place.city, place.region, place.country) for place in read.locations] == cities


@pytest.mark.parametrize(
    ("keys", "pay"),
    [
        (
            {"salary": {"min": 10, "max": 12, "currency": "EUR", "interval": "hour"}},
            (10, 12, "EUR", "HOUR"),
        ),
        (
            {"salaryMin": 100, "salary_max": 120, "currency": "PLN", "salaryUnit": "miesiąc"},
            (100, 120, "PLN", "MONTH"),
        ),
        ({"tauxHoraire": {"min": 26.5, "devise": "CAD"}}, (26.5, None, "CAD", "HOUR")),
        (
            {"gehalt": {"von": 62000, "bis": 74000, "waehrung": "EUR", "zeitraum": "Jahr"}},
            (62000, 74000, "EUR", "YEAR"),
        ),
        ({"salary_text": "€ 17,20 – € 19,80 per uur"}, (17.2, 19.8, "EUR", "HOUR")),
        (
            {"payRate": {"low": "18.00", "high": "22.00", "unit": "hourly", "currency": "USD"}},
            (18, 22, "USD", "HOUR"),
        ),
        (
            {
                "compensation": {
                    "range": {"from": 5000, "to": 6000},
                    "currency": {"code": "USD"},
                    "period": "MONTH",
                }
            },
            (5000, 6000, "USD", "MONTH"),
        ),
        (
            {"annualSalary": {"min": 36_000_000, "max": 42_000_000, "unit": "KRW"}},
            (36_000_000, 42_000_000, "KRW", "YEAR"),
        ),
        (
            {"salary": {"min": 90, "max": 110, "currency": "EUR", "unit": "DAY"}},
            (90, 110, "EUR", "DAY"),
        ),
        ({"salary": {"min": 0, "max": None, "currency": "EUR"}}, None),
        ({"salary": None, "price": 40, "currency": "EUR"}, None),
        ({"platform": {"min": 3, "max": 5}}, None),
    ],
)
def test_pay_is_read_from_the_keys_of_many_sites(keys: dict[str, Any], pay: Any) -> None:
    job = {**JOB, "descriptionHtml": PROSE, **keys}

    salary = read_posting(app(next_data({"job": job}))).salary

    assert (salary and (salary.min, salary.max, salary.currency, salary.period)) == pay


@pytest.mark.parametrize(
    ("keys", "types", "workplace"),
    [
        ({"type": "Part-time"}, ("PART_TIME",), None),
        ({"type": "JobPosting", "status": "permanent"}, (), None),
        (
            {"contract_label": "Fixed term", "hours": "Part-time, 24 h"},
            ("PART_TIME", "TEMPORARY"),
            None,
        ),
        ({"wymiar": "Pełny etat", "tryb": "hybrydowy"}, ("FULL_TIME",), "hybrid"),
        ({"workday": "Jornada completa"}, ("FULL_TIME",), None),
        ({"horaire": "Temps plein, de soir"}, ("FULL_TIME",), None),
        ({"horario": "De 8 a 17"}, (), None),
        ({"modalidad": "Presencial"}, (), "onsite"),
        ({"isRemote": True}, (), "remote"),
        ({"remote": False}, (), None),
        ({"isRemote": True, "isHybrid": True}, (), None),
        ({"remote": "ハイブリッド勤務(週2日出社)"}, (), "hybrid"),
    ],
)
def test_types_and_workplaces_are_read_only_from_values_that_name_them(
    keys: dict[str, Any], types: tuple[str, ...], workplace: str | None
) -> None:
    job = {**JOB, "employmentType": None, "workplaceType": None, **keys}

    read = read_posting(app(next_data({"job": job})))

    assert read.employment_types == types
    assert read.workplace == workplace


@pytest.mark.parametrize(
    ("keys", "posted", "closing"),
    [
        ({"date_posted": 1772352000}, "2026-03-01", None),
        ({"publishedAt": {"$date": 1772352000000}}, "2026-03-01", None),
        ({"publishedAt": {"date": "2026-03-01 08:00:00", "timezone": "UTC"}}, "2026-03-01", None),
        (
            {"veroeffentlicht-am": "2026-03-01", "bewerbungsfrist": "2099-04-01"},
            "2026-03-01",
            "2099-04-01",
        ),
        (
            {"createdAt": "2026-03-01", "updatedAt": "2026-03-02", "startDate": "2026-05-01"},
            None,
            None,
        ),
        ({"publiziert": "2026-03-01"}, "2026-03-01", None),
        ({"affichage": "2026-03-01"}, "2026-03-01", None),
        ({"affichage": "public"}, None, None),
        ({"expires": 3600}, None, None),
    ],
)
def test_dates_are_read_from_keys_that_can_only_mean_them(
    keys: dict[str, Any], posted: str | None, closing: str | None
) -> None:
    read = read_posting(app(next_data({"job": {**JOB, "publishedAt": None, **keys}})))

    assert (read.posted_at and f"{read.posted_at:%Y-%m-%d}") == posted
    assert (read.valid_through and f"{read.valid_through:%Y-%m-%d}") == closing


LONG = "We sweep the streets of this town by night and by day. " * 5


@pytest.mark.parametrize(
    ("keys", "lines"),
    [
        ({"description": LONG, "descriptionHtml": f"<p>{LONG}</p>", "summary": "We sweep."}, []),
        ({"summary": LONG, "duties": ["Sweep", "Rest"]}, ["Duties", "- Sweep", "- Rest"]),
        ({"aufgaben": "<ul><li>Fegen</li></ul>", "einleitung": LONG}, ["Aufgaben", "- Fegen"]),
        (
            {
                "sections": [
                    {"heading": "Role", "html": f"<p>{LONG}</p>"},
                    {"title": "You", "items": ["A broom"]},
                ]
            },
            ["Role", "You", "- A broom"],
        ),
        (
            {
                "content": [
                    {
                        "_type": "block",
                        "style": "h2",
                        "children": [{"_type": "span", "text": "Role"}],
                    },
                    {
                        "_type": "block",
                        "style": "normal",
                        "children": [{"_type": "span", "text": LONG}],
                    },
                    {
                        "_type": "block",
                        "style": "normal",
                        "listItem": "bullet",
                        "children": [{"_type": "span", "text": "A broom"}],
                    },
                ]
            },
            ["Role", "- A broom"],
        ),
        (
            {
                "body": {
                    "type": "doc",
                    "content": [
                        {
                            "type": "paragraph",
                            "content": [
                                {"type": "text", "text": LONG},
                                {"type": "text", "text": "<b>"},
                            ],
                        },
                        {
                            "type": "bulletList",
                            "content": [
                                {
                                    "type": "listItem",
                                    "content": [
                                        {
                                            "type": "paragraph",
                                            "content": [{"type": "text", "text": "A broom"}],
                                        }
                                    ],
                                }
                            ],
                        },
                    ],
                }
            },
            ["- A broom"],
        ),
    ],
)
def test_the_parts_of_a_description_are_put_together(
    keys: dict[str, Any], lines: list[str]
) -> None:
    job = {**JOB, "descriptionHtml": None, **keys}

    text = read_posting(app(next_data({"job": job}))).description_text or ""

    assert text.count(LONG.strip()) == 1
    assert [line for line in text.splitlines() if not line.startswith("We sweep")] == lines


def test_a_state_that_refers_to_itself_is_read() -> None:
    cache = {**APOLLO_CACHE, "Job:7": APOLLO_CACHE["Job:7"] | {"body": {"__ref": "Job:7"}}}
    assert read_posting(app(f"<script>window.s={json.dumps(cache)}</script>")).title == "Sweeper"

    circular = [{"job": 1, "a": 2}, {"title": 3, "content": 1}, ["Ref", 2], "Sweeper"]
    with pytest.raises(ParseError):
        read_posting(app(next_data(circular)))


def page_without_text(state: Any, *, url: str = "https://acme.example/jobs/7q4", name: str) -> Page:
    """Return a page that shows no text, and is named after the careers site."""
    html = (
        f"<html><head><title>{name}</title></head><body><div id=root></div>"
        f"{next_data(state)}</body></html>"
    )
    return Page(url=url, body=html.encode(), content_type="text/html")


LINES = [
    "We sweep the streets of this town by night.",
    "We sweep the squares of this town by day.",
    "We repair the brooms and the carts ourselves.",
]


@pytest.mark.parametrize(
    ("job", "parts"),
    [
        (
            {
                "position": "Zamiatacz ulic",
                "offices": [{"city": "Łódź", "countryCode": "PL"}],
                "schedule": "full-time",
                "sections": [
                    {"heading": "Zadania", "html": f"<p>{LINES[0]}</p><p>{LINES[1]}</p>"},
                    {
                        "heading": "Oferta",
                        "html": f"<ul><li>{LINES[2]}</li><li>{LINES[0]}</li></ul>",
                    },
                ],
            },
            ("Zadania\n", "Oferta\n", f"- {LINES[2]}"),
        ),
        (
            {
                "titulo": "Varredor de ruas",
                "local": "Recife",
                "regime": "Tempo integral",
                "descricaoHtml": PROSE,
                "requisitosHtml": f"<ul><li>{LINES[2]}</li></ul>",
            },
            ("We sweep", "Requisitos\n", f"- {LINES[2]}"),
        ),
        (
            {
                "name": "Utcaseprő",
                "city": "Győr",
                "shift": "Teljes munkaidő",
                "duties": LINES,
                "needs": LINES[::-1],
                "offers": [LINES[1]],
            },
            ("Duties\n", "Needs\n", "Offers\n"),
        ),
        (
            {
                "noticeTitle": "Street sweeper",
                "workLocation": "Leeds",
                "employType": "Full-time",
                "contents": PROSE,
            },
            ("We sweep",),
        ),
        (
            {
                "title": "Strassenkehrer*in",
                "workplaces": [{"zip": "9000", "city": "St. Gallen", "canton": "SG"}],
                "pensum": "100 %",
                "contract": "Vollzeit",
                "body": [{"h": "Aufgaben", "t": LINES}, {"h": "Profil", "t": LINES[:2]}],
            },
            ("Aufgaben\n", f"- {LINES[0]}", "Profil\n"),
        ),
        (
            {
                "positionName": "Street sweeper",
                "province": "Leeds",
                "jobType": "Full-time",
                "detailHtml": PROSE,
            },
            ("We sweep",),
        ),
    ],
)
def test_the_posting_of_a_page_without_text_is_read_by_the_words_of_its_keys(
    job: dict[str, Any], parts: tuple[str, ...]
) -> None:
    related = [{key: "Baker" for key in job if key in ("title", "name", "position")}]
    state = {"offer": {"id": "7q4", **job}, "related": related, "menu": ["Jobs", "About"]}

    read = read_posting(page_without_text(state, name="Careers | Acme"))

    assert read.title in job.values()
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert all(part in (read.description_text or "") for part in parts)


@pytest.mark.parametrize(
    "state",
    [
        {"offers": [JOB | {"title": f"Sweeper {number}"} for number in range(3)]},
        {"offers": {"title": "Careers", "city": "Leeds", "offers": [JOB, OTHER]}},
        {
            "post": {
                "slug": "7q4",
                "title": "How we sweep",
                "body": PROSE,
                "published": "2026-03-01",
            }
        },
        {"data": {"id": "7q4", "name": "Acme", "city": "Leeds", "country": "GB", "content": PROSE}},
        {"data": {"id": "7q4", "title": "Open day", "location": "Leeds", "description": PROSE}},
        {"data": {"id": "7q4", "noticeTitle": "We are closed", "opens": "2026", "contents": PROSE}},
        {"data": {"id": "7q4", "noticeTitle": "Closed", "opendate": "2026-03-01", "text": PROSE}},
        {"member": {"name": "Ann", "position": "Sweeper", "city": "Leeds", "body": PROSE}},
        {"data": {"id": "7q4", "name": "Ann", "position": "Sweeper", "text": PROSE}},
        {"page": {"id": "7q4", "title": "Sign in", "text": PROSE, "email": "", "password": ""}},
    ],
)
def test_a_page_without_text_that_is_no_posting_stays_unread(state: Any) -> None:
    with pytest.raises(ParseError, match="shows no text"):
        read_posting(page_without_text(state, name="Acme"))


def test_a_section_that_is_there_as_html_and_as_text_is_used_once() -> None:
    thing = {
        "description": "Sweep the streets.",
        "requirementsPlain": "Two years of experience",
        "requirements": "<ul><li>Two years of experience</li></ul>",
    }
    assert description_of(thing).count("Two years") == 1


@pytest.mark.parametrize(
    "part",
    [
        {"category": "Cleaning", "tags": ["broom", "birch"]},
        {"id": "4711", "images": ["https://acme.example/a broom.png"]},
        {"number": "4711", "lines": ["Two years of experience"]},
    ],
)
def test_tags_and_addresses_are_no_section(part: dict[str, Any]) -> None:
    thing = {"description": "Sweep the streets.", "sections": [part]}
    assert description_of(thing) == "Sweep the streets."
