"""Tests of the values that settings accept, and of the errors that other values cause."""

from collections.abc import Iterator

import pytest

from include.errors import SettingError
from include.settings import get_settings


@pytest.fixture(autouse=True)
def read_anew() -> Iterator[None]:
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.mark.parametrize(
    ("stale_after", "fetch_deadline"), [("20s", None), (None, "15m"), ("10s", "10s")]
)
def test_stale_after_must_be_well_above_the_fetch_deadline(
    monkeypatch: pytest.MonkeyPatch, stale_after: str | None, fetch_deadline: str | None
) -> None:
    """Refuse settings by which a sweep could be recovered while a worker still sends a request.

    None stands for the default of a setting.
    """
    for name, value in {"STALE_AFTER": stale_after, "FETCH_DEADLINE": fetch_deadline}.items():
        if value:
            monkeypatch.setenv(f"JOBHUNT_{name}", value)
    with pytest.raises(SettingError, match=r"JOBHUNT_FETCH_DEADLINE.*JOBHUNT_STALE_AFTER"):
        get_settings()


def test_a_short_stale_after_is_accepted_with_a_shorter_fetch_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JOBHUNT_STALE_AFTER", "20s")
    monkeypatch.setenv("JOBHUNT_FETCH_DEADLINE", "10s")
    assert get_settings().fetch_deadline.total_seconds() == 10


@pytest.mark.parametrize("name", ["JOBHUNT_CONTACT", "JOBHUNT_USER_AGENT"])
@pytest.mark.parametrize("value", ["jobs@example.com\r\nX-Other: 1", "für@example.com"])
def test_a_setting_for_a_header_must_be_one_line_of_ascii(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=name):
        get_settings()


@pytest.mark.parametrize(
    "value",
    [
        "http://127.0.0.1:3128",
        "https://proxy.example/",
        "socks5://user:p%40ss@proxy.example:1080",
        "http://user:s3cret@[::1]:3128",
    ],
)
def test_a_proxy_s_url_is_accepted_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("JOBHUNT_PROXY", value)
    settings = get_settings()
    assert settings.proxy
    assert settings.proxy.get_secret_value() == value
    assert value not in f"{settings!r} {settings.model_dump()} {settings.model_dump_json()}"


def test_an_empty_proxy_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBHUNT_PROXY", "")
    assert get_settings().proxy is None


@pytest.mark.parametrize(
    "value",
    [
        "user:s3cret@proxy.example:3128",
        "ftp://user:s3cret@proxy.example",
        "http://user:s3cret@",
        "http://user:s3cret@proxy.example/a/path",
        "http://user:s3 cret@proxy.example",
        "http://user:s3@cret@proxy.example",
        "http://user:s3cret@proxy.example:port",
        "http://user:s3cret@[::1:3128",
        "http://",
    ],
)
def test_an_invalid_proxy_url_is_refused_without_showing_its_password(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("JOBHUNT_PROXY", value)
    with pytest.raises(SettingError, match="JOBHUNT_PROXY") as refused:
        get_settings()
    assert "cret" not in f"{refused.value!r}"
    assert refused.value.__cause__ is None


def test_an_empty_home_is_not_the_current_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBHUNT_HOME", "")
    with pytest.raises(SettingError, match="JOBHUNT_HOME: is empty; name a directory"):
        get_settings()


def test_a_duration_of_more_than_a_million_years_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JOBHUNT_STALE_AFTER", "99999999999d")
    with pytest.raises(SettingError, match="JOBHUNT_STALE_AFTER: is longer than a million years"):
        get_settings()


@pytest.mark.parametrize("value", ["", "abc", "-1", "15 minutes", "P1D"])
def test_an_invalid_duration_is_refused_with_an_example(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("JOBHUNT_FRESH_FOR", value)
    with pytest.raises(SettingError, match=r"JOBHUNT_FRESH_FOR: must be .* such as 900 or 15m"):
        get_settings()


def test_a_deadline_of_zero_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBHUNT_LISTING_DEADLINE", "0s")
    with pytest.raises(SettingError, match="JOBHUNT_LISTING_DEADLINE: must be longer than 0"):
        get_settings()


@pytest.mark.parametrize(
    "value", ["99 5 * * *", "0 24 * * *", "0 5 0 * *", "0 5 1-32 * *", "0 5 * 13 *", "0 5 * * 1,8"]
)
def test_a_cron_expression_with_a_number_out_of_range_is_refused(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("JOBHUNT_DAILY_AT", value)
    with pytest.raises(SettingError, match=r"JOBHUNT_DAILY_AT: .* must have numbers from"):
        get_settings()


@pytest.mark.parametrize("value", ["*/15 0-23/2 * JAN mon-fri", "59 23 31 12 7", "0 5 * * MON#2"])
def test_a_cron_expression_may_have_steps_ranges_and_names(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("JOBHUNT_DAILY_AT", value)
    assert get_settings().daily_at == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "user:s3cret@host/name"),
        ("DATABASE_URL", "mysql://user:s3cret@host/name"),
        ("S3_ENDPOINT", "127.0.0.1:9000"),
        ("S3_BUCKET", ""),
        ("AIRFLOW_URL", "airflow:8080"),
        ("API_URL", "https://"),
    ],
)
def test_an_unusable_address_is_refused_with_the_name_of_its_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"JOBHUNT_{name}", value)
    with pytest.raises(SettingError, match=f"JOBHUNT_{name}: ") as refused:
        get_settings()
    assert "cret" not in f"{refused.value!r}"


@pytest.mark.parametrize("name", ["jwt_jwks", "public_url", "airflow_public_url"])
def test_an_empty_url_is_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"JOBHUNT_{name.upper()}", "")
    assert getattr(get_settings(), name) is None
