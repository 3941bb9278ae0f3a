"""Tests that a test runs every command that the README and the docs show.

A command that no test runs is listed here, with the reason.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMPOSE_TEST = "tests/compose/test_compose.py"

RUN_BY = {
    # The key is a command, or its beginning. The value is the file of the test that runs it, and a
    # text in that file that proves it.
    "make demo": ("tests/cli/test_demo.py", "demo"),
    "make up": ("tests/e2e/stack.py", '"up"'),
    "jobhunt storage backup": ("tests/cli/test_storage.py", '"backup"'),
    "jobhunt storage restore": ("tests/cli/test_storage.py", '"restore"'),
    "jobhunt storage downgrade": ("tests/cli/test_storage.py", '"downgrade"'),
    "deploy/new-env": ("tests/deploy/test_compose_file.py", "deploy/new-env"),
    "deploy/renew-api": (COMPOSE_TEST, "renew_api()"),
    "docker build --target": ("tests/compose/conftest.py", '"build"'),
    "docker compose up --build --wait": ("tests/compose/conftest.py", '"up", "--wait"'),
    "docker compose run --rm": (COMPOSE_TEST, '"run", "--rm", "--no-deps", "init"'),
    "docker compose up --detach --wait --no-deps": (COMPOSE_TEST, '"--no-deps", *AIRFLOW'),
    "docker compose up --detach --no-recreate --scale": (COMPOSE_TEST, '"--scale", "worker=3"'),
}
UNTESTED = {
    "docker compose exec -T postgres pg_dump": "jobhunt storage backup is what is tested",
    "docker compose build": "builds what docker build does, which is tested",
    "COMPOSE_PROFILES=celery,observability": "Grafana's image can't be had; its parts are checked",
    "kubectl apply": "there is no cluster; the manifests are checked against its schemas",
    "helm upgrade": "there is no cluster, and the chart can't be had",
}


def shown() -> list[str]:
    """Return the commands that the pages show in code blocks without a language.

    Other lines of these blocks, such as output and diagrams, are left out.
    """
    commands: list[str] = []
    for page in PAGES:
        block: list[str] | None = None  # the lines of the current code block; None outside of one
        for line in page.read_text().replace("\\\n", " ").splitlines():
            if not line.strip().startswith("```"):
                if block is not None:
                    block.append(line.strip())
            elif block is None:
                block = [] if line.strip() == "```" else ["not a command"]
            else:
                commands += [each for each in block if is_command(each)]
                block = None
    return commands


def is_command(line: str) -> bool:
    first = line.removeprefix(".venv/bin/").partition(" ")[0]
    known = first in {"make", "jobhunt", "docker", "kubectl", "helm"}
    return known or re.match(r"deploy/\w|COMPOSE_", first) is not None


@pytest.mark.parametrize("command", shown())
def test_each_documented_command_is_run_by_a_test_or_listed_as_untested(command: str) -> None:
    command = command.removeprefix(".venv/bin/")
    if any(command.startswith(known) for known in UNTESTED):
        return
    known = [place for prefix, place in RUN_BY.items() if command.startswith(prefix)]
    if known:
        path, proof = known[0]
        assert proof in (ROOT / path).read_text()
        return
    program, subcommand, *_ = command.split()
    assert program == "jobhunt", f"no test runs {command}"
    tests = "".join(path.read_text() for path in (ROOT / "tests" / "cli").glob("test_*.py"))
    assert f'jobhunt("{subcommand}"' in tests, f"no test runs {command}"


def test_every_listed_command_is_still_shown_in_the_docs() -> None:
    commands = [command.removeprefix(".venv/bin/") for command in shown()]
    listed = RUN_BY.keys() | UNTESTED.keys()
    assert [known for known in listed if not any(c.startswith(known) for c in commands)] == []
