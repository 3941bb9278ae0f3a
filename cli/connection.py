"""Find the API that a command calls, and the token for it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from cli.errors import ConnectionLost, UsageError
from include.settings import Settings
from local.home import read_stack


@dataclass(frozen=True, kw_only=True)
class Connection:
    """The address of an API and a token for it."""

    api_url: str
    """The URL without a trailing slash and without the API's base path."""
    token: str

    @property
    def on_this_machine(self) -> bool:
        return urlsplit(self.api_url).hostname in {"127.0.0.1", "::1", "localhost"}


def find_connection(settings: Settings) -> Connection:
    """Return the connection to the API at ``JOBHUNT_API_URL``.

    If ``JOBHUNT_API_URL`` is not set, return the connection to the API of the stack that runs in
    ``JOBHUNT_HOME``.

    Raises:
        UsageError: ``JOBHUNT_API_URL`` is set, and ``JOBHUNT_TOKEN`` is not.
        ConnectionLost: ``JOBHUNT_API_URL`` is not set, and no stack is running.
    """
    token = settings.token.get_secret_value()
    if settings.api_url:
        if not token:
            raise UsageError("JOBHUNT_API_URL is set, but JOBHUNT_TOKEN is not: set both")
        return Connection(api_url=settings.api_url.rstrip("/"), token=token)
    stack = read_stack(settings.home)
    if stack is None:
        raise ConnectionLost(
            f"no stack is running in {settings.home}: start one with `make up`, or set"
            " JOBHUNT_HOME to the directory of a running stack, or set JOBHUNT_API_URL and"
            " JOBHUNT_TOKEN to use another API"
        )
    return Connection(api_url=stack.api_url, token=token or stack.token)
