"""Tests that statements of the documentation are true of the code."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr, TypeAdapter

from include import __version__
from include.failure_codes import FailureCode
from include.settings import Duration, HostRate, Settings

ROOT = Path(__file__).parent.parent
_ROW = re.compile(r"^\| `(JOBHUNT_[A-Z0-9_]+)` \| (?:`([^`]+)`)? *\|", re.MULTILINE)


def documented_defaults() -> dict[str, str]:
    text = (ROOT / "docs" / "configure.md").read_text()
    return {name: default or "" for name, default in _ROW.findall(text)}


def true_defaults() -> dict[str, object]:
    return {
        f"JOBHUNT_{name.upper()}": field.default for name, field in Settings.model_fields.items()
    }


def test_every_setting_is_documented_and_no_other() -> None:
    assert documented_defaults().keys() == true_defaults().keys()


@pytest.mark.parametrize(("name", "default"), sorted(true_defaults().items()))
def test_documented_default_is_the_default(name: str, default: object) -> None:
    written = documented_defaults()[name]
    match default:
        case timedelta():
            assert TypeAdapter(Duration).validate_python(written) == default
        case HostRate():
            assert HostRate.parse(written) == default
        case SecretStr() | None | ():
            assert written == ""
        case _:
            assert written == str(default)


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#\s]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")], ids=str)
def test_named_constants_exist_in_the_named_file(page: Path) -> None:
    named = re.findall(r"`(_[A-Z_]+)` in\s+`([\w/.]+)`", page.read_text())
    assert [name for name, path in named if f"\n{name} =" not in (ROOT / path).read_text()] == []


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_named_tests_exist(page: str) -> None:
    named = re.findall(r"`((?:web/)?tests/[\w/.]+)`", (ROOT / page).read_text())
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], ids=str)
def test_links_lead_to_headings(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#\s]*)#([^)\s]+)\)", page.read_text())
    headings = {
        (path, heading)
        for path in {path for path, _ in links}
        for heading in headings_of((page.parent / path) if path else page)
    }
    assert [link for link in links if link not in headings] == []


def headings_of(page: Path) -> list[str]:
    """Return the fragments that GitHub makes of the headings of a page."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles]


def test_contributing_names_every_make_target() -> None:
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    text = (ROOT / "CONTRIBUTING.md").read_text()
    assert [name for name in targets if f"`make {name}`" not in text and name != "help"] == []


def test_manifests_name_the_images_of_this_version() -> None:
    directory = ROOT / "deploy" / "kubernetes"
    paths = [directory / "kustomization.yaml", directory / "airflow-values.yaml"]
    tags = [
        tag
        for path in paths
        for tag in re.findall(
            r'(?:newTag|defaultAirflowTag): "?([^" ]+?)"?(?: |$)', path.read_text(), re.M
        )
    ]
    assert tags == [__version__] * 3


def test_every_failure_code_is_documented_as_the_enum_has_it() -> None:
    """Compare the meaning, and whether a retry may help and whether it counts against the host."""
    text = (ROOT / "docs" / "operate.md").read_text()
    table = text.partition("### Failure codes")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (yes)? ?\| (yes)? ?\|$", table, re.MULTILINE)
    documented = [
        (code, meaning, bool(is_transient), bool(counts_against_host))
        for code, meaning, is_transient, counts_against_host in rows
    ]
    assert documented == [
        (code.value, code.meaning, code.is_transient, code.counts_against_host)
        for code in FailureCode
    ]
