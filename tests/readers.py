"""Read pages in the test's own process. Tests use this only if no page is hostile."""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

R = TypeVar("R")
Ts = TypeVarTuple("Ts")


class InThisProcess:
    """A stand-in for a reader pool that calls each function at once, without a budget."""

    def call(self, function: Callable[[*Ts], R], *args: *Ts) -> R:
        return function(*args)
