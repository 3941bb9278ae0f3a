from collections.abc import Callable, Sequence

class Simhash:
    value: int
    def __init__(
        self,
        value: Sequence[str] | int,
        f: int = 64,
        *,
        hashfunc: Callable[[bytes], bytes | int] = ...,
    ) -> None: ...
    def distance(self, another: Simhash) -> int: ...
