from datetime import UTC, datetime, timedelta, timezone

import pytest

from include.core.fields.dates import is_day_first, parse_time

JULY_13 = datetime(2026, 7, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2026-07-13", JULY_13),
        ("2026-07-13T00:00:00.000Z", JULY_13),
        ("2026-07-13T00:00:00", JULY_13),
        ("2026-07-12T19:00:00-05:00", JULY_13),
        ("2026-07-13 00:00:00 UTC", JULY_13),
        ("Mon Jul 13 00:00:00 UTC 2026", JULY_13),
        ("Mon, 13 Jul 2026 00:00:00 GMT", JULY_13),
        ("July 13, 2026", JULY_13),
        ("Jul 13, 2026", JULY_13),
        ("13 July 2026", JULY_13),
        ("Monday, July 13th, 2026", JULY_13),
        ("Mon, 13. Juli 2026", JULY_13),
        ("13 juillet 2026", JULY_13),
        ("13 de julio de 2026", JULY_13),
        ("13 luglio 2026", JULY_13),
        ("13 juli 2026", JULY_13),
        ("13 de julho de 2026", JULY_13),
        ("13 lipca 2026", JULY_13),
        ("13-Jul-2026", JULY_13),
        ("2026-7-13", JULY_13),
        ("2026/07/13 00:00:00", JULY_13),
        ("2026年7月13日", JULY_13),
        ("13 июля 2026", JULY_13),
        ("13 Temmuz 2026", JULY_13),
        ("13 juillet 2026 à 10:00", JULY_13),
        ("20260713", JULY_13),
        ("2026-07-13 00:00:00.000 UTC", JULY_13),
        ("Mon Jul 13 02:00:00 CEST 2026", JULY_13),
        ("2026-07-12T17:00:00-07:00[America/Los_Angeles]", JULY_13),
        ("7/13/2026 12:00:00 AM", JULY_13),
        ("13.07.2026", JULY_13),
        ("13/07/2026", JULY_13),
        ("07/13/2026", JULY_13),
        ("13-07-2026", JULY_13),
        ("Sun, 12 Jul 2026 17:00:00 -0700 (PDT)", JULY_13),
        ("Mon, 13 Jul 2026 02:00:00 CEST", JULY_13),
        ("13 Jul 2026 02:00:00 +0200", JULY_13),
        ("Sun Jul 12 2026 17:00:00 GMT-0700 (Pacific Daylight Time)", JULY_13),
        ("2026년 7월 13일", JULY_13),
        ("13 iulie 2026", JULY_13),
        ("13 Ιουλίου 2026", JULY_13),
        (1783900800, JULY_13),
        (1783900800000, JULY_13),
        ("1783900800000", JULY_13),
    ],
)
def test_times_are_read_in_the_formats_of_the_sources(raw: str | float, expected: datetime) -> None:
    assert parse_time(raw) == expected


def test_a_utc_offset_is_kept() -> None:
    read = parse_time("2026-01-09T14:59:08-05:00")

    assert read == datetime(2026, 1, 9, 14, 59, 8, tzinfo=timezone(timedelta(hours=-5)))
    assert read is not None
    assert read.utcoffset() == timedelta(hours=-5)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "",
        "Posted 3 Days Ago",
        "yesterday",
        "03/04/2026",
        "03-04-2026",
        "0001-01-01T00:00:00",
        "9999-12-31",
        "31/31/2026",
        float("nan"),
        1e30,
    ],
)
def test_relative_ambiguous_and_impossible_dates_are_unknown(raw: str | float | None) -> None:
    assert parse_time(raw) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026. november 9.", (2026, 11, 9)),
        ("2026.11.09.", (2026, 11, 9)),
        ("٨ نوفمبر ٢٠٢٦", (2026, 11, 8)),
        ("ngày 3 tháng 11 năm 2026", (2026, 11, 3)),
        ("2026年11月2日（月）", (2026, 11, 2)),
        ("2026. 11. 3.", (2026, 11, 3)),
        ("12.10.2026 klo 9.00", (2026, 10, 12)),
        ("20. 11. 2026", (2026, 11, 20)),
        ("3 listopada 2026 r.", (2026, 11, 3)),
        ("22 בנובמבר 2026", (2026, 11, 22)),
        ("mandag den 7. december 2026", (2026, 12, 7)),
    ],
)
def test_dates_are_read_in_the_forms_of_many_languages(text: str, day: tuple[int, ...]) -> None:
    time = parse_time(text)

    assert time is not None
    assert (time.year, time.month, time.day) == day


@pytest.mark.parametrize(
    ("language", "country", "expected"),
    [
        ("de", None, True),
        ("en-AU", None, True),
        ("en-US", "GB", False),
        ("en", "GB", True),
        ("en", None, None),
        ("en-CA", None, None),
        (None, "US", False),
    ],
)
def test_the_language_or_the_site_tells_whether_the_day_is_first(
    language: str | None, country: str | None, expected: bool | None
) -> None:
    assert is_day_first(language, country) is expected
