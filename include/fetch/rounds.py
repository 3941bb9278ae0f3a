"""Questions about many hosts that are asked at about the same time, in one call."""

import asyncio
from collections.abc import Awaitable, Callable, Collection


class Rounds:
    """While one call is under way, all who ask wait for the next, and are asked for together.

    Calls are made one at a time, over all that have the same ``one_call``.
    """

    def __init__(
        self, call: Callable[[Collection[str]], Awaitable[None]], one_call: asyncio.Lock
    ) -> None:
        self._call = call
        self._one_call = one_call
        self._next = _Round()

    async def ask(self, name: str) -> None:
        """Until a call for ``name`` that began afterwards has ended. What it raises is raised in
        the one that makes it; the others of its round make it anew."""
        own = self._next
        own.names.add(name)
        await asyncio.sleep(0)  # whoever is about to ask as well is of the same round
        async with self._one_call:
            if own.is_over:
                return
            if own is self._next:
                self._next = _Round()
            await self._call(own.names)
            own.is_over = True


class _Round:
    def __init__(self) -> None:
        self.names: set[str] = set()
        self.is_over = False
