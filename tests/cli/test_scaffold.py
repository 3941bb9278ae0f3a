"""Tests of beginning a new source from one recorded response, in a copy of this checkout."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.errors import UsageError
from cli.scaffolding import guess, registered
from tests.cli.conftest import Jobhunt

ROOT = Path(__file__).parents[2]
FLAT = [{"id": 7, "title": "Night Cook", "url": "https://x.test/7"}]
NESTED = {
    "meta": {"totalCount": 2, "page": 1},
    "tags": [{"a": 1}],
    "data": {
        "jobPostings": [
            {
                "jobId": "144f31c4-38a4-4666-97b4-2c88a3f123da",
                "name": "Night Cook",
                "hostedUrl": "https://x.test/1",
                "location": {"name": "Oslo; Bergen"},
                "publishedAt": "2026-03-01T08:00:00Z",
                "descriptionHtml": "<p>Cook.</p>",
            },
            {"jobId": "a-2", "name": "Nurse", "hostedUrl": "https://x.test/2"},
        ]
    },
}


def test_the_longest_list_and_its_likeliest_fields_are_guessed() -> None:
    found = guess(NESTED)

    assert found.jobs == ("data", "jobPostings")
    assert (found.total, found.total_stated) == (("meta", "totalCount"), 2)
    assert found.fields == {
        "external_id": ("jobId",),
        "title": ("name",),
        "url": ("hostedUrl",),
        "location": ("location", "name"),
        "posted_at": ("publishedAt",),
        "description": ("descriptionHtml",),
    }


def test_postings_are_told_from_a_longer_list_and_may_keep_their_address_among_links() -> None:
    links = {"self": "https://x.test/7"}
    posting = {"jobId": 7, "name": "Night Cook", "links": links, "publishedDate": "2026-03-01"}
    found = guess({"offices": [{"id": n, "name": "Oslo"} for n in range(3)], "jobs": [posting]})

    assert found.jobs == ("jobs",)
    assert found.fields == {
        "external_id": ("jobId",),
        "title": ("name",),
        "url": ("links", "self"),
        "posted_at": ("publishedDate",),
    }


@pytest.mark.parametrize(
    ("sample", "says"),
    [({"jobs": []}, "no list of objects"), ([{"id": 1, "title": "x"}], "no url is found among")],
)
def test_a_sample_without_postings_says_what_is_missing(sample: Any, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        guess(sample)


def test_an_adapter_is_registered_once_and_in_order() -> None:
    registry = (ROOT / "include/sources/registry.py").read_text()
    once = registered(registry, "quillhire")
    lines = once.splitlines()
    assert lines.index("    Quillhire(),") + 1 == lines.index("    Sitemap(),")
    with pytest.raises(UsageError, match="already"):
        registered(once, "quillhire")


@pytest.mark.integration
@pytest.mark.parametrize(("name", "sample"), [("quillhire", NESTED), ("plain_board", FLAT)])
def test_a_scaffolded_adapter_passes_lint_and_its_own_test(
    jobhunt: Jobhunt, tmp_path: Path, name: str, sample: Any
) -> None:
    for part in ("include", "tests/sources", "tests/recorded.py", "pyproject.toml"):
        source, copy = ROOT / part, tmp_path / part
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, copy) if source.is_dir() else shutil.copy(source, copy)
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps(sample))

    ended = jobhunt("scaffold-adapter", name, str(answer), "--root", str(tmp_path))

    assert ended.code == 0, ended.err
    made = [f"include/sources/{name}.py", f"tests/sources/test_{name}.py"]
    files = [*made, "include/sources/registry.py"]
    for command in (
        ["ruff", "check", *files],
        ["ruff", "format", "--check", *files],
        ["pytest", "-q", "-p", "no:cacheprovider", made[1]],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
    again = jobhunt("scaffold-adapter", name, str(answer), "--root", str(tmp_path))
    assert again.code == 2
    assert "already exists" in again.err


def test_outside_of_a_checkout_nothing_is_written(jobhunt: Jobhunt, tmp_path: Path) -> None:
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps(FLAT))

    ended = jobhunt("scaffold-adapter", "quillhire", str(answer), "--root", str(tmp_path))

    assert ended.code == 2
    assert "not a checkout" in ended.err
