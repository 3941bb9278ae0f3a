import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.models import EmploymentType, Workplace
from include.extract import read_posting
from include.extract.labels import labelled_cells, labelled_values
from include.extract.named import labelled_icons
from tests.extract.pages import page

PROSE = "<p>We sweep the streets of this town by night and by day, and we do it well. </p>" * 5


def root_of(html: str) -> LexborNode:
    root = LexborHTMLParser(html).root
    assert root is not None
    return root


def test_a_label_may_be_before_or_above_its_value() -> None:
    lines = ["Location: Bremen", "Salary:", "€30,000", "Job type", "Part-time", "Team", ": Brooms"]

    assert labelled_values(lines) == {
        "location": "Bremen",
        "salary": "€30,000",
        "employment_type": "Part-time",
        "team": "Brooms",
    }


def test_the_first_of_two_labels_is_used_and_a_label_is_not_a_value() -> None:
    lines = ["Standort: Jena", "Location: Bremen", "Department", "Team", "Brooms"]

    assert labelled_values(lines) == {"location": "Jena", "team": "Brooms"}


def test_a_sentence_is_not_the_value_of_a_label() -> None:
    sentence = "We pay well, " * 20

    assert labelled_values([f"Salary: {sentence}", "Location", sentence, "Our promise: cake"]) == {}


def test_labels_are_recognised_in_other_spellings_and_languages() -> None:
    lines = [
        "Location(s)",
        "Bremen",
        "WAGE / SALARY",
        "$12 to $16 Hour",
        "Yayın Tarihi: 25.09.2026",
    ]

    assert labelled_values(lines) == {
        "location": "Bremen",
        "salary": "$12 to $16 Hour",
        "posted_at": "25.09.2026",
    }
    assert labelled_values(["勤務地：東京", "給与", "年収 600万円"]) == {
        "location": "東京",
        "salary": "年収 600万円",
    }


@pytest.mark.parametrize(
    "label",
    [
        "Location", "Arbeitsort", "Lieu de travail", "Lugar", "Sede di lavoro", "Standplaats",
        "Local de trabalho", "Miejsce pracy", "Arbetsort", "Arbeidssted", "Arbejdssted", "Sijainti",
        "Místo výkonu práce", "Miesto práce", "Munkavégzés helye", "Locație", "Място на работа",
        "Τοποθεσία", "Çalışma yeri", "Место работы", "Місце роботи", "Mjesto rada", "Darbo vieta",
        "Darba vieta", "Töökoht", "Lloc de treball", "Lokasi kerja", "Địa điểm làm việc",
        "สถานที่ทำงาน", "مكان العمل", "勤務地", "工作地点", "근무지",
        "Baza", "Kraj opravljanja dela", "Vinnustaður", "Şehir / İlçe", "City / District",
    ],
)  # fmt: skip
def test_a_place_is_found_in_many_languages(label: str) -> None:
    assert labelled_values([f"{label}: Bremen"]) == {"location": "Bremen"}


@pytest.mark.parametrize(
    "kind",
    [
        "Umowa o pracę", "CDI", "Festanstellung", "Contrato indefinido", "Tempo indeterminato",
        "Fast stilling", "Ugovor na neodređeno", "Безстроковий договір", "Befristet bis 31.12.2027",
        "Vollzeit", "Puno radno vrijeme",
    ],
)  # fmt: skip
def test_a_kind_of_contract_is_not_a_place(kind: str) -> None:
    assert labelled_values([f"Location: {kind}", "Place of work: Lyon"]) == {"location": "Lyon"}
    assert labelled_values(["Location", kind]) == {}


@pytest.mark.parametrize(
    ("line", "places"),
    [
        ("Locations: Split, Zadar", "Split; Zadar"),
        ("Standorte: Bonn, Jena", "Bonn; Jena"),
        ("Mjesta rada: Split, Zadar", "Split; Zadar"),
        ("Location: Sabadell, Barcelona", "Sabadell, Barcelona"),
        ("Locations: Toronto, Ontario", "Toronto, Ontario"),
    ],
)
def test_two_cities_after_a_label_in_the_plural_are_two_places(line: str, places: str) -> None:
    assert labelled_values([line]) == {"location": places}


@pytest.mark.parametrize(
    ("label", "value", "field"),
    [
        ("Zatrudnienie:", "umowa o pracę na pełny etat", "employment_type"),
        ("Régime", "Mi-temps (19 h)", "employment_type"),
        ("Vrsta pogodbe", "polni delovni čas", "employment_type"),
        ("Način dela", "hibridno", "workplace"),
        ("Mjesečna plaća", "1.300 €", "salary"),
    ],
)
def test_labels_of_other_facts_are_found_in_many_languages(
    label: str, value: str, field: str
) -> None:
    assert value in labelled_values([label, value])[field]


def test_further_places_are_collected() -> None:
    lines = ["Primary Location: Bonn", "Other Locations: Jena; Gera", "Location: Trier"]

    assert labelled_values(lines) == {"location": "Bonn; Jena; Gera"}


@pytest.mark.parametrize("bullet", ["- ", "• ", "▪ ", "📍 ", "✔️ ", "– "])
def test_a_bullet_before_a_label_is_not_part_of_it(bullet: str) -> None:
    assert labelled_values([f"{bullet}Lugar: Sevilla (España)"]) == {"location": "Sevilla (España)"}
    assert labelled_values([f"{bullet}Location", f"{bullet}Bremen"]) == {"location": "Bremen"}


def test_an_amount_keeps_its_currency_after_a_bullet() -> None:
    assert labelled_values(["• Salary: $50,000"]) == {"salary": "$50,000"}


def test_a_label_with_several_meanings_needs_a_colon() -> None:
    assert labelled_values(["Schedule", "Benefits", "Office", "Acme House"]) == {}
    assert labelled_values(["Schedule: Full-time"]) == {"employment_type": "Full-time"}


def test_facts_are_read_from_tables_and_definition_lists() -> None:
    html = (
        "<dl><dt>Location</dt><dd>Bremen, <b>Germany</b></dd></dl>"
        "<table><tr><th>Job type:</th><td>Part-time</td></tr>"
        "<tr><td>• Gehalt</td><td>€30,000</td></tr><tr><td>Team</td><th>Brooms</th></tr></table>"
    )

    assert labelled_cells(root_of(html)) == {
        "location": "Bremen, Germany",
        "employment_type": "Part-time",
        "salary": "€30,000",
    }


@pytest.mark.parametrize(
    "html",
    [
        "<li><svg aria-label='Location'><title>Location</title></svg> Bremen, DE</li>",
        "<p><i class='pin' aria-label='Standort'></i><span>Bremen, DE</span></p>",
        "<p><span><img alt='Location:'></span>Bremen, DE</p>",
        "<span aria-label='Location'>Bremen, DE</span>",
    ],
)
def test_facts_are_read_beside_icons_with_a_label(html: str) -> None:
    assert labelled_icons(root_of(html)) == {"location": "Bremen, DE"}


def test_the_icon_of_a_search_form_labels_nothing() -> None:
    html = "<form><svg aria-label='Location'></svg> Search</form>"

    assert labelled_icons(root_of(html)) == {}


def test_facts_of_tables_and_icons_are_those_of_the_posting() -> None:
    read = read_posting(
        page(
            "<body><h1>Sweeper</h1><p><svg aria-label='Location'></svg>Bremen, Germany</p>"
            f"<table><tr><th>Job type</th><td>Part-time</td></tr></table>{PROSE}</body>"
        )
    )

    assert [(place.city, place.country) for place in read.locations] == [("Bremen", "DE")]
    assert read.employment_types == (EmploymentType.PART_TIME,)
    assert read.provenance["locations"] == "text"


def test_facts_around_the_title_are_read() -> None:
    facts = "<p>Berlin, Germany · Full-time · Hybrid</p>"
    read = read_posting(page(f"<body><h1>Sweeper</h1>{facts}{PROSE}</body>"))

    assert [(place.city, place.country) for place in read.locations] == [("Berlin", "DE")]
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert read.workplace is Workplace.HYBRID


@pytest.mark.parametrize("facts", ["Acme, Germany", "Contract Manager · Team Bremen"])
def test_other_short_lines_around_the_title_are_no_facts(facts: str) -> None:
    read = read_posting(page(f"<body><h1>Sweeper</h1><p>{facts}</p>{PROSE}</body>"))

    assert (read.locations, read.employment_types, read.workplace) == ((), (), None)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Published on 12 May 2026", {"posted_at": "12 May 2026"}),
        ("Publié le 12 mai 2026", {"posted_at": "12 mai 2026"}),
        ("Published by the board of Acme", {}),
        ("📍 Jena", {"location": "Jena"}),
        ("💰 € 3.000 per month", {"salary": "€ 3.000 per month"}),
        ("📍 We are close to the station, and our door is open to all who see us sweep", {}),
    ],
)  # fmt: skip
def test_a_label_may_stand_without_a_colon(line: str, expected: dict[str, str]) -> None:
    assert labelled_values([line]) == expected


def test_a_label_of_pay_may_name_its_period() -> None:
    assert labelled_values(["Monatsgehalt", "3.000 €"]) == {"salary": "Monatsgehalt: 3.000 €"}
    assert labelled_values(["時給：1,200円"]) == {"salary": "時給: 1,200円"}


def test_the_kinds_of_employment_are_collected() -> None:
    lines = ["Hours: Part-time", "Contract type: Fixed term"]

    assert labelled_values(lines) == {"employment_type": "Part-time; Fixed term"}


def test_a_label_with_several_meanings_counts_if_its_value_is_unambiguous() -> None:
    assert labelled_values(["Hours", "Part-time", "Hours", "9 to 5"]) == {
        "employment_type": "Part-time"
    }


def test_a_value_may_continue_after_a_tag() -> None:
    assert labelled_values(["Location:", "Bremen", ", Germany"]) == {"location": "Bremen, Germany"}


def test_facts_beside_the_text_are_read() -> None:
    aside = "<aside><dl><dt>Location</dt><dd>Bremen, Germany</dd></dl></aside>"
    read = read_posting(page(f"<body><main><h1>Sweeper</h1>{PROSE}</main>{aside}</body>"))

    assert [place.city for place in read.locations] == ["Bremen"]
    assert "Bremen" not in read.description_text


@pytest.mark.parametrize(
    ("facts", "city"),
    [
        ("Vila Nova de Gaia | Tempo inteiro", "Vila Nova de Gaia"),
        ("Full-time · Kenmare, Co. Kerry", "Kenmare"),
        ("Boston, MA | Full-time", "Boston"),
        ("Produktion | Vollzeit", None),
        ("Jena | Produktion", None),
    ],
)
def test_a_place_beside_other_facts_is_read(facts: str, city: str | None) -> None:
    read = read_posting(page(f"<body><h1>Sweeper</h1><p>{facts}</p>{PROSE}</body>"))

    assert [place.city for place in read.locations] == ([city] if city else [])


def test_pay_beside_other_facts_is_read() -> None:
    facts = "<p>Full-time · € 30.000 – € 35.000 per year</p>"
    read = read_posting(page(f"<body><h1>Sweeper</h1>{facts}{PROSE}</body>"))

    assert read.salary is not None
    assert (read.salary.min, read.salary.max, read.salary.currency) == (30_000, 35_000, "EUR")


@pytest.mark.parametrize(
    ("language", "day"), [("de", (2026, 11, 3)), ("en-GB", (2026, 11, 3)), ("en-US", (2026, 3, 11))]
)
def test_the_language_decides_the_order_of_a_date(language: str, day: tuple[int, ...]) -> None:
    body = f"<body><h1>Sweeper</h1><p>Posted: 03/11/2026</p>{PROSE}</body>"
    read = read_posting(page(f"<html lang='{language}'>{body}</html>"))

    assert read.posted_at is not None
    assert (read.posted_at.year, read.posted_at.month, read.posted_at.day) == day


def test_a_date_in_two_ways_is_unknown_without_a_language() -> None:
    read = read_posting(page(f"<body><h1>Sweeper</h1><p>Posted: 03/11/2026</p>{PROSE}</body>"))

    assert (read.posted_at, read.posted_at_raw) == (None, "03/11/2026")


@pytest.mark.parametrize(
    ("label", "value", "expected"),
    [
        ("Remote", "No", Workplace.ONSITE),
        ("Télétravail", "Non", Workplace.ONSITE),
        ("Remote work", "Not eligible", Workplace.ONSITE),
        ("Remote", "Yes", None),
        ("Remote", "No answer", None),
        ("Work model", "No", None),
    ],
)
def test_a_label_of_remote_work_may_deny_it(
    label: str, value: str, expected: Workplace | None
) -> None:
    facts = f"<dl><dt>{label}</dt><dd>{value}</dd></dl>"

    read = read_posting(page(f"<body><h1>Sweeper</h1>{facts}{PROSE}</body>"))

    assert read.workplace is expected


@pytest.mark.parametrize(
    "line",
    [
        "Đăng ngày 19/11/2026 bởi Phòng nhân sự", "2026-11-19发布", "2026.11.19 등록",
        "Annuncio del 19 novembre 2026", "Вакансія від 19 листопада 2026",
        "Date d'affichage : 2026-11-19, 08:12:44", "Ημ. ανάρτησης: 19/11/2026",
        "Ilmoitus jätetty: 19.11.2026",
    ],
)  # fmt: skip
def test_words_may_stand_around_a_date(line: str) -> None:
    html = f'<html lang="fr"><body><h1>Sweeper</h1><p>{line}</p></body></html>'
    posted_at = read_posting(page(html)).posted_at

    assert posted_at is not None
    assert (posted_at.year, posted_at.month, posted_at.day) == (2026, 11, 19)


@pytest.mark.parametrize("date", ["19 November 2026", "Starts 1 May 2027", "Updated 2026-11-19号"])
def test_a_date_without_a_label_is_not_the_date_of_the_posting(date: str) -> None:
    facts = f"<li>Jena, Germany</li><li>Full-time</li><li>{date}</li>"
    posting = read_posting(page(f"<body><h1>Sweeper</h1><ul>{facts}</ul></body>"))

    assert posting.posted_at is None


@pytest.mark.parametrize(
    ("meta", "is_posted"),
    [
        ("<p class='news-meta'>Roads <time datetime='2026-11-19'>19.11.2026</time></p>", True),
        ("<p class='job-meta'>Start <time datetime='2026-11-19'>19.11.2026</time></p>", False),
    ],
)
def test_only_the_time_beside_the_title_of_an_article_is_that_of_the_posting(
    meta: str, *, is_posted: bool
) -> None:
    posting = read_posting(page(f"<body><h1>Sweeper</h1>{meta}</body>"))

    assert (posting.posted_at is not None) == is_posted


@pytest.mark.parametrize(
    ("facts", "places"),
    [
        ("<dl><dt>Locations</dt><dd>Leeds</dd><dd>York</dd></dl>", ["Leeds", "York"]),
        ("<h4>Locations</h4><ul><li>Leeds</li><li>York</li></ul>", ["Leeds", "York"]),
        ("<table><tr><th>Where</th><td>Leeds<br>York</td></tr></table>", ["Leeds", "York"]),
        ("<p>Location: Leeds, York and 3 more</p>", ["Leeds", "York"]),
        (
            "<dl><dt>Ort</dt><dd>Acme GmbH<br>Parkstr. 4<br>48301 Nottuln</dd></dl>",
            ["48301 Nottuln"],
        ),
        (
            "<p><b>Standort</b><br>Acme GmbH<br>Parkstr. 4<br>48301 Nottuln</p>",
            ["48301 Nottuln"],
        ),
        ("<table><tr><td data-label='Location'>Leeds</td></tr></table>", ["Leeds"]),
        ("<p>Einsatzort/Region: Bonn</p>", ["Bonn"]),
        ("<p>📍 Leeds 🕒 Full-time 💷 £30,000</p>", ["Leeds"]),
        ("<p>Leeds / Full-time / Permanent</p>", ["Leeds"]),
        ("<p>Full-time, Leeds, hybrid</p>", ["Leeds"]),
        ("<p>Leeds, United Kingdom</p>", ["Leeds, United Kingdom"]),
        (
            "<p><i></i> Szeged, Kossuth utca <i></i> Full-time</p>",
            ["Szeged, Kossuth utca"],
        ),
        ("<p>Our customers are based in Leeds.</p>", []),
        ("<div><b>Bonn</b><small>Location</small></div><p>We sweep a town that you like.</p>", []),
    ],
)
def test_places_are_read_from_lines_lists_and_cells(facts: str, places: list[str]) -> None:
    read = read_posting(page(f"<html lang='en'><body><h1>Sweeper</h1>{facts}{PROSE}</body></html>"))

    assert [each.raw for each in read.locations] == places


@pytest.mark.parametrize("label", ["A munkavégzés helye", "Der Arbeitsort", "Le lieu de travail"])
def test_an_article_may_stand_before_a_label(label: str) -> None:
    assert labelled_values([f"{label}: Jena"]) == {"location": "Jena"}


def test_a_word_before_a_label_with_several_meanings_is_not_an_article() -> None:
    assert labelled_values(["Due date: 12 May 2026", "The unit: paper"]) == {}


@pytest.mark.parametrize("place", ["Radom, woj. mazowieckie", "Jena, okr. Jena"])
def test_a_place_with_its_district_is_read_beside_the_type(place: str) -> None:
    body = f"<h1>Sweeper</h1><div><span>{place}</span><span>Full-time</span></div>"

    posting = read_posting(page(f"<body>{body}<p>We sweep the streets of this town.</p></body>"))

    assert [each.raw for each in posting.locations] == [place]
