"""Tests that packages are installed by hash, and that base images can be pinned by digest."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTALLS = ("Makefile", "Dockerfile")
# A docker command whose digest of an image is the hash of the image's name, its last argument. It
# appends the name to the file "docker.asked".
FAKE_DOCKER = """#!/bin/sh
for image; do :; done
echo "$image" >> "$0.asked"
printf 'sha256:%s\\n' "$(printf %s "$image" | sha256sum | cut -c1-64)"
"""


def images_in(text: str) -> list[str]:
    """Return the images that a Dockerfile or a compose file names as the default of a variable."""
    return re.findall(r"_IMAGE(?:=|:-)([^\s}]+:[^\s}]+)", text)


@pytest.mark.parametrize("name", INSTALLS)
def test_every_installation_from_an_index_requires_hashes(name: str) -> None:
    text = (ROOT / name).read_text().replace("\\\n", " ")
    installs = re.findall(r"pip install .*", text)
    assert len(installs) >= 2
    for install in installs:
        assert "--require-hashes" in install or "--no-deps" in install, install


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.txt")), ids=lambda path: path.name)
def test_every_requirement_has_a_hash(path: Path) -> None:
    requirements = path.read_text().replace("\\\n", " ").splitlines()
    assert requirements
    assert [line for line in requirements if "--hash=sha256:" not in line] == []


def test_base_images_are_pinned() -> None:
    names = images_in(
        (ROOT / "Dockerfile").read_text() + (ROOT / "docker-compose.yaml").read_text()
    )
    assert len(names) >= 10
    assert [name for name in names if not re.search(r"@sha256:[0-9a-f]{64}$", name)] == []


def test_the_script_renews_the_digests_of_base_images(tmp_path: Path) -> None:
    """Run the script twice on copies. The first run changes every image, and the second none."""
    (tmp_path / "deploy").mkdir()
    shutil.copy(ROOT / "deploy/pin-images", tmp_path / "deploy")
    for name in ("Dockerfile", "docker-compose.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    docker = tmp_path / "bin/docker"
    docker.parent.mkdir()
    docker.write_text(FAKE_DOCKER)
    docker.chmod(0o755)
    path = f"{docker.parent}:{os.environ['PATH']}"

    def pin() -> dict[str, str]:
        command = [sys.executable, tmp_path / "deploy/pin-images"]
        subprocess.run(command, check=True, env={**os.environ, "PATH": path})
        return {
            name: (tmp_path / name).read_text() for name in ("Dockerfile", "docker-compose.yaml")
        }

    once = pin()
    images = images_in("\n".join(once.values()))
    assert len(images) >= 10
    assert not set(images) & set(images_in((ROOT / "docker-compose.yaml").read_text()))
    arguments = (tmp_path / "bin/docker.asked").read_text().split()
    assert sorted(set(arguments)) == sorted({image.partition("@")[0] for image in images})
    assert pin() == once
