"""Compute percentiles and delays for ``bench.stream`` and ``bench.starts``."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.large_run import Commit
from bench.watchers import ReceivedEvents


@dataclass(frozen=True, kw_only=True)
class Latency:
    """The 50th percentile, the 99th percentile and the maximum of durations, in seconds."""

    p50: float
    p99: float
    worst: float


def latency(samples: Sequence[float]) -> Latency:
    """Return the percentiles of ``samples``, which are durations in seconds."""
    ordered = sorted(samples)

    def percentile(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    return Latency(p50=percentile(0.5), p99=percentile(0.99), worst=ordered[-1])


def delays(
    commits: Sequence[Commit], received: ReceivedEvents, clients: int, until: float
) -> list[float]:
    """Return the delay in seconds of each commit at each client.

    A delay begins just before the commit. It ends when the client has received the first events
    that include the commit. If a client never received these events, its delay ends at ``until``.
    Otherwise a server that loses events would get better figures.

    Args:
        commits: the commits in the order of their versions.
        clients: the number of clients.
        until: the value of ``time.monotonic`` at the end of the measurement.
    """
    seconds: list[float] = []
    received_counts = [0] * clients  # the number of commits that each client has received
    for client, version, at in zip(
        received.clients, received.versions, received.times, strict=True
    ):
        position = received_counts[client]
        while position < len(commits) and commits[position].version <= version:
            seconds.append(at - commits[position].at)
            position += 1
        received_counts[client] = position
    for position in received_counts:
        seconds.extend(until - commit.at for commit in commits[position:])
    return seconds
