"""Tests that every recorded response is read as its labels in ``bench/labels`` say.

Most labels were copied from the fields of the responses. Pay, countries and workplaces were read
by hand.
"""

from pathlib import Path
from typing import Any

import pytest

from bench.recorded import Labelled, labels, read_labelled
from include.core.models import Page
from include.errors import PageGone, ParseError
from include.pipeline.pages.read_page import read_page
from include.sources.base import Request
from include.sources.registry import adapter_for, sources
from tests.recorded import RECORDED, recorded
from tests.sources.answers import answer

KNOWN = labels()
DIRECTORIES = {"gusto": "gusto-hosted"}
"""The directory of recorded files, for each source whose directory has another name than itself."""


def request_for(entry: dict[str, Any]) -> Request:
    """Return the request to which a recorded list is the response.

    It is the adapter's first request, unless the label states parts of another one.
    """
    first = adapter_for(entry["source"]).first_request(entry["config"])
    return Request(
        url=entry.get("url", first.url),
        json=entry.get("asks", first.json),
        headers=entry.get("headers", first.headers),
    )


def by_file(entry: dict[str, Any]) -> str:
    """Return the id of a test: the file of a label, and the path to the value inside the file."""
    return f"{entry['file']}{entry.get('at', '')}"


def test_every_recorded_file_of_a_known_source_has_labels() -> None:
    recorded("index.tsv")
    files = {
        str(path.relative_to(RECORDED))
        for source in sources()
        for path in Path(RECORDED, DIRECTORIES.get(source, source)).rglob("*.*")
    }

    assert files == {entry["file"] for kind in KNOWN.values() for entry in kind}


@pytest.mark.parametrize("entry", KNOWN["lists"], ids=by_file)
def test_a_recorded_list_is_read_with_the_labelled_jobs(entry: dict[str, Any]) -> None:
    request = request_for(entry)
    page = answer(entry["source"], entry["config"], recorded(entry["file"]), request=request)

    read = [[job.external_id, job.title, job.location] for job in page.jobs]
    has_locations = any(location for _, _, location in entry["jobs"])
    if has_locations:
        assert read == entry["jobs"]
    else:
        assert [job[:2] for job in read] == [job[:2] for job in entry["jobs"]]
    if "total" in entry:
        assert page.total == entry["total"]
    if entry["complete"]:
        assert page.partial_reason is None


@pytest.mark.parametrize("entry", KNOWN["postings"], ids=by_file)
def test_a_recorded_posting_is_read_as_labelled(entry: dict[str, Any]) -> None:
    recorded(entry["file"])
    truth = Labelled.of(entry)

    assert read_labelled(RECORDED, entry) == truth


@pytest.mark.parametrize("entry", KNOWN["gone"], ids=by_file)
def test_a_recorded_response_for_a_missing_posting_is_gone(entry: dict[str, Any]) -> None:
    body = recorded(entry["file"])
    kind = "text/html" if entry["file"].endswith("html") else "application/json"
    page = Page(url=entry.get("url", "https://acme.example/1"), body=body, content_type=kind)

    with pytest.raises(PageGone):
        read_page(entry["source"], page)


@pytest.mark.parametrize("entry", KNOWN["refused"], ids=by_file)
def test_a_recorded_refusal_is_an_error(entry: dict[str, Any]) -> None:
    with pytest.raises(ParseError):
        answer(entry["source"], entry["config"], recorded(entry["file"]))
