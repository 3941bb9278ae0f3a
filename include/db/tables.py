"""Define the tables of our database.

All state is stored in the tables, so it survives the end of any process.

All users share the rows of ``boards``, ``checks``, ``sweeps`` and ``jobs``. Each row of
``companies``, ``ingestion_runs``, ``user_jobs`` and ``run_outcomes`` belongs to one user
(docs/architecture.md).
"""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import (
    REAL,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.types import UserDefinedType

from include.core.models import (
    CheckKind,
    CompanyStatus,
    EntryStatus,
    RunTrigger,
    TrackingState,
)
from include.core.runs.run_state import (
    ACTIVE_CHECKS,
    ACTIVE_JOBS,
    ACTIVE_RUNS,
    CheckStatus,
    JobStatus,
    RunStatus,
    SweepStatus,
)
from include.db.sql import sql_literals

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)


class XID8(UserDefinedType[int]):
    """Postgres's type ``xid8``, the id of a transaction.

    Ids have 64 bits and are assigned in ascending order.
    """

    cache_ok = True

    def get_col_spec(self, **options: object) -> str:
        return "xid8"


def _one_of(column: str, values: Iterable[StrEnum]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({sql_literals(values)})", name=column)


def _changed_xid() -> Column[int]:
    """Return the column for the id of the transaction that last changed the row.

    The progress stream finds changes by this id.
    """
    return Column("changed_xid", XID8, nullable=False, server_default=func.pg_current_xact_id())


CHANGED_XID: ColumnElement[int] = func.pg_current_xact_id(type_=XID8)
"""The id of the current transaction. Every UPDATE that a progress stream has to see must write this
value to ``changed_xid``."""


users = Table(
    "users",
    metadata,
    Column(
        "user_id", Text, CheckConstraint("length(user_id) <= 128", name="user_id"), primary_key=True
    ),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # the user's last visit; postings that were first shown to the user before it are not new
    Column("visited_at", DateTime(timezone=True)),
)

boards = Table(
    "boards",
    metadata,
    Column("board_id", BigInteger, Identity(always=True), primary_key=True),
    Column("source", Text, nullable=False),
    # in canonical form, so that two spellings of one config are one board
    Column("config", JSONB, nullable=False),
    Column("config_sha256", Text, nullable=False),
    # the employer's name as most of the board's postings state it, and the key by which the
    # directory finds this name; both are null until a check has read postings that state a name
    Column("name", Text),
    Column("name_key", Text(collation="C")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # the end of the latest check that listed the board
    Column("checked_at", DateTime(timezone=True)),
    # the duration of the board's latest listing; boards are grouped into tasks by this duration
    Column("listing_seconds", Double),
    # true if only followers may see the board's jobs, because it is at a private address or has a
    # base_url
    Column("private", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("source", "config_sha256"),
)
Index("boards_private_idx", boards.c.board_id, postgresql_where=boards.c.private)
Index("boards_name_key_idx", boards.c.name_key, postgresql_where=boards.c.name_key.is_not(None))

board_templates = Table(
    # the lines and labels that the pages of a board share (core.fields.template)
    "board_templates",
    metadata,
    Column(
        "board_id",
        BigInteger,
        ForeignKey(boards.c.board_id, ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    # increases whenever reading the same page again may give a different posting
    Column("version", Integer, nullable=False),
    # the number of pages from which the weights were computed
    Column("pages", Double, nullable=False),
    # the hashes of the lines, and for each line the number of these pages that have it
    Column("lines", ARRAY(BigInteger), nullable=False),
    Column("weights", ARRAY(REAL), nullable=False),
    # the hashes of the lines that most pages share
    Column("frame", ARRAY(BigInteger), nullable=False),
    # {label: field}: the labels that were learned from the pages, and the fields that they name
    Column("labels", JSONB, nullable=False),
    Column("learned_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

companies = Table(
    "companies",
    metadata,
    Column("user_id", Text, ForeignKey(users.c.user_id, ondelete="CASCADE"), primary_key=True),
    Column("slug", Text, primary_key=True),
    Column("board_id", BigInteger, ForeignKey(boards.c.board_id), nullable=False, index=True),
    # the name that the user gave the company; null if the name that the postings state is shown
    Column("name", Text),
    Column("include_titles", ARRAY(Text), nullable=False, server_default="{}"),
    Column("exclude_titles", ARRAY(Text), nullable=False, server_default="{}"),
    Column("include_locations", ARRAY(Text), nullable=False, server_default="{}"),
    Column("exclude_locations", ARRAY(Text), nullable=False, server_default="{}"),
    Column("workplaces", ARRAY(Text), nullable=False, server_default="{}"),
    Column("enabled", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

ingestion_runs = Table(
    "ingestion_runs",
    metadata,
    Column("run_id", BigInteger, Identity(always=True), primary_key=True),
    Column("user_id", Text, ForeignKey(users.c.user_id, ondelete="CASCADE"), nullable=False),
    Column("status", Text, nullable=False, server_default=RunStatus.PENDING),
    Column("trigger", Text, nullable=False),
    Column("force", Boolean, nullable=False, server_default=text("false")),
    Column("kind", Text, nullable=False, server_default=CheckKind.LIST),
    # the slugs of the run's companies, and for each of them the id of the check that the run rests
    # on; the id is null while the company waits, because its board has an active check that the run
    # cannot use
    Column("companies", ARRAY(Text), nullable=False),
    Column("check_ids", ARRAY(BigInteger), nullable=False),
    # {slug: [job_id]}: the jobs of ended checks that the company's filters left out; a slug is
    # absent if its filters left out no job
    Column("left_out", JSONB, nullable=False, server_default=text("'{}'")),
    # the DAG run that made the run, if a user triggered it in Airflow
    Column("dag_run_id", Text, unique=True),
    # the ended run whose failed jobs this run reads again
    Column(
        "retry_of",
        BigInteger,
        ForeignKey("ingestion_runs.run_id", ondelete="SET NULL"),
        index=True,
    ),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    # the final counts; null until the run has ended
    Column("counts", JSONB),
    # {error code: number of failed jobs}; null until the run has ended, and for runs that ended
    # before this column existed
    Column("failures", JSONB),
    Column("error_code", Text),
    Column("error_message", Text),
    _changed_xid(),
    _one_of("status", RunStatus),
    _one_of("trigger", RunTrigger),
    _one_of("kind", CheckKind),
    CheckConstraint("cardinality(companies) = cardinality(check_ids)", name="companies"),
    Index(None, "check_ids", postgresql_using="gin"),
)
Index(
    "ingestion_runs_one_active_per_user",
    ingestion_runs.c.user_id,
    unique=True,
    postgresql_where=text(f"status IN ({sql_literals(ACTIVE_RUNS)})"),
)
Index("ingestion_runs_history_idx", ingestion_runs.c.user_id, ingestion_runs.c.run_id.desc())

sweeps = Table(
    "sweeps",
    metadata,
    # the id of the run that asked for the sweep, or the next number of the same sequence
    Column(
        "sweep_id",
        BigInteger,
        primary_key=True,
        autoincrement=False,
        server_default=text("nextval('ingestion_runs_run_id_seq')"),
    ),
    Column("trigger", Text, nullable=False),
    Column("status", Text, nullable=False, server_default=SweepStatus.ACTIVE),
    # the number of DAG runs so far; writes by workers of earlier attempts are refused
    Column("attempt", Integer, nullable=False, server_default="1"),
    Column("recoveries", Integer, nullable=False, server_default="0"),
    Column("dag_run_id", Text, nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # when Airflow began the sweep for the first time; later attempts do not change it
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("last_heartbeat", DateTime(timezone=True), nullable=False, server_default=func.now()),
    _one_of("status", SweepStatus),
    _one_of("trigger", RunTrigger),
)
Index(
    "sweeps_active_idx",
    sweeps.c.last_heartbeat,
    postgresql_where=text(f"status = '{SweepStatus.ACTIVE}'"),
)

checks = Table(
    "checks",
    metadata,
    Column("check_id", BigInteger, Identity(always=True), primary_key=True),
    Column("board_id", BigInteger, ForeignKey(boards.c.board_id), nullable=False),
    Column("sweep_id", BigInteger, ForeignKey(sweeps.c.sweep_id), nullable=False, index=True),
    Column("kind", Text, nullable=False, server_default=CheckKind.LIST),
    # true if every page is requested and read, even if it is unchanged
    Column("force", Boolean, nullable=False, server_default=text("false")),
    Column("status", Text, nullable=False, server_default=CheckStatus.WAITING),
    # the result of the check's listing: complete, partial, held or error; null until the listing
    # ends
    Column("listing", Text),
    Column("listed", Integer, nullable=False, server_default="0"),
    # why the listing is partial, held or failed, or why the check ended early
    Column("reason", Text),
    # the failure code of a check that failed or was cancelled: "listing" if its listing failed, or
    # else the code of what stopped the check
    Column("error_code", Text),
    # the jobs that the check listed or, if it lists nothing, reads again, and the transaction that
    # wrote their ids
    Column("job_ids", ARRAY(BigInteger), nullable=False, server_default="{}"),
    Column("jobs_xid", XID8),
    # the number of the check's jobs that were done in each second since the check began; empty
    # until the check has ended
    Column("pace", ARRAY(Integer), nullable=False, server_default="{}"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    _changed_xid(),
    _one_of("kind", CheckKind),
    _one_of("status", CheckStatus),
    _one_of("listing", CompanyStatus),
)
Index(
    "checks_one_active_per_board",
    checks.c.board_id,
    unique=True,
    postgresql_where=text(f"status IN ({sql_literals(ACTIVE_CHECKS)})"),
)
Index("checks_newest_idx", checks.c.board_id, checks.c.check_id.desc())

listed_jobs = Table(
    # the postings of the latest listing of a board; a row is kept until its check ends, or, if its
    # job failed, until the job is read
    "listed_jobs",
    metadata,
    Column("board_id", BigInteger, ForeignKey(boards.c.board_id), primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("location", Text),
    Column("url", Text, nullable=False),
    Column("page_url", Text, nullable=False),
    Column("host", Text, nullable=False),
    # the posting itself, if the listing contains it
    Column("content", Text),
    # the listing states that the page has not changed after this time; null if it states no time
    Column("modified_until", DateTime(timezone=True)),
    Column("row_sha256", Text, nullable=False),
    # the locations and workplace that the listing states; null if no follower filters by them
    Column("facts", JSONB),
    # false if the posting passes no follower's filters; it is still listed, so it does not expire
    Column("wanted", Boolean, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("job_id", BigInteger, Identity(always=True), primary_key=True),
    Column("board_id", BigInteger, ForeignKey(boards.c.board_id), nullable=False),
    Column("external_id", Text, nullable=False),
    # the latest check that listed the job, reads it again or expired it; "status" is the job's
    # status in that check
    Column("check_id", BigInteger, nullable=False),
    Column("status", Text, nullable=False, server_default=JobStatus.PENDING),
    _changed_xid(),
    Column("batch", Integer),
    # the values that users see: those of the page, or those of the listing until the page is read
    Column("title", Text, nullable=False),
    Column("location", Text),
    # the values of the latest listing
    Column("listed_title", Text, nullable=False),
    Column("listed_location", Text),
    Column("url", Text, nullable=False),
    Column("page_url", Text, nullable=False),
    Column("host", Text, nullable=False),
    # the hash of the job's row in the listing; null if there was a reason to read the job but no
    # follower wanted it, so that the next check has a reason again
    Column("row_sha256", Text),
    Column("facts", JSONB),
    # true if the listing contains the posting, so that reading it needs no request
    Column("inline", Boolean, nullable=False, server_default=text("false")),
    # false if the job passes no follower's filters
    Column("wanted", Boolean, nullable=False, server_default=text("true")),
    # the start of the first check whose complete listing missed the job, if it has not been listed
    # since
    Column("missed_since", DateTime(timezone=True)),
    # the values of the latest crawl
    Column("crawled_at", DateTime(timezone=True)),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("raw_key", Text),
    Column("content_sha256", Text),
    Column("simhash", BigInteger),
    Column("text_sha256", Text),
    Column("fields_sha256", Text),
    Column("tokens", Integer),
    Column("feature_version", Integer),
    # the values of the latest extraction; they are not current from a crawl that found a change
    # until that page is extracted
    Column("posting", JSONB),
    Column("posting_current", Boolean, nullable=False, server_default=text("false")),
    Column("extractor_version", Integer),
    # the version of the board's template that was used to read the page; 0 if there was none
    Column("template_version", Integer, nullable=False, server_default="0"),
    # increases when the posting is read for the first time or differs from the previous reading
    Column("content_version", Integer, nullable=False, server_default="0"),
    # the latest failure
    Column("error_code", Text),
    Column("error_message", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("first_seen_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("last_seen_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # when the content of the posting last changed
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expired_at", DateTime(timezone=True)),
    # "unlisted" (the job left its listing), "gone" (its page says that it is closed) or "deadline"
    # (its deadline has passed)
    Column("expire_reason", Text),
    # how often the job was listed again after it had left its listing and expired
    Column("relisted", Integer, nullable=False, server_default="0"),
    # when the latest check was done with the job; null if the check ended before it had read the
    # job
    Column("settled_at", DateTime(timezone=True)),
    UniqueConstraint("board_id", "external_id"),
    _one_of("status", JobStatus),
)
Index("jobs_check_changed_idx", jobs.c.check_id, jobs.c.changed_xid)
Index(
    "jobs_active_batch_idx",
    jobs.c.check_id,
    jobs.c.batch,
    postgresql_where=text(f"status IN ({sql_literals(ACTIVE_JOBS)})"),
)

postings = Table(
    # The values by which jobs are searched (core.search_facts). This is a table of its own, because
    # a check changes a row of jobs several times, and each time Postgres would have to write to all
    # indexes of the row.
    "postings",
    metadata,
    Column("job_id", BigInteger, ForeignKey(jobs.c.job_id, ondelete="CASCADE"), primary_key=True),
    Column("board_id", BigInteger, nullable=False),
    # the content_version of the job whose values these are
    Column("version", Integer, nullable=False),
    # false if the job has expired; a trigger on jobs updates it
    Column("is_open", Boolean, nullable=False),
    Column("company", Text, nullable=False),
    Column("company_key", Text(collation="C"), nullable=False),
    Column("tags", ARRAY(Text), nullable=False),
    # the highest pay for a year in whole units of the currency; null if the pay or the currency is
    # unknown
    Column("pay", BigInteger),
    Column("currency", Text),
    Column("first_seen_at", DateTime(timezone=True), nullable=False),
    # when the posting was published, or, if that is unknown, first seen
    Column("published_at", DateTime(timezone=True), nullable=False),
    Column("valid_through", DateTime(timezone=True)),
    # the hash that postings of the same role share (core.fields.roles); null if the role is unknown
    Column("role", BigInteger),
    # the words of the title, the company and the location
    Column("head_words", TSVECTOR, nullable=False),
    # the words of the posting's places
    Column("place_words", TSVECTOR, nullable=False),
    # all words of the posting
    Column("search", TSVECTOR, nullable=False),
    Index(
        "postings_words_idx",
        *("tags", "search", "head_words", "place_words"),
        postgresql_using="gin",
    ),
    Index("postings_newest_idx", "is_open", "published_at", "job_id"),
    Index("postings_company_idx", "is_open", "company_key", "job_id"),
    Index(
        "postings_pay_idx",
        *("is_open", "pay", "job_id"),
        postgresql_where=text("pay IS NOT NULL"),
    ),
    Index("postings_first_seen_idx", "first_seen_at"),
    Index("postings_role_idx", "role", postgresql_where=text("role IS NOT NULL")),
)

user_jobs = Table(
    # what one user was shown of a job; a row is written only when something changes for that user
    "user_jobs",
    metadata,
    Column("user_id", Text, primary_key=True),
    # job_id stands before company, so that the primary key's index also finds a user's jobs by id
    Column("job_id", BigInteger, primary_key=True),
    Column("company", Text, primary_key=True),
    Column("first_seen_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # the run that last showed the user an outcome of the job
    Column("run_id", BigInteger, nullable=False),
    # the check that last showed the user new content of the job
    Column("check_id", BigInteger, nullable=False),
    # the content_version of the job that the user was last shown; 0 if the job had not been read
    # yet
    Column("seen_version", Integer, nullable=False, server_default="0"),
    # true if the user was shown that the job has expired
    Column("expired", Boolean, nullable=False, server_default=text("false")),
    # false if the job does not pass the user's filters
    Column("wanted", Boolean, nullable=False, server_default=text("true")),
)

tracked_jobs = Table(
    # a user's own notes on a job; they stay if the job expires or the user unfollows the board
    "tracked_jobs",
    metadata,
    Column("user_id", Text, ForeignKey(users.c.user_id, ondelete="CASCADE"), primary_key=True),
    Column("job_id", BigInteger, ForeignKey(jobs.c.job_id), primary_key=True),
    Column("state", Text),
    # true if the user does not want to see the job again
    Column("hidden", Boolean, nullable=False, server_default=text("false")),
    Column("note", Text, nullable=False, server_default=""),
    Column("remind_at", DateTime(timezone=True)),
    # {state: time}: when the user last put the job into each state
    Column("dates", JSONB, nullable=False, server_default=text("'{}'")),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    _one_of("state", TrackingState),
)

saved_searches = Table(
    "saved_searches",
    metadata,
    Column("search_id", BigInteger, Identity(always=True), primary_key=True),
    Column("user_id", Text, ForeignKey(users.c.user_id, ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    # the parameters of GET /jobs as its address states them; a relative time such as "7d" is stored
    # as it is
    Column("query", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("user_id", "name"),
)

run_outcomes = Table(
    # One row has the outcomes of an ended check for one company of a run. Each array has one
    # element for each job. Unchanged jobs have no element; they are the other jobs in
    # checks.job_ids. The view run_jobs shows the outcomes as rows.
    "run_outcomes",
    metadata,
    Column("run_id", BigInteger, primary_key=True),
    Column("company", Text, primary_key=True),
    Column("job_ids", ARRAY(BigInteger), nullable=False),
    Column("titles", ARRAY(Text), nullable=False),
    Column("statuses", ARRAY(Text), nullable=False),
    # true if the job was never shown to the user before
    Column("added", ARRAY(Boolean), nullable=False),
    # false if the job expired because it left the listing
    Column("listed", ARRAY(Boolean), nullable=False),
    Column("error_codes", ARRAY(Text), nullable=False),
    Column("error_messages", ARRAY(Text), nullable=False),
    Column("attempts", ARRAY(Integer), nullable=False),
    # the content_version of the job that the user had seen before, and the version that this run
    # shows
    Column("seen_versions", ARRAY(Integer), nullable=False),
    Column("versions", ARRAY(Integer), nullable=False),
)

job_versions = Table(
    "job_versions",
    metadata,
    Column("job_id", BigInteger, ForeignKey(jobs.c.job_id, ondelete="CASCADE"), primary_key=True),
    # the content_version after the change
    Column("version", Integer, primary_key=True),
    Column("sweep_id", BigInteger, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # {field: [before, after]}
    Column("changes", JSONB, nullable=False),
)

sla_misses = Table(
    "sla_misses",
    metadata,
    Column(
        "sweep_id",
        BigInteger,
        ForeignKey(sweeps.c.sweep_id, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("deadline", Text, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("missed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # the sweep's progress at that time, as a run's status: pending, initializing or ingesting
    Column("run_status", Text, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("intent_id", BigInteger, Identity(always=True), primary_key=True),
    Column(
        "sweep_id",
        BigInteger,
        ForeignKey(sweeps.c.sweep_id, ondelete="CASCADE"),
        nullable=False,
    ),
    Column("attempt", Integer, nullable=False),
    Column("conf", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_try_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("last_error", Text),
    Column("done_at", DateTime(timezone=True)),
    UniqueConstraint("sweep_id", "attempt"),
)
Index("outbox_due_idx", outbox.c.next_try_at, postgresql_where=text("done_at IS NULL"))

stream_tickets = Table(
    "stream_tickets",
    metadata,
    # the ticket itself is not stored, because anyone who has it can open the stream
    Column("ticket_sha256", Text, primary_key=True),
    Column("user_id", Text, nullable=False),
    Column(
        "run_id",
        BigInteger,
        ForeignKey(ingestion_runs.c.run_id, ondelete="CASCADE"),
        nullable=False,
    ),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    # when the token with which the ticket was requested expires; the stream ends then
    Column("token_expires_at", DateTime(timezone=True), nullable=False),
    # true once the ticket has opened a stream; from then on it can only resume that stream
    Column("used", Boolean, nullable=False, server_default=text("false")),
    Index(None, "expires_at"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("user_id", Text, ForeignKey(users.c.user_id, ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_sha256", Text, nullable=False),
    # the run that the first request with this key started; null only within the transaction of that
    # request
    Column(
        "run_id", BigInteger, ForeignKey(ingestion_runs.c.run_id, ondelete="CASCADE"), index=True
    ),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

imports = Table(
    # each row is a list of companies that a user asked to follow at once
    "imports",
    metadata,
    Column("import_id", BigInteger, Identity(always=True), primary_key=True),
    Column(
        "user_id",
        Text,
        ForeignKey(users.c.user_id, ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("entries_sha256", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

import_entries = Table(
    "import_entries",
    metadata,
    Column(
        "import_id",
        BigInteger,
        ForeignKey(imports.c.import_id, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("position", Integer, primary_key=True),
    Column("name", Text),
    Column("address", Text),
    Column("status", Text, nullable=False, server_default=EntryStatus.WAITING),
    # the slug of the company that the user follows as the result
    Column("company", Text),
    # how the board was found, or why it was not found or is ambiguous
    Column("reason", Text),
    # [{name, source, config}]: the boards that the entry may mean
    Column("choices", JSONB, nullable=False, server_default=text("'[]'")),
    # the number of times that the entry was claimed, and the time at which the latest claim expires
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("claimed_until", DateTime(timezone=True)),
    _one_of("status", EntryStatus),
)
Index(
    "import_entries_waiting_idx",
    import_entries.c.position,
    import_entries.c.import_id,
    postgresql_where=text(f"status = '{EntryStatus.WAITING}'"),
)

hosts = Table(
    "hosts",
    metadata,
    # "host" or "host:port" of a site; only the worker that holds the host's lease uses the row
    Column("host", Text, primary_key=True),
    # the next free send time; null while a worker holds the lease, and after a worker died while it
    # held the lease
    Column("next_request_at", DateTime(timezone=True)),
    # the maximum number of requests a second while the host is slowed down; null if the rate of the
    # settings applies
    Column("rate", Double),
    # the number of failures in a row, for all workers together; a certain number opens the host's
    # circuit
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("failure_code", Text),
    Column("failing_since", DateTime(timezone=True)),
    Column("failed_at", DateTime(timezone=True)),
    # no request may be sent before this time, because the host said so or its circuit is open
    Column("not_before", DateTime(timezone=True)),
)

robots_rules = Table(
    "robots_rules",
    metadata,
    # scheme, host and port
    Column("origin", Text, primary_key=True),
    # the text of robots.txt; empty if there is none
    Column("rules", Text, nullable=False),
    # why robots.txt could not be read; if set, the origin must not be crawled
    Column("error_code", Text),
    Column("error_message", Text),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

_views = MetaData()

run_companies = Table(
    # a view: the companies of each run, and the check that the run rests on for each of them
    "run_companies",
    _views,
    Column("run_id", BigInteger),
    Column("user_id", Text),
    Column("company", Text),
    Column("check_id", BigInteger),
    Column("board_id", BigInteger),
    Column("source", Text),
    Column("status", Text),
    Column("listed", Integer),
    Column("error", Text),
    Column("checked_at", DateTime(timezone=True)),
)

user_job_states = Table(
    # a view: the jobs that each user was shown, and their current status for that user
    "user_job_states",
    _views,
    Column("user_id", Text),
    Column("company", Text),
    Column("external_id", Text),
    Column("job_id", BigInteger),
    Column("status", Text),
    Column("run_id", BigInteger),
    Column("first_seen_at", DateTime(timezone=True)),
    Column("expired_at", DateTime(timezone=True)),
)
