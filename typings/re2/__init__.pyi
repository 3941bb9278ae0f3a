class error(Exception): ...

class Options:
    case_sensitive: bool
    log_errors: bool

class _Regexp:
    def search(self, text: bytes) -> object | None: ...

def compile(pattern: str, options: Options = ...) -> _Regexp: ...
