"""Secrets of the stack: made once, kept in its home for later starts, readable by us alone."""

import os
import secrets
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Atomically, with mode 600 from the start."""
    partial = path.with_name(path.name + ".new")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
    partial.replace(path)


def kept_secret(path: Path, *, size: int = 32) -> str:
    """The secret in ``path``; if there is none, it is made of ``size`` random bytes, written as
    URL-safe base64 without padding."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, secrets.token_urlsafe(size))
    return path.read_text()
