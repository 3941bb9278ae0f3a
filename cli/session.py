"""Open a command's connection to the API, and define the options that several commands share."""

from typing import Annotated

import typer

from cli.client import IngestionApi
from cli.connection import find_connection
from include.settings import get_settings

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
RunId = Annotated[int, typer.Argument(help="The run's id.", min=1)]
StopWithParent = Annotated[bool, typer.Option("--stop-with-parent", hidden=True)]
"""An option that the Makefile passes. It makes the stack stop when its parent process ends.

It is needed because a make that is killed with SIGKILL cannot forward a signal.
"""


def open_api() -> IngestionApi:
    """Return a client of the API that the settings name.

    If they name no API, return a client of the API of the running stack.

    Raises:
        UsageError: the settings name an API but no token.
        ConnectionLost: the settings name no API, and no stack is running.
    """
    return IngestionApi(find_connection(get_settings()))
