"""Which API a command talks to, and as whom."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from cli.errors import ConnectionLost, UsageError
from include.settings import Settings
from local.home import read_stack


@dataclass(frozen=True, kw_only=True)
class Connection:
    api_url: str
    """Without a trailing slash and without the API's base path."""
    token: str

    @property
    def on_this_machine(self) -> bool:
        return urlsplit(self.api_url).hostname in {"127.0.0.1", "::1", "localhost"}


def find_connection(settings: Settings) -> Connection:
    """The API that ``JOBHUNT_API_URL`` names, or else that of the stack running in
    ``JOBHUNT_HOME``.

    Raises:
        UsageError: there is a URL without a token.
        ConnectionLost: there is no URL and no running stack.
    """
    token = settings.token.get_secret_value()
    if settings.api_url:
        if not token:
            raise UsageError("JOBHUNT_API_URL is set, JOBHUNT_TOKEN is not: the API needs both")
        return Connection(api_url=settings.api_url.rstrip("/"), token=token)
    stack = read_stack(settings.home)
    if stack is None:
        raise ConnectionLost(
            f"no stack is running in {settings.home}: start one with `make up`, or name another"
            " with JOBHUNT_HOME, or any API with JOBHUNT_API_URL and JOBHUNT_TOKEN"
        )
    return Connection(api_url=stack.api_url, token=token or stack.token)
