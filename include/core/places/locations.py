"""Parse places as postings write them (ADR 35).

If neither the text nor a separate field of the source determines the country, it stays unknown. For
example, the text "San Francisco, CA" alone does not tell whether CA means California or Canada.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import dropwhile, takewhile

from include.core.fields.text_cache import cache_short_texts
from include.core.formats.text import one_line
from include.core.models import Location
from include.core.places.cities import is_city_name
from include.core.places.countries import REGIONS, country_code

# The words in this pattern separate places only in lower case, because OR is also Oregon.
_SEPARATORS = re.compile(
    r"[;|\n•、／]|·(?!\s?[一-龥]{1,6}[区區县縣])|(?<=\s)(?:or|oder|ou|eller|lub|sau|nebo|alebo|"
    r"vagy|veya|tai|или|або|чи|ή|ili|"
    r"ali|või|"
    r"vai|arba|hoặc|atau|أو|או|o(?=\s[A-ZÁÉÍÓÚ]))(?=\s)"
)
_AND = re.compile(
    r"(?<=\s)(?:&|\+|and|und|et|y|e|en|och|og|și|ja|és|ve|и|та|і|και|dan|và|un|ir|ו|و)(?=\s)"
)
_AND_BETWEEN_CITIES = re.compile(r"(?<=\s)(?:a|i|u)(?=\s)")
"""A pattern of words for "and" that mean something else in another language.

They separate places only if the names of cities stand on both sides.
"""
_TRAVEL = re.compile(
    r" ?[,;(–-] ?(?:(?:with|including|plus|incl\.|avec|mit|con|com|met|med|s|z|из|"
    r"с)\s)?[^,;(]{0,30}?"
    r"\b(?:travel\w{0,8}|reise\w{0,8}|déplacements?|viajes?|viagens|trasferte|reizen|resor|rejser|"
    r"reiser|"
    r"wyjazd\w{0,8}|cestov\w{0,8}|utaz\w{0,8}|deplas\w{0,8}|ταξίδι\w{0,8}|"
    r"поїздк\w{0,8}|поездк\w{0,8}|seyahat\w{0,8}|matkust\w{0,8})\b",
    re.IGNORECASE,
)
"""A pattern of a remark about travel after a place: ``Leeds, with some travel to York``.

The text from the remark on is ignored.
"""
_POSTCODE_AND_CITY = re.compile(
    r"^(?:[A-Z]{1,2}-)?(?!20[0-3]\d )(?:\d{4,5}|\d{2}-\d{3}|\d{3} \d{2}|\d{4} ?[A-Z]{2}) "
    r"[^\W\d_a-z]|"
    r"^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2} [A-Z]|"
    r"[a-z],? (?:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|(?:[A-Z]{2} )?[A-Z]\d[A-Z] ?\d[A-Z]\d|"
    r"[A-Z]{2} \d{5})$"
)
"""A pattern of a line with a postcode and a city, which is mostly the last line of an address."""
_MAX_ADDRESS_LINES = 3
_MAX_ADDRESS_LENGTH = 60
"""The maximum length, in characters, of a line of an address."""
_NOTE = "※"
"""The mark of a note after a place, in East Asian languages.

The rest of the line after the mark is ignored.
"""
_SLASH = re.compile(r"(?<=\s)/(?=\s)|(?<=[^\W\d]{3})/(?=[^\W\d]{3})")
_DASH = re.compile(r"(?<=\s)[-–—](?=\s)")
_SECOND_NAMES = (
    "labrador", "wear", "hove", "bute", "kinross", "galloway", "kashmir", "württemberg",
    "maidenhead", "wrekin", "chelsea", "fulham", "dagenham", "nevis", "caicos", "barbuda",
    "tobago", "herzegovina", "príncipe", "north east somerset", "león", "romagna", "worcester",
    "miquelon", "futuna", "the grenadines",
)  # fmt: skip
"""The parts after "and" in the names of single places, such as ``wear`` in Tyne and Wear."""
_NUMBER_OF_MORE_PLACES = re.compile(r"\+ ?\d{1,3}(?: .{1,30})?|\d{1,3}(?: [a-zà-ÿ]{2,20}){1,3}")
"""A pattern of a number of further places, whose names are not shown: ``3 more``."""
_MAX_LISTED_LENGTH = 300
_NOT_ANOTHER_PLACE = re.compile(
    r"(?:surround|umgebung|umland|environs|alrededores|dintorni|omgeving|area|region|nearby|"
    r"travel)",
    re.IGNORECASE,
)
"""A pattern of words after "and" that do not begin another place: "Berlin und Umgebung"."""
_WAYS_OF_WORKING = re.compile(
    r"\b(?:fully|100%|(?:remote|telework|telecommute|virtual|home[- ]?(?:office|based)|wfh|"
    r"work(?:ing)? from home|hybrid|on-?site|in[- ]office|office[- ]based|in[- ]person|distributed|"
    r"remot[oa]|a distancia|à distance|télétravail|teletrabajo|teletrabalho|home ?office|"
    r"h[ií]brid[oae]?|"
    r"ibrid[oa]|hybride?|presencial|présentiel|vor ort|mobiles arbeiten|zdaln\w+|hybrydow\w+|"
    r"stacjonarn\w+|віддален\w+|дистанційн\w+|удал[её]нн\w+|дистанционн\w+|гібридн\w+|гибридн\w+|"
    r"etätyö|hybridi\w*|distans(?:arbete)?|hemifrån|hjemmefra|uzaktan|hibrit|távmunka|na dálku|"
    r"de la distanță|τηλεργασία|υβριδικ\w+|khusus remote|từ xa|jarak jauh|عن بعد|מרחוק)"
    r"(?:[- ](?:friendly|eligible|first|ok|possible|optional|flexible|enabled|available|work|"
    r"working|position|role|job|locations?)\b)*|travel[- ]required|only|based)(?!\w)",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"^(?:[Aa]nywhere\s+)?(?:in|within|from|across|throughout|en|em|dans|depuis|desde|aus|по|"
    r"по всій|"
    r"по всей|в|з|из|w|na terenie|na|v|ve|în|i|från|fra|innerhalb|dari|di|tại|ở)\s+"
    r"(?:(?:the|our)\s+|toute?\s+(?:la\s+)?|tod[oa]\s+(?:el\s+|o\s+|la\s+)?|ganz\s+|całej\s+|"
    r"hela\s+|"
    r"hele\s+)?"
    r"(?=[^\W\d_a-z])"
)
_REMOTE_WITHIN = re.compile(r"remote\s+(?:(?:in|within|from|across)|[-–—])\s+", re.IGNORECASE)
_TIME_ZONE = re.compile(
    r"(?:east coast|west coast|[EP]T|[ECMP][SD]T|UTC|GMT|CES?T)(?:\s?[/+-]\s?\w{1,9})?(?: hours)?|"
    r"[\w /]{1,30}\btime(?: ?zones?)?",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*[()\[\]]\s*|\s+[-–—/]\s+")
_DIGIT = re.compile(r"\d")
_POSTCODE = (
    r"(?:\d{5}-\d{3,4}|\d{4}-\d{3}|\d{3}-\d{4}|\d{2}-\d{3}|\d{3} \d{2}|\d{4} ?[A-Z]{2}|\d{4,6}|"
    r"[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d{2} ?[A-Z\d]{4})"
)
_LEADING_POSTCODE = re.compile(rf"(?:[A-Z]{{1,3}}-)?{_POSTCODE} (?=\D+$)")
_TRAILING_POSTCODE = re.compile(rf"(?<=\D) {_POSTCODE}$")
_STREET_AND_NUMBER = re.compile(
    r"(?:^|, ?)(?:[^\W\d_]{2,20}\.? ){0,2}[^\W\d_]{4,30}\.? \d{1,4}[a-zA-Z]?(?:,|$)"
)
"""A pattern of a street with its house number. A single name beside it is a city."""
_WHOLE_POSTCODE = re.compile(rf"{_POSTCODE}|[A-Z]{{1,2}}\d{{1,2}}[A-Z]?|[\d ]+")
"""A pattern of a part of an address that is only a postcode or the first half of a British one."""
_ADDRESS = re.compile(r"\d, \d{3,5}(?: \d{2})? (?P<city>\D+)$")
"""A pattern of the end of an address: a house number, a postcode and a city."""
_POSTCODE_BEFORE_NAME = re.compile(r"\b\d{4,5} ([^\W\d_]+)")
_EAST_ASIAN = {
    "JP": re.compile(
        r"(?P<region>北海道|東京都|京都府|大阪府|"
        r"[一-龥]{2,3}県)\s?(?P<city>[一-龥ぁ-んァ-ヶ]{1,6}?[市区町村])"
    ),
    "KR": re.compile(
        r"(?P<region>[가-힣]{2,6}(?:특별시|광역시|특별자치[시도]|도)|서울|경기|인천|부산|대구|"
        r"대전|광주|울산|세종|강원|충북|충남|전북|전남|경북|경남|제주)"
        r"시?\s(?P<city>[가-힣]{1,5}[시군구])"
    ),
    "CN": re.compile(r"(?P<region>[一-龥]{2,3}省|[一-龥]{2,6}自治区)\s?(?P<city>[一-龥]{2,4}?市)"),
    "TW": re.compile(
        r"(?P<city>[臺台新桃高基嘉][一-龥]市|[一-龥]{2}縣)(?P<region>[一-龥]{1,3}[區鄉鎮市])"
    ),
}
"""Patterns of the region and the city in an address of East Asia, by country code.

They are needed because most of these addresses begin with the largest part, unlike others.
"""
_EAST_ASIAN_CITY = re.compile(r"(?:^|[\s:：（(])(?P<city>[一-龥]{2,3}市)(?=[一-龥]{1,4}[区區])")
"""A pattern of a city before its district, which is written alike in China, Japan and Taiwan."""
_AUSTRALIAN = re.compile(
    r"(?:^|, )(?P<city>[A-Z][^\d,]{0,40}?),? (?P<state>(?:NSW|VIC|QLD|TAS)(?=(?: \d{4})?$)|"
    r"(?:WA|SA|NT|ACT)(?= \d{4}$))"
)
"""A pattern of a city and a state of Australia.

``WA``, ``SA``, ``NT`` and ``ACT`` count only before a postcode, because elsewhere these letters can
have other meanings.
"""
_FRENCH_DEPARTMENT = re.compile(r"^[^\d(]+ \(\d{2}\)$")
_FACILITY = (
    r"(?:Werk|Standort|Niederlassung|Filiale|Büro|Campus|Zentrale|Hauptsitz|Klinik(?:um)?|"
    r"Region|Raum|"
    r"Großraum|Gemeinde|(?:Stabilimento|Sede|Ufficio|Filiale|Negozio|Punto vendita) d[ie]|Sede en|"
    r"(?:Site|Agence|Siège|Usine|Magasin|Ville|Mairie|Commune) d(?:e |['’])|(?:Oficina|Tienda|"
    r"Centro|"
    r"Planta|Delegación) (?:de|en)|(?:Loja|Fábrica|Escritório|Clínica) d[eoa]|Vestiging|Kantoor|"
    r"Locatie|Oddział|Biuro|Zakład|Kontor|Head Office|HQ|City of|Town of|Municipality of|Obec|"
    r"TP\.|Thành phố|Kota|м\.|г\.|гр\.|місто|город|град|עיר|Kab\.|Kabupaten|Tỉnh|Sede|Filial)"
)
_BEFORE_NAME = re.compile(rf"^{_FACILITY}[ ,:]*(?:(?:in|i|w|v|na|à|en|te|på|din)\s+)?(?=[^\W\d_])")
_AFTER_NAME = re.compile(
    r" (?:kommun\w{0,2}|kunta|[IVX]{1,5}\. kerület|(?:[Hh]ead |[Mm]ain |[Rr]egional )?[Oo]ffice|"
    r"HQ|[Hh]eadquarters|[Pp]lant|[Ss]ite|[Cc]ampus|[Ss]tore|"
    r"[Bb]ranch|[Cc]ity [Cc]entre|Organize Sanayi Bölgesi|OSB|[Ff]abrikası|[Ff]abrika|telephely|"
    r"gyár)$"
)
"""A pattern of words such as "office" after the name of a city.

``_BEFORE_NAME`` is a pattern of such words before the name.
"""
_FACILITY_NAME = re.compile(
    r"(?:\b(?:hospital|hospice|klinik\w*|clinic|médiathèque|bibliothèque|école|school|campus|building|"
    r"tower|house|hall|quay|cent(?:re|er)|offices?|hq|headquarters|zentrale|werk|filiale|store|plant|"
    r"factory|fabrik\w*|"
    r"sairaala|szpital|nemocnice|kórház|hastane\w*|nhà máy|"
    r"văn phòng|pabrik|kantor|kcn|kcx|khu công nghiệp|cụm công nghiệp|chi nhánh|tòa nhà|"
    r"sanayi bölgesi|"
    r"osb|sanayi sitesi|avm|(?:industrial|business|technology|science|tech) (?:park|estate)|"
    r"(?:industrie|gewerbe|technologie)(?:park|gebiet)|zone industrielle|zona industriale|"
    r"pol[íi]gono(?: industrial)?|parque (?:industrial|tecnológico|empresarial)|strefa|mall|"
    r"airport|"
    r"flughafen|aeroport\w*|cabang|gedung|plaza|centro comercial|shopping|galeria|obchodní centrum|"
    r"terminal|depo|provoz|závod|zakład|gård|skole|skola|koulu|szkoła|škola|okul|universit\w*|"
    r"università|universidad\w*|uniwersytet|collège|lycée|ehpad|résidence|maison|mairie|marché|"
    r"rådhus\w*|civic cent(?:re|er)|(?:town|city) hall|hôtel de ville|"
    r"ayuntamiento|gemeentehuis|kommunehus\w*|kaupungintalo|radnice|urząd|hotel|hostel|"
    r"apotheke|pharmac(?:y|ie)|kindergarten|crèche|päiväkoti|"
    r"warehouse|depot|library|theatre|theater|museum|gmbh|ag|ltd|limited|llc|inc|s\.?r\.?l|"
    r"sp\. z o\.o|s\.?a\.?s|a/s|oyj?|s\.r\.o|kft|b\.v)"
    r"|sygehus|sjukhus|sykehus|ziekenhuis|rathaus|praxis|kita|barnehage\w*)(?!\w)",
    re.IGNORECASE,
)
"""A pattern of words in names of buildings and employers, which can stand before the place."""
_STREET_ADDRESS = re.compile(
    r"(?:rue|avenue|av\.|boulevard|bd|chemin|allée|place|quai|route|calle|c/|avda?\.?|avenida|paseo|"
    r"plaza|carretera|rua|praça|travessa|estrada|via|viale|corso|piazza|strada|ul\.|ulica|al\.|"
    r"aleja|plac|náměstí|nám\.|strada|str\.|bulevardul|вул\.|ул\.|οδός|λεωφόρος|jalan|jl\.|"
    r"đường|phường|quận|huyện|حي|شارع|רחוב)\s|"
    r".*(?:straße|strasse|str\.|gasse|platz|allee|gata|gatan|gate|vägen|veien|vej|gade|straat|laan|"
    r"plein|katu|utca| út| útja| tér| körút| sugárút|"
    r" street| st\.?| road| rd\.?| avenue| ave\.?| lane| drive| sokak| "
    r"cadde\w*)$",
    re.IGNORECASE,
)
"""A pattern of the name of a street without its house number, which can stand before the place."""
_COMMAS = str.maketrans("،，", ",,")
_ZIP = re.compile(r"\b([A-Z]{2}),? (\d{3})\d{2}(?:-\d{4})?\b")
_ZIP_PREFIXES = {
    "DE": (197, 199), "ID": (832, 838), "IL": (600, 629), "LA": (700, 714), "MA": (10, 27),
    "ME": (39, 49), "MN": (550, 567), "NC": (270, 289), "SD": (570, 577),
}  # fmt: skip
"""The range of the first three digits of the ZIP codes of some states, by the state's two letters.

A state is listed if its letters are also the code of a country that has five-digit postcodes: ``DE
19901`` may be in Delaware or in Germany. The digits show which of them is meant. The source is list
L002 on pe.usps.com.
"""
STATES = frozenset({
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA",
    "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ",
    "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT",
    "VA", "WA", "WV", "WI", "WY", "DC",
})  # fmt: skip
_OTHER_DOLLARS = frozenset({"CA", "CO", "AR"})
_PROVINCES = frozenset({
    "AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT",
})  # fmt: skip
_REGION_LETTERS = {"US": STATES, "CA": _PROVINCES}
_UNAMBIGUOUS_CODES = frozenset({
    "AE", "AT", "AU", "BE", "CH", "CZ", "DK", "ES", "FI", "FR", "GB", "HK", "IE", "IT", "JP", "KR",
    "NL", "NO", "NZ", "PL", "PT", "SE", "SG", "UK", "US",
})  # fmt: skip
"""The country codes that can only mean a country when they stand after a city.

Codes such as MH and HR are left out, because they also mean Maharashtra and Haryana.
"""
_COUNTIES_NAMED_LIKE_CITIES = frozenset({
    "asturias", "cornwall", "durham", "essex", "kent", "murcia", "norfolk", "somerset", "suffolk",
    "surrey", "wales",
})  # fmt: skip
"""Names of regions that are also names of cities elsewhere.

Such a name at the end of an address does not show that the address is a list of cities.
"""
_STATES_NAMED_LIKE_CITIES = frozenset({"new york", "washington"})
"""The states of the USA that have the same name as a city.

A text that has only such a name does not tell whether the state or the city is meant.
"""
_NOT_CITIES = frozenset({
    "europe", "emea", "apac", "latam", "amer", "americas", "north america", "south america",
    "latin america", "asia", "asia pacific", "africa", "oceania", "middle east", "eu", "dach",
    "nordics", "benelux", "european union", "worldwide", "global", "anywhere", "nationwide",
    "international", "multiple locations", "multiple", "various", "various locations", "flexible",
    "home", "virtual", "field", "field based", "headquarters", "hq", "head office", "office",
    "distributed", "statewide", "other", "any",
})  # fmt: skip
_CONTINENTS = frozenset({
    "europe", "asia", "africa", "oceania", "north america", "south america", "latin america",
    "emea", "apac", "amer",
})  # fmt: skip
_NOT_CITY_WORDS = re.compile(
    r"\b(?:area|region|regional|bay|county|state|coast|east|eastern|west|western|north|northern|"
    r"south|southern|central|metro|greater|valley|district|province|midlands|time|zone|team|"
    r"offices?|sites?|locations?|all|any|branch|store|campus)\b|\d",
    re.IGNORECASE,
)
"""A pattern of words in names that are not names of cities: "Bay Area", "Northern Region".

A single name that contains one of these words is not taken for a city.
"""
_CODED_PLACE = re.compile(r"([A-Z]{2,3})[-.](?:([A-Z]{2})[-.])?([^-.].*)")
"""A pattern of a place that begins with codes: ``US-CA-Menlo Park``, ``IND.Bengaluru``.

Customers of Workday write places in this form.
"""
_AMBIGUOUS_NAMES = frozenset({"georgia", "jersey"})
"""Names of countries that do not determine the country.

They often mean an American state (Georgia, New Jersey).
"""


def places(text: str | None) -> tuple[str, ...]:
    """Return the places that a location text names, without repeats.

    Examples: ``Berlin; Paris or Remote`` and ``Berlin & Paris / Rome`` name three places each.
    ``Germany / Berlin`` names one place, because Germany is the country of Berlin.
    """
    plain = (text or "").translate(_COMMAS)
    plain = _without_remarks(plain)
    names = (place for part in _divided(_SEPARATORS, plain) for place in _split_places(part))
    unique_names = dict.fromkeys(place for place in map(one_line, names) if place)
    if len(unique_names) > 1:
        unique_names = dict.fromkeys(
            name
            for place in unique_names
            if not _NUMBER_OF_MORE_PLACES.fullmatch(place)
            for name in _names_in_list(place)
        )
    return _all_remote(tuple(unique_names))


def _without_remarks(text: str) -> str:
    """Return the text without the notes after its lines and without a remark about travel."""
    text = "\n".join(line.partition(_NOTE)[0] for line in text.splitlines())
    remark = _TRAVEL.search(text)
    return (text[: remark.start()] if remark else text).rstrip(" ,")


def join_places(lines: Sequence[str]) -> str:
    """Return the text of lines that state one place or several, such as the lines of an address.

    Lines that each name a known city are several places. A semicolon separates them in the result.
    Otherwise the lines before the city, such as the name of the employer, are left out.
    """
    if all(is_city_name(locate(line).city or line) for line in lines):
        return "; ".join(lines)
    texts = [", ".join(lines[start:]) for start in range(min(len(lines), _MAX_ADDRESS_LINES + 1))]
    city = locate(texts[0]).city if len(texts) > 1 else None
    texts_with_city = (text for text in reversed(texts) if city and locate(text).city == city)
    return next(texts_with_city, ", ".join(lines))


def join_lines_below(value: str, below: Sequence[str]) -> str:
    """Return ``value`` together with the lines below that continue it, as the text of its places.

    If ``value`` is a known city, the known cities directly below it belong to it. Otherwise the
    lines below belong to it if one of the first three has a postcode and a city, as the last line
    of an address has.
    """
    if is_city_name(value):
        return join_places([value, *takewhile(is_city_name, below)])
    for count, line in enumerate(below[:_MAX_ADDRESS_LINES], 1):
        if len(line) > _MAX_ADDRESS_LENGTH or ":" in line:
            break
        if _POSTCODE_AND_CITY.search(line):
            return join_places([value, *below[:count]])
    return value


def _all_remote(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the places, and repeat "Remote in" of the first place before each further country.

    For example, ``Remote in the US`` and ``Canada`` become ``Remote in the US`` and ``Remote in
    Canada``. If one of the further places is not a country, return the places unchanged.
    """
    first, *further = names or ("",)
    remote = _REMOTE_WITHIN.match(first) if further else None
    if remote is None or any(each.city or not each.country for each in map(locate, further)):
        return names
    return (
        first,
        *(name if name.startswith(remote[0]) else remote[0] + name for name in further),
    )


def _names_in_list(text: str) -> list[str]:
    """Divide a text such as ``Berlin, Bonn`` at its commas, if each part is only a name.

    For example, such a text is the first part of the list ``Berlin, Bonn or Paris``. Any other text
    is not divided.
    """
    names = [name for name in map(str.strip, text.split(",")) if name]
    if all(_is_only_a_name(Location(raw=name)) for name in names):
        return names
    return [text]


def locations_in(text: str | None, *, country: str | None = None) -> tuple[Location, ...]:
    """Return the locations that a location text names, without repeats.

    If the text names several places, and each of them is only a name, each name is taken for a
    city. No name is taken for a city if one of them is a country or a state, or contains a word
    such as "region". A single name is not taken for a city, either, because it could be a region or
    another place.

    Args:
        text: the text, which names one place or several.
        country: the name or code of the country, if the source states it beside the text. It is
            used only if the text names one place.
    """
    locations = _locations_in(text or "")
    if country and len(locations) == 1:
        return (locate(locations[0].raw, country=country),)
    return locations


@cache_short_texts
def _locations_in(text: str) -> tuple[Location, ...]:
    locations = tuple(map(locate, places(text)))
    if len(locations) > 1 and all(map(_is_only_a_name, locations)):
        return tuple(replace(each, city=each.raw) for each in locations)
    return locations


def _is_only_a_name(location: Location) -> bool:
    return (
        location == Location(raw=location.raw)
        and "," not in location.raw
        and _city(location.raw) is not None
        and _parts(location.raw) == [location.raw]
        and not _NOT_CITY_WORDS.search(location.raw)
        and _certain_country(location.raw) is country_code(location.raw) is None
        and not _is_state(location.raw)
    )


def _divided(separator: re.Pattern[str], text: str) -> list[str]:
    """Divide ``text`` at the matches of ``separator`` that are outside of brackets."""
    parts: list[str] = []
    start = last = depth = 0
    for match in separator.finditer(text):
        before = text[last : match.start()]
        depth = max(0, depth + before.count("(") - before.count(")"))
        last = match.end()
        if depth == 0:
            parts.append(text[start : match.start()].strip())
            start = match.end()
    return [*parts, text[start:].strip()]


def _split_places(text: str) -> list[str]:
    """Divide ``text`` at separators that can also be a part of the name of a place, such as "and".

    A text of more than ``_MAX_LISTED_LENGTH`` characters is not divided.
    """
    if len(text) > _MAX_LISTED_LENGTH:
        return [text]
    if bracketed := _several_in_brackets(text):
        return bracketed
    for separator, divides in (
        (_AND, _is_list),
        (_AND_BETWEEN_CITIES, _are_cities),
        (_SLASH, _are_equals),
        (_DASH, _are_whole),
    ):
        parts = _divided(separator, text)
        if len(parts) > 1 and divides(parts):
            return [place for part in parts for place in _split_places(part)]
    return _by_commas(text)


def _several_in_brackets(text: str) -> list[str]:
    """Divide a text that names several countries in brackets after a way of working.

    For example, ``Remote (US or Canada)`` gives ``Remote (US)`` and ``Remote (Canada)``. The result
    is empty for other texts.
    """
    before, _, inside = text.partition("(")
    if not inside.endswith(")") or "(" in inside or _WAYS_OF_WORKING.sub("", before).strip(" -"):
        return []
    names = places(inside[:-1])
    if len(names) < 2 or not all(locate(each).country for each in names):
        return []
    return [f"{before.strip()} ({each})".strip() for each in names]


def _is_list(parts: list[str]) -> bool:
    """Return whether the parts between words for "and" are separate places."""
    return (
        not _is_way_of_working(parts[0])
        and all(part and not part[0].islower() for part in parts)
        and not any(
            part.casefold().startswith(_SECOND_NAMES) or _NOT_ANOTHER_PLACE.match(part)
            for part in parts[1:]
        )
    )


def _are_cities(parts: list[str]) -> bool:
    """Return whether each part is the name of a city, or an address that ends with a city."""
    return all(
        is_city_name(address["city"] if (address := _ADDRESS.search(part)) else part)
        for part in parts
    )


def _are_equals(parts: list[str]) -> bool:
    """Return whether the parts are separate places of one kind.

    They are not if some parts are countries and others are not. If there are only two parts, a
    state counts as a country. They are not, either, if the first part is a way of working such as
    "remote". Parts that contain a comma are not compared.
    """
    is_broad = _is_broad if len(parts) == 2 else _certain_country
    kinds = {bool(is_broad(part)) for part in parts if "," not in part}
    return all(parts) and len(kinds) < 2 and not _is_way_of_working(parts[0])


def _are_whole(parts: list[str]) -> bool:
    """Return whether each part ends with its country or state: ``Rome, IT - Bonn, DE``."""
    return all("," in part and _ends_place(part.rpartition(",")[2].strip()) for part in parts)


def _by_commas(text: str) -> list[str]:
    """Divide a list of places at commas.

    It is a list in each of these cases:

    - All parts are different countries: ``Germany, Austria``.
    - At least three parts are different cities, and no part is anything else: ``Bonn, Jena, Ulm``.
      Two names could be a city and its region: ``Sabadell, Barcelona``.
    - Each place ends with its state or country: ``Austin, TX, Boston, MA``.

    Other texts are not divided.
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 1:
        return [text]
    if len(parts) > 2 and _are_different_cities(parts):
        return parts
    countries = set(takewhile(bool, map(_only_country, parts)))
    if len(parts) == len(countries):
        return parts
    groups: list[list[str]] = [[]]
    for part in parts:
        if _ends_place(part) and not groups[-1] and len(groups) > 1:
            groups[-2].append(part)
        else:
            groups[-1].append(part)
            if _ends_place(part):
                groups.append([])
    if groups[-1] or len(groups) < 3 or any(len(group) < 2 for group in groups[:-1]):
        return [text]
    return [", ".join(group) for group in groups[:-1]]


def _are_different_cities(names: list[str]) -> bool:
    """Return whether the names are different known cities, and the last one is not a region."""
    return (
        len(set(names)) == len(names)
        and all(map(is_city_name, names))
        and not any(_is_broad(name) for name in names)
        and names[-1].casefold() not in _COUNTIES_NAMED_LIKE_CITIES
    )


def _only_country(name: str) -> str | None:
    """Return the country that ``name`` states; None if it also states a city or a region."""
    location = locate(name)
    return location.country if location.city is location.region is None else None


def _ends_place(part: str) -> bool:
    return part in STATES or part in _PROVINCES or _certain_country(part) is not None


def _is_broad(name: str) -> bool:
    """Return whether ``name`` is a country or a state, and not also the name of a city."""
    return name.casefold() not in _STATES_NAMED_LIKE_CITIES and (
        _certain_country(name) is not None or _is_state(name)
    )


def _is_way_of_working(text: str) -> bool:
    return not _WAYS_OF_WORKING.sub("", text).strip(" -–,/")


def locate(raw: str, *, country: str | None = None) -> Location:
    """Return the location that ``raw`` names. The fields that the text does not determine are None.

    Args:
        raw: the text of one place.
        country: the name or code of the country, if the source states it beside the text.
    """
    stated = country_code(country) or _country_of_zip(raw)
    if location := _in_east_asia(raw, stated) or _in_australia(raw, stated):
        return location
    all_parts = _parts(raw)
    name_parts = list(dropwhile(_is_no_place, all_parts)) or all_parts[-1:]
    facility = len(name_parts) < len(all_parts)
    parts = [_BEFORE_NAME.sub("", part) for part in name_parts]
    if not parts:
        return Location(raw=raw, country=stated)
    if len(parts) == 1:
        location = _locate_one_part(raw, parts[0], stated)
        after_postcode = _POSTCODE_BEFORE_NAME.search(raw)
        name = _AFTER_NAME.sub("", parts[0])
        is_city = (
            facility
            or name != parts[0]
            or parts != all_parts
            or _BEFORE_NAME.match(raw)
            or _FRENCH_DEPARTMENT.search(raw)
            or ("," in raw and is_city_name(name))
            or (after_postcode and after_postcode[1] in name)
            or _STREET_AND_NUMBER.search(raw)
        )
        if location == Location(raw=raw) and is_city and not _NOT_CITY_WORDS.search(name):
            return Location(raw=raw, city=_city(name))
        return location
    *rest, last = parts
    code = country_code(last) if len(rest) > 1 else _certain_country(last)
    if code and stated in (None, code):
        if len(rest) == 1 and _is_region(rest[0], code):
            return Location(raw=raw, region=rest[0], country=code)
        at = next((at for at, name in enumerate(rest) if at and _is_region(name, code)), 1)
        region = rest[at] if len(rest) > 1 else None
        return Location(raw=raw, city=_city(rest[at - 1]), region=region, country=code)
    return _locate_city_and_region(raw, rest[0], last, stated)


def _is_no_place(part: str) -> bool:
    """Return whether a part of an address is a building, an employer or a street, not a city."""
    match = _FACILITY_NAME.search(part) or _STREET_ADDRESS.match(part)
    return match is not None and not is_city_name(part)


def _in_australia(raw: str, stated_country: str | None) -> Location | None:
    """Return the place of an address such as ``Sydney NSW 2000``; None if it is not Australian."""
    match = _AUSTRALIAN.search(raw)
    if match is None or stated_country not in (None, "AU"):
        return None
    return Location(raw=raw, city=match["city"], region=match["state"], country="AU")


def place_of_address(street: str, country: str | None) -> Location | None:
    """Return the place of an address that a source states in its field for the street.

    Return None if the text is only a street.

    The text is more than a street if it has a postcode before a city, or characters other than
    ASCII.

    Args:
        street: an address such as ``Rue Haute 24, 63300 Thiers, France``.
        country: the name or code of the country, if the source states it beside the street.
    """
    is_whole = not street.isascii() or any(
        _LEADING_POSTCODE.match(part.strip()) for part in street.split(",")
    )
    located = locate(street, country=country) if is_whole else None
    if located is None or located.city is None:
        return None
    return place(city=located.city, region=located.region, country=country or located.country)


def _in_east_asia(raw: str, stated_country: str | None) -> Location | None:
    """Return the place of an address in China, Japan, Korea or Taiwan; None for other texts."""
    if raw.isascii():
        return None
    for country, pattern in _EAST_ASIAN.items():
        if match := pattern.search(raw):
            return Location(
                raw=raw,
                city=match["city"],
                region=match["region"],
                country=stated_country or country,
            )
    match = _EAST_ASIAN_CITY.search(raw)
    return Location(raw=raw, city=match["city"], country=stated_country) if match else None


def place(
    *,
    city: str | None,
    region: str | None,
    country: str | None,
    code: str | None = None,
    raw: str | None = None,
) -> Location | None:
    """Make a location from the parts that a source states separately; None if it states no part.

    Args:
        city: the name of the city.
        region: the name of the region, or its letters, such as ``CA``.
        country: the name or code of the country.
        code: the code of the country, if the source states both its name and its code.
        raw: the whole place as the source writes it. If None, it is made from the parts.
    """
    country = country or code
    country_code_of_place = country_code(code) or country_code(country)
    if country and len(country) == 2:
        country = country.upper()
    names = list(dict.fromkeys(part for part in (city, region, country) if part))
    if not (raw or names):
        return None
    if region and (
        region.casefold() in _CONTINENTS
        or country_code(region) == country_code_of_place is not None
    ):
        region = None
    return Location(
        raw=raw or ", ".join(names), city=city, region=region, country=country_code_of_place
    )


def _parts(raw: str) -> list[str]:
    """Return the parts of the text of a place, from the smallest (the city) to the largest.

    Postcodes, time zones, words for ways of working (remote, hybrid), and streets before a postcode
    are left out.
    """
    text = _with_commas(raw)
    bare = _WAYS_OF_WORKING.sub("", _BRACKETS.sub(",", text))
    pieces = (_WITHIN.sub("", piece.strip(" ,-–/+&")) for piece in bare.split(","))
    parts = [piece for piece in pieces if piece and not _TIME_ZONE.fullmatch(piece)]
    return _country_last(_without_postcodes(parts))


def _with_commas(raw: str) -> str:
    """Replace the hyphens or dots that separate the parts of a place by commas.

    For example, ``Leduc-Alberta-Canada`` becomes ``Leduc,Alberta,Canada``.
    """
    if coded := _CODED_PLACE.fullmatch(raw):
        first, second, rest = coded.groups()
        if country_code(first) or first in STATES or first in _PROVINCES:
            return ",".join(filter(None, (first, second, rest)))
    if "-" not in raw or " - " in raw or "," in raw or _country_by_name(raw):
        return raw
    country, *rest = raw.split("-")
    if _country_by_name(country):
        region, *city = rest
        return ",".join(filter(None, ("-".join(city), region, country)))
    *rest, country = raw.split("-")
    if _country_by_name(country):
        if len(rest) > 1 and _is_state(rest[-1]):
            return f"{'-'.join(rest[:-1])},{rest[-1]},{country}"
        return f"{'-'.join(rest)},{country}"
    return raw


def _without_postcodes(parts: list[str]) -> list[str]:
    """Return the parts without postcodes and streets, and without parts that contain other numbers.

    Only the last number that has the form of a postcode is taken for one, because earlier numbers
    may be house numbers. The name directly after a postcode is the city. The parts before that
    postcode are left out, because they are the street.

    If a city follows a street, the parts before the street are left out, too, because they are the
    name of a building: ``Mill House, 4 Mill Lane, Kendal``. Otherwise they stay: ``Kendal, 4 Mill
    Lane``.
    """
    words: list[str] = []
    has_postcode = False
    for part in reversed(parts):
        if not _DIGIT.search(part):
            if is_street(part) and any(map(_may_be_city, words)):
                break
            words.append(part)
            continue
        name = part if has_postcode else _TRAILING_POSTCODE.sub("", part)
        leading = None if has_postcode else _LEADING_POSTCODE.match(name)
        has_postcode = has_postcode or leading is not None or name != part
        if leading:
            name = name[leading.end() :]
        if not _DIGIT.search(name):
            words.append(name)
        elif not _WHOLE_POSTCODE.fullmatch(name) and any(map(_may_be_city, words)):
            break
        if leading:
            break
    return words[::-1]


def is_street(part: str) -> bool:
    """Return whether ``part`` is the name of a street without its house number."""
    return _STREET_ADDRESS.match(part) is not None and not is_city_name(part)


def _may_be_city(part: str) -> bool:
    """Return whether ``part`` is not a country, a state or a street."""
    return not (_ends_place(part) or _is_state(part) or is_street(part))


def _country_last(parts: list[str]) -> list[str]:
    """Return the parts, reversed if they begin with the country or the state.

    Examples of reversed texts are ``US, CA, Santa Clara``, ``CA, AB, Calgary`` and ``Texas -
    Austin``.
    """
    if len(parts) < 2:
        return parts
    first, second, last = parts[0], parts[1], parts[-1]
    if len(parts) > 2 and second in _REGION_LETTERS.get(country_code(first) or "", ()):
        return parts[::-1]
    if _certain_country(last):
        return parts
    state_first = len(parts) == 2 and _is_state(first) and not _is_state(second)
    return parts[::-1] if state_first or _certain_country(first) else parts


def dollar_countries(locations: Sequence[Location]) -> list[str | None]:
    """Return the countries of the locations, by which the currency of ``$`` is decided.

    If all locations end with letters of American states, such as ``Boston, MA`` and ``Boulder,
    CO``, return only US. At least one of the states must have letters other than CA, CO and AR,
    because these are also codes of other countries that use ``$``.
    """
    states = [each.raw.rpartition(", ")[2] for each in locations]
    certain = any(state in STATES - _OTHER_DOLLARS for state in states)
    if certain and STATES.issuperset(states):
        return ["US"]
    return [each.country for each in locations]


def _country_of_zip(raw: str) -> str | None:
    """Return US if ``raw`` has the letters of a state and a ZIP code of that state; else None."""
    match = _ZIP.search(raw)
    if match is None or match[1] not in STATES:
        return None
    low, high = _ZIP_PREFIXES.get(match[1], (0, 999))
    return "US" if low <= int(match[2]) <= high else None


def _is_state(name: str) -> bool:
    """Return whether ``name`` is the name or the letters of a state (USA) or province (Canada)."""
    letters = _REGION_LETTERS.values()
    return name.casefold() in REGIONS or any(name in each for each in letters)


def _locate_one_part(raw: str, name: str, stated_country: str | None) -> Location:
    """Return the location of a text that has only one part.

    The part may be a country or a state. Any other part is taken for a city only if
    ``stated_country`` is not None, which means that the source states the country.
    """
    country_of_name = _certain_country(name)
    if country_of_name and stated_country in (None, country_of_name):
        return Location(raw=raw, country=country_of_name)
    region = REGIONS.get(name.casefold())
    if region and stated_country in (None, region):
        unambiguous_name = None if name.casefold() in _STATES_NAMED_LIKE_CITIES else name
        return Location(raw=raw, region=unambiguous_name, country=region)
    return Location(raw=raw, city=_city(name) if stated_country else None, country=stated_country)


def _locate_city_and_region(
    raw: str, city: str, region: str, stated_country: str | None
) -> Location:
    """Return the location of a text that has a city and a region.

    If ``stated_country`` is None, the region determines the country. It does not if its name or
    letters are also those of a country.
    """
    if stated_country is None and country_code(region) is None:
        stated_country = _country_of_region(region)
    if stated_country is None and REGIONS.get(city.casefold()) == region:
        return Location(raw=raw)  # "Ontario, CA" may be a city or a province
    is_certain = stated_country is not None or not (region.isupper() and len(region) == 2)
    return Location(
        raw=raw, city=_city(city), region=region if is_certain else None, country=stated_country
    )


def _country_of_region(region: str) -> str | None:
    for country, letters in _REGION_LETTERS.items():
        if region in letters:
            return country
    return REGIONS.get(region.casefold())


def _is_region(name: str, country: str) -> bool:
    letters = _REGION_LETTERS.get(country, frozenset())
    return name in letters or (
        REGIONS.get(name.casefold()) == country and name.casefold() not in _STATES_NAMED_LIKE_CITIES
    )


def _city(name: str) -> str | None:
    return None if name.casefold() in _NOT_CITIES else name


def _certain_country(text: str) -> str | None:
    """Return the country that ``text`` names by an unambiguous name or code, or else None."""
    return country_code(text) if text in _UNAMBIGUOUS_CODES else _country_by_name(text)


def _country_by_name(text: str) -> str | None:
    """Return the country that ``text`` names by its name or three-letter code.

    Return None for a name in ``_AMBIGUOUS_NAMES``, and for a code of two letters.
    """
    if len(text) == 2 or text.casefold() in _AMBIGUOUS_NAMES:
        return None
    return country_code(text)
