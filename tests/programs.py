"""Find programs that some tests need and that PyPI does not have."""

import shutil

import pytest

_PACKAGES = {
    "amtool": "prometheus-alertmanager",
    "chromium": "chromium",
    "nginx": "nginx",
    "prometheus": "prometheus",
    "promtool": "prometheus",
}
"""The name of the Debian package that has the program, by program."""


def need_program(name: str) -> str:
    """Return the path of the program. If it is not installed, skip the test."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if path is None:
        pytest.skip(f"{name} is not installed; as root, apt-get install {_PACKAGES[name]}")
    return path
