"""Divide the text of one place into its parts, such as the city, the region and the country."""

import re

from include.core.places.cities import is_city_name
from include.core.places.countries import country_code
from include.core.places.name_kinds import (
    PROVINCE_LETTERS,
    REGION_LETTERS,
    STATE_LETTERS,
    certain_country,
    country_by_name,
    ends_place,
    is_state,
)

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
_WHOLE_POSTCODE = re.compile(rf"{_POSTCODE}|[A-Z]{{1,2}}\d{{1,2}}[A-Z]?|[\d ]+")
"""A pattern of a part of an address that is only a postcode or the first half of a British one."""
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
_CODED_PLACE = re.compile(r"([A-Z]{2,3})[-.](?:([A-Z]{2})[-.])?([^-.].*)")
"""A pattern of a place that begins with codes: ``US-CA-Menlo Park``, ``IND.Bengaluru``.

Customers of Workday write places in this form.
"""


def parts_of_place(raw: str) -> list[str]:
    """Return the parts of the text of a place, from the smallest (the city) to the largest.

    Postcodes, time zones, words for ways of working (remote, hybrid), and streets before a postcode
    are left out.
    """
    text = _with_commas(raw)
    bare = without_ways_of_working(_BRACKETS.sub(",", text))
    pieces = (_WITHIN.sub("", piece.strip(" ,-–/+&")) for piece in bare.split(","))
    parts = [piece for piece in pieces if piece and not _TIME_ZONE.fullmatch(piece)]
    return _country_last(_without_postcodes(parts))


def _with_commas(raw: str) -> str:
    """Replace the hyphens or dots that separate the parts of a place by commas.

    For example, ``Leduc-Alberta-Canada`` becomes ``Leduc,Alberta,Canada``.
    """
    if coded := _CODED_PLACE.fullmatch(raw):
        first, second, rest = coded.groups()
        if country_code(first) or first in STATE_LETTERS or first in PROVINCE_LETTERS:
            return ",".join(filter(None, (first, second, rest)))
    if "-" not in raw or " - " in raw or "," in raw or country_by_name(raw):
        return raw
    country, *rest = raw.split("-")
    if country_by_name(country):
        region, *city = rest
        return ",".join(filter(None, ("-".join(city), region, country)))
    *rest, country = raw.split("-")
    if country_by_name(country):
        if len(rest) > 1 and is_state(rest[-1]):
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


def is_no_place(part: str) -> bool:
    """Return whether a part of an address is a building, an employer or a street, not a city."""
    match = _FACILITY_NAME.search(part) or _STREET_ADDRESS.match(part)
    return match is not None and not is_city_name(part)


def _may_be_city(part: str) -> bool:
    """Return whether ``part`` is not a country, a state or a street."""
    return not (ends_place(part) or is_state(part) or is_street(part))


def _country_last(parts: list[str]) -> list[str]:
    """Return the parts, reversed if they begin with the country or the state.

    Examples of reversed texts are ``US, CA, Santa Clara``, ``CA, AB, Calgary`` and ``Texas -
    Austin``.
    """
    if len(parts) < 2:
        return parts
    first, second, last = parts[0], parts[1], parts[-1]
    if len(parts) > 2 and second in REGION_LETTERS.get(country_code(first) or "", ()):
        return parts[::-1]
    if certain_country(last):
        return parts
    state_first = len(parts) == 2 and is_state(first) and not is_state(second)
    return parts[::-1] if state_first or certain_country(first) else parts


def is_way_of_working(text: str) -> bool:
    """Return whether the text consists of words for ways of working, such as "remote"."""
    return not without_ways_of_working(text).strip(" -–,/")


def without_ways_of_working(text: str) -> str:
    return _WAYS_OF_WORKING.sub("", text)


def begins_with_postcode(part: str) -> bool:
    """Return whether a part of an address is a postcode followed by a name."""
    return _LEADING_POSTCODE.match(part) is not None
