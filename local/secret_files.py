"""Keep the secrets of the stack in files of its home, which only the owner can read.

A secret is created once and used again by later starts.
"""

import os
import secrets
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` atomically. The file has mode 600 from the start."""
    partial = path.with_name(path.name + ".new")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
    partial.replace(path)


def kept_secret(path: Path, *, size: int = 32) -> str:
    """Return the secret in ``path``, and create it if it does not exist.

    A new secret consists of ``size`` random bytes as URL-safe base64 without padding.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, secrets.token_urlsafe(size))
    return path.read_text()
