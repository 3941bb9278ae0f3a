"""Run one stack for the tests of the whole stack and for those that harm it."""

import os
from collections.abc import Iterator

import pytest

from tests.e2e.chaos import ANOTHER_NAME, DEADLINE_SECONDS
from tests.e2e.stack import Stack, own_stack


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Yield the stack that all modules share, because a start takes a minute of processor time.

    Some modules have a fixture of the same name instead, with a stack of their own.
    """
    is_long = os.environ.get("JOBHUNT_CHAOS") == "long"
    settings = {
        # Every run reads every page, because pages of the sample sites may change although their
        # rows in the listing do not.
        "REREAD_AFTER": "0",
        "STALE_AFTER": "20s",
        "FETCH_DEADLINE": "10s",
        "DEADLINE": f"{DEADLINE_SECONDS}s",
        "BATCH_SIZE": "80",
        "ALLOWED_PRIVATE_HOSTS": ANOTHER_NAME,
    }
    home = tmp_path_factory.mktemp("stack") / "home"
    # ``make test`` harms nothing for which the servers must reach Postgres through a proxy.
    module = "tests.e2e.up_behind_proxy" if is_long else None
    with own_stack(home, module=module, **settings) as stack:
        port = stack.environment["JOBHUNT_DEMO_SITES_PORT"]
        # The first rate makes a run take about ten seconds, which leaves time to watch and to abort
        # it. The second one leaves time to kill a server before the run ends.
        stack.environment["JOBHUNT_HOST_RATE"] = f"40,{ANOTHER_NAME}:{port}=8"
        stack.start()
        yield stack
