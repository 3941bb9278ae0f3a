from collections.abc import Iterator

import pytest

from tests.fetch.fault_server import FaultServer


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server
