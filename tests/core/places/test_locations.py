import pytest

from include.core.models import Location, Workplace
from include.core.places.locations import (
    dollar_countries,
    locate,
    location_from_parts,
    location_of_address,
)
from include.core.places.place_lists import locations_in, place_names
from include.core.places.workplaces import workplace_from_flags, workplace_in, workplace_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("San Francisco, CA | New York City, NY", ("San Francisco, CA", "New York City, NY")),
        ("Berlin; Paris", ("Berlin", "Paris")),
        ("Miami, FL or Remote", ("Miami, FL", "Remote")),
        ("Portland, OR", ("Portland, OR",)),
        ("Berlin; Berlin ;", ("Berlin",)),
        ("Berlin & Munich", ("Berlin", "Munich")),
        ("Berlin und München", ("Berlin", "München")),
        ("Lisboa e Porto", ("Lisboa", "Porto")),
        ("New York / San Francisco / LA", ("New York", "San Francisco", "LA")),
        ("Berlin/Hamburg", ("Berlin", "Hamburg")),
        ("Dublin, Ireland / London, UK", ("Dublin, Ireland", "London, UK")),
        ("London, UK & Remote", ("London, UK", "Remote")),
        ("Madrid, Spain - Lisbon, Portugal", ("Madrid, Spain", "Lisbon, Portugal")),
        ("Berlin, Germany, Paris, France", ("Berlin, Germany", "Paris, France")),
        ("Austin, TX, New York, NY", ("Austin, TX", "New York, NY")),
        ("Toronto, ON, Canada", ("Toronto, ON, Canada",)),
        ("London, England, UK", ("London, England, UK",)),
        ("Berlin, Bonn or Jena", ("Berlin", "Bonn", "Jena")),
        ("București; Cluj-Napoca, jud. Cluj", ("București", "Cluj-Napoca, jud. Cluj")),
        ("USA / Canada", ("USA", "Canada")),
        ("Germany / Berlin", ("Germany / Berlin",)),
        ("Remote (US or Canada)", ("Remote (US)", "Remote (Canada)")),
        ("Remote in Spain or Italy", ("Remote in Spain", "Remote in Italy")),
        ("Remote - Germany, Austria", ("Remote - Germany", "Remote - Austria")),
        ("Port of Spain, Trinidad and Tobago", ("Port of Spain, Trinidad and Tobago",)),
        ("Brighton and Hove, UK", ("Brighton and Hove, UK",)),
        ("Berlin und Umgebung", ("Berlin und Umgebung",)),
        ("Berlin (Mitte / Wedding)", ("Berlin (Mitte / Wedding)",)),
        (None, ()),
    ],
)
def test_one_location_text_may_name_several_places(
    text: str | None, expected: tuple[str, ...]
) -> None:
    assert place_names(text) == expected


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
        ("US, CA, Santa Clara", "Santa Clara", "CA", "US"),
        ("USA - TX - Austin", "Austin", "TX", "US"),
        ("US, CA, Remote", None, "CA", "US"),
        ("Toronto, ON, Canada, Remote", "Toronto", "ON", "CA"),
        ("Austin, Texas", "Austin", "Texas", "US"),
        ("Remote (New Jersey, US)", None, "New Jersey", "US"),
        ("California", None, "California", "US"),
        ("New York", None, None, "US"),
        ("US-CA-Menlo Park", "Menlo Park", "CA", "US"),
        ("IND.Bengaluru", "Bengaluru", None, "IN"),
        ("CA, AB, Calgary", "Calgary", "AB", "CA"),
        ("CA-ON-Toronto", "Toronto", "ON", "CA"),
        ("TX-El Paso", "El Paso", "TX", "US"),
        ("USA.NC.Raleigh", "Raleigh", "NC", "US"),
        ("Leduc-Alberta-Canada", "Leduc", "Alberta", "CA"),
        ("Round Rock, TX 78664", "Round Rock", "TX", "US"),
        ("San Francisco, CA 94105", "San Francisco", "CA", "US"),
        ("Brooklyn, NY 11201, United States", "Brooklyn", "NY", "US"),
        ("123 Main Street, Austin, TX 78701, USA", "Austin", "TX", "US"),
        ("Main Street, Austin, TX, USA", "Austin", "TX", "US"),
        ("10115 Berlin, Germany", "Berlin", None, "DE"),
        ("Unter den Linden, 10117 Berlin, Germany", "Berlin", None, "DE"),
        ("1012 AB Amsterdam, Netherlands", "Amsterdam", None, "NL"),
        ("London SW1A 1AA, UK", "London", None, "GB"),
        ("Toronto, ON M5V 2T6", "Toronto", "ON", "CA"),
        ("Remote in the United States", None, None, "US"),
        ("Remote in Canada (Pacific time)", None, None, "CA"),
        ("Remote-Eligible, US", None, None, "US"),
        ("Bosnia and Herzegovina", None, None, "BA"),
        ("Pune, Maharashtra", "Pune", "Maharashtra", "IN"),
        ("Durban, KwaZulu-Natal", "Durban", "KwaZulu-Natal", "ZA"),
        ("Perth, Western Australia", "Perth", "Western Australia", "AU"),
        ("Gauteng", None, "Gauteng", "ZA"),
        ("Lahore, Punjab", "Lahore", "Punjab", None),
    ],
)
def test_a_location_is_read_as_far_as_its_text_is_unambiguous(
    raw: str, city: str | None, region: str | None, country: str | None
) -> None:
    assert locate(raw) == Location(raw=raw, city=city, region=region, country=country)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tulcea sau Galați", ["Tulcea", "Galați"]),
        ("Opava nebo Zlín", ["Opava", "Zlín"]),
        ("Opava a Zlín", ["Opava", "Zlín"]),
        ("Kontor i Oslo", ["Oslo"]),
        ("Lavoro a Milano", [None]),
        ("Mombasa, Kenya, with some travel to Malindi and Lamu", ["Mombasa"]),
        ("KCN Hòa Khánh, Đà Nẵng, Việt Nam", ["Đà Nẵng"]),
        ("Gebze Organize Sanayi Bölgesi, Kocaeli", ["Kocaeli"]),
        ("ul. Krótka 7, Lublin", ["Lublin"]),
        ("Nantes (44)", ["Nantes"]),
        ("Hobart TAS 7000", ["Hobart"]),
        ("浙江省杭州市西湖区", ["杭州市"]),
        ("名古屋市中区栄3丁目", ["名古屋市"]),
        ("上海市浦东新区张江路100号", ["上海市"]),
        ("충북 청주시 흥덕구", ["청주시"]),
        ("本社工場（愛知県岡崎市） ※送迎バスあり、マイカー通勤可", ["岡崎市"]),
        ("福岡支店（福岡県福岡市）／東京支店（東京都港区）", ["福岡市", "港区"]),
        ("Budapest XIII. kerület, Váci út 45", ["Budapest"]),
        ("Leeds Head Office", ["Leeds"]),
    ],
)
def test_the_city_is_read_in_the_forms_of_other_countries(
    text: str, expected: list[str | None]
) -> None:
    assert [found.city for found in locations_in(text)] == expected


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Remoto (Argentina)", "AR"),
        ("Віддалено по Україні", "UA"),
        ("Zdalnie w całej Polsce", "PL"),
        ("100% télétravail en France", "FR"),
    ],
)
def test_the_country_of_a_remote_job_is_read_in_other_languages(text: str, country: str) -> None:
    assert [found.country for found in locations_in(text)] == [country]


@pytest.mark.parametrize("raw", ["Ontario, CA", "Remote-Friendly (Travel-Required)"])
def test_a_place_with_two_meanings_or_none_is_only_kept_as_raw_text(raw: str) -> None:
    assert locate(raw) == Location(raw=raw)


def test_names_in_a_list_of_places_are_cities_unless_they_say_otherwise() -> None:
    assert locations_in("London / Paris") == (
        Location(raw="London", city="London"),
        Location(raw="Paris", city="Paris"),
    )
    assert [place.city for place in locations_in("Bay Area or Seattle")] == [None, None]
    assert locations_in("London") == (Location(raw="London"),)


def test_the_stated_country_is_that_of_a_single_place() -> None:
    assert locations_in("Bombay, MH", country="India")[0].country == "IN"
    assert locations_in("Bombay, MH; Paris, FR", country="India")[0].country is None


@pytest.mark.parametrize(
    "raw", ["San Francisco, CA", "Atlanta, Georgia", "Bombay, MH", "Springfield, IL", "Berlin, DE"]
)
def test_a_country_that_may_be_a_state_is_unknown(raw: str) -> None:
    assert locate(raw).country is None
    assert locate(raw).city == raw.partition(",")[0]


@pytest.mark.parametrize("raw", ["Taipei", "Europe", "Remote", "Hybrid", "EMEA", "Georgia", ""])
def test_a_single_word_that_is_not_a_country_is_only_kept_as_raw_text(raw: str) -> None:
    assert locate(raw) == Location(raw=raw)


@pytest.mark.parametrize(
    ("raw", "city"), [("Taipei", "Taipei"), ("EMEA", None), ("Remote", None), ("Multiple", None)]
)
def test_a_single_name_with_a_stated_country_is_a_city(raw: str, city: str | None) -> None:
    assert locate(raw, country="TW") == Location(raw=raw, city=city, country="TW")


def test_an_ambiguous_state_is_read_with_the_stated_country() -> None:
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
        ("Work from office, 5 days", Workplace.ONSITE),
        ("Work from office 2 days", None),
        ("Hybrid or remote", None),
        ("ハイブリッド勤務(週2日出社)", Workplace.HYBRID),
        ("Hybrid (remote on Fridays)", Workplace.HYBRID),
        ("Remote (two days on-site)", None),
        ("On-site (remote possible)", None),
        ("unspecified", None),
        ("Berlin", None),
        (None, None),
    ],
)
def test_a_workplace_is_read_from_its_label(label: str | None, expected: Workplace | None) -> None:
    assert workplace_of(label) is expected


@pytest.mark.parametrize(
    ("raw", "city", "region"),
    [
        ("Texas - Austin", "Austin", "Texas"),
        ("Washington - Bellevue", "Bellevue", "Washington"),
        ("Austin - Texas", "Austin", "Texas"),
        ("Washington, DC", "Washington", "DC"),
        ("US-OR-Remote Location", None, "OR"),
    ],
)
def test_a_state_may_stand_before_its_city(raw: str, city: str | None, region: str) -> None:
    found = locate(raw)

    assert (found.city, found.region, found.country) == (city, region, "US")


def test_a_job_is_remote_only_if_all_its_locations_are() -> None:
    assert workplace_in(["Remote - US", "Remote - Canada"]) is Workplace.REMOTE
    assert workplace_in(["Miami, FL", "Remote"]) is None
    assert workplace_in([]) is None


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({"remote": True, "hybrid": False}, Workplace.REMOTE),
        ({"remote": False, "hybrid": True, "onsite": False}, Workplace.HYBRID),
        ({"remote": None, "hybrid": None, "onsite": True}, Workplace.ONSITE),
        ({"remote": True, "hybrid": True}, None),
        ({"remote": False, "hybrid": False}, None),
    ],
)
def test_flags_state_a_workplace_if_exactly_one_is_set(
    flags: dict[str, bool | None], expected: Workplace | None
) -> None:
    assert workplace_from_flags(**{"remote": None, "hybrid": None} | flags) is expected


def test_raw_text_is_made_of_the_parts_of_a_location_if_there_is_none() -> None:
    parts = {"city": "Houston", "region": "TX", "country": "us"}

    assert location_from_parts(**parts) == Location(
        raw="Houston, TX, US", city="Houston", region="TX", country="US"
    )
    assert location_from_parts(**parts, raw="Houston, Texas") == Location(
        raw="Houston, Texas", city="Houston", region="TX", country="US"
    )
    assert location_from_parts(city=None, region=None, country=None) is None


@pytest.mark.parametrize(
    ("text", "city", "country"),
    [
        ("Werk Hemer", "Hemer", None),
        ("Aure kommune", "Aure", None),
        ("Stabilimento di Parma", "Parma", None),
        ("Klinik Zwiesel, Arberlandstraße 11, 94227 Zwiesel", "Zwiesel", None),
        ("42015 Correggio (RE)", "Correggio", None),
        ("Head Office, London, UK", "London", "GB"),
        ("本社工場（長野県松本市笹賀5652）", "松本市", "JP"),
        ("강원특별자치도 원주시 (문막 공장)", "원주시", "KR"),
        ("جدة، المملكة العربية السعودية", "جدة", "SA"),
        ("Acme House", None, None),
        ("1265, rue King Ouest, Sherbrooke (Québec) J1H 1S5", "Sherbrooke", "CA"),
        ("Broom AG, Bernstrasse 118, 3110 Münsingen", "Münsingen", None),
        ("Streekziekenhuis, Hoorn", "Hoorn", None),
        ("Civic Centre, Ludlow, SY8", "Ludlow", None),
        ("Via Roma, Torino", "Torino", None),
        ("Neustadt an der Weinstraße, Rheinland-Pfalz", "Neustadt an der Weinstraße", None),
        ("Canada-Québec-Trois-Rivières", "Trois-Rivières", "CA"),
        ("Germany-Berlin", "Berlin", "DE"),
        ("Guinea-Bissau", None, "GW"),
        ("Main Street", None, None),
    ],
)
def test_the_city_is_found_beside_buildings_and_postcodes(
    text: str, city: str | None, country: str | None
) -> None:
    assert [(place.city, place.country) for place in locations_in(text)] == [(city, country)]


@pytest.mark.parametrize(
    ("texts", "countries"),
    [
        (["Boston, MA", "Boulder, CO"], ["US"]),
        (["Boulder, CO"], [None]),
        (["Boston, MA", "Berlin"], [None, None]),
    ],
)
def test_american_states_decide_the_meaning_of_the_dollar(
    texts: list[str], countries: list[str | None]
) -> None:
    assert dollar_countries([locate(text) for text in texts]) == countries


def test_two_addresses_may_be_joined_by_a_word_of_one_letter() -> None:
    found = locations_in("Veveří 57, 602 00 Brno a Ostružnická 9, 779 00 Olomouc")

    assert [each.city for each in found] == ["Brno", "Olomouc"]


@pytest.mark.parametrize(
    ("street", "city"),
    [
        ("24 Rue Haute, 63300 Thiers, France", "Thiers"),
        ("福岡県福岡市博多区博多駅前2-4-11", "福岡市"),
        ("24 Rue Haute", None),
        ("Main Street", None),
    ],
)
def test_a_street_states_a_place_only_if_it_is_a_whole_address(
    street: str, city: str | None
) -> None:
    found = location_of_address(street, None)

    assert (found and found.city) == city


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("Mill House, 4 Mill Lane, Kendal", "Kendal"),
        ("The Old Mill, Mill Lane, Kendal, Cumbria", "Kendal"),
        ("Transportation Center, 410 Depot Street, Cedar Hollow, Iowa", "Cedar Hollow"),
        ("Civic Offices, High Street, Shrewsbury, SY1", "Shrewsbury"),
        ("215 Nguyễn Hữu Thọ, quận Hải Châu, Đà Nẵng", "Đà Nẵng"),
        ("حي العليا، الرياض", "الرياض"),
        ("Λεωφόρος Κηφισίας 44, Μαρούσι", "Μαρούσι"),
        ("Kendal, 4 Mill Lane", "Kendal"),
        ("Madrid, calle Mayor 5", "Madrid"),
        ("Szeged, Kossuth Lajos sugárút", "Szeged"),
        ("Berlin-Mitte, Torstraße 12", "Berlin-Mitte"),
        ("Leeds, LS1 4DY, West Yorkshire", "Leeds"),
        ("London, 12 High Street, UK", "London"),
        ("Building 7, Floor 3", None),
    ],
)
def test_neither_a_building_nor_a_street_is_a_city(text: str, city: str | None) -> None:
    assert [found.city for found in locations_in(text)] == [city]


@pytest.mark.parametrize(
    ("text", "cities"),
    [
        ("Berlin, Hamburg, Leipzig", ["Berlin", "Hamburg", "Leipzig"]),
        ("Lyon, Paris, Nantes, Lille", ["Lyon", "Paris", "Nantes", "Lille"]),
        ("Sabadell, Barcelona", ["Sabadell"]),
        ("Getafe, Madrid, Madrid", ["Getafe"]),
        ("Croydon, London, Surrey", ["Croydon"]),
    ],
)
def test_three_names_of_cities_are_a_list(text: str, cities: list[str]) -> None:
    assert [found.city for found in locations_in(text)] == cities
