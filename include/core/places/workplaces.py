"""Recognise the workplace (remote, hybrid, on site) that labels, places, titles or texts name."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from include.core.fields.text_cache import cache_short_texts
from include.core.formats.bounded import compile_bounded
from include.core.formats.sentences import sentences_with
from include.core.models import Workplace

_REMOTE = compile_bounded(
    r"\b(?:(?:fully )?remote|home[ -]?(?:office|based)|homeoffice|telecommut(?:e|ing)|"
    r"work(?:ing)? from (?:home|anywhere)|wfh|virtual|mobiles? arbeiten|télétravail|teletrabajo|"
    r"teletrabalho|telelavoro|da remoto|en remoto|remoto|à distance|a distancia|à distância|"
    r"distans\w*|hjemmefra|hjemmekontor|hemifrån|thuiswerk\w*|zdaln\w+|práce z domova|vzdálen\w+|"
    r"na dálku|etätyö\w*|etänä|távmunka\w*|otthonról|telemuncă|de la distanță|de acasă|"
    r"τηλεργασία|εξ αποστάσεως|дистанционн\w+|віддален\w+|дистанційн\w+|удал[её]нн\w+|"
    r"uzaktan|evden|rad od kuće|na daljinu|delo od doma|làm việc từ xa|từ xa|jarak jauh|"
    r"dari rumah|עבודה מרחוק|מרחוק|עבודה מהבית|عن بعد|عن بُعد)\b"
    r"|フルリモート|リモート|テレワーク|在宅|재택|원격|远程|遠端|遠距|居家办公|居家辦公",
    re.IGNORECASE,
)
_HYBRID = compile_bounded(
    r"\b(?:h[yi]brid\w*|ibrid[oaie]|híbrid[oa]|hybryd\w*|υβριδικ\w+|гібридн\w+|гибридн\w+|"
    r"хибридн\w+|"
    r"היברידי\w*|هجين)\b|ハイブリッド|하이브리드|混合办公|混合辦公",
    re.IGNORECASE,
)
_ONSITE = compile_bounded(
    r"\b(?:work(?:ing)? from (?:the )?office(?!\W*(?:for )?[1-4]\b)|"
    r"on[ -]?site|on[ -]?premises?|in[ -]?office|office[ -]based|in[ -]?person|vor ort|"
    r"präsenz|sur (?:site|place)|présentiel\w*|presencial|in sede|in presenza|op kantoor|"
    r"op locatie|på plats|på stedet|på arbejdspladsen|stacjonarn\w+|lähityö\w*|irodai|helyszíni|"
    r"la birou|la sediu|δια ζώσης|με φυσική παρουσία|в офисе|в офісі|на місці|iş yerinde|ofiste|"
    r"ofisten|yerinde|במשרד|פרונטלי|في الموقع|في المكتب|حضوري|tại văn phòng|di kantor|wfo)\b"
    r"|出社|출근|사무실 근무|坐班|现场办公",
    re.IGNORECASE,
)
_PATTERNS = {
    Workplace.REMOTE: _REMOTE,
    Workplace.HYBRID: _HYBRID,
    Workplace.ONSITE: _ONSITE,
}
_DENIAL = re.compile(
    r"(?:no|none|non|nein|nej|nei|nee|não|ei|nie|ne|nem|nu|όχι|ні|нет|не|hayır|yok|לא|لا|không|"
    r"tidak|"
    r"なし|不可|無|아니오|불가|否|(?:not|non|no|nicht|ikke|inte|niet|ei|nie) (?:eligible|available|"
    r"possible|offered|allowed|éligible|possible|autorisé|disponible|posible|möglich|vorgesehen|"
    r"mulig|"
    r"muligt|möjligt|mogelijk|mahdollista|jest możliwa|prevista|previsto|possibile))\W*",
    re.IGNORECASE,
)
"""A pattern of a value that denies what its label names, such as "non" after ``Télétravail``."""
_REMARK = re.compile(r"[(（\[].*|^[^\w(]+")
"""A pattern of a remark after a workplace, such as "(two days a week)", or a symbol before it."""
_NEUTRAL_WORDS = compile_bounded(
    r"\b(?:100\s?%|fully|full|work(?:ing|place)?|job|position|role|arbeit(?:en)?|werken|arbete|"
    r"arbejde|arbeid|travail|trabajo|trabalho|lavoro|praca|práce|munka\w*|munkavégzés|çalışma|"
    r"робота|работа|work model|modell?|mode)\b|%|勤務|근무|可",
    re.IGNORECASE,
)
"""A pattern of words, such as "fully", that do not change the meaning of a workplace."""
_TITLE_MARK = re.compile(
    r"(?:[(\[|,–—•/]|\s-)\s*(?P<mark>(?:(?:100\s?%|fully|full)[ -])?"
    r"(?:remote|hybrid|on-?site|télétravail|home[ -]?office))"
    r"(?=\s*(?:[)\]|,–—•/-]|$|in\b|within\b|based\b|(?:US|USA|UK|EU|EMEA|APAC|LATAM)\b))",
    re.IGNORECASE,
)

_NOT_REMOTE = re.compile(
    r"\b(?:not (?:an? )?(?:fully |100% )?remote\b|non-remote|no remote (?:work|option)|"
    r"(?:fully|strictly|100%|entirely|exclusively) (?:on-?site|in[- ](?:office|person))|"
    r"(?:on-?site|in[- ]office|in[- ]person) only|nicht remote|kein (?:homeoffice|remote)|"
    r"(?:pas|non) (?:de )?télétravail|no (?:es )?remoto|ausschließlich vor ort)",
    re.IGNORECASE,
)
_ITEMS = re.compile(r"\s*[|,·•–—/]\s*|\s-\s")
_HYBRID_WORDS = {
    "en": "hybrid", "es": "híbrid", "pt": "híbrid", "it": "ibrid", "pl": "hybryd", "hu": "hibrid",
    "ro": "hibrid", "tr": "hibrit", "el": "υβριδικ", "uk": "гібридн", "ru": "гибридн",
    "bg": "хибридн", "he": "היברידי", "ar": "هجين", "ja": "ハイブリッド", "ko": "하이브리드",
    "zh": "混合办公|混合辦公",
}  # fmt: skip
_HOME_WORDS = {
    "en": "remote|home office|homeoffice|home-office|from home|at home|home-based",
    "de": "mobiles arbeit|mobile arbeit|mobil arbeit|von zuhause|von zu hause",
    "fr": "télétravail|à distance",
    "es": "teletrabajo|desde casa|remoto",
    "pt": "teletrabalho|em casa|a partir de casa|remoto",
    "it": "telelavoro|smart working|da casa|da remoto",
    "nl": "thuis",
    "pl": "zdaln|z domu",
    "cs": "z domova",
    "sk": "z domu",
    "sv": "hemifrån|distans",
    "da": "hjemmefra|hjemmearbejd",
    "no": "hjemmefra|hjemmekontor",
    "fi": "etätyö|etätöitä|etänä|kotoa",
    "hu": "távmunk|otthonról",
    "ro": "telemunc|de acasă",
    "el": "τηλεργασ|σπίτι",
    "uk": "віддален|дистанц|з дому",
    "ru": "удал|дистанц|из дома",
    "tr": "uzaktan|evden",
    "hr": "od kuće",
    "sl": "od doma",
    "he": "מהבית|מרחוק",
    "ar": "عن بعد|عن بُعد|من المنزل",
    "vi": "từ xa|tại nhà",
    "id": "dari rumah|jarak jauh",
    "ja": "在宅|リモート|テレワーク",
    "ko": "재택|원격",
    "zh": "远程|遠端|居家|在家",
}
_OFFICE_WORDS = {
    "en": "on-site|onsite|on site|in-office|in the office|in our office|office-based|in person|"
    "in-person",
    "de": "vor ort|präsenz|nicht möglich",
    "fr": "présentiel|sur site|sur place",
    "es": "presencial",
    "pt": "presencial",
    "it": "in presenza|in sede",
    "nl": "op locatie|op kantoor",
    "pl": "stacjonarn",
    "cs": "prezenčn",
    "sv": "på plats",
    "da": "på kontoret",
    "no": "på kontoret|på stedet",
    "fi": "paikan päällä|lähityö",
    "hu": "irodai|személyes jelenlét",
    "ro": "la sediu|la birou",
    "el": "φυσική παρουσία|δια ζώσης",
    "uk": "в офіс",
    "ru": "в офис",
    "tr": "ofiste",
}
"""Lower-case words, or beginnings of words, about work on site, by language code.

``_HYBRID_WORDS`` and ``_HOME_WORDS`` contain such words about hybrid work and work from home. Only
the sentences of a description that contain a word of these three tables are read.
"""


@lru_cache
def _prose_words(language: str | None) -> tuple[str, ...]:
    """Return the words about workplaces in English and in ``language``.

    If ``language`` is None, return the words in all languages.
    """
    tables = (_HYBRID_WORDS, _HOME_WORDS, _OFFICE_WORDS)
    languages = ("en", language) if language else {key for table in tables for key in table}
    word_lists = (table.get(each, "") for table in tables for each in languages)
    words = (word for word_list in word_lists for word in word_list.split("|"))
    return tuple(dict.fromkeys(filter(None, words)))


_WORK = (
    r"(?:work|role|position|model|schedul|arrangement|policy|basis|setup|job|arbeit|werk|trabaj|"
    r"modal|mode|trabalh|lavor|travail|prac|munka|arbet|arbeid|arbejd|työ|lucru|munc|εργασ|роб|"
    r"формат|çalış|עבוד|عمل|làm việc|kerja|勤務|ワーク|근무|办公)"
)
_ANY_HYBRID = f"(?:{'|'.join(_HYBRID_WORDS.values())})"
_PROSE_HYBRID = compile_bounded(
    rf"{_ANY_HYBRID}\w*\W{{0,3}}(?:\w+\W{{1,3}})?{_WORK}|{_WORK}\w*\W{{1,3}}(?:\w+\W{{1,3}}){{0,2}}{_ANY_HYBRID}"
)
_HOME = re.compile("|".join(_HOME_WORDS.values()))
_DAYS = compile_bounded(
    r"\b(?:days?|tagen?|jours?|días?|dias?|giorn[oi]|dag|dage[nr]?|dagar|dni|dzień|dnech|dny|den|"
    r"dní|päiv\w+|nap\w*|zile|zi|ημέρ\w+|μέρ\w+|дн\w+|ден\w*|gün\w*|dan[a]?|dni|ימים|יום|יומיים|"
    r"أيام|"
    r"يومين|يوم\w*|ngày|hari)\b.*"
    r"\b(?:weeks?|months?|woche\w*|monat\w*|semaine\w*|mois|semana\w*|mes|mês|settiman\w+|mese|"
    r"maand|tydzień|tygodni\w+|miesiąc\w*|týd\w+|měsíc\w*|týžd\w+|vecka\w*|månad\w*|uge\w*|uke\w*|"
    r"viiko\w+|kuukau\w+|hét\w*|heti|héten|hónap\w*|săptămân\w+|lună|εβδομάδ\w+|тиж\w+|недел\w+|"
    r"седмиц\w+|hafta\w*|tjedn\w+|teden\w*|שבוע\w*|בשבוע|أسبوع\w*|الأسبوع|أسبوعيا\w*|tuần|minggu|"
    r"pekan|weekly|wöchentlich|hebdomadaire\w*|semanal\w*)\b"
    r"|\b(?:weekly|wöchentlich|heti|haftada|týdně|viikossa|tygodniowo|hétente|săptămânal)\b.*"
    r"\b(?:days?|tag\w*|nap\w*|gün\w*|dny|dnů|päiv\w+|dni|zile)\b"
    r"|週.{0,8}[日回]|주 ?\d ?[일회]|[월화수목금]요일|每周.{0,6}[天日]|每週.{0,6}[天日]"
)
_HOME_OFFICE = re.compile(
    "home[ -]?office|mobiles? arbeit|télétravail|teletrabajo|teletrabalho|telelavoro|smart working|"
    "hjemmekontor|hemifrån|thuiswerk"
)
_WHOLE_WEEK = re.compile(
    r"100 ?%|full|vollständig|komplett|complet|total|part[ -]time|teilzeit|"
    r"\b(?:[567]|five|six|seven|fünf|cinq|cinco|cinque|vijf|fem)\b"
)
"""A pattern of labels that do not limit home office, although they state days."""
_PROSE_REMOTE = re.compile(
    r"(?:fully|100 ?%|completely|entirely|full|vollständig|komplett|totalement|totalmente|"
    r"completamente|volledig|w pełni|w 100%|plně|helt|täysin|teljesen|complet|πλήρως|повністю|"
    r"полностью|tamamen)[ -](?:en |da |i |az |in )?"
    r"(?:remote|télétravail|remoto|telelavoro|teletrabajo|zdaln|distans|etä|távmunk|віддален|удал|"
    r"uzaktan|à distance|op afstand)|(?:remote|home-based) (?:role|position|job|post|contract|"
    r"team)|"
    r"work(?:ing)? (?:fully |100% )?(?:remotely |from home |from anywhere )(?:in|within|across|"
    r"full)|"
    r"працюєте з дому|praca (?:w pełni |całkowicie )?zdalna|フルリモート|完全在宅|전면 재택|"
    r"完全远程|"
    r"عمل عن بعد بالكامل"
)
_PROSE_ONSITE = re.compile(
    r"(?:role|position|job|post|vacancy|work) (?:is|will be|takes place) (?:[\w-]+ ){0,2}"
    r"(?:on-?site|on site|office-based|in[- ]person|in[- ]office|in (?:the|our) office)|"
    r"(?:on-?site|in-office|in-person|office-based) (?:role|position|job|post|working)|"
    r"(?:fully|100 ?%|entirely|strictly) (?:on-?site|in[- ](?:office|person))|"
    r"(?:totalmente|completamente|íntegramente|exclusivamente) presencial|"
    r"(?:puesto|vaga|empleo|posición)\b.{0,20}presencial|"
    r"(?:entièrement|uniquement|exclusivement|totalement) (?:sur (?:place|site)|en présentiel)|"
    r"(?:vollständig|ausschlie(?:ß|ss)lich|komplett) (?:vor ort|in präsenz)|"
    r"(?:interamente|completamente|esclusivamente) in (?:presenza|sede)|"
    r"(?:volledig|uitsluitend) op (?:kantoor|locatie)|(?:w pełni|wyłącznie|całkowicie) stacjonarn|"
    r"(?:helt|uteslutande|utelukkende|udelukkende) på (?:plats|stedet|kontoret)|"
    r"(?:kokonaan|täysin) (?:paikan päällä|lähityö)|(?:teljesen|kizárólag) (?:irodai|személyes)|"
    r"100 ?% (?:präsenz|en présentiel|présentiel|presencial|in presenza)|"
    r"(?:trabajo|modalidad|trabalho|regime|modelo)\b.{0,20}presencial|lavoro in (?:presenza|sede)|"
    r"(?:poste|travail)\b.{0,20}présentiel|praca\b.{0,30}stacjonarn|(?:home ?office|mobiles "
    r"arbeiten|"
    r"remote)\b.{0,30}nicht möglich|no (?:remote|hybrid)|(?:télétravail)\b.{0,20}(?:pas|non) "
    r"(?:possible|éligible)|irodai jelenlét|személyes jelenlét|δια ζώσης|робота в офіс|работа в "
    r"офис"
)
_MAX_FACT_LENGTH = 120
_MAX_FACT_LINES = 40
_TAG = re.compile(r"#LI-(?P<mark>Remote|Hybrid|On-?site)\b", re.IGNORECASE)
"""A pattern of the hashtags in a posting's text from which LinkedIn reads the workplace."""


def workplace_of(label: str | None) -> Workplace | None:
    """Return the workplace that a label names; None if it names none, or several.

    Examples of labels are ``OnSite`` and ``Remote - Europe``. If the label denies remote work, as
    in ``Remote work: not eligible``, the workplace is on site. Home office on some days of a week
    is hybrid. A remark after "hybrid" may name the parts of hybrid work: ``Hybrid (remote on
    Fridays)``.
    """
    return _workplace_in_label(label) if label else None


@cache_short_texts
def _workplace_in_label(label: str) -> Workplace | None:
    name, _, value = label.partition(": ")
    if is_denial(value) and _REMOTE.search(name):
        return Workplace.ONSITE
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label).replace("_", " ")
    workplaces = _workplaces_named_in(spaced)
    if workplaces == [Workplace.REMOTE] and _is_home_office_on_some_days(label):
        return Workplace.HYBRID
    if len(workplaces) > 1 and _workplaces_named_in(_REMARK.sub("", spaced)) == [Workplace.HYBRID]:
        return Workplace.HYBRID
    return workplaces[0] if len(workplaces) == 1 else None


def _is_home_office_on_some_days(label: str) -> bool:
    """Return whether the label limits home office to some days of a week or month.

    A label about remote work may state the days of a part-time week, so it needs a word for home
    office.
    """
    folded = label.casefold()
    return (
        _HOME_OFFICE.search(folded) is not None
        and _DAYS.search(folded) is not None
        and _WHOLE_WEEK.search(folded) is None
    )


def _workplaces_named_in(text: str) -> list[Workplace]:
    return [kind for kind, pattern in _PATTERNS.items() if pattern.search(text)]


def is_denial(value: str) -> bool:
    """Return whether the value of a label only denies what the label names, as "No" does."""
    return _DENIAL.fullmatch(value) is not None


def workplace_in(places: Sequence[str]) -> Workplace | None:
    """Return the workplace that each of a posting's places names; None if they differ.

    For example, the workplace is unknown if the places are "Miami" and "Remote".
    """
    workplaces = {workplace_of(place) for place in places}
    return workplaces.pop() if len(workplaces) == 1 else None


def workplace_in_title(title: str) -> Workplace | None:
    """Return the workplace that separate parts of the title name.

    Return None if they name none, or several.

    Examples are ``Engineer (Remote)`` and ``Buyer - Hybrid, Leeds``. The title "Remote Sensing
    Engineer" names no workplace.
    """
    workplaces = {workplace_of(match["mark"]) for match in _TITLE_MARK.finditer(title)}
    return workplaces.pop() if len(workplaces) == 1 else None


def workplace_in_tags(text: str) -> Workplace | None:
    """Return the workplace that hashtags such as ``#LI-Remote`` in ``text`` name.

    Return None if they name none, or several.
    """
    workplaces = {workplace_of(match["mark"]) for match in _TAG.finditer(text)}
    return workplaces.pop() if len(workplaces) == 1 else None


def contradicts_remote(text: str) -> bool:
    """Return whether a description says that the job is not remote, for example "fully on-site"."""
    return _NOT_REMOTE.search(text) is not None


def items_at_the_top(text: Iterable[str]) -> list[str]:
    """Return the short facts that a page states above the text of the posting.

    Examples are the parts of ``Full time, remote | 40 hours a week``. Reading ends at the first
    line of more than 120 characters, or after 40 lines.

    Args:
        text: the lines of the page.
    """
    items: list[str] = []
    for number, line in enumerate(text):
        if len(line) > _MAX_FACT_LENGTH or number == _MAX_FACT_LINES:
            break
        line = line.removeprefix("- ")
        items += _ITEMS.split(line)
    return list(dict.fromkeys(items))


def workplace_among_items(items: Iterable[str]) -> Workplace | None:
    """Return the workplace that the items name; None if they name none, or several.

    The items are the results of ``items_at_the_top``.
    """
    workplaces = {kind for item in items if (kind := _workplace_of_item(item))}
    return workplaces.pop() if len(workplaces) == 1 else None


@cache_short_texts
def _workplace_of_item(item: str) -> Workplace | None:
    """Return the workplace that an item names; None if it names none or says more than that."""
    text = _REMARK.sub("", item).strip(" :.-–")
    kind = workplace_of(text)
    if kind is None:
        return None
    further_words = _NEUTRAL_WORDS.sub("", _PATTERNS[kind].sub("", text)).strip(" -/")
    return kind if not further_words else None


def workplace_from_flags(
    *, remote: bool | None, hybrid: bool | None, onsite: bool | None = None
) -> Workplace | None:
    """Return the workplace whose flag is true; None if no flag is true, or several are."""
    flags = {Workplace.REMOTE: remote, Workplace.HYBRID: hybrid, Workplace.ONSITE: onsite}
    workplaces = [workplace for workplace, flag in flags.items() if flag]
    return workplaces[0] if len(workplaces) == 1 else None


def workplace_in_prose(text: str, language: str | None) -> Workplace | None:
    """Return the workplace that the sentences of a description state.

    If any sentence states hybrid work, the result is hybrid. Work from home on some days is hybrid:
    "You may work from home for two days a week". Return None if the sentences state no workplace,
    or state both remote work and work on site.

    Args:
        text: the description.
        language: the code of the description's language; None if it is unknown.
    """
    words = _prose_words(language)
    workplaces = {kind for each in sentences_with(words, text) if (kind := _stated_in(each))}
    if Workplace.HYBRID in workplaces:
        return Workplace.HYBRID
    return workplaces.pop() if len(workplaces) == 1 else None


@cache_short_texts
def _stated_in(sentence: str) -> Workplace | None:
    if _PROSE_HYBRID.search(sentence) or (_HOME.search(sentence) and _DAYS.search(sentence)):
        return Workplace.HYBRID
    if _PROSE_REMOTE.search(sentence):
        return Workplace.REMOTE
    return Workplace.ONSITE if _PROSE_ONSITE.search(sentence) else None
