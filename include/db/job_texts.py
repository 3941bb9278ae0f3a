"""What postings are searched by."""

from collections.abc import Sequence

from sqlalchemy import ARRAY, BigInteger, Connection, Text, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import TSVECTOR, Insert, insert

from include.core.outcomes import Extracted
from include.db.tables import job_texts, jobs

_COLUMNS = {
    "job_id": BigInteger,
    "title": Text,
    "employer": Text,
    "location": Text,
    "description": Text,
}


def keep_texts(connection: Connection, outcomes: Sequence[Extracted]) -> None:
    """For the rest of the transaction, the trigger of ``jobs`` leaves this to its caller: the text
    of a posting takes Postgres longer than all else that is written of it."""
    written = {outcome.job_id: outcome for outcome in outcomes}.values()
    connection.execute(_LEAVE_THEM)
    connection.execute(
        _KEEP,
        {
            "job_id": [outcome.job_id for outcome in written],
            "title": [outcome.posting["title"] for outcome in written],
            "employer": [outcome.posting.get("company") for outcome in written],
            "location": [outcome.location for outcome in written],
            "description": [outcome.posting.get("description_text") for outcome in written],
        },
    )


def _keeping() -> Insert:
    arrays = [bindparam(name, type_=ARRAY(kind)) for name, kind in _COLUMNS.items()]
    columns = [column(name, kind) for name, kind in _COLUMNS.items()]
    written = func.unnest(*arrays).table_valued(*columns, name="written").render_derived()
    search = func.job_search(
        written.c.title,
        jobs.c.company,
        written.c.employer,
        written.c.location,
        written.c.description,
        type_=TSVECTOR,
    )
    made = (
        select(jobs.c.job_id, search)
        .join_from(jobs, written, jobs.c.job_id == written.c.job_id)
        .order_by(jobs.c.job_id)
    )
    keep = insert(job_texts).from_select(["job_id", "search"], made)
    return keep.on_conflict_do_update(
        index_elements=["job_id"], set_={"search": keep.excluded.search}
    )


_LEAVE_THEM = select(func.set_config("jobhunt.texts_kept", "yes", True))
_KEEP = _keeping()
