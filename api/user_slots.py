"""Limit how many calls one user can have in progress at a time."""

import asyncio
from weakref import WeakValueDictionary


class UserSlots:
    """A limit on the number of calls that each user may have in progress.

    If a user has this number of calls in progress, further calls wait until one of them ends.
    """

    def __init__(self, count: int):
        self._count = count
        self._semaphores = WeakValueDictionary[str, asyncio.Semaphore]()
        """The semaphore of each user who has a call in progress or waiting, by user id."""

    def of(self, user_id: str) -> asyncio.Semaphore:
        """Return the semaphore of the user.

        The caller must keep a reference to it until it is released, because this object has only a
        weak one.
        """
        return self._semaphores.setdefault(user_id, asyncio.Semaphore(self._count))
