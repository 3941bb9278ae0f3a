"""Tests of previewing the changes that a run would make. The preview needs only a listing."""

from include.core.models import ListedJob
from include.core.runs.preview import KnownJob, preview


def listed(**titles: str) -> list[ListedJob]:
    """Return listed jobs with these titles, by external id."""
    return [
        ListedJob(external_id=external_id, title=title, url=f"http://x/{external_id}")
        for external_id, title in titles.items()
    ]


def known(*, is_open: bool = True, **titles: str) -> dict[str, KnownJob]:
    return {
        job.external_id: KnownJob(job=job, listed_title=job.title, is_open=is_open)
        for job in listed(**titles)
    }


def test_unknown_listed_jobs_are_new_and_unlisted_known_jobs_are_gone() -> None:
    changes = preview(listed(a="Nurse", b="Cook"), known(b="Cook", c="Clerk"), complete=True)
    assert [job.external_id for job in changes.new] == ["a"]
    assert [job.external_id for job in changes.gone] == ["c"]
    assert (changes.retitled, changes.unchanged) == ((), 1)


def test_no_job_is_gone_if_the_listing_is_partial() -> None:
    assert preview(listed(a="Nurse"), known(c="Clerk"), complete=False).gone == ()


def test_a_title_counts_as_changed_only_if_its_words_changed() -> None:
    changes = preview(
        listed(a="Head Nurse", b=" senior  cook", c="Manager north m f d"),
        known(a="Nurse", b="Senior Cook", c="Manager, North (m/f/d)"),
        complete=True,
    )
    assert [(each.before, each.job.title) for each in changes.retitled] == [("Nurse", "Head Nurse")]
    assert changes.unchanged == 2


def test_a_posting_listed_twice_counts_once() -> None:
    twice = listed(a="Nurse") + listed(a="Nurse")
    assert len(preview(twice, {}, complete=True).new) == 1


def test_the_title_of_the_page_is_not_compared_with_the_listing() -> None:
    (page,) = listed(a="Manager, North (m/f/d)")
    known_jobs = {"a": KnownJob(job=page, listed_title="web 4711", is_open=True)}
    changes = preview(listed(a="web 4711"), known_jobs, complete=True)
    assert (changes.retitled, changes.unchanged) == ((), 1)


def test_a_job_that_its_page_closed_is_neither_new_nor_gone() -> None:
    closed = known(is_open=False, a="Nurse")
    still_listed = preview(listed(a="Nurse"), closed, complete=True)
    assert (still_listed.new, still_listed.gone, still_listed.unchanged) == ((), (), 1)
    assert preview([], closed, complete=True).gone == ()
