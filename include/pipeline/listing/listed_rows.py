"""Make the rows that are stored for a board's listing.

A row contains a hash of the listed posting, and whether the posting passes the filters of a
follower.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from include.core.checking.lastmod import modified_until
from include.core.filtering.filters import needs_posting, wants
from include.core.models import Company, JobPosting, ListedJob, Listing
from include.db.catalogue.listed_jobs import ListedRow
from include.errors import PageGone, ParseError
from include.pipeline.pages.reader_pool import Reader
from include.sources.registry import adapter_for


def listed_rows(
    source: str, listing: Listing, companies: Sequence[Company], reader: Reader
) -> list[ListedRow]:
    """Return a row for each job of ``listing``.

    Args:
        companies: the companies that follow the board, one for each distinct set of filters. If it
            is empty, every job is wanted.
        reader: the reader that parses the postings that the listing contains. It is used only if a
            filter needs the parsed postings.

    Raises:
        SettingError: a filter is not a valid regular expression.
    """
    needed_reader = reader if any(map(needs_posting, companies)) else None
    return [_listed_row(source, job, companies, needed_reader) for job in listing.jobs]


def _listed_row(
    source: str, job: ListedJob, companies: Sequence[Company], reader: Reader | None
) -> ListedRow:
    posting = _posting(source, job, reader) if reader else None
    return ListedRow(
        job=job,
        row_sha256=_hash(job),
        modified_until=modified_until(job.modified),
        facts=_facts(posting),
        wanted=not companies or any(wants(company, job, posting) for company in companies),
    )


def _hash(job: ListedJob) -> str:
    """Return a hash by which a later check sees whether the listing's facts about the job changed.

    The hash covers the main fields of ``ListedJob`` and the adapter's hash of the job's row in the
    listing. If the adapter makes no hash of the row, the posting's content is hashed instead.
    """
    values = (job.title, job.location, job.url, job.page_url, job.modified, job.row_sha256)
    if job.row_sha256 is None:
        values = (*values, job.content)
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def _posting(source: str, job: ListedJob, reader: Reader) -> JobPosting | None:
    """Return the posting that is in the listing itself.

    Return None if the listing does not contain the posting, or if the posting cannot be parsed. The
    parsing error is reported later, when the job is read.
    """
    if job.content is None:
        return None
    try:
        return reader.call(parse_content, source, job.content)
    except (ParseError, PageGone):
        return None


def parse_content(source: str, content: str) -> JobPosting | None:
    """Return the posting in the inline content of a listing."""
    return adapter_for(source).parse_posting(content)


def _facts(posting: JobPosting | None) -> Mapping[str, Any] | None:
    """Return the values of the posting that filters test; None without a posting."""
    if posting is None:
        return None
    return {
        "locations": [asdict(location) for location in posting.locations],
        "workplace": posting.workplace,
    }
