"""Limit how much of a scarce resource one user can occupy at a time."""

import asyncio
from weakref import WeakValueDictionary


class UserSlots:
    """A limit on the places that each user may occupy at a time.

    A user who needs more places waits until one is free.
    """

    def __init__(self, count: int):
        self._count = count
        self._semaphores = WeakValueDictionary[str, asyncio.Semaphore]()
        """The semaphore of each user who occupies or awaits a place, by user id."""

    def of(self, user_id: str) -> asyncio.Semaphore:
        """Return the semaphore of the user. Keep it referenced until it is released."""
        return self._semaphores.setdefault(user_id, asyncio.Semaphore(self._count))
