import pytest

from include.core.models import Page
from include.errors import PageGone, ParseError
from include.extract import fingerprint_input, read_posting
from tests.extract.pages import job, jsonld, page

PROSE = "We sweep the streets of this town by night and by day, and we do it well. " * 20


@pytest.mark.parametrize(
    "notice",
    [
        "This job is no longer available",
        "Sorry, this position has been filled.",
        "The job you are looking for is no longer open",
        "No longer accepting applications",
        "This posting has expired",
        "Error: The requested job could not be found.",
        "The job that you were looking for does not exist",
        "Diese Stelle ist leider nicht mehr verfügbar",
        "Die Position wurde bereits besetzt",
        "Cette offre n’est plus disponible",
        "L'offre a été pourvue",
        "Esta oferta ya no está disponible",
        "Questa offerta non è più disponibile",
        "Deze vacature is niet meer beschikbaar",
        "Esta vaga não está mais disponível",
        "Oferta pracy nie jest już aktualna",
        "Tjänsten är inte längre tillgänglig",
        "この求人は募集終了しました",
        "Job Expired",
        "Die Bewerbungsfrist ist abgelaufen: Anzeige abgelaufen",
        "L'offre a expiré",
        "Le poste que vous recherchez n'existe plus",
        "Esta oferta de empleo ha caducado",
        "La oferta que buscas no existe",
        "L'annuncio è scaduto",
        "De vacature is helaas vervuld",
        "Esta vaga já expirou",
        "Ogłoszenie wygasło",
        "Den här tjänsten är tillsatt",
        "Ansökningstiden har gått ut",
        "Stillingen er besat",
        "Stillingen er ikke lenger tilgjengelig",
        "Closed on 12 Mar 2026",
        "Applications for this job are closed",
        "We are no longer accepting applications for this role",
        "The application deadline has passed",
        "Sorry, you missed this one: the role has gone",
        "The position of Sweeper has now been filled.",
        "This posting is closed to new applicants",
        "Offre expirée",
        "Bewerbungsschluss vorbei",
        "Oferta cerrada",
        "Este puesto ya fue ocupado. Mira otras ofertas.",
        "La posizione è stata assegnata",
        "Esta vaga foi fechada",
        "Rekrutacja została zakończona",
        "Este aviso está finalizado",
        "La empresa ya no recibe postulaciones.",
        "Cette entreprise n'accepte plus de candidatures",
        "Wir nehmen keine Bewerbungen mehr an",
        "Não estamos mais aceitando candidaturas",
        "Inscrições encerradas",
        "Nie przyjmujemy już zgłoszeń",
        "Vi tar inte längre emot ansökningar",
        "A vaga já foi preenchida",
        "Ez a pozíció már betöltésre került",
        "Diese Stelle wurde bereits vergeben",
        "Poste pourvu",
        "Selezione conclusa",
        "Convocatoria cerrada",
        "Inschrijving gesloten",
        "Pozice je obsazena",
        "Ansökningstiden är slut",
        "Fristen er gået",
        "Прийом резюме завершено",
        "この求人は終了しました",
        "마감된 공고입니다",
    ],
)
def test_a_notice_in_a_heading_or_a_banner_means_that_the_job_is_gone(notice: str) -> None:
    pages = (
        page(f"<body><h1>{notice}</h1><p>{PROSE}</p></body>"),
        page(f"<body><p class='job-alert'>{notice}</p><h1>Sweeper</h1><p>{PROSE}</p></body>"),
        jsonld(job(), around=f"<div role='alert'>{notice}</div>"),
    )
    for shown in pages:
        for read in (fingerprint_input, read_posting):
            with pytest.raises(PageGone):
                read(shown)


def test_a_short_page_with_only_a_notice_means_that_the_job_is_gone() -> None:
    with pytest.raises(PageGone):
        fingerprint_input(
            page("<body><nav>Home</nav><p>This job is no longer available.</p></body>")
        )


@pytest.mark.parametrize(
    "html",
    [
        f"<h1>Sweeper</h1><p>{PROSE}</p><p>The last job was filled and is no longer open.</p>",
        "<h1>Sweeper</h1><p>We sweep. If the position has been filled, we keep your letter.</p>",
        "<h1>Sweeper</h1><p>We read letters until the position has been filled.</p>",
        "<h1>Kehrer</h1><p>Wenn die Stelle bereits besetzt ist, sagen wir es dir.</p>",
        f"<h1>Sweeper</h1><p>{PROSE} If this position has been filled, we tell you.</p>",
        f"<h1>Sweeper</h1><div class='alert' hidden>This job is no longer available</div>{PROSE}",
        f"<h1>Sweeper</h1><div class='alert' style='display: none'>This job is closed</div>{PROSE}",
        f"<h1>Sweeper</h1><div class='d-none'><p role=alert>This job has expired</p></div>{PROSE}",
        f"<h1>Sweeper</h1><p>{PROSE}</p><aside><p class='closed'>This job has expired</p></aside>",
        f"<h1>Sweeper</h1><template><p role=alert>This job has expired</p></template>{PROSE}",
        f"<h1>Sweeper</h1><p class='notice'>No longer accepting applications by post</p>{PROSE}",
        f"<h1>Sweeper</h1><p class='error'>Your position could not be found</p><p>{PROSE}</p>",
        f"<h1>Sweeper</h1><div class='message'>{PROSE} If this job has expired, ask us.</div>",
        f"<h1>Closed Captioning Editor</h1><p>{PROSE}</p>",
        "<h1>Sweeper</h1><p>Our canteen is no longer available on Fridays.</p>",
    ],
)
def test_a_notice_elsewhere_in_the_page_is_ignored(html: str) -> None:
    assert fingerprint_input(page(f"<body>{html}</body>")).text
    assert read_posting(page(f"<body>{html}</body>")).title


@pytest.mark.parametrize(
    "notice",
    [
        "Our Leeds vacancy has been filled, the London one is still open.",
        "One other job has been filled this week; this one is open",
        "The role was closed last spring. It is open again.",
        "Beware of fraud: fake job offers have been removed from several sites.",
        "The role form has been filled out by 12 people.",
        "Your job alert has been removed",
        "Your position in the queue has expired",
        "This job has been removed from your saved list",
        "This listing is updated daily, and no position is closed early",
        "The job fair was closed to visitors on Monday",
        "The job description has been archived as a PDF.",
        "This position is closed to agencies and external recruiters.",
        "This role is closed on Mondays: we work Tuesday to Saturday.",
        "This listing was archived and posted anew on 1 March.",
        "Preference is given to staff whose position was deleted in the reform.",
        "How the job was filled before",
        "Ihre Position in der Liste ist abgelaufen",
        "Unsere Stelle in Leeds ist besetzt",
        "The application deadline is over 3 weeks away",
        "La empresa ya no recibe postulaciones por correo",
        "Wir nehmen keine Bewerbungen mehr per Post an",
        "Nous n'acceptons plus de candidatures par courrier",
    ],
)
def test_a_notice_about_something_else_does_not_mean_that_the_job_is_gone(notice: str) -> None:
    for shown in (
        page(f"<body><p class='alert'>{notice}</p><h1>Sweeper</h1><p>{PROSE}</p></body>"),
        page(f"<body><h1>Sweeper</h1><h2>{notice}</h2><p>{PROSE}</p></body>"),
    ):
        assert read_posting(shown).title == "Sweeper"


def test_a_posting_whose_valid_through_has_passed_is_open() -> None:
    assert read_posting(jsonld(job(validThrough="2001-01-01"))).title == "Sweeper"


@pytest.mark.parametrize("heading", ["404", "Page not found", "Seite nicht gefunden", "Error 404"])
def test_a_not_found_page_is_an_error_and_not_gone(heading: str) -> None:
    for read in (fingerprint_input, read_posting):
        with pytest.raises(ParseError) as refused:
            read(page(f"<body><h1>{heading}</h1><p>Try the home page.</p></body>"))
        assert refused.value.code == "soft_404"


@pytest.mark.parametrize("path", ["/errorpage/?errortype=Exception", "/errorpage"])
def test_a_job_that_redirects_to_its_site_s_error_page_is_gone(path: str) -> None:
    answer = Page(url=f"https://jobs.acme.example{path}", body=b"<title>Jobs at Acme</title>")

    for read in (fingerprint_input, read_posting):
        with pytest.raises(PageGone, match="errorpage"):
            read(answer)


def test_a_posting_whose_url_only_begins_like_an_error_page_is_open() -> None:
    answer = Page(url="https://acme.example/jobs/errorpage-tester", body=b"<h1>Tester</h1>")

    assert read_posting(answer).title == "Tester"
