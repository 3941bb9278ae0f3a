"""What the figures are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.large_run import Commit
from bench.watchers import Seen


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Seconds."""

    p50: float
    p99: float
    worst: float


def latency(samples: Sequence[float]) -> Latency:
    ordered = sorted(samples)

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    return Latency(p50=at(0.5), p99=at(0.99), worst=ordered[-1])


def delays(commits: Sequence[Commit], seen: Seen, clients: int, until: float) -> list[float]:
    """For each client and commit, from the commit to the first events that include it; a commit
    that a client never had counts as if it came at ``until``, so that losing is no way to win.

    Args:
        commits: in order.
    """
    waited: list[float] = []
    reached = [0] * clients
    for client, version, at in zip(seen.client, seen.version, seen.at, strict=True):
        position = reached[client]
        while position < len(commits) and commits[position].version <= version:
            waited.append(at - commits[position].at)
            position += 1
        reached[client] = position
    for position in reached:
        waited.extend(until - commit.at for commit in commits[position:])
    return waited
