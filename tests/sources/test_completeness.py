import pytest

from include.core.models import ListedJob
from include.sources.base import ListingPage
from include.sources.completeness import prove


def jobs(*ids: int) -> tuple[ListedJob, ...]:
    return tuple(
        ListedJob(external_id=str(number), title="Cook", url=f"https://acme.example/{number}")
        for number in ids
    )


@pytest.mark.parametrize(
    "pages",
    [
        [ListingPage(jobs=jobs(1, 2))],
        [ListingPage(jobs=jobs(1, 2), total=2)],
        [ListingPage(jobs=jobs(1, 2), total=3), ListingPage(jobs=jobs(2, 3), total=3)],
        [ListingPage(jobs=jobs(1, 2), total=3), ListingPage(jobs=jobs(3))],
        # The second page begins with the last posting of the first page, as it should.
        [ListingPage(jobs=jobs(1, 2)), ListingPage(jobs=jobs(2, 3), overlap=1)],
        [ListingPage(total=0)],
    ],
)
def test_a_listing_is_complete_if_no_page_contradicts_it(pages: list[ListingPage]) -> None:
    listing = prove(pages)

    assert listing.complete
    assert listing.reason is None


@pytest.mark.parametrize(
    ("pages", "reason"),
    [
        ([], "no page"),
        ([ListingPage(jobs=jobs(1, 2), total=3)], "states 3 postings, 2 were listed"),
        ([ListingPage(jobs=jobs(1, 2, 2), total=3)], "states 3 postings, 2 were listed"),
        ([ListingPage(jobs=jobs(1, 2), total=1)], "states 1 postings, 2 were listed"),
        ([ListingPage(jobs=jobs(1), partial_reason="cut short")], "cut short"),
        (
            [ListingPage(jobs=jobs(1), total=2), ListingPage(jobs=jobs(2), total=3)],
            "different totals: 2, 3",
        ),
        (
            [ListingPage(jobs=jobs(1, 2)), ListingPage(jobs=jobs(3), overlap=1)],
            "moved between two pages",
        ),
        ([ListingPage(jobs=jobs(1, 2)), ListingPage(overlap=1)], "moved between two pages"),
    ],
)
def test_a_listing_without_proof_is_partial_and_has_a_reason(
    pages: list[ListingPage], reason: str
) -> None:
    listing = prove(pages)

    assert not listing.complete
    assert listing.reason is not None
    assert reason in listing.reason


def test_the_first_of_two_rows_of_one_posting_is_listed() -> None:
    listing = prove([ListingPage(jobs=jobs(2, 1)), ListingPage(jobs=jobs(1, 3))])

    assert [job.external_id for job in listing.jobs] == ["2", "1", "3"]
