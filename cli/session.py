"""What every command does before its own work, and the options that several share."""

from typing import Annotated

import typer

from cli.client import IngestionApi
from cli.connection import find_connection
from include.settings import get_settings

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
RunId = Annotated[int, typer.Argument(help="The run's id.", min=1)]
StopWithParent = Annotated[bool, typer.Option("--stop-with-parent", hidden=True)]
"""For make: killed outright, it can't pass on a signal."""


def open_api() -> IngestionApi:
    return IngestionApi(find_connection(get_settings()))
