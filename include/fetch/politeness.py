"""How hosts are treated: never asked more at once, nor faster, than all workers together may, and
not at all while a host is to be left alone.

``take_turn`` is for code that may block; ``fetch.turns`` for an event loop.
"""

import time
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from include.core.pace import Blocked, Moments, Setback, WantedMoments, WantedSlots
from include.errors import FetchError, JobhuntError

LEASE_SECONDS = 0.5
"""How far ahead a worker reserves moments at a fast host, and for how long it trusts that the host
may still be asked."""
RETRY_SECONDS = 0.1
"""How often a worker asks for a slot while all are taken."""
OFFER_SECONDS = 1.0
"""How often a worker that is never done offers a slot to others."""
PAUSE_SECONDS = 1.5 * RETRY_SECONDS
"""For how long it then asks for none: all who wait have asked meanwhile."""
LOOK_SECONDS = 1.0
"""How often a worker looks whether a host is still blocked."""
LONGEST_RETRY_AFTER = 60.0
"""Seconds that a ``Retry-After`` is heeded."""


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How hosts are treated, by all workers together."""

    rate_of: Callable[[str], float]
    """Requests a second to a host, at most."""
    concurrency: int
    """Requests at once to a host."""
    patience: float = 90.0
    """Seconds for which jobs wait for a host that does not answer or wants to be left alone."""
    cooling: float = 5.0
    """Seconds until a host that fails again and again is tried anew, for the first time."""


class Pace(Protocol):
    """What the workers share. Calls may block: they are made in threads, one at a time. Those that
    are made for every few pages are about any number of hosts, by name."""

    def reserve(self, wanted: Mapping[str, WantedMoments]) -> Mapping[str, Moments | Blocked]:
        """Takes each host's next moments, 1/``rate`` s apart or more."""
        ...

    def how_long_blocked(self, host: str) -> Blocked | None:
        """None while the host may be asked."""
        ...

    def note_answers(self, host: str, answers: int, rate: float) -> None: ...

    def note_setback(self, host: str, setback: Setback, *, rate: float, cooling: float) -> None: ...

    def try_slots(self, wanted: Mapping[str, WantedSlots]) -> Mapping[str, Collection[int]]:
        """Of each host, none while all are taken."""
        ...

    def give_back(self, slots: Mapping[str, Collection[int]]) -> None: ...


@contextmanager
def take_turn(
    pace: Pace, host: str, manners: Manners, *, waiting: Callable[[], None] = lambda: None
) -> Generator[None]:
    """One turn for code that may block. What comes of it is noted with the host.

    Args:
        waiting: called at least every second of a wait.

    Raises:
        FetchError: the host is not to be asked, for longer than one should wait.
    """
    one = WantedSlots(count=1, slots=range(manners.concurrency))
    while not (slots := pace.try_slots({host: one})[host]):
        waiting()
        time.sleep(RETRY_SECONDS)
    taken_at = time.monotonic()
    try:
        moments = _await_moment(pace, host, manners, waiting)
        error = None
        try:
            yield
        except JobhuntError as raised:
            error = raised
            raise
        finally:
            _note(pace, host, manners, moments, error)
    finally:
        pace.give_back({host: slots})
    if time.monotonic() > taken_at + OFFER_SECONDS:
        time.sleep(PAUSE_SECONDS)


def _await_moment(pace: Pace, host: str, manners: Manners, waiting: Callable[[], None]) -> Moments:
    began = time.monotonic()
    one = WantedMoments(count=1, rate=manners.rate_of(host))
    while True:
        answer = pace.reserve({host: one})[host]
        if isinstance(answer, Moments):
            _sleep(answer.wait, waiting)
            if answer.wait <= LEASE_SECONDS or pace.how_long_blocked(host) is None:
                return answer
            continue
        check_patience(host, answer, manners, time.monotonic() - began)
        _sleep(min(answer.wait, LOOK_SECONDS), waiting)


def _note(
    pace: Pace, host: str, manners: Manners, moments: Moments, error: JobhuntError | None
) -> None:
    setback = setback_of(error, on_trial=moments.on_trial)
    if setback:
        pace.note_setback(host, setback, rate=manners.rate_of(host), cooling=manners.cooling)
    elif moments.in_trouble:
        pace.note_answers(host, 1, manners.rate_of(host))


def _sleep(seconds: float, waiting: Callable[[], None]) -> None:
    due = time.monotonic() + seconds
    while (left := due - time.monotonic()) > LOOK_SECONDS:
        waiting()
        time.sleep(min(left, LOOK_SECONDS))
    time.sleep(max(0.0, left))


def check_patience(host: str, blocked: Blocked, manners: Manners, waited: float) -> None:
    """Raises FetchError, with the code of what keeps the host from answering, when it has been
    waited for long enough."""
    if max(blocked.failing_for, waited) <= manners.patience:
        return
    code = blocked.code or "rate_limited"
    raise FetchError(
        f"{host} is left alone for now: it only answers with {code}", code=code, retryable=False
    )


_TOO_MUCH = frozenset({429, 503})


def is_setback(error: JobhuntError) -> bool:
    """Return whether the error says something about the host, not about one page alone."""
    return error.code.counts_against_host


def setback_of(error: JobhuntError | None, *, on_trial: bool) -> Setback | None:
    """What a request's error tells of its host; None where that answered."""
    if error is None or not is_setback(error):
        return None
    status = error.status if isinstance(error, FetchError) else None
    told = error.retry_after if isinstance(error, FetchError) else None
    return Setback(
        code=error.code,
        retry_after=None if told is None else min(told, LONGEST_RETRY_AFTER),
        slow_down=error.code in ("rate_limited", "timeout") or status in _TOO_MUCH,
        on_trial=on_trial,
    )
