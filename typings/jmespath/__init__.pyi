from typing import Any

class ParsedResult:
    parsed: dict[str, Any]
    def search(self, value: Any) -> Any: ...

def compile(expression: str) -> ParsedResult: ...
