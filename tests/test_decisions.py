"""Tests that all decision records (ADRs) have one form.

The code that a record governs must name it.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DIRECTORY = ROOT / "docs" / "adr"
RECORDS = sorted(DIRECTORY.glob("[0-9]*.md"))
SECTIONS = ["Context", "Decision", "Consequences", "Alternatives"]
STATUS = re.compile(r"- \*\*Status\*\*: accepted, \d{4}-\d\d-\d\d[.;]")
CODE = re.compile(r"^- \*\*Code\*\*: (.+?)\.\n\n", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"\bADRs? (\d+)")


def number_of(record: Path) -> int:
    return int(record.name[:4])


def governed(record: Path) -> list[Path]:
    """Return the files and directories that the record names as the code that it governs."""
    code = CODE.search(record.read_text())
    assert code, "no line '- **Code**: …'"
    if code[1] == "none any more":
        return []
    stated = re.sub(r"\([^)]*\)", "", code[1])
    return [ROOT / path for path in re.findall(r"`([^`]+)`", stated)]


def sources_in(path: Path) -> list[Path]:
    """Return all files in a directory, or only ``path`` if it is a file."""
    return [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else [path]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_record_has_the_form(record: Path) -> None:
    text = record.read_text()
    assert text.startswith(f"# {number_of(record)}. ")
    assert STATUS.match(text.split("\n\n", 1)[1])
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_the_code_that_a_record_names_exists_and_links_to_it(record: Path) -> None:
    paths = governed(record)
    assert [path for path in paths if not path.exists()] == []
    texts = [each.read_text() for path in paths for each in sources_in(path) if is_text(each)]
    named = {int(number) for text in texts for number in NAMED.findall(text)}
    assert not paths or number_of(record) in named


def is_text(path: Path) -> bool:
    return path.suffix in {".py", ".ts", ".tsx", ".yaml", ".txt"} or not path.suffix


def test_the_code_names_only_records_that_exist() -> None:
    numbers = {number_of(record) for record in RECORDS}
    folders = ("api", "bench", "cli", "dags", "deploy", "include", "local", "plugins", "web/src")
    named = {
        (str(path.relative_to(ROOT)), int(number))
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".ts", ".tsx"}
        for number in NAMED.findall(path.read_text())
    }
    assert [(path, number) for path, number in named if number not in numbers] == []


def test_the_list_names_every_record_with_its_title() -> None:
    rows = re.findall(
        r"^\| \[(\d+)\]\(([^)]+)\) \| (.+) \|$", (DIRECTORY / "README.md").read_text(), re.M
    )
    stated = [
        (int(number), file, re.sub(r" \(replaced by \d+\)$", "", title))
        for number, file, title in rows
    ]
    titles = [record.read_text().partition("\n")[0].partition(". ")[2] for record in RECORDS]
    assert stated == [
        (number_of(record), record.name, title)
        for record, title in zip(RECORDS, titles, strict=True)
    ]
