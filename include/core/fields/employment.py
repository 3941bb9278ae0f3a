"""Recognise employment types by the words that sources use for them.

A label that says only that a job is permanent ("regular", "CDI", "unbefristet") gives no employment
type, because it does not state whether the job is full-time or part-time.
"""

import re
from collections.abc import Iterable

from include.core.fields.text_cache import cache_short_texts
from include.core.formats.bounded import compile_bounded
from include.core.formats.sentences import sentences_with
from include.core.models import EmploymentType as Type

_WORDS: tuple[tuple[Type, str], ...] = (
    (
        Type.FULL_TIME,
        r"full(?:[ _-]?time|[ _-]or[ _-]part[ _-]?time)|vollzeit\w*|"
        r"(?:full|voll|hel|fuld|koko)(?: -|-)?(?: ?/ ?| (?:or|and|en|of|oder|und|bzw\.|eller|"
        r"och|og|"
        r"tai|ja) )-?(?:part|teil|del|osa)\w*|(?:à )?temps (?:plein|complet)|"
        r"(?:tiempo|jornada) complet[oa]|jornada completa|tempo pieno|voltijd\w*|"
        r"(?:tempo|período|horário) (?:integral|inteiro|completo)|heltid\w*|"
        r"full ?tid\w*|fuld ?tid\w*|"
        r"pełn[yae](?:go)? (?:etat\w*|wymiar\w*)|pełen etat|pln[ýé](?:ho)? úv[äa]z\w+|"
        r"kokoaika\w*|teljes (?:munkaid\w+|állás\w*)|norm[ăa] întreag[ăa]|"
        r"timp (?:integral|complet)|πλήρ\w+ (?:απασχόληση\w*|ωράριο)|пълен работен ден|"
        r"повн(?:а|ої|у) зайнят(?:ість|ості)|повн(?:ий|ого) (?:робоч(?:ий|ого) )?д(?:ень|ня)|"
        r"полн(?:ая|ой|ую) занятост[ьи]|полн(?:ый|ого) (?:рабоч(?:ий|его) )?д(?:ень|ня)|"
        r"пълно работно време|tam zamanl[ıi]|"
        r"pln[ýé]\w* pracovn\w+ (?:úv[äa]z\w+|dob\w+)|visas etatas|visu etatu|pilnas etatas|"
        r"fullt starf|täiskoormus\w*|دوام كلي|"
        r"pun(?:o|og|im|om) radn(?:o|og|im|om) vr(?:ij)?em(?:e|ena|enom|enu)|"
        r"pol(?:ni|nega|nim) delovn(?:i|ega|im) čas\w{0,3}|täistöö(?:aeg|ajaga)|pilna laika|"
        r"pilna (?:darba )?slodze|visa darbo diena|"
        r"משרה מלאה|دوام كامل|toàn thời gian|(?:penuh|purna) waktu|sepenuh masa",
    ),
    (
        Type.PART_TIME,
        r"part[ _-]?time|teilzeit\w*|temps (?:partiel|non complet)|mi-temps|(?:tiempo|jornada) "
        r"parcial|"
        r"media jornada|medio tiempo|mitja jornada|"
        r"(?:temps (?:plein|complet)|(?:tiempo|jornada) complet[oa]|tempo (?:pieno|integral|"
        r"inteiro))"
        r"(?: ?/ ?| (?:ou|et|o|y|e) )(?:à )?(?:partiel|parcial|parziale)|minijob\w*|mini-job\w*|"
        r"geringfügig\w*|bijbaan|\d/\d etatu|studentermedhjælp\w*|studiejob|подработка|підробіток|"
        r"непълно работно време|pola radnog vremena|osalise tööajaga|osakoormus\w*|ne visas etatas|"
        r"puse etato|hlutastarf|tempo parziale|deeltijd\w*|tempo parcial|meio período|deltid\w*|"
        r"część etatu|części etatu|niepełn\w+ (?:etat\w*|wymiar\w*)|pół etatu|1/2 etatu|"
        r"(?:zkrácen|částečn|polovičn|skráten|čiastočn)\w* (?:úv[aä]z\w+|pracovn\w+)|"
        r"osa-aika\w*|részmunkaid\w+|részidő\w*|jumătate de normă|timp parțial|"
        r"μερικ\w+ απασχόληση\w*|непълен работен ден|неповна зайнятість|часткова зайнятість|"
        r"частичная занятость|неполн\w+ (?:рабочий )?д\w+|yarı zamanl[ıi]|kısmi süreli|"
        r"nepun(?:o|og|im|om) radn(?:o|og|im|om) vr(?:ij)?em(?:e|ena|enom|enu)|"
        r"(?:skrajšan|krajš)(?:i|ega|im) delovn(?:i|ega|im) čas\w{0,3}|"
        r"osali(?:ne tööaeg|se tööajaga)|nepiln(?:a|u) slodz[ei]|nepilna laika|"
        r"משרה חלקית|חצי משרה|دوام جزئي|bán thời gian|paruh waktu|separuh masa",
    ),
    (
        Type.CONTRACTOR,
        r"(?<!permanent )(?<!ended )(?<!employment )(?<!unlimited )(?<!indefinite )"
        r"(?<!fixed term )(?<!fixed-term )(?<!temporary )contract|"
        r"contractor|freelance|freelancer|independent contractor|"
        r"freie mitarbeit|freiberuflich|autónomo|libero professionista|partita iva|"
        r"zzp(?:er)?|b2b|konsult|kontrak|фр[иі]ланс\w*|פרילנס\w*|honorar\w*|auto-entrepreneur|"
        r"indépendante?|pj|umowa zleceni[ea]|umowa o dzieło|na živnos[tť]\w*|frilans\w*|"
        r"проектная работа|serbest (?:zamanlı|çalışan)|مستقل",
    ),
    (
        Type.TEMPORARY,
        r"temporary|temp|fixed[ _-]?term|seasonal|short[ _-]?term|maternity cover|befristet\w*|cdd|"
        r"(?:durée|contrat) déterminée?|saisonnier|saison\w{0,3}stelle|zeitarbeit|"
        r"(?:maternity|parental|paternity) leave (?:cover|replacement)|"
        r"(?:elternzeit|mutterschutz|mutterschafts|schwangerschafts|krankheits|karenz)vertretung|"
        r"remplacement (?:temporaire|d.un congé|(?:de |d.un )?congé (?:de )?maternité)|"
        r"sustitución (?:por|de) \w+|interinidad|interin[oa]|"
        r"sostituzione (?:di )?maternità|substituição (?:temporária|de licença)|"
        r"(?:zwangerschaps|ziekte)vervanging|(?:na )?zastępstwo|umowa na zastępstwo|"
        r"zástup za (?:md|rd|mateřskou)|zastupovanie (?:md|rd)|sijaisuus|äitiyslomansijaisuus|"
        r"barselsvikariat|"
        r"intérim\w*|temporaire|temporal|eventual|tempo determinato|stagionale|"
        r"tijdelijk\w*|(?:a )?termo certo|temporári[oa]|visstid\w*|tidsbegr[äæe]n[sn][ae]\w*|"
        r"vikariat\w*|säsong\w*|tidsbegrænset|midlertidig\w*|vikar\w*|määräaikai\w*|"
        r"czas określony|tymczasow\w+|sezonow\w+|dob\w+ určit\w+|határozott idej\w+|"
        r"perioadă determinată|muncă temporară|temporar\w?|sezonier|ορισμένου χρόνου|εποχικ\w+|"
        r"тимчасов\w+|строков\w+ (?:трудов\w+ )?догов[оі]р\w*|срочн\w+ (?:трудов\w+ )?договор\w*|"
        r"срочен (?:трудов )?договор|временн\w+|belirli süreli|dönemsel|sezonluk|"
        r"određeno vr(?:ij)?eme|na določen čas|משרה זמנית|מילוי מקום|عقد مؤقت|مؤقت|thời vụ|"
        r"hợp đồng thời vụ|pkwt|por obra(?: (?:o servicio|determinada))?|vacataire\w*|"
        r"somministrazione|interinale|uitzend\w*|detachering|kesätyö\w*|keikkatyö\w*|engasjement|"
        r"locum|secondment|na dobu určitú|na određeno|terminētā|terminuota\w*|tähtajali\w*",
    ),
    (
        Type.INTERN,
        r"intern|interns|internship|trainee(?:ship)?|praktikum|praktikant(?:in)?|stagiaire|"
        r"(?:pflicht)?praktika|werkstudent(?:in)?|working[ _-]student|stage|alternance|"
        r"apprentissage|apprentice(?:ship)?|ausbildung\w*|auszubildende\w*|lehrstelle|lehre|"
        r"contrat d.apprentissage|prácticas|pasant[eí]\w*|practicante|aprendi[zc]\w*|"
        r"becari[oa]|beca|tirocinio|apprendistato|stagist\w*|"
        r"estágio|estagiári[oa]|praktik|praktikplads|\w*lærling\w*|læreplads|elev|elevplads|"
        r"leerwerk\w*|leerling\w*|bbl|azubi\w*|lehrling|alternante?|apprendista|tirocinante|"
        r"harjoittelu\w*|oppisopimus|staż|"
        r"stażyst\w+|praktyk[ai]|stáž|szakmai gyakorlat|gyakornok\w*|stagiu|"
        r"πρακτική άσκηση|стажування|стажер|стажировка|staj|stajyer|pripravništvo|התמחות|"
        r"تدريب|متدرب|thực tập(?: sinh)?|magang",
    ),
    (
        Type.VOLUNTEER,
        r"volunteer(?:ing)?|ehrenamt\w*|bénévol\w+|voluntari\w+|volontari\w+|vrijwillig\w+|"
        r"frivillig\w*|vapaaehtois\w*|wolontari\w+|dobrovol\w+|önkéntes\w*|εθελοντ\w+|"
        r"волонтер\w*|gönüllü\w*|מתנדב\w*|התנדבות|متطوع\w*|تطوع|tình nguyện\w*|"
        r"relawan|sukarela\w*",
    ),
    (Type.PER_DIEM, r"per[ _-]?diem|prn"),
    (Type.OTHER, r"other"),
)
_UNSPACED: tuple[tuple[Type, str], ...] = (
    (
        Type.FULL_TIME,
        "(?:正社員|正職員)(?!登用|への|転換)|フルタイム|(?<!非)常勤|정규직(?! ?전환)|풀타임|"
        "전일제|全职|全職|งานประจำ|(?<!ไม่)เต็มเวลา",
    ),
    (
        Type.PART_TIME,
        "パート|アルバイト|非常勤|時短|工讀|아르바이트|파트타임|시간제|兼职|兼職|ไม่เต็มเวลา|พาร์ทไทม์",
    ),
    (Type.CONTRACTOR, "業務委託|フリーランス|프리랜서|自由职业"),
    (
        Type.TEMPORARY,
        "契約社員|契約職員|派遣|有期|계약직|임시직|기간제|临时|臨時|合同工|約聘|สัญญาจ้าง",
    ),
    (Type.INTERN, "インターン|인턴|实习|實習|ฝึกงาน"),
    (Type.VOLUNTEER, "ボランティア|자원봉사|志愿者|義工|志工"),
)
"""Patterns for languages that are written without spaces or that form compound words.

Unlike the patterns in ``_WORDS``, they also match a part of a word.
"""
_SPACED = tuple(
    (kind, compile_bounded(rf"(?<![^\W_])(?:{words})(?![^\W_])")) for kind, words in _WORDS
)
_TYPES = (*_SPACED, *((kind, re.compile(words)) for kind, words in _UNSPACED))
_ANY_TYPE = re.compile("|".join(pattern.pattern for _, pattern in _TYPES))
_PERMANENT = re.compile(
    r"cdi|contrat à durée indéterminée|permanent(?: contract)?|unbefristet|festanstellung|"
    r"unbefristete(?:r|s) (?:arbeitsvertrag|arbeitsverhältnis|vertrag)|"
    r"(?:contrato )?indefinido|(?:contratto a )?tempo indeterminato|contrato sem termo|efetivo|clt|"
    r"(?:contracte )?indefinit|tillsvidare(?:anställning)?|fast (?:stilling|ansettelse|ansættelse)|"
    r"fastansættelse|vast|vaste aanstelling|vast (?:contract|dienstverband)|vakituinen|"
    r"toistaiseksi voimassa oleva|umowa o pracę(?: na czas nieokreślony)?|czas nieokreślony|"
    r"hpp|tpp|"
    r"(?:na )?dobu neurčit(?:ou|ú)|határozatlan idej\w+|(?:perioadă|durată) nedeterminată|"
    r"αορίστου χρόνου|безстроковий(?: договір)?|бессрочный(?: договор)?|безсрочен(?: договор)?|"
    r"belirsiz süreli|(?:ugovor )?(?:na )?neodređeno(?: vr(?:ij)?eme)?|(?:za )?nedoločen čas|"
    r"neterminuota(?: sutartis)?|(?:uz )?nenoteiktu laiku|tähtajatu(?: leping)?|"
    r"karyawan tetap|משרה קבועה|عقد دائم|無期雇用",
    re.IGNORECASE,
)
"""A pattern of a contract that has no end.

It gives no employment type, because it does not state the hours.
"""
_HOURS = frozenset({Type.FULL_TIME, Type.PART_TIME})
_IN_PROSE = frozenset({*_HOURS, Type.TEMPORARY})
_PROSE_WORDS = {
    "en": "full-time|full time|fulltime|part-time|part time|parttime|fixed-term|fixed term",
    "de": "vollzeit|teilzeit|befristet",
    "fr": "temps plein|temps complet|temps partiel|déterminée",
    "es": "tiempo completo|jornada completa|media jornada|jornada parcial|tiempo parcial",
    "pt": "tempo integral|tempo inteiro|tempo completo|tempo parcial|termo certo",
    "it": "tempo pieno|tempo parziale|tempo determinato",
    "nl": "voltijd|deeltijd",
    "sv": "heltid|deltid|full tid|visstid|tidsbegr",
    "da": "fuldtid|fuld tid|deltid|tidsbegr",
    "no": "heltid|deltid|full tid|fulltid|midlertidig",
    "fi": "kokoaika|osa-aika|määräaika",
    "pl": "pełny etat|pełnego etatu|pełen etat|pełnym wymiarze|część etatu|czas określony",
    "cs": "plný úvazek|plného úvazku|zkrácený úvazek|částečný úvazek|dobu určitou",
    "hu": "teljes munkaid|részmunkaid|határozott idej",
    "sk": "plný úväzok|plného úväzku|plný pracovný|skrátený|čiastočný|dobu určitú",
    "hr": "radno vrijeme|radnog vremena|radnim vremenom|radnom vremenu|određeno vrijeme",
    "bs": "radno vrijeme|radnog vremena|radnim vremenom|radnom vremenu|određeno vrijeme",
    "sr": "radno vreme|radnog vremena|radnim vremenom|radnom vremenu|određeno vreme",
    "sl": "delovni čas|delovnega časa|delovnim časom|določen čas",
    "bg": "работно време|работен ден|срочен",
    "lt": "etat|terminuot",
    "lv": "slodz|laika",
    "et": "tööaeg|tööajaga|täiskoormus|osakoormus|tähtajali",
    "is": "fullt starf|hlutastarf",
    "ro": "normă întreagă|perioadă determinată|muncă temporară",
    "el": "απασχόληση|ορισμένου χρόνου",
    "uk": "зайнят|робочий день|робочого дня|строков",
    "ru": "занятост|рабочий день|рабочего дня|срочн",
    "tr": "tam zamanlı|yarı zamanlı|belirli süreli",
    "he": "משרה מלאה|משרה חלקית",
    "ar": "دوام كامل|دوام جزئي",
    "vi": "toàn thời gian|bán thời gian",
    "id": "penuh waktu|purna waktu|paruh waktu",
    "ja": "フルタイム|正社員",
    "ko": "정규직|계약직",
    "zh": "全职|兼职",
}
"""Lower-case words about employment types, by language code.

Only sentences of a description that contain one of these words are read.
"""
_OF_OTHERS = re.compile(
    r"experience|erfahrung|expérience|experiencia|esperienza|ervaring|stud(?:y|ies|ent|ium|er)|"
    r"degree|employees|colleagues|\bstaff\b|equivalent|\bfte\b|volunteers|mitarbeit(?:er|ende)|"
    r"collaborateurs|empleados|doświadczen|zkušenost|after|nach (?:der|ablauf)|登用"
)
"""Words which show that a sentence is not about the offered job.

Such sentences are about earlier jobs, studies, other employees, or the time after this job.
"""
_TITLE_PARTS = re.compile(r"[()\[\]|,–—•·/（）]|\s-\s")
_IN_TITLES = (
    (
        Type.INTERN,
        compile_bounded(
            r"(?<!\w)(?:intern|internship|\w*praktikum|\w*praktikant(?:in)?|werkstudent(?:in)?|"
            r"stagiaire|alternante?|azubi|auszubildende[rn]?|lehrling|leerling|\w*elev|becari[oa]|"
            r"pasante|aprendiz|tirocinante|apprendista|stagista|estagiári[oa]|praktykant\w*|"
            r"stážist\w+|harjoittelija|oppisopimus\w*|ausbildung (?:zu[mr]|als)|متدرب|"
            r"(?:stage|alternance|apprentissage|ausbildung|tirocinio|prácticas|estágio|staj)(?= |$)"
            r"(?! manager| hand| director| technic| crew)|apprentice|apprentie?|\w*lærling|magang|"
            r"thực tập sinh|стажер|gyakornok|stażyst\w+|stagiair\w*)(?!\w)|인턴|インターン|实习|"
            r"實習"
        ),
    ),
    (
        Type.VOLUNTEER,
        compile_bounded(
            r"(?<!\w)(?:volunteer|(?:suka)?relawan|bénévole|ehrenamtliche?r?|voluntari[oa]|"
            r"volontari[oa]|vrijwilliger|frivillig|volontär|wolontariusz\w*|dobrovo[lľ]ník|"
            r"önkéntes|"
            r"voluntar|εθελοντ\w+|волонтер\w*|gönüllü|מתנדב\w*|متطوع\w*|tình nguyện viên)(?!\w)|"
            r"ボランティア|자원봉사|志愿者|志工"
        ),
    ),
    (
        Type.CONTRACTOR,
        compile_bounded(r"(?<!\w)(?:freelancer?|freiberuflich\w*|фр[иі]ланс\w*)(?!\w)"),
    ),
    (
        Type.PART_TIME,
        compile_bounded(r"パート|アルバイト|알바|兼职|part[ -]?time|osa-aikai|medio tiempo"),
    ),
)
_STAFF = re.compile(
    r"manager|coordinat|koordinat|leiter|leitung|officer|\blead\b|specialist|advis|recruit|head of|"
    r"ausbilder|responsable|betreu|mentor|tutor|lehrer|engineer",
    re.IGNORECASE,
)
"""Words which show that the job is to look after interns or volunteers.

A title that contains one of them is not searched for the words in ``_IN_TITLES``.
"""
_SHARE_AT_END = re.compile(r"\d{2,3} ?%? ?[-–—] ?\d{2,3} ?%\)?$")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_REMARK = re.compile(
    r"[(（\[]|(?<=\w )(?:(?:until|till|to|bis(?: zum)?|jusqu'au|hasta(?: el)?|até|fino al|tot|t/m|"
    r"till|til|do|dne|asti|până la|έως|до|по) )?\d|(?<=\w), \d"
)
"""A pattern of the beginning of a remark after an employment type, as in ``Part-time (25 h)``.

The end of a temporary contract is a remark, too: ``Befristet bis 31.12.2027``.
"""
_FTE = re.compile(r"(?<![\d.,])([01])(?:[.,](\d{1,2}))? ?(?:fte|etp|vte|vzä)\b")
"""A pattern of a share of full-time work as a decimal number: ``0.6 FTE``."""
_SHORT = {
    word.casefold(): kind
    for kind, words in (
        (
            Type.FULL_TIME,
            "completa completo complet complète plein pleine integral pieno pełny pełen plný plná "
            "πλήρης повна полная пълна puno polni",
        ),
        (
            Type.PART_TIME,
            "parcial partiel partielle partieel parziale niepełny zkrácený částečný poloviční "
            "skrátený čiastočný μερική неповна часткова частичная неполная непълна nepuno",
        ),
    )
    for word in words.split()
}
"""Words that mean full-time or part-time only if nothing else stands in their part of a label.

``_PARTS_OF_LABEL`` divides a label into parts. An example is the label ``plný nebo zkrácený``
("full or reduced"), which has two parts.
"""
_PARTS_OF_LABEL = re.compile(
    r"[,;/|(]|\s(?:or|oder|ou|o|of|eller|lub|nebo|alebo|vagy|sau|tai|або|или|ή|veya)\s"
)
_SHARE = re.compile(r"(?<![\d.,])(\d{1,3})(?: ?%? ?[-–—] ?(\d{2,3}))? ?%|(?<!\d)%(\d{2,3})(?!\d)")
"""A pattern of a share of full-time work in percent: ``80 %``, ``80–100 %`` or ``%80``."""


def employment_types(raw: str | Iterable[str] | None) -> tuple[Type, ...]:
    """Return the employment types that ``raw`` names, in the order of ``EmploymentType``.

    Args:
        raw: one label or several labels. If empty or None, the result is empty.
    """
    if not raw:
        return ()
    label = raw if isinstance(raw, str) else ", ".join(raw)
    short = (_SHORT.get(part.strip()) for part in _PARTS_OF_LABEL.split(label.casefold()))
    types = {*_types_in(label), *filter(None, short)}
    if len(types) > 1:
        types.discard(Type.OTHER)
    return tuple(kind for kind in Type if kind in types)


def is_employment_type(text: str) -> bool:
    """Return whether ``text`` names an employment type and nothing else."""
    folded = _CAMEL.sub(" ", text).casefold().strip()
    name = _REMARK.split(folded, maxsplit=1)[0].rstrip()
    return bool(_SHARE.fullmatch(folded)) or _ANY_TYPE.fullmatch(name) is not None


def is_kind_of_contract(text: str) -> bool:
    """Return whether ``text`` names only an employment type or a contract that has no end."""
    return is_employment_type(text) or _PERMANENT.fullmatch(text.strip()) is not None


def with_missing_types(
    stated_types: tuple[Type, ...], other_types: Iterable[Type]
) -> tuple[Type, ...]:
    """Return the types in ``stated_types``, completed by those in ``other_types``.

    A type is either about the hours (full-time or part-time) or about the contract (any other
    type). A type in ``other_types`` about the hours is added only if no stated type is about the
    hours. The same holds for types about the contract. If ``other_types`` has a type, the stated
    type "other" is left out, because sites state it when they know no type.
    """
    other_types = tuple(other_types)
    if other_types:
        stated_types = tuple(kind for kind in stated_types if kind is not Type.OTHER)
    known_subjects = {kind in _HOURS for kind in stated_types}
    types = {
        *stated_types,
        *(kind for kind in other_types if (kind in _HOURS) not in known_subjects),
    }
    return tuple(kind for kind in Type if kind in types)


def employment_in_title(title: str) -> tuple[Type, ...]:
    """Return the employment types that a title states.

    Examples of such titles are ``Nurse (part-time)``, ``Nurse 80 %`` and ``Praktikum``. The titles
    "Internship Manager" and "Stage Manager" state no type.
    """
    types = {kind for part in _TITLE_PARTS.split(title) for kind in _types_if_only_type(part)}
    if share := _SHARE_AT_END.search(title):
        types = set(_types_in(share[0]))
    if not _STAFF.search(title):
        types |= {kind for kind, words in _IN_TITLES if words.search(title.casefold())}
    return tuple(kind for kind in Type if kind in types)


def employment_in_prose(text: str, language: str | None) -> tuple[Type, ...]:
    """Return the employment types that the sentences of a description state.

    Only the types full-time, part-time and temporary are returned.

    Args:
        text: the description.
        language: the code of the description's language; None if it is unknown.
    """
    languages = {"en", language} & _PROSE_WORDS.keys() if language else _PROSE_WORDS.keys()
    words = (word for each in languages for word in _PROSE_WORDS[each].split("|"))
    types = {
        kind
        for sentence in sentences_with(words, text)
        if not _OF_OTHERS.search(sentence)
        for kind in _types_in(sentence)
        if kind in _IN_PROSE
    }
    return tuple(kind for kind in Type if kind in types)


def _types_if_only_type(part: str) -> tuple[Type, ...]:
    return _types_in(part) if is_employment_type(part) else ()


@cache_short_texts
def _types_in(label: str) -> tuple[Type, ...]:
    text = _CAMEL.sub(" ", label).casefold()
    types = {kind for kind, pattern in _TYPES if pattern.search(text)}
    if not types & _HOURS and (fte := _FTE.search(text)):
        types.add(Type.FULL_TIME if fte[1] == "1" else Type.PART_TIME)
    if not types & _HOURS and (share := _SHARE.search(text)):
        shares = {int(number) for number in share.groups() if number}
        types |= {Type.FULL_TIME if number == 100 else Type.PART_TIME for number in shares}
    return tuple(kind for kind in Type if kind in types)
