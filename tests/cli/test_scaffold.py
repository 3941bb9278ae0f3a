"""Tests of the command that begins a new source from a recorded response.

They run it in a copy of this checkout.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from cli.errors import UsageError
from cli.scaffolding import adapter_module, adapter_test, guess, registered
from include.errors import JobhuntError
from include.sources import registry
from include.sources.base import Response
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


def never(field: str, keys: Sequence[str]) -> str:
    raise AssertionError(f"{field} is asked for")


def test_the_longest_list_and_its_likeliest_fields_are_guessed() -> None:
    found = guess(NESTED, never)

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
    found = guess(
        {"offices": [{"id": n, "name": "Oslo"} for n in range(3)], "jobs": [posting]}, never
    )

    assert found.jobs == ("jobs",)
    assert found.fields == {
        "external_id": ("jobId",),
        "title": ("name",),
        "url": ("links", "self"),
        "posted_at": ("publishedDate",),
    }


@pytest.mark.parametrize("key", ["headline", "positionTitle", "role_name", "vacancy"])
def test_a_title_has_many_names(key: str) -> None:
    assert guess([{"id": 7, key: "Night Cook", "url": "https://x.test/7"}], never).fields[
        "title"
    ] == (key,)


def test_a_field_that_is_not_found_is_asked_for() -> None:
    posting = {"id": 7, "title": "Night Cook", "at": {"web": "https://x.test/7"}}
    questions = []

    def answer(field: str, keys: Sequence[str]) -> str:
        questions.append((field, keys))
        return "at.web"

    assert guess([posting], answer).fields["url"] == ("at", "web")
    assert questions == [("url", ["at", "id", "title"])]
    with pytest.raises(UsageError, match="leads to no text"):
        guess([posting], lambda field, keys: "at.nothing")


def test_a_sample_without_a_list_says_so() -> None:
    with pytest.raises(UsageError, match="no list of objects"):
        guess({"jobs": []}, never)


def test_an_adapter_is_registered_once_and_in_order() -> None:
    text = (ROOT / "include/sources/registry.py").read_text()
    once = registered(text, "quillhire")
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

    ended = jobhunt("scaffold-adapter", name, str(answer), "--root", str(tmp_path), "--json")

    assert ended.code == 0, ended.err
    made = [f"include/sources/{name}.py", f"tests/sources/test_{name}.py"]
    assert {str(tmp_path / file) for file in made} < set(json.loads(ended.out)["written"])
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
    prints = jobhunt("scaffold-adapter", f"{name}_2", str(answer), "--root", str(tmp_path))
    assert ("No description found: set `page_url`" in prints.out) == (sample == FLAT)
    again = jobhunt("scaffold-adapter", name, str(answer), "--root", str(tmp_path))
    assert again.code == 2
    assert "already exists" in again.err


def test_a_list_without_descriptions_makes_an_adapter_of_web_pages() -> None:
    module: dict[str, Any] = {}
    exec(adapter_module("plain_board", guess(FLAT, never)), module)  # noqa: S102 - the text is not foreign: this test made it
    adapter = module["PlainBoard"]()
    request = adapter.first_request({"site": "acme"})
    body = json.dumps(FLAT).encode()
    (job,) = adapter.parse_listing({}, request, Response(url=request.url, body=body)).jobs

    assert job.content is None
    assert adapter.parse_posting("{}") is None
    assert not adapter.facts.reads_by_api


def test_the_documented_example_is_not_the_name_of_a_source() -> None:
    page = (ROOT / "docs" / "add-a-source.md").read_text()
    names = set(re.findall(r"jobhunt scaffold-adapter (\w+)", page))

    assert len(names) == 1
    assert names.isdisjoint(registry.sources())


@pytest.mark.parametrize("lost", range(12))
def test_the_generated_test_fails_when_a_field_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    found = guess(NESTED, never)
    whole = adapter_module("quillhire", found)
    readers = re.findall(r"^ +(?:\w+=(?:job|loc|parse)|job\.html).*\n", whole, re.MULTILINE)
    assert len(readers) == 12, "one line for each field, in the list and in the posting"
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "quillhire.json").write_text(json.dumps(NESTED))
    names = {"__file__": str(tmp_path / "test_quillhire.py")}
    exec(adapter_test("quillhire", found), names)  # noqa: S102 - the text is not foreign: this test made it
    tests = [test for name, test in names.items() if name.startswith("test_")]

    def passes(text: str) -> bool:
        module: dict[str, Any] = {}
        exec(text, module)  # noqa: S102 - the text is not foreign: this test made it
        monkeypatch.setitem(registry._ADAPTERS, "quillhire", module["Quillhire"]())
        try:
            for test in tests:
                test()
        except (AssertionError, JobhuntError, TypeError):
            return False
        return True

    assert passes(whole)
    line = readers[lost]
    emptied = '            "",\n' if "job.html" in line else ""
    assert not passes(re.sub(f"^{re.escape(line)}", emptied, whole, count=1, flags=re.M)), line


def test_outside_of_a_checkout_nothing_is_written(jobhunt: Jobhunt, tmp_path: Path) -> None:
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps(FLAT))

    ended = jobhunt("scaffold-adapter", "quillhire", str(answer), "--root", str(tmp_path))

    assert ended.code == 2
    assert "not a checkout" in ended.err


def test_the_prompt_has_all_that_an_adapter_needs_and_writes_nothing(
    jobhunt: Jobhunt, tmp_path: Path
) -> None:
    sample = tmp_path / "answer.json"
    sample.write_text(json.dumps(NESTED))
    ended = jobhunt("scaffold-adapter", "madeup", str(sample), "--root", str(ROOT), "--prompt")

    assert ended.code == 0
    for needed in (
        "class Adapter(Protocol)",
        "Prove completeness",
        "class Lever:",
        "class Madeup:",
        "tests/sources/test_madeup.py",
        "144f31c4-38a4-4666-97b4-2c88a3f123da",
        "make lint sources",
        "accepted only if all of them pass",
    ):
        assert needed in ended.out, needed
    assert not (ROOT / "include/sources/madeup.py").exists()


def test_the_prompt_takes_a_page_as_its_sample(jobhunt: Jobhunt, tmp_path: Path) -> None:
    sample = tmp_path / "page.html"
    sample.write_text("<h1>Jobs</h1>```")
    arguments = ("scaffold-adapter", "madeup", str(sample), "--root", str(ROOT), "--prompt")
    ended = jobhunt(*arguments)

    assert ended.code == 0
    assert json.loads(jobhunt(*arguments, "--json").out)["prompt"].splitlines()[0] in ended.out
    assert "````\n<h1>Jobs</h1>```\n````" in ended.out
    assert "A draft" not in ended.out
