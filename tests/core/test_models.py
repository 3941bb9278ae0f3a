from dataclasses import FrozenInstanceError, fields, replace

import pytest

from include.core.checking.outcomes import Failed, Gone
from include.core.models import Counts, JobPosting, sum_counts


def test_a_runs_counts_are_the_sums_of_its_companies() -> None:
    names = [field.name for field in fields(Counts)]

    def multiples_of(factor: int) -> Counts:
        return Counts(**{name: factor * number for number, name in enumerate(names, start=1)})

    assert sum_counts([multiples_of(1), multiples_of(10)]) == multiples_of(11)
    assert sum_counts([]) == Counts()


def test_a_fetched_page_has_one_of_two_steps_left() -> None:
    counts = Counts(total=9, pending=2, crawling=1, extracting=4, ready=2)
    # Pending and crawling jobs have two steps left, and extracting jobs have one.
    assert counts.steps_left == 2 * (2 + 1) + 4


def test_records_are_immutable() -> None:
    posting = JobPosting(title="Baker")
    with pytest.raises(FrozenInstanceError):
        posting.title = "Cook"  # pyright: ignore[reportAttributeAccessIssue] - the test assigns to a frozen field


@pytest.mark.parametrize("field", ["url", "canonical_url", "apply_url"])
def test_a_posting_has_http_urls_only(field: str) -> None:
    url = "https://acme.example/apply?a=1#b"
    assert getattr(JobPosting(title="Cook", **{field: url}), field) == url
    for odd in ("javascript:alert(1)", "data:text/html,x", "JaVaScRiPt://a/%0ax", "mailto:a@b", ""):
        posting = JobPosting(title="Cook", **{field: odd})
        assert getattr(posting, field) is None
        assert getattr(replace(posting, title="Baker"), field) is None


@pytest.mark.parametrize("outcome", [Failed, Gone])
def test_messages_of_outcomes_have_only_characters_that_can_be_stored(
    outcome: type[Failed | Gone],
) -> None:
    told = outcome(job_id=1, message="no \0 such \ud83d café", **_code(outcome))
    assert told.message == "no  such  café"


def _code(outcome: type[Failed | Gone]) -> dict[str, str]:
    return {"code": "parse"} if outcome is Failed else {}
