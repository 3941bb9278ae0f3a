from typing import Any

class Functions:
    FUNCTION_TABLE: dict[str, dict[str, Any]]
