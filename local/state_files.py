"""Keep the stack's state and secrets in files of its home, which only the owner can read."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from local.errors import StackError


def write_private(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` atomically. The file has mode 600 from the start.

    Both the file and its directory are flushed to the disk, so that after a power cut the file has
    its old or its new content.
    """
    partial = path.with_name(path.name + ".new")
    partial.unlink(missing_ok=True)
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(descriptor)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def read_json(path: Path, remedy: str) -> Any:
    """Return the JSON in ``path``.

    Raises:
        FileNotFoundError: the file does not exist.
        StackError: the file can't be read or is damaged. The message ends with ``remedy``.
    """
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise StackError(f"{path} can't be read ({error}). {remedy}") from error


def load_or_create_secret(path: Path, *, size: int = 32) -> str:
    """Return the secret in ``path``. If the file does not exist, create it with a new secret.

    A new secret consists of ``size`` random bytes as URL-safe base64 without padding.

    Raises:
        StackError: the file is empty.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, secrets.token_urlsafe(size))
    secret = path.read_text()
    if not secret:
        raise StackError(f"{path} is empty. Restore it from a backup, or start anew: `make clean`")
    return secret
