"""Read pages in the test's own process, for tests without hostile pages."""

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

R = TypeVar("R")
Ts = TypeVarTuple("Ts")


class InThisProcess:
    """A reader without a budget."""

    def call(self, function: Callable[[*Ts], R], *args: *Ts) -> R:
        return function(*args)
