"""Tests of the state of one host: its circuit breaker and its rate. They need no clock."""

from dataclasses import replace

import pytest

from include.core.hosts.host_state import CIRCUIT_FAILURES, HostFailure, HostState

ERROR = HostFailure(code="http_5xx")
OVERLOADED = HostFailure(code="rate_limited", slow_down=True)


def after(
    failure: HostFailure, state: HostState | None = None, *, now: float = 0, trial: bool = False
) -> HostState:
    return (state or HostState()).after_failure(failure, now, full_rate=10, cooldown=5, trial=trial)


def opened(*, now: float = 0) -> HostState:
    """Return the state of a host whose circuit was opened by failures at the time ``now``."""
    state = HostState()
    for _ in range(CIRCUIT_FAILURES):
        state = after(ERROR, state, now=now)
    return state


def test_a_response_of_a_healthy_host_changes_nothing() -> None:
    state = HostState(next_send=3)
    assert state.after_response(10) is state


def test_a_single_failure_does_not_block_the_host() -> None:
    state = after(ERROR)
    assert (state.failures, state.failure_code, state.failing_since) == (1, "http_5xx", 0)
    assert not state.is_open
    assert not state.is_blocked(0.001)


def test_retry_after_blocks_the_host_for_as_long_as_it_says() -> None:
    state = after(replace(OVERLOADED, retry_after=7), now=100)
    assert state.is_blocked(106.9)
    assert not state.is_blocked(107)


def test_a_shorter_retry_after_does_not_shorten_a_block() -> None:
    state = after(replace(OVERLOADED, retry_after=7))
    assert after(replace(OVERLOADED, retry_after=1), state, now=1).is_blocked(6.9)


def test_an_overloaded_host_without_retry_after_is_blocked_for_a_second() -> None:
    assert after(OVERLOADED).is_blocked(0.9)


def test_failures_of_concurrent_requests_halve_the_rate_only_once() -> None:
    state = after(OVERLOADED)
    assert state.rate == 5
    assert after(OVERLOADED, state, now=0.1).rate == 5
    assert after(OVERLOADED, state, now=1.5).rate == 2.5


def test_the_rate_grows_again_with_each_response_up_to_the_full_rate() -> None:
    state = after(OVERLOADED)
    for _ in range(24):
        state = state.after_response(10)
    assert state.rate == pytest.approx(9.8)
    assert state.after_response(10).after_response(10).rate is None


def test_the_rate_has_a_lower_limit() -> None:
    state = HostState()
    for number in range(30):
        state = after(OVERLOADED, state, now=1000 * number)
    assert state.rate == 1 / 60


def test_five_failures_in_a_row_open_the_circuit_and_a_response_closes_it() -> None:
    state = opened()
    assert state.is_open
    assert state.is_blocked(4.9)
    closed = state.after_response(10)
    assert (closed.is_open, closed.is_blocked(0), closed.failing_since) == (False, False, None)


def test_a_response_between_failures_begins_the_count_anew() -> None:
    state = HostState()
    for _ in range(CIRCUIT_FAILURES * 2):
        state = after(ERROR, state).after_response(10)
    assert not after(ERROR, state).is_open


def test_each_failed_trial_doubles_the_cooldown_up_to_a_limit() -> None:
    state, now, waits = opened(), 0.0, list[float]()
    for _ in range(6):
        assert state.blocked_until is not None
        waits.append(state.blocked_until - now)
        now = state.blocked_until
        state = after(ERROR, state, now=now, trial=True)
    assert waits == [5, 10, 20, 40, 80, 80]


def test_late_failures_of_earlier_requests_do_not_lengthen_an_open_circuit() -> None:
    state = opened()
    late = after(ERROR, state, now=1)
    assert (late.failures, late.failing_since) == (state.failures, 0)


def test_failures_of_more_than_ten_minutes_ago_do_not_count() -> None:
    assert opened().without_old_failures(599).is_open
    assert opened().without_old_failures(601).failures == 0
    state = after(ERROR, opened(), now=601)
    assert (state.failures, state.failing_since) == (1, 601)


def test_a_state_is_shifted_between_clocks_and_back() -> None:
    state = after(replace(OVERLOADED, retry_after=7), HostState(next_send=None), now=100)
    assert state.shifted(-90).blocked_until == 17
    assert state.shifted(-90).shifted(90) == state
