from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.main import run
from include.settings import get_settings
from tests.cli.fake_api import TOKEN, FakeApi, fake_api


@dataclass(frozen=True, kw_only=True)
class Ended:
    code: int
    out: str
    err: str


Jobhunt = Callable[..., Ended]


@pytest.fixture
def api(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApi]:
    """Yield a fake API, and set the environment so that ``jobhunt`` uses it."""
    with fake_api() as api:
        monkeypatch.setenv("JOBHUNT_API_URL", api.url)
        monkeypatch.setenv("JOBHUNT_TOKEN", TOKEN)
        yield api


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return an empty directory for ``JOBHUNT_HOME``, and remove the developer's own settings."""
    for name in ("JOBHUNT_API_URL", "JOBHUNT_TOKEN", "JOBHUNT_JWT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JOBHUNT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def jobhunt(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Jobhunt]:
    """Yield a function that runs one command in the same way as the console script."""

    def command(*arguments: str) -> Ended:
        get_settings.cache_clear()
        monkeypatch.setattr("sys.argv", ["jobhunt", *arguments])
        with pytest.raises(SystemExit) as ended:
            run()
        out, err = capsys.readouterr()
        return Ended(code=ended.value.code or 0, out=out, err=err)

    yield command
    get_settings.cache_clear()
