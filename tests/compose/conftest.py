"""Start the shipped compose file on a real Docker engine, as an operator does."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.compose.bases import provide
from tests.compose.engine import Engine, running_engine, say
from tests.compose.leftovers import remove_folder
from tests.compose.stack import Stack, new_stack


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield the directory of the Docker engine.

    The directory is deleted afterwards, because its images take gigabytes. If
    ``JOBHUNT_COMPOSE_HOME`` names a directory, that one is used and kept.
    """
    kept_home = os.environ.get("JOBHUNT_COMPOSE_HOME")
    home = Path(kept_home) if kept_home else tmp_path_factory.mktemp("engine")
    yield home
    if not kept_home:
        for problem in remove_folder(home):
            say(problem)


@pytest.fixture(scope="session")
def engine(home: Path) -> Iterator[Engine]:
    with running_engine(home) as engine:
        yield engine


@pytest.fixture(scope="session")
def images(engine: Engine, home: Path) -> dict[str, str]:
    """Build our images with the shipped Dockerfile.

    Returns:
        The names of the stand-ins for images that cannot be pulled, by the variables that name them
        in the compose file.
    """
    standins = provide(engine, home)
    for variable in standins:
        say(f"{variable} can't be pulled here: a stand-in made of Debian packages and wheels")
    arguments = [f"--build-arg={name}={standin}" for name, standin in standins.items()]
    for target in ("api", "airflow"):
        tag = f"jobhunt-{target}"
        engine.docker(
            *("build", "--network=host", "--target", target, "--tag", tag), *arguments, "."
        )
    return standins


@pytest.fixture(scope="session")
def stack(
    engine: Engine, images: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    stack = new_stack(engine, tmp_path_factory.mktemp("compose"))
    stack = replace(stack, environment=stack.environment | images)
    try:
        stack.compose("up", "--wait", "--no-build", within=590)
        yield stack
    finally:
        say(stack.compose("logs", "--no-color", "--tail", "15"))
        stack.compose("down", "--volumes", "--timeout", "5")
