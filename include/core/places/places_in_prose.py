"""Find the place of work that the sentences of a description name.

A name counts only if it stands after words such as "our office in", because sentences also name
other places, such as those of customers. If different names stand after such words, the place of
work is unknown. In English, a name in a phrase such as "our Bristol office" counts, too.
"""

import re
from collections.abc import Iterator

from include.core.fields.dates import parse_time
from include.core.models import Location
from include.core.places.cities import is_city_name
from include.core.places.place_lists import locations_in

_NAME = (
    r"(?P<name>[^\W\d_][\w'’.-]*(?:[ -](?:(?:de|la|le|les|sur|am|an|der|upon|of|do|da|di|del|sous|"
    r"bei|im|y|el|sul|nel)[ -]){0,2}(?:(?:sull|dell|nell|d|l)['’])?[^\W\d_a-zà-ÿ][\w'’-]*){0,3})"
    r"(?P<region>, (?:Co\.? )?[^\W\d_a-z][\w.]+| \([A-Z]{2}\))?"
)
_LEADS = {
    "en": r"(?:office|site|plant|store|shop|school|hotel|clinic|hospital|kitchen|branch|depot|"
    r"factory|"
    r"warehouse|campus|headquarters|studio|practice|nursery|home|yard|based|located)s? (?:in|at)",
    "de": r"(?:(?:Standort|Werk|Büro|Filiale|Niederlassung|Praxis|Klinik|Haus|Team|Zentrale|"
    r"Produktion|Markt|Hotel|Betrieb)(?: in)?|"
    r"(?:[^\W\d_]{1,20})?(?:spital|krankenhaus|klinikum|krippe|kita|kindergarten|schule|heim|"
    r"werkstatt|lager|geschäftsstelle)(?: [„»\"]?[^\W\d_]{2,20}[“«\"]?)? in)",
    "fr": r"(?:agence|site|bureaux?|magasin|usine|siège|établissement|atelier|boutique|basée?|"
    r"située?|"
    r"poste)s? (?:à|de|d['’]|basé à|situé à)",
    "es": r"(?:oficinas?|tienda|centro|sede|planta|delegación|fábrica|almacén|hotel|clínica|"
    r"ubicad[oa]s?|situad[oa]s?) (?:de|en)",
    "pt": r"(?:loja|clínica|escritórios?|sede|fábrica|unidade|armazém|hotel|"
    r"localizad[oa]|situad[oa]) (?:de|em|do|no|na|da)",
    "it": r"(?:sede|stabilimento|uffici?o?|filiale|negozio|punto vendita|magazzino|osteria|"
    r"ristorante|trattoria|albergo|hotel|bar|pizzeria|bottega|studio|clinica|scuola|azienda) "
    r"(?:di|a)",
    "nl": r"(?:vestiging|kantoor|locatie|winkel|fabriek|praktijk|team|gevestigd) (?:in|te)",
    "sv": r"(?:kontor|fabrik|butik|verkstad|lager|anläggning)(?:et|en)? i|(?:håller till|ligger) i",
    "da": r"(?:kontor|fabrik|butik|afdeling|værksted|lager)(?:et|en)? i|(?:holder til|ligger) i",
    "el": r"(?:γραφεί\w+|κατάστημα|εργοστάσι\w+|έδρα|υποκατάστημα|αποθήκ\w+|ξενοδοχεί\w+|κλινική)"
    r"(?: μας)? (?:στ(?:ον|ην|ο|η|α|ους|ις)|σε)",
    "ro": r"(?:birou\w*|magazin\w*|fabric\w*|depozit\w*|clinic\w*|hotel\w*|sedi\w*|"
    r"punct\w* de lucru|"
    r"restaurant\w*|șantier\w*)(?: noastr\w+| nostru)? (?:din|în)",
    "vi": r"(?:văn phòng|nhà máy|chi nhánh|cửa hàng|trụ sở|xưởng) (?:tại|ở)",
    "id": r"(?:kantor|pabrik|toko|gudang|cabang|klinik|sekolah|proyek)(?: kami)? di",
    "no": r"(?:kontor|fabrikk|butikk|avdeling|verksted|lager|anlegg)(?:et|en)? (?:i|på)|"
    r"(?:holder til|ligger) i",
}
"""A pattern of the words before the name of a place of work, by language."""
_PATTERNS = {
    language: re.compile(rf"(?<!\w)(?i:{lead}) ?{_NAME}") for language, lead in _LEADS.items()
}
_BEFORE_OFFICE = re.compile(
    r"\bour (?P<name>[A-Z][\w'’-]*(?: [A-Z][\w'’-]*){0,2}) (?:office|site|store|shop|branch|studio|"
    r"clinic|warehouse|depot|factory|plant|campus|hub|hospital|school|nursery|restaurant|hotel)\b"
)
"""A pattern of an English phrase that contains the name of a place: ``our Bristol office``."""
_OTHERS_BEFORE_PLACE = re.compile(
    r"\b(?:customers|clients|partners|suppliers|users|investors|candidates|applicants|companies)"
    r"\b[^.!?\n]{0,40}$",
    re.IGNORECASE,
)
"""A pattern of words before a place which show that it is not the place of the posting.

An example is "for our customers in".
"""
_MAX_DISTANCE_OF_OTHERS = 40
"""The number of characters before a place that are searched for these words."""
_MAX_TEXT_LENGTH = 10_000
"""The maximum number of characters of a description that are read."""


def places_in_prose(text: str, language: str | None) -> tuple[Location, ...]:
    """Return the place of work that the sentences of a description name.

    The result is empty if they name none, or several.

    Args:
        text: the description.
        language: the code of the description's language. If None, the result is empty.
    """
    names = set(_names_in(text[:_MAX_TEXT_LENGTH], language or ""))
    return locations_in(names.pop()) if len(names) == 1 else ()


def _names_in(text: str, language: str) -> Iterator[str]:
    pattern = _PATTERNS.get(language)
    for match in pattern.finditer(text) if pattern else ():
        name = match["name"].rstrip(".")
        start = max(0, match.start() - _MAX_DISTANCE_OF_OTHERS)
        if _OTHERS_BEFORE_PLACE.search(text, start, match.start()):
            continue
        if name[0].isupper() and not name.isupper() and parse_time(f"1 {name} 2000") is None:
            yield name + (match["region"] or "").rstrip(".")
    for match in _BEFORE_OFFICE.finditer(text) if language == "en" else ():
        if is_city_name(match["name"]):
            yield match["name"]
