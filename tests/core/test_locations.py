import pytest

from include.core.locations import locate, places, workplace_in, workplace_of
from include.core.models import Location, Workplace


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("San Francisco, CA | New York City, NY", ("San Francisco, CA", "New York City, NY")),
        ("Berlin; Paris", ("Berlin", "Paris")),
        ("Miami, FL or Remote", ("Miami, FL", "Remote")),
        ("Portland, OR", ("Portland, OR",)),
        ("Berlin; Berlin ;", ("Berlin",)),
        (None, ()),
    ],
)
def test_one_location_text_may_name_several_places(
    text: str | None, expected: tuple[str, ...]
) -> None:
    assert places(text) == expected


@pytest.mark.parametrize(
    ("raw", "city", "region", "country"),
    [
        ("Berlin, Germany", "Berlin", None, "DE"),
        ("München, Deutschland", "München", None, "DE"),
        ("Austin, TX", "Austin", "TX", "US"),
        ("Austin, TX, US", "Austin", "TX", "US"),
        ("Toronto, ON, Canada", "Toronto", "ON", "CA"),
        ("Sydney, New South Wales, AUS", "Sydney", "New South Wales", "AU"),
        ("Paris, FR", "Paris", None, "FR"),
        ("London, UK", "London", None, "GB"),
        ("Israel, Yokneam", "Yokneam", None, "IL"),
        ("Bangalore, India, 560066", "Bangalore", None, "IN"),
        ("Remote (Germany)", None, None, "DE"),
        ("Remote - US", None, None, "US"),
        ("Poland", None, None, "PL"),
    ],
)
def test_a_place_is_read_as_far_as_its_text_settles_it(
    raw: str, city: str | None, region: str | None, country: str | None
) -> None:
    assert locate(raw) == Location(raw=raw, city=city, region=region, country=country)


@pytest.mark.parametrize(
    "raw", ["San Francisco, CA", "Atlanta, Georgia", "Bombay, MH", "Springfield, IL", "Berlin, DE"]
)
def test_a_country_that_may_be_a_state_is_unknown(raw: str) -> None:
    assert locate(raw).country is None
    assert locate(raw).city == raw.partition(",")[0]


@pytest.mark.parametrize("raw", ["Taipei", "Europe", "Remote", "Hybrid", "EMEA", "Georgia", ""])
def test_a_lone_word_that_is_no_country_settles_nothing(raw: str) -> None:
    assert locate(raw) == Location(raw=raw)


def test_the_country_a_source_states_settles_a_state() -> None:
    assert locate("San Francisco, CA", country="US") == Location(
        raw="San Francisco, CA", city="San Francisco", region="CA", country="US"
    )
    assert locate("Bombay, MH", country="India").region == "MH"


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("OnSite", Workplace.ONSITE),
        ("on-site", Workplace.ONSITE),
        ("On_site", Workplace.ONSITE),
        ("Remote", Workplace.REMOTE),
        ("Remote - Europe", Workplace.REMOTE),
        ("TELECOMMUTE", Workplace.REMOTE),
        ("hybrid", Workplace.HYBRID),
        ("Hybrid or remote", None),
        ("unspecified", None),
        ("Berlin", None),
        (None, None),
    ],
)
def test_a_workplace_is_read_from_its_label(label: str | None, expected: Workplace | None) -> None:
    assert workplace_of(label) is expected


def test_a_job_is_remote_only_if_all_its_places_say_so() -> None:
    assert workplace_in(["Remote - US", "Remote - Canada"]) is Workplace.REMOTE
    assert workplace_in(["Miami, FL", "Remote"]) is None
    assert workplace_in([]) is None
