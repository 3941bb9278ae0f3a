"""Tests of the responses after which a client tries again, and of the time for which it tries."""

from collections.abc import Iterator

import httpx
import pytest

from cli.client import BASE
from cli.errors import ApiRefused, ConnectionLost, ExitCode
from cli.stream import run_events
from tests.cli.fake_api import TOKEN, FakeApi, Stream, event, problem

END = Stream(text=event("status", "finished", number=1))


@pytest.fixture
def http(api: FakeApi) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=api.url + BASE, headers=headers) as client:
        yield client


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_is_busy_or_restarting_is_asked_again(
    api: FakeApi, http: httpx.Client, status: int
) -> None:
    api.answers("GET /progress/7", problem(status, "Later", "not now"), END)

    (only,) = run_events(http, 7, first_pause=0.01)

    assert only.data == "finished"


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_is_final(api: FakeApi, http: httpx.Client, status: int) -> None:
    api.answers("GET /progress/7", problem(status, "No", "not for you"), END)

    with pytest.raises(ApiRefused, match="No: not for you"):
        list(run_events(http, 7))


@pytest.mark.parametrize(
    "silence", [Stream(text="", cut=True), Stream(text=": ping\n\n"), problem(503, "Later", "")]
)
def test_a_connection_that_says_nothing_for_too_long_is_lost(
    api: FakeApi, http: httpx.Client, silence: Stream
) -> None:
    api.answers("GET /progress/7", silence)

    with pytest.raises(ConnectionLost, match="jobhunt watch 7") as lost:
        list(run_events(http, 7, timeout=0.2, first_pause=0.01))

    assert lost.value.exit_code is ExitCode.CONNECTION_LOST
    assert len(api.asked) > 2


def test_each_event_restarts_the_time_for_reconnecting(api: FakeApi, http: httpx.Client) -> None:
    quick = "retry: 60\n\n"
    status = [Stream(text=quick + event("status", "pending", number=n), cut=True) for n in range(9)]
    api.answers("GET /progress/7", *status, END)

    assert len(list(run_events(http, 7, timeout=0.2))) == 10
