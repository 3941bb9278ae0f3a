"""Every ``JOBHUNT_…`` setting, read in this one place (DAGs reach Postgres and S3 through
Airflow Connections instead). Durations are seconds or carry a unit: ``900``, ``15m``, ``1.5s``.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
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

from include.errors import SettingError

_NAME = "JobhuntIngestion/0.1"
_CRON = re.compile(r"(?:[\dA-Za-z*/,#-]+\s+){4}[\dA-Za-z*/,#-]+")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PROXY = re.compile(r"(https?|socks5)://[^\s/?#]*[^\s/?#@:]/?")
_RATE = re.compile(r"([1-9]\d{0,8})\s*/\s*([smh])")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?")


def parse_duration(value: Any) -> Any:
    """``"15m"`` → 15 minutes; a bare number is seconds. Anything else is left to pydantic."""
    match = _DURATION.fullmatch(str(value).strip())
    if match is None:
        return value
    return timedelta(seconds=float(match[1]) * _UNITS[match[2] or "s"])


def _split_commas(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


@dataclass(frozen=True, kw_only=True)
class HostRate:
    """Requests a second to one host, with exceptions for hosts named one by one.

    Written ``2`` or ``2,127.0.0.1:8090=500``.
    """

    default: float
    per_host: dict[str, float] = field(default_factory=dict[str, float])

    @classmethod
    def parse(cls, value: Any) -> "HostRate":
        if isinstance(value, HostRate):
            return value
        default, *exceptions = str(value).split(",")
        named = (part.partition("=") for part in exceptions if part.strip())
        return cls(
            default=_positive(default),
            per_host={host.strip(): _positive(rate) for host, _, rate in named},
        )

    def of(self, host: str) -> float:
        return self.per_host.get(host, self.default)


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """Requests of one user in a time: ``60/m``; the unit is ``s``, ``m`` or ``h``."""

    count: int
    unit: str

    @classmethod
    def parse(cls, value: Any) -> "RateLimit":
        if isinstance(value, RateLimit):
            return value
        match = _RATE.fullmatch(str(value).strip())
        if match is None:
            raise ValueError("must be a number of requests in a time, such as 60/m")
        return cls(count=int(match[1]), unit=match[2])

    @property
    def seconds(self) -> float:
        """In which so many requests may come."""
        return _UNITS[self.unit]

    def __str__(self) -> str:
        return f"{self.count}/{self.unit}"


def _positive(text: str) -> float:
    return TypeAdapter(PositiveFloat).validate_python(text.strip())


UserRate = Annotated[RateLimit, NoDecode, BeforeValidator(RateLimit.parse)]
Duration = Annotated[timedelta, BeforeValidator(parse_duration), Field(gt=timedelta(0))]
Delay = Annotated[timedelta, BeforeValidator(parse_duration), Field(ge=timedelta(0))]
CommaList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_commas)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="JOBHUNT_", frozen=True, extra="ignore")

    # where things are
    home: Path = Path(".jobhunt")
    """State of the one-machine stack."""
    database_url: str = ""
    """SQLAlchemy URL of our Postgres, ``postgresql+psycopg://…``."""
    s3_endpoint: str = ""
    """Empty for AWS itself."""
    s3_bucket: str = "jobhunt"
    s3_access_key: str = ""
    s3_secret_key: SecretStr = SecretStr("")
    s3_region: str = "us-east-1"
    airflow_url: str = ""
    airflow_user: str = ""
    airflow_password: SecretStr = SecretStr("")

    # who may call the API
    jwt_secret: SecretStr = SecretStr("")
    """HS256 key, at least 32 bytes."""
    jwt_previous_secret: SecretStr = SecretStr("")
    """The key before it, whose tokens are still accepted while keys are changed."""
    jwt_jwks: HttpUrl | None = None
    """Where RS256/ES256 public keys are served; replaces ``jwt_secret``."""
    jwt_issuer: str = "jobhunt"
    jwt_audience: str = "jobhunt"

    cors_origins: CommaList = ()
    """Origins, as ``https://app.example``, whose pages may call the API."""
    start_rate: UserRate = RateLimit(count=60, unit="m")
    """Of one user at one API process, as are the next two."""
    dry_run_rate: UserRate = RateLimit(count=10, unit="m")
    ticket_rate: UserRate = RateLimit(count=120, unit="m")

    # the page
    public_url: HttpUrl | None = None
    """Where browsers reach the API and its page."""
    airflow_public_url: HttpUrl | None = None
    """Where browsers reach Airflow: the page links there, and may be framed there alone."""
    web_dist: Path = Path("web/dist")
    """The built page; relative to the project."""

    # whom the command line talks to; empty: the stack that runs in ``home``
    api_url: str = ""
    token: SecretStr = SecretStr("")
    """A JWT for ``api_url``."""

    # ports of the one-machine stack, all on 127.0.0.1
    api_port: Port = 8000
    airflow_port: Port = 8080
    postgres_port: Port = 5433
    s3_port: Port = 9000
    demo_sites_port: Port = 8090

    workers: int = Field(default=0, ge=0)
    """Celery workers of the one-machine stack; with none, the scheduler runs the tasks itself."""

    # runs
    stale_after: Duration = timedelta(minutes=15)
    max_recoveries: int = Field(default=3, ge=0)
    deadline: Duration = timedelta(minutes=15)
    """Of a run, from the moment it is queued; missing it is recorded, nothing more."""
    slower_by: Duration = timedelta(minutes=5)
    """Than runs of its kind are; the same for a run that is slow."""
    notifier: str = ""
    """Who hears of a missed deadline: the URL of a webhook, or the import path of an Airflow
    notifier."""
    batch_size: PositiveInt = 200
    expiry_hold_ratio: float = Field(default=0.5, gt=0, le=1)
    expiry_hold_min: PositiveInt = 10
    simhash_threshold: int = Field(default=3, ge=0, le=64)

    fresh_for: Delay = timedelta(minutes=10)
    """How long ago a check of a board may have ended to be adopted by a new run; 0 for none."""
    reread_after: Delay = timedelta(days=3)
    """The longest time between two readings of a page while its listing says nothing new. Each page
    falls due once in this time, at a time that the hash of its id decides. 0 reads every page every
    time."""
    confirm_after: Delay = timedelta(hours=6)
    """How long after the first check that missed a doubtful posting another one must begin to
    expire it."""
    sweep_boards: PositiveInt = 500
    """The most boards of one sweep of the daily schedule."""
    listing_deadline: Duration = timedelta(minutes=15)
    """How long the listing of one board may take; one that is not complete by then is partial."""
    daily_at: str = "0 5 * * *"
    """When the daily schedule runs: a cron expression, in UTC."""

    # what is kept
    keep_runs: Duration = timedelta(days=90)
    """From their end on; a user's latest run stays."""
    keep_versions: Duration = timedelta(days=365)
    """Of postings: what changed in them, and when."""

    # fetching
    host_concurrency: PositiveInt = 4
    """Requests at once to one host, across all workers."""
    host_rate: Annotated[HostRate, NoDecode, BeforeValidator(HostRate.parse)] = HostRate(default=2)
    """Requests a second to one host, across all workers; ``2,HOST=RATE`` names exceptions."""
    page_max_bytes: PositiveInt = 10 * 1024 * 1024
    """Of a response after decompression."""
    fetch_deadline: Duration = Field(default=timedelta(seconds=30), validate_default=True)
    """Of one request, from resolving the name to the last byte."""
    allowed_private_hosts: CommaList = ()
    """``host`` or ``host:port``, as the URL has it, that may be on a private address."""
    proxy: SecretStr | None = None
    """The URL of a proxy for pages: ``http://``, ``https://`` or ``socks5://``, with its
    credentials if it asks for any."""
    host_patience: Duration = timedelta(seconds=90)
    """How long jobs wait for a host that does not answer, or wants to be left alone."""
    chromium: str = ""
    """Where the browser is, for companies with ``render: true``."""
    contact: str = ""
    """Where site owners reach the operator: a web page or an e-mail address."""
    user_agent: str = ""
    """Empty: made of our name and ``contact``. Rules of robots.txt name its first word."""

    # progress stream
    sse_max_lifetime: Duration = timedelta(hours=1)
    sse_max_streams_per_user: PositiveInt = 8
    sse_max_streams: PositiveInt = 1000

    @field_validator("fetch_deadline")
    @classmethod
    def _ends_before_a_recovery(cls, value: timedelta, info: ValidationInfo) -> timedelta:
        stale_after = info.data.get("stale_after")
        if stale_after is not None and value >= stale_after:
            raise ValueError(
                f"is {value.total_seconds():g} s and must be shorter than JOBHUNT_STALE_AFTER"
                f" ({stale_after.total_seconds():g} s): while one listing is waited for, its run"
                " may have no other heartbeat"
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
    def _has_five_fields(cls, value: str) -> str:
        if not _CRON.fullmatch(value.strip()):
            raise ValueError("must be a cron expression of five fields, such as 0 5 * * *")
        return value.strip()

    @field_validator("contact", "user_agent")
    @classmethod
    def _fits_in_a_header(cls, value: str) -> str:
        if not (value.isascii() and value.isprintable()):
            raise ValueError("must be one line of ASCII: it is sent in a header")
        return value

    @property
    def sent_user_agent(self) -> str:
        """As sites see it."""
        return self.user_agent or (f"{_NAME} (+{self.contact})" if self.contact else _NAME)


@cache
def get_settings() -> Settings:
    """The process's settings, read once.

    Raises:
        SettingError: a value can't be used; names the environment variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "settings"
        raise SettingError(f"JOBHUNT_{field.upper()}", str(first["msg"])) from None
