"""Define the codes of all failures, and the meaning and the traits of each code.

The codes are in the database and in the API's responses, so they must not change. A table in
``docs/operate.md`` lists the codes for operators. A test compares that table with this enum.
"""

from enum import Flag, StrEnum, auto
from typing import Self


class Trait(Flag):
    """The properties of a failure that decide how this system reacts to the failure."""

    NONE = 0
    TRANSIENT = auto()
    """The same call may succeed later."""
    OF_HOST = auto()
    """The cause is the host, not one page, so the host's circuit breaker counts the failure."""
    HOST_IN_TROUBLE = TRANSIENT | OF_HOST


class FailureCode(StrEnum):
    """The code of a failure. ``FailureCode(text)`` raises ValueError for an unknown code."""

    meaning: str
    """One sentence for people, which is shown beside the error's message."""
    traits: Trait

    def __new__(cls, value: str, meaning: str, traits: Trait) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        member.traits = traits
        return member

    # fetching pages and listings
    DNS = "dns", "The host's name could not be resolved.", Trait.HOST_IN_TROUBLE
    CONNECT = "connect", "No connection to the host could be made.", Trait.HOST_IN_TROUBLE
    TLS = "tls", "The host's certificate or encryption is not acceptable.", Trait.OF_HOST
    TIMEOUT = "timeout", "The whole response did not arrive in time.", Trait.HOST_IN_TROUBLE
    PROTOCOL = "protocol", "The response is not valid HTTP.", Trait.HOST_IN_TROUBLE
    HTTP_5XX = "http_5xx", "The server reports an error of its own.", Trait.HOST_IN_TROUBLE
    RATE_LIMITED = "rate_limited", "The server asks for fewer requests.", Trait.HOST_IN_TROUBLE
    HTTP_4XX = "http_4xx", "The server refuses the request.", Trait.NONE
    NOT_FOUND = "not_found", "The server has no such board.", Trait.NONE
    REDIRECT = "redirect", "The redirects lead nowhere, or there are too many.", Trait.NONE
    BLOCKED_ADDRESS = (
        "blocked_address",
        "The URL is not a public web address, so it is never requested.",
        Trait.NONE,
    )
    BLOCKED_REQUEST = (
        "blocked_request",
        "A rendered page made a request that it may not make, or too many of them.",
        Trait.NONE,
    )
    URL_TOO_LONG = "url_too_long", "The URL or its host is longer than allowed.", Trait.NONE
    TOO_LARGE = "too_large", "The response is larger than allowed.", Trait.NONE
    ENCODING = "encoding", "The response has an unsupported or wrong encoding.", Trait.NONE
    ROBOTS = (
        "robots",
        "The site's robots.txt does not allow the page, or is unreadable.",
        Trait.NONE,
    )
    BROWSER = "browser", "The browser is not installed, or could not render the page.", Trait.NONE
    # reading pages and listings
    EMPTY = "empty", "The page has no content.", Trait.NONE
    NOT_HTML = "not_html", "The response is a file, not a web page.", Trait.NONE
    SOFT_404 = "soft_404", "The page is an error page, although its status is 200.", Trait.NONE
    PARSE = "parse", "The page or the listing does not have the expected form.", Trait.NONE
    OVER_BUDGET = (
        "over_budget",
        "Reading the page or the listing takes more time or memory than allowed.",
        Trait.NONE,
    )
    GONE = "gone", "The page says that the job is no longer open.", Trait.NONE
    LISTING = "listing", "The company's listing could not be read.", Trait.NONE
    NOT_DETECTED = "not_detected", "No source of postings was found at the URL.", Trait.NONE
    # the store of raw pages
    STORAGE = "storage", "S3 refused the request or could not be reached.", Trait.TRANSIENT
    PAGE_AGED_OUT = (
        "page_aged_out",
        "The stored page has been deleted because of its age.",
        Trait.NONE,
    )
    # the database
    UNSTORABLE = "unstorable", "Postgres refuses what was read of the posting.", Trait.NONE
    # runs, checks and sweeps
    STALE = "stale", "The run stopped working and was recovered too many times.", Trait.TRANSIENT
    ABORTED = "aborted", "Somebody aborted the run.", Trait.TRANSIENT
    UNFINISHED = "unfinished", "The run ended before the posting was read.", Trait.TRANSIENT
    UPGRADED = "upgraded", "An upgrade of the database ended the run.", Trait.TRANSIENT
    SWEEP_SUPERSEDED = "sweep_superseded", "Another attempt has taken over the work.", Trait.NONE
    CHECK_CANCELLED = "check_cancelled", "Nobody waits for the check any more.", Trait.NONE
    NOTHING_TO_CHECK = "nothing_to_check", "The companies were checked recently.", Trait.NONE
    RUN_ACTIVE = "run_active", "Another run of the user is active.", Trait.TRANSIENT
    RUN_NOT_ENDED = "run_not_ended", "The run has not ended yet.", Trait.TRANSIENT
    NOTHING_TO_RETRY = "nothing_to_retry", "No job of the run is still failed.", Trait.NONE
    # requests that cannot be carried out
    IMPORT_ACTIVE = "import_active", "The user's last import is not finished.", Trait.TRANSIENT
    COMPANIES = "companies", "The run cannot be started for these companies.", Trait.NONE
    NO_COMPANIES = "no_companies", "There is no company to ingest.", Trait.NONE
    UNKNOWN_COMPANIES = "unknown_companies", "The user does not follow the companies.", Trait.NONE
    INVALID_SETTING = "invalid_setting", "A setting or a company's config is unusable.", Trait.NONE
    IDEMPOTENCY_KEY_REUSED = (
        "idempotency_key_reused",
        "The Idempotency-Key was used for another request.",
        Trait.NONE,
    )
    # Airflow
    AIRFLOW_UNAVAILABLE = "airflow_unavailable", "Airflow does not answer.", Trait.TRANSIENT
    AIRFLOW_REFUSED = "airflow_refused", "Airflow refused to start the DAG run.", Trait.NONE
    DAG_RUN_TAKEN = "dag_run_taken", "The DAG run's id belongs to another run.", Trait.NONE
    # the command line and the one-machine stack
    COMMAND = "command", "The command failed.", Trait.NONE
    USAGE = "usage", "The command line is not valid.", Trait.NONE
    REFUSED = "refused", "The API refused the request.", Trait.NONE
    CONNECTION_LOST = "connection_lost", "The API cannot be reached.", Trait.TRANSIENT
    INTERRUPTED = "interrupted", "The user stopped the command; the run goes on.", Trait.NONE
    STACK = "stack", "The one-machine stack cannot start or cannot go on.", Trait.NONE
    # anything else
    INTERNAL = "internal", "An error that has no code of its own.", Trait.NONE
    UNKNOWN = "unknown", "The reason was not recorded.", Trait.NONE

    @property
    def is_transient(self) -> bool:
        """True if the same call may succeed later."""
        return Trait.TRANSIENT in self.traits

    @property
    def counts_against_host(self) -> bool:
        """True if the host's circuit breaker counts the failure."""
        return Trait.OF_HOST in self.traits

    @classmethod
    def of_status(cls, status: int) -> "FailureCode":
        """Return the code of an HTTP response that is not a success."""
        if status == 429:
            return cls.RATE_LIMITED
        if status >= 500:
            return cls.HTTP_5XX
        return cls.HTTP_4XX if status >= 400 else cls.REDIRECT


def meaning_of(code: str) -> str:
    """Return the meaning of a stored code, or ``""`` if only a newer version defines the code."""
    try:
        return FailureCode(code).meaning
    except ValueError:
        return ""
