import pytest

from include.core.models import EmploymentType, Location, PayPeriod, Salary, Workplace
from include.errors import ParseError
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.sources.answers import answer, posting

SITE = {"site": "acme"}
POSITION = """
  <position>
    <id>1834171</id>
    <subcompany>Acme SE &amp; Co. KG</subcompany>
    <office>Munich, Germany</office>
    <additionalOffices>
      <office>Berlin (Remote)</office><office>Munich, Germany</office>
    </additionalOffices>
    <department>Kitchen</department>
    <name>Köchin / Koch (m/w/d)</name>
    <jobDescriptions>
      <jobDescription>
        <name>Your tasks</name>
        <value><![CDATA[<p>Cook &amp; serve</p>]]></value>
      </jobDescription>
      <jobDescription>
        <name>Your profile</name>
        <value><![CDATA[<ul><li>Kind</li></ul>]]></value>
      </jobDescription>
    </jobDescriptions>
    <employmentType>permanent</employmentType>
    <schedule>part-time</schedule>
    <salaryInformation><min>2800</min><max>3400</max><currencyCode>EUR</currencyCode>
      <type>monthly</type></salaryInformation>
    <createdAt>2026-08-14T10:00:00+02:00</createdAt>
  </position>"""


def feed(*positions: str) -> bytes:
    body = "".join(positions)
    return f'<?xml version="1.0" encoding="UTF-8"?><workzag-jobs>{body}</workzag-jobs>'.encode()


def test_one_request_asks_for_the_whole_site_in_one_language() -> None:
    personio = adapter_for("personio")

    assert personio.first_request(SITE).url == "https://acme.jobs.personio.de/xml?language=en"
    assert personio.first_request(SITE | {"language": "de"}).url.endswith("/xml?language=de")


def test_a_feed_lists_its_positions_with_their_content() -> None:
    page = answer("personio", SITE, feed(POSITION))

    job = page.jobs[0]
    assert (job.external_id, job.title) == ("1834171", "Köchin / Koch (m/w/d)")
    assert job.url == "https://acme.jobs.personio.de/job/1834171"
    assert job.location == "Munich, Germany; Berlin (Remote)"
    assert job.content is not None
    assert job.content.startswith("<position>")
    assert prove([page]).complete


def test_a_position_is_read_field_by_field() -> None:
    read = posting("personio", answer("personio", SITE, feed(POSITION)).jobs[0])

    assert read.locations == (
        Location(raw="Munich, Germany", city="Munich", country="DE"),
        Location(raw="Berlin (Remote)"),
    )
    assert read.workplace is None
    assert read.employment_types == (EmploymentType.PART_TIME,)
    assert read.employment_type_raw == "permanent, part-time"
    assert (read.company, read.department) == ("Acme SE & Co. KG", "Kitchen")
    assert read.description_text == "Your tasks\nCook & serve\nYour profile\n- Kind"
    assert read.requirements == ("Kind",)
    assert read.salary == Salary(
        raw="EUR 2,800 – 3,400 per MONTH",
        min=2_800,
        max=3_400,
        currency="EUR",
        period=PayPeriod.MONTH,
        origin="structured",
    )
    assert read.posted_at is not None
    assert read.posted_at.isoformat() == "2026-08-14T10:00:00+02:00"


def test_a_remote_office_is_a_remote_workplace() -> None:
    remote = "<position><id>1</id><name>Cook</name><office>Remote</office></position>"

    read = posting("personio", answer("personio", SITE, feed(remote)).jobs[0])

    assert read.workplace is Workplace.REMOTE
    assert set(read.provenance) == {"title", "external_id", "locations", "workplace"}


def test_a_position_without_text_in_the_language_is_listed() -> None:
    page = answer("personio", SITE, feed("<position><id>1</id><name>Cook</name></position>"))

    assert prove([page]).complete
    assert posting("personio", page.jobs[0]).description_text == ""


def test_an_empty_site_is_complete() -> None:
    assert prove([answer("personio", SITE, feed())]).complete


def test_a_position_without_id_makes_the_listing_partial_but_others_are_read() -> None:
    page = answer("personio", SITE, feed("<position><name>Cook</name></position>", POSITION))

    assert [job.external_id for job in page.jobs] == ["1834171"]
    assert not prove([page]).complete


@pytest.mark.parametrize(
    "body",
    [
        feed(POSITION)[:-20],
        b"<html><body>Page not found</body></html>",
        b"<rss><channel/></rss>",
        b"",
        b"{}",
        b'<!DOCTYPE x [<!ENTITY a "b">]><rss>&a;</rss>',
    ],
)
def test_a_broken_or_wrong_document_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("personio", SITE, body)


def test_an_entity_never_reads_a_file() -> None:
    body = feed("<position><id>1</id><name>&f;</name></position>").replace(
        b"<workzag-jobs>",
        b'<!DOCTYPE w [<!ENTITY f SYSTEM "file:///etc/hostname">]><workzag-jobs>',
    )
    page = answer("personio", SITE, body)

    assert page.jobs == ()
    assert page.partial_reason is not None
