"""Implement the commands that run the one-machine stack, or that need its secrets.

The modules that run the stack are imported inside the commands, because importing them takes longer
than any other command of ``jobhunt`` runs.
"""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli import terminal
from cli.errors import UsageError
from cli.session import AsJson, StopWithParent
from include.settings import Settings, get_settings
from include.tokens import mint_token
from local.home import StackInfo


def up(as_json: AsJson = False, stop_with_parent: StopWithParent = False) -> None:
    """Run the whole stack on this machine until Ctrl-C."""
    from local.stack import running_stack

    settings = get_settings()
    with running_stack(settings, say=terminal.say, stop_with_parent=stop_with_parent) as stack:
        if as_json:
            terminal.print_json(asdict(stack.info))
        else:
            print(addresses(stack.info, settings.home), flush=True)
        stack.wait()


def demo(as_json: AsJson = False, stop_with_parent: StopWithParent = False) -> None:
    """Ingest two simulated days of the sample career sites, for two users who share companies."""
    from cli.demo import SECOND_USER, demo_settings, run_demo
    from local.stack import running_stack, user_token

    settings = demo_settings(get_settings())
    with running_stack(settings, say=terminal.say, stop_with_parent=stop_with_parent) as stack:
        second_token = user_token(settings, SECOND_USER)
        went_well = run_demo(stack.info, second_token=second_token, as_json=as_json)
    raise typer.Exit(0 if went_well else 1)


def token(
    user: Annotated[
        str | None, typer.Option(help="The user's id; by default the demo user's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print a token, valid for 30 days, for the API of the stack in JOBHUNT_HOME. To get a token
    for a server's API, set JOBHUNT_JWT_SECRET to that server's secret."""
    settings = get_settings()
    if settings.home.is_dir():
        from local.seed import DEMO_USER
        from local.stack import user_token

        token_text = user_token(settings, user or DEMO_USER)
    else:
        token_text = _server_token(settings, user)
    if as_json:
        terminal.print_json({"token": token_text})
    else:
        print(token_text)


def _server_token(settings: Settings, user: str | None) -> str:
    secret = settings.jwt_secret.get_secret_value()
    if not secret:
        raise UsageError(
            f"there is no stack in {settings.home}: start one with `make up`,"
            " or set JOBHUNT_JWT_SECRET to the secret of your server"
        )
    if user is None:
        raise UsageError("name the user: jobhunt token --user ID")
    return mint_token(
        secret,
        user,
        issuer=settings.jwt_issuer,
        audience=settings.jwt_audience,
        now=datetime.now(UTC),
        lifetime=timedelta(days=30),
    )


def addresses(info: StackInfo, home: Path) -> str:
    """Return a text that states the addresses of the servers.

    The text also names the file that holds their passwords. The link to the page holds a token. The
    other secrets are left out, because what a terminal shows is often copied into messages and
    logs.
    """
    return f"""
Page       {info.page_url}  (signed in as {info.user_id})
API        {info.api_url}/docs
Airflow    {info.airflow_url}  (user {info.airflow_user})
S3         {info.s3_endpoint}  (bucket {info.s3_bucket})
Sites      {info.demo_sites_url}
Logins     {home / "stack.json"}: all addresses, passwords and keys, and the token

Try        .venv/bin/jobhunt ingest --watch
Stop       Ctrl-C; the ingested data is kept
"""
