from collections.abc import Callable, Sequence

class Simhash:
    value: int
    def __init__(
        self, value: Sequence[str], f: int = 64, *, hashfunc: Callable[[bytes], bytes | int]
    ) -> None: ...
