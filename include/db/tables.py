"""Our tables. Postgres is the truth: every state here survives the death of any process.

``jobs`` holds the live state, one row per posting, owned by the latest run that listed or expired
it; ``run_jobs`` holds what became of them in each ended run.
"""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    and_,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from include.core.models import CompanyStatus, RunTrigger
from include.core.run_state import ACTIVE_JOBS, ACTIVE_RUNS, JobStatus, RunStatus

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)


def _one_of(column: str, values: Iterable[StrEnum]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({_quoted(values)})", name=column)


def _quoted(values: Iterable[StrEnum]) -> str:
    return ", ".join(sorted(f"'{value}'" for value in values))


users = Table(
    "users",
    metadata,
    Column(
        "user_id", Text, CheckConstraint("length(user_id) <= 128", name="user_id"), primary_key=True
    ),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

companies = Table(
    "companies",
    metadata,
    Column("user_id", Text, ForeignKey(users.c.user_id, ondelete="CASCADE"), primary_key=True),
    Column("slug", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("config", JSONB, nullable=False),
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
    # stored pages are read again; nothing is listed or fetched
    Column("reextract", Boolean, nullable=False, server_default=text("false")),
    # which companies were asked for; null means every enabled one
    Column("companies", ARRAY(Text)),
    # counts dispatches and fences every write: a worker of an older attempt writes nothing
    Column("attempt", Integer, nullable=False, server_default="1"),
    Column("recoveries", Integer, nullable=False, server_default="0"),
    # rises with every flush; the order in which changes became visible
    Column("version", BigInteger, nullable=False, server_default="0"),
    Column("dag_run_id", Text, unique=True),
    # the ended run whose failed jobs this one does again, and nothing else
    Column(
        "retry_of",
        BigInteger,
        ForeignKey("ingestion_runs.run_id", ondelete="SET NULL"),
        index=True,
    ),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("last_heartbeat", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # the final counts, once ended; computed from jobs until then
    Column("counts", JSONB),
    # {error code: failed jobs}, once ended; null for runs that ended before this was kept
    Column("failures", JSONB),
    Column("error_code", Text),
    Column("error_message", Text),
    _one_of("status", RunStatus),
    _one_of("trigger", RunTrigger),
)
Index(
    "ingestion_runs_one_active_per_user",
    ingestion_runs.c.user_id,
    unique=True,
    postgresql_where=text(f"status IN ({_quoted(ACTIVE_RUNS)})"),
)
Index("ingestion_runs_history_idx", ingestion_runs.c.user_id, ingestion_runs.c.run_id.desc())

run_companies = Table(
    "run_companies",
    metadata,
    Column(
        "run_id",
        BigInteger,
        ForeignKey(ingestion_runs.c.run_id, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("company", Text, primary_key=True),
    # the company as it was configured when the run was opened
    Column("source", Text, nullable=False),
    Column("config", JSONB, nullable=False),
    Column("include_titles", ARRAY(Text), nullable=False, server_default="{}"),
    Column("exclude_titles", ARRAY(Text), nullable=False, server_default="{}"),
    Column("include_locations", ARRAY(Text), nullable=False, server_default="{}"),
    Column("exclude_locations", ARRAY(Text), nullable=False, server_default="{}"),
    Column("workplaces", ARRAY(Text), nullable=False, server_default="{}"),
    Column("status", Text, nullable=False, server_default=CompanyStatus.WAITING),
    Column("listed", Integer, nullable=False, server_default="0"),
    # why a listing is partial, held or failed
    Column("error", Text),
    _one_of("status", CompanyStatus),
)

listed_jobs = Table(
    "listed_jobs",
    metadata,
    Column("run_id", BigInteger, primary_key=True),
    Column("company", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("location", Text),
    Column("url", Text, nullable=False),
    Column("page_url", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("content", Text),
    # when the page last changed, as the listing has it
    Column("modified", Text),
    # false: left out by the company's filters; listed all the same, so not expired
    Column("wanted", Boolean, nullable=False),
    ForeignKeyConstraint(
        ["run_id", "company"], ["run_companies.run_id", "run_companies.company"], ondelete="CASCADE"
    ),
)

jobs = Table(
    "jobs",
    metadata,
    Column("job_id", BigInteger, Identity(always=True), primary_key=True),
    Column("user_id", Text, ForeignKey(users.c.user_id, ondelete="CASCADE"), nullable=False),
    Column("company", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("run_id", BigInteger, nullable=False),
    Column("first_run_id", BigInteger, nullable=False),
    Column("status", Text, nullable=False, server_default=JobStatus.PENDING),
    # the run's version when this row last changed state
    Column("version", BigInteger, nullable=False, server_default="0"),
    Column("batch", Integer),
    # as listed
    Column("title", Text, nullable=False),
    Column("location", Text),
    Column("url", Text, nullable=False),
    Column("page_url", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("modified", Text),
    # false: listed when last seen, and left out by the company's filters
    Column("wanted", Boolean, nullable=False, server_default=text("true")),
    # complete listings in a row that did not name it, and the last run that counted one
    Column("missed", Integer, nullable=False, server_default="0"),
    Column("missed_run_id", BigInteger),
    # as last crawled
    Column("crawled_at", DateTime(timezone=True)),
    # ``modified`` as it was then
    Column("crawled_modified", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("raw_key", Text),
    Column("content_sha256", Text),
    Column("simhash", BigInteger),
    Column("text_sha256", Text),
    Column("fields_sha256", Text),
    Column("tokens", Integer),
    Column("feature_version", Integer),
    # as last extracted; not current between a crawl that found a change and its extraction
    Column("posting", JSONB),
    Column("posting_current", Boolean, nullable=False, server_default=text("false")),
    Column("extractor_version", Integer),
    # of the latest failure
    Column("error_code", Text),
    Column("error_message", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("first_seen_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("last_seen_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # when what the posting says last changed
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("expired_at", DateTime(timezone=True)),
    # "unlisted" (left the listing) or "gone" (its page says so)
    Column("expire_reason", Text),
    # when the run that owns it was done with it, of an earlier run until then; null if given up
    Column("settled_at", DateTime(timezone=True)),
    UniqueConstraint("user_id", "company", "external_id"),
    _one_of("status", JobStatus),
)
Index("jobs_run_version_idx", jobs.c.run_id, jobs.c.version)
Index(
    "jobs_active_batch_idx",
    jobs.c.run_id,
    jobs.c.batch,
    postgresql_where=text(f"status IN ({_quoted(ACTIVE_JOBS)})"),
)
Index("jobs_page_idx", func.md5(jobs.c.page_url), postgresql_where=jobs.c.raw_key.is_not(None))
Index("jobs_newest_idx", jobs.c.user_id, jobs.c.job_id.desc())

COMPANY_OF_JOB = and_(
    run_companies.c.run_id == jobs.c.run_id, run_companies.c.company == jobs.c.company
)
"""As it was configured when the job's latest run was opened."""

job_texts = Table(
    # beside jobs, whose rows change several times a run: each change would index the text anew
    "job_texts",
    metadata,
    Column("job_id", BigInteger, ForeignKey(jobs.c.job_id, ondelete="CASCADE"), primary_key=True),
    # kept by flushes (see db.job_texts) and by triggers of jobs
    Column("search", TSVECTOR, nullable=False),
    Index(None, "search", postgresql_using="gin"),
)

run_jobs = Table(
    "run_jobs",
    metadata,
    Column(
        "run_id",
        BigInteger,
        ForeignKey(ingestion_runs.c.run_id, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("job_id", BigInteger, ForeignKey(jobs.c.job_id, ondelete="CASCADE"), primary_key=True),
    Column("company", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("added", Boolean, nullable=False),
    # false: not listed by the run, which expired it for that
    Column("listed", Boolean, nullable=False),
    Column("error_code", Text),
    Column("error_message", Text),
    Column("attempts", Integer, nullable=False),
    # null for what the run gave up, and for runs of before this was kept
    Column("settled_at", DateTime(timezone=True)),
    Index(None, "job_id"),
)

job_versions = Table(
    "job_versions",
    metadata,
    Column("job_id", BigInteger, ForeignKey(jobs.c.job_id, ondelete="CASCADE"), primary_key=True),
    Column("run_id", BigInteger, primary_key=True),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # {field: [before, after]}
    Column("changes", JSONB, nullable=False),
)

sla_misses = Table(
    "sla_misses",
    metadata,
    Column(
        "run_id",
        BigInteger,
        ForeignKey(ingestion_runs.c.run_id, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("deadline", Text, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("missed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("run_status", Text, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("intent_id", BigInteger, Identity(always=True), primary_key=True),
    Column(
        "run_id",
        BigInteger,
        ForeignKey(ingestion_runs.c.run_id, ondelete="CASCADE"),
        nullable=False,
    ),
    Column("attempt", Integer, nullable=False),
    Column("conf", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_try_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("last_error", Text),
    Column("done_at", DateTime(timezone=True)),
    UniqueConstraint("run_id", "attempt"),
)
Index("outbox_due_idx", outbox.c.next_try_at, postgresql_where=text("done_at IS NULL"))

stream_tickets = Table(
    "stream_tickets",
    metadata,
    # the ticket itself is nowhere: it opens a stream
    Column("ticket_sha256", Text, primary_key=True),
    Column("user_id", Text, nullable=False),
    Column(
        "run_id",
        BigInteger,
        ForeignKey(ingestion_runs.c.run_id, ondelete="CASCADE"),
        nullable=False,
    ),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    # a stream ends no later than the token that the ticket was asked for with
    Column("token_expires_at", DateTime(timezone=True), nullable=False),
    Index(None, "expires_at"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("user_id", Text, ForeignKey(users.c.user_id, ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_sha256", Text, nullable=False),
    # what the first request was answered with; null only within its transaction
    Column(
        "run_id", BigInteger, ForeignKey(ingestion_runs.c.run_id, ondelete="CASCADE"), index=True
    ),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

hosts = Table(
    "hosts",
    metadata,
    # "host" or "host:port" of the upstream; the pace is kept here for all workers together
    Column("host", Text, primary_key=True),
    Column("next_request_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # requests a second, while it is asked less than it might be; null: as the settings say
    Column("rate", Double),
    # in a row, whoever asked; enough of them open its circuit
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("failure_code", Text),
    Column("failing_since", DateTime(timezone=True)),
    Column("failed_at", DateTime(timezone=True)),
    # nobody asks earlier: the host said so, its circuit is open, or one worker is trying it out
    Column("not_before", DateTime(timezone=True)),
)

robots_rules = Table(
    "robots_rules",
    metadata,
    # scheme, host and port
    Column("origin", Text, primary_key=True),
    # the text of robots.txt; empty where there is none
    Column("rules", Text, nullable=False),
    # why the origin can't be crawled: its robots.txt is out of reach
    Column("error_code", Text),
    Column("error_message", Text),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)
