"""Define and read all ``JOBHUNT_…`` settings. No other module reads them.

For Postgres and S3, DAGs use Airflow Connections instead. A duration is a number of seconds, or a
number with a unit: ``900``, ``15m``, ``1.5s``.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    HttpUrl,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from include import __version__
from include.errors import SettingError

_DEFAULT_USER_AGENT = f"JobhuntIngestion/{__version__}"
_CRON = re.compile(r"(?:[\d*/,-]+\s+){3}[\dA-Za-z*/,-]+\s+[\dA-Za-z*/,#-]+")
_CRON_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
"""The minimum and the maximum number in each field of a cron expression: minute, hour, day of the
month, month, day of the week."""
_CRON_NUMBER = re.compile(r"(?<![\d/#])\d+")
"""A pattern for a number in a cron expression, except for steps (``*/5``) and counts
(``MON#2``)."""
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PROXY = re.compile(
    r"(https?|socks5)://([^\s/?#@]*@)?(\[[0-9a-fA-F:.]+\]|[^\s/?#@:\[\]]+)(:\d{1,5})?/?"
)
_DATABASE = re.compile(r"postgres(ql)?(\+\w+)?://.+")
_HTTP = re.compile(r"https?://[^\s/]\S*")
_RATE = re.compile(r"([1-9]\d{0,8})\s*/\s*([smh])")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?")


def parse_duration(value: Any) -> Any:
    """Return the duration in ``value``, such as 15 minutes for ``"15m"``.

    A number without a unit is in seconds. Any other value is returned unchanged, and pydantic
    checks it.
    """
    match = _DURATION.fullmatch(str(value).strip())
    if match is None:
        return value
    try:
        return timedelta(seconds=float(match[1]) * _UNITS[match[2] or "s"])
    except OverflowError:
        raise ValueError("is longer than a million years") from None


def _duration(value: Any) -> Any:
    duration = parse_duration(value)
    if not isinstance(duration, timedelta):
        raise ValueError("must be a number of seconds, or a number with a unit, such as 900 or 15m")
    return duration


def _longer_than_zero(value: timedelta) -> timedelta:
    if not value:
        raise ValueError("must be longer than 0")
    return value


def _empty_as_none(value: Any) -> Any:
    return None if value == "" else value


def _split_commas(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


@dataclass(frozen=True, kw_only=True)
class HostRate:
    """The maximum number of requests per second to one host, with other numbers for single hosts.

    ``2`` allows 2 requests per second to each host. ``2,127.0.0.1:8090=500`` allows 500 per second
    to the host 127.0.0.1:8090, and 2 per second to each other host.
    """

    default: float
    per_host: dict[str, float] = field(default_factory=dict[str, float])

    @classmethod
    def parse(cls, value: Any) -> "HostRate":
        if isinstance(value, HostRate):
            return value
        default, *hosts_and_rates = str(value).split(",")
        partitioned = (part.partition("=") for part in hosts_and_rates if part.strip())
        return cls(
            default=_positive(default),
            per_host={host.strip(): _positive(rate) for host, _, rate in partitioned},
        )

    def of(self, host: str) -> float:
        """Return the maximum number of requests per second to ``host``."""
        return self.per_host.get(host, self.default)


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """The maximum number of requests of one user in a unit of time.

    For example, ``60/m`` allows 60 requests a minute. The unit is ``s``, ``m`` or ``h``.
    """

    count: int
    unit: str

    @classmethod
    def parse(cls, value: Any) -> "RateLimit":
        if isinstance(value, RateLimit):
            return value
        match = _RATE.fullmatch(str(value).strip())
        if match is None:
            raise ValueError(
                "must be a number of requests per unit of time (s, m or h), such as 60/m"
            )
        return cls(count=int(match[1]), unit=match[2])

    @property
    def seconds(self) -> float:
        """The length of the unit of time in seconds."""
        return _UNITS[self.unit]

    def __str__(self) -> str:
        return f"{self.count}/{self.unit}"


def _positive(text: str) -> float:
    return TypeAdapter(PositiveFloat).validate_python(text.strip())


UserRate = Annotated[RateLimit, NoDecode, BeforeValidator(RateLimit.parse)]
Duration = Annotated[timedelta, BeforeValidator(_duration), AfterValidator(_longer_than_zero)]
Delay = Annotated[timedelta, BeforeValidator(_duration)]
"""A duration that may be 0."""
OptionalUrl = Annotated[HttpUrl | None, BeforeValidator(_empty_as_none)]
CommaList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_commas)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="JOBHUNT_", frozen=True, extra="ignore")

    # where things are
    home: Path = Path(".jobhunt")
    """The directory of the one-machine stack: database, bucket, logs and secrets."""
    database_url: str = ""
    """The SQLAlchemy URL of our Postgres, ``postgresql+psycopg://…``."""
    s3_endpoint: str = ""
    """The URL of the S3 server. If empty, S3 of AWS is used."""
    s3_bucket: str = Field(default="jobhunt", min_length=1)
    s3_access_key: str = ""
    s3_secret_key: SecretStr = SecretStr("")
    s3_region: str = "us-east-1"
    airflow_url: str = ""
    airflow_user: str = ""
    airflow_password: SecretStr = SecretStr("")

    # who may call the API
    jwt_secret: SecretStr = SecretStr("")
    """The key of HS256 tokens, at least 32 bytes."""
    jwt_previous_secret: SecretStr = SecretStr("")
    """The previous key, whose tokens are still accepted while the key is being replaced. If empty,
    there is no previous key."""
    jwt_jwks: OptionalUrl = None
    """The URL of the public keys of RS256 and ES256 tokens. If it is set, ``jwt_secret`` is not
    used."""
    jwt_issuer: str = "jobhunt"
    jwt_audience: str = "jobhunt"

    catalogue: Literal["all", "followed"] = "all"
    """The postings that a user may search: ``all``, or only those of ``followed`` boards.

    Only the followers of a private board may ever search its postings.
    """
    cors_origins: CommaList = ()
    """The other origins, such as ``https://app.example``, whose pages may call the API. If empty,
    no other origin's pages may."""
    start_rate: UserRate = RateLimit(count=60, unit="m")
    """The maximum rate at which one API process accepts one user's requests to start a run.

    ``dry_run_rate`` and ``ticket_rate`` limit requests for dry runs and for tickets in the same
    way.
    """
    dry_run_rate: UserRate = RateLimit(count=10, unit="m")
    ticket_rate: UserRate = RateLimit(count=120, unit="m")

    # the web page of the API
    public_url: OptionalUrl = None
    """The URL at which browsers reach the API and its page. If None, the tab *Progress* in Airflow
    cannot show the page."""
    airflow_public_url: OptionalUrl = None
    """The URL at which browsers reach Airflow.

    The page links to Airflow, and only Airflow's site may show the page in a frame.
    """
    web_dist: Path = Path("web/dist")
    """The directory of the built page, relative to the project."""

    # the API that the command line calls; if ``api_url`` is empty, it calls the API of the
    # one-machine stack whose directory is ``home``
    api_url: str = ""
    token: SecretStr = SecretStr("")
    """The JWT that the command line sends to ``api_url``. If empty, it sends the token of the
    running one-machine stack."""

    # ports of the one-machine stack, all on 127.0.0.1
    api_port: Port = 8000
    airflow_port: Port = 8080
    postgres_port: Port = 5433
    s3_port: Port = 9000
    demo_sites_port: Port = 8090

    workers: int = Field(default=0, ge=0)
    """The number of Celery workers of the one-machine stack.

    If it is 0, the scheduler runs the tasks itself.
    """

    # runs
    stale_after: Duration = timedelta(minutes=15)
    max_recoveries: int = Field(default=3, ge=0)
    deadline: Duration = timedelta(minutes=15)
    """The time in which a DAG run should be done, counted from when it is queued.

    A missed deadline is recorded and sent to the notifier. The DAG run goes on.
    """
    slower_by: Duration = timedelta(minutes=5)
    """The time by which a DAG run may exceed the usual runtime.

    The usual runtime is the median of the DAG runs of the same kind. A slower DAG run is treated
    like one that missed its ``deadline``.
    """
    notifier: str = ""
    """The notifier for missed deadlines.

    It is the URL of a webhook, or the import path of an Airflow notifier. If empty, nobody is
    notified.
    """
    batch_size: PositiveInt = 200
    expiry_hold_ratio: float = Field(default=0.5, gt=0, le=1)
    expiry_hold_min: PositiveInt = 10
    simhash_threshold: int = Field(default=3, ge=0, le=64)

    fresh_for: Delay = timedelta(minutes=10)
    """The maximum time since the end of a check that a new run adopts.

    To adopt a check is to use the latest check of a board instead of checking the board again. With
    0, a new run adopts no check.
    """
    reread_after: Delay = timedelta(days=3)
    """The maximum time between two readings of a page, if its listing shows no change.

    Each page is due for reading once in this period, at a time that the hash of its job's id
    determines. With 0, every page is read in every check.
    """
    confirm_after: Delay = timedelta(hours=6)
    """The minimum time after which a second check may expire a posting that a held listing misses.

    A listing is held if it misses suspiciously many postings, or any posting of a fragile source.
    The time is counted from the start of the first check that missed the posting to the start of
    the second check.
    """
    sweep_boards: PositiveInt = 500
    """The maximum number of boards in one sweep of the daily schedule."""
    listing_deadline: Duration = timedelta(minutes=15)
    """The maximum time for the listing of one board.

    A listing that is not complete by then is partial.
    """
    daily_at: str = "0 5 * * *"
    """The time when the daily schedule starts, as a cron expression in UTC."""

    # what is kept
    keep_runs: Duration = timedelta(days=90)
    """The time for which ended runs are kept after their end.

    The latest run of each user is always kept.
    """
    keep_versions: Duration = timedelta(days=365)
    """The time for which the changes of postings are kept."""

    # fetching
    host_concurrency: PositiveInt = 4
    """The maximum number of requests at the same time to one host, across all workers."""
    host_rate: Annotated[HostRate, NoDecode, BeforeValidator(HostRate.parse)] = HostRate(default=2)
    """The maximum number of requests per second to one host, across all workers.

    ``2,HOST=RATE`` sets another rate for one host.
    """
    page_max_bytes: PositiveInt = 10 * 1024 * 1024
    """The maximum size of a response in bytes, after decompression."""
    fetch_deadline: Duration = Field(default=timedelta(seconds=30), validate_default=True)
    """The maximum time for one request, from resolving the name to the last byte."""
    allowed_private_hosts: CommaList = ()
    """The hosts that may have a private address.

    Each is written as ``host`` or ``host:port``, as in the URL. If empty, every host must have a
    public address.
    """
    proxy: SecretStr | None = None
    """The URL of the proxy for pages and listings, with its credentials if it needs any.

    Its scheme is ``http``, ``https`` or ``socks5``. If None, no proxy is used.
    """
    host_max_wait: Duration = timedelta(seconds=90)
    """The maximum time for which jobs wait for a host that does not answer or asked for a pause."""
    chromium: str = ""
    """The path of the browser for companies with ``render: true``.

    If empty, the browser is searched in the usual places.
    """
    contact: str = ""
    """The web page or e-mail address at which site owners reach the operator. If empty, the default
    ``User-Agent`` names no contact."""
    user_agent: str = ""
    """The ``User-Agent`` header that sites see. Rules in robots.txt use its first word.

    If empty, the header consists of the name and version of this software and of ``contact``.
    """

    # progress stream
    sse_max_lifetime: Duration = timedelta(hours=1)
    sse_max_streams_per_user: PositiveInt = 8
    sse_max_streams: PositiveInt = 1000

    @field_validator("home", mode="before")
    @classmethod
    def _names_a_directory(cls, value: Any) -> Any:
        if not str(value).strip():
            raise ValueError("is empty; name a directory, or unset it")
        return value

    @field_validator("database_url")
    @classmethod
    def _names_a_database(cls, value: str) -> str:
        if value and not _DATABASE.fullmatch(value):
            raise ValueError("must be postgresql+psycopg://user:password@host:port/name")
        return value

    @field_validator("s3_endpoint", "airflow_url", "api_url")
    @classmethod
    def _names_a_server(cls, value: str) -> str:
        if value and not _HTTP.fullmatch(value):
            raise ValueError("must be an http:// or https:// URL")
        return value

    @field_validator("fetch_deadline")
    @classmethod
    def _is_shorter_than_stale_after(cls, value: timedelta, info: ValidationInfo) -> timedelta:
        stale_after = info.data.get("stale_after")
        if stale_after is not None and value >= stale_after:
            raise ValueError(
                f"is {value.total_seconds():g} s and must be shorter than JOBHUNT_STALE_AFTER"
                f" ({stale_after.total_seconds():g} s): while a worker waits for one response, its"
                " sweep may have no heartbeat"
            )
        return value

    @field_validator("proxy")
    @classmethod
    def _names_a_proxy(cls, value: SecretStr | None) -> SecretStr | None:
        url = value.get_secret_value() if value else ""
        if url and not _PROXY.fullmatch(url):
            raise ValueError("must be http://, https:// or socks5:// with a host, without a path")
        return value if url else None

    @field_validator("daily_at")
    @classmethod
    def _is_a_cron_expression(cls, value: str) -> str:
        if not _CRON.fullmatch(value.strip()):
            raise ValueError("must be a cron expression of five fields, such as 0 5 * * *")
        for field_, (least, greatest) in zip(value.split(), _CRON_RANGES, strict=True):
            if any(not least <= int(number) <= greatest for number in _CRON_NUMBER.findall(field_)):
                raise ValueError(f"{field_} must have numbers from {least} to {greatest}")
        return value.strip()

    @field_validator("contact", "user_agent")
    @classmethod
    def _fits_in_a_header(cls, value: str) -> str:
        if not (value.isascii() and value.isprintable()):
            raise ValueError("must be one line of ASCII, because it is sent in a header")
        return value

    @property
    def sent_user_agent(self) -> str:
        """The ``User-Agent`` header that is sent to sites."""
        return self.user_agent or (
            f"{_DEFAULT_USER_AGENT} (+{self.contact})" if self.contact else _DEFAULT_USER_AGENT
        )


@cache
def get_settings() -> Settings:
    """Return the settings of the process, which are read from the environment once.

    Raises:
        SettingError: a value cannot be used. The error names the environment variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        first_error = error.errors()[0]
        field = ".".join(str(part) for part in first_error["loc"]) or "settings"
        message = str(first_error["msg"]).removeprefix("Value error, ")
        raise SettingError(f"JOBHUNT_{field.upper()}", message) from None
