"""Find facts that a page states with a label.

The label may stand before a colon (``Label: value``), on the line above, in the cell before, in the
term of a definition list, or in the ``aria-label`` of an icon. The labels are in the languages of
career sites.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, pairwise

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.extract.node_text import text_of

_LABELS = {
    "location": "location|locations|office|job location|job locations|work location|"
    "workplace location|primary location|place of work|duty station|standort|"
    "standorte|arbeitsort|einsatzort|dienstort|lieu|lieux|lieu de travail|"
    "localisation|localité|ubicación|lugar|lugar de trabajo|localidad|sede|"
    "sede di lavoro|luogo di lavoro|luogo|standplaats|locatie|werklocatie|"
    "localização|local de trabalho|local|lokalizacja|miejsce pracy|placeringsort|"
    "arbetsort|ort|plats|arbeidssted|sted|arbejdssted|sijainti|"
    "työpaikan sijainti|toimipaikka|místo výkonu práce|místo práce|lokalita|"
    "miesto práce|munkavégzés helye|helyszín|loc de muncă|locația|locație|"
    "място на работа|местоположение|τοποθεσία|τόπος εργασίας|lokasyon|konum|"
    "çalışma yeri|место работы|місце роботи|локація|mjesto rada|lokacija|"
    "kraj dela|mesto rada|darbo vieta|darba vieta|asukoht|töökoht|ubicació|"
    "lloc de treball|lokasi|lokasi kerja|địa điểm|địa điểm làm việc|สถานที่ทำงาน|"
    "الموقع|مكان العمل|מיקום|勤務地|勤務場所|工作地點|工作地点|工作地區|工作地区|근무지|근무지역",
    "city": "city|stadt|ville|ciudad|città|cidade|stad|miasto|město|mesto|şehir|"
    "город|місто|град|πόλη|grad|oraș|miestas|pilsēta|linn|kota|城市",
    "region": "state|region|province|state/province|bundesland",
    "country": "country|country/region|land|pays|país|paese|ülke|страна|країна|χώρα|"
    "ország|țara|země|kraj|maa|negara|国家|国",
    "workplace": "workplace|workplace type|work type|work mode|work model|"
    "working model|location type|remote status|arbeitsmodell|remote|homeoffice|"
    "modalidad de trabajo|modalidad|mode de travail|modalità di lavoro|"
    "modelo de trabalho|regime de trabalho|tryb pracy|çalışma şekli|"
    "формат работы|формат роботи|werkvorm|arbetsform",
    "employment_type": "employment type|job type|type of employment|employment|"
    "contract type|contract|time type|type of work|working time|working hours|"
    "schedule|position type|anstellungsart|beschäftigungsart|vertragsart|"
    "arbeitszeit|type de contrat|type d'emploi|contrat|temps de travail|"
    "tipo de contrato|tipo de empleo|jornada|jornada laboral|tipo di contratto|"
    "contratto|orario|dienstverband|contracttype|tipo de emprego|regime|"
    "anställningsform|omfattning|ansættelsesform|ansettelsesform|stillingstype|"
    "työsuhde|työsuhteen tyyppi|rodzaj umowy|wymiar pracy|typ úvazku|"
    "druh pracovního poměru|pracovný pomer|foglalkoztatás típusa|munkaidő|"
    "tip contract|tip job|вид заетост|τύπος απασχόλησης|istihdam türü|"
    "çalışma tipi|тип занятости|занятость|тип зайнятості|vrsta ugovora|"
    "vrsta zaposlenja|vrsta zaposlitve|darbo laikas|darba veids|töö tüüp|"
    "tipus de contracte|jenis pekerjaan|loại hình|loại hình công việc|ประเภทงาน|"
    "نوع الوظيفة|נוסח משרה|היקף משרה|雇用形態|聘用形式|工作性质|고용형태|근무형태",
    "salary": "salary|salary range|pay|pay range|compensation|base salary|wage|"
    "wage/salary|pay rate|hourly rate|annual salary|remuneration|gehalt|"
    "vergütung|entgelt|lohn|salaire|rémunération|salario|sueldo|retribución|"
    "retribuzione|stipendio|salaris|salário|remuneração|lön|løn|lønn|"
    "wynagrodzenie|palkka|palkkaus|mzda|plat|fizetés|bér|salariu|заплата|μισθός|"
    "maaş|ücret|зарплата|plaća|plata|plača|atlyginimas|alga|palk|salari|sou|gaji|"
    "mức lương|lương|เงินเดือน|الراتب|שכר|給与|年収|薪資|薪资|급여|연봉",
    "posted_at": "posted|posted on|date posted|posting date|job posting date|"
    "publication date|published|published on|publish date|date|veröffentlicht|"
    "veröffentlicht am|veröffentlichungsdatum|online seit|publié le|"
    "date de publication|fecha de publicación|publicado|publicado el|"
    "data di pubblicazione|pubblicato il|data de publicação|publicado em|"
    "data publikacji|geplaatst op|geplaatst|publicatiedatum|publicerad|"
    "publicerat|publisert|publiceret|opslået|yayın tarihi|ilan tarihi|julkaistu|"
    "zveřejněno|zverejnené|közzétéve|data publicării|публикувана|δημοσιεύτηκε|"
    "дата публикации|дата публікації|objavljeno|paskelbta|publicēts|avaldatud|"
    "tanggal posting|ngày đăng|掲載日|发布日期|發布日期|등록일",
    "valid_through": "closing date|application deadline|apply by|apply before|"
    "deadline|valid until|closes|closes on|closing on|expires|expires on|"
    "bewerbungsfrist|bewerbungsschluss|bewerben bis|date limite|"
    "date limite de candidature|fecha límite|fecha de cierre|scadenza|"
    "data di scadenza|sluitingsdatum|reageren voor|data limite|prazo|"
    "sista ansökningsdag|ansök senast|ansøgningsfrist|søknadsfrist|"
    "hakuaika päättyy|haku päättyy|son başvuru tarihi|termin aplikowania|"
    "termin składania|uzávěrka|termín|jelentkezési határidő|termen limită|"
    "краен срок|προθεσμία|срок подачи|кінцевий термін|rok prijave|rok za prijavu|"
    "galioja iki|pieteikšanās termiņš|tähtaeg|batas waktu|hạn nộp|hạn nộp hồ sơ|"
    "応募締切|截止日期|마감일",
    "department": "department|division|abteilung|bereich|département|service|"
    "departamento|área|reparto|dipartimento|afdeling|avdelning|avdeling|"
    "osasto|dział|oddělení|bölüm|отдел|відділ|部署|部门|부서",
    "team": "team",
    "requisition_id": "requisition id|requisition number|req id|req #|job id|"
    "job number|ref #|ref|reference|reference number|job reference|"
    "referenznummer|kennziffer|stellen-id|référence|referencia|riferimento|"
    "referentienummer|referência|referens|numer referencyjny|求人番号",
}
_FIELDS = {label: field for field, labels in _LABELS.items() for label in labels.split("|")}
_WITH_COLON = frozenset({
    "contract", "employment", "schedule", "local", "ort", "sted", "plats", "regime", "prazo",
    "date", "service", "área", "modalidad", "orario", "land", "kraj", "maa", "state", "region",
    "province", "closes", "expires", "published", "posted", "reference", "ref", "division", "sou",
    "plat", "bér", "remote", "country", "office", "sede", "lohn", "mesto", "linn", "град", "grad",
})  # fmt: skip
"""Labels that often have another meaning, so they count only with a colon after them."""
_LABELLED = re.compile(r"(?P<label>[^:：]{2,40})[:：](?P<value>.*)")
_BULLETS = re.compile("[-–—•*·‣◦▪▫●○►▶➤»→|\\s\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]+(?=\\S)")
"""Bullets and pictograms before a label or a value."""
_CELLS = "dt, th, td"
_ICONS = (
    "svg[aria-label], i[aria-label], span[aria-label], img[alt], [role=img][aria-label], i[title], "
    "svg[title], span[title]"
)
_ELSEWHERE = frozenset({"nav", "footer", "aside", "form", "select", "button"})
_MAX_LINES = 10_000
"""The maximum number of lines of a page in which labels are looked for."""
_MAX_CELLS = 500
_MAX_ICONS = 40
_MAX_VALUE_LENGTH = 200
_MAX_LENGTH_BELOW = 120
_MAX_LABEL_LENGTH = 40


def labelled(lines: Iterable[str], fields: Mapping[str, str] = _FIELDS) -> dict[str, str]:
    """Return the raw values that have a label, by field of the posting.

    If a field has several values, the first one counts.

    Args:
        lines: the lines of the page's main text, of which the first ``_MAX_LINES`` are read.
        fields: the field that each label names.
    """
    found: dict[str, str] = {}
    field_above: str | None = None
    for line in islice(lines, _MAX_LINES):
        line = _without_bullet(line)
        match = _LABELLED.fullmatch(line)
        field = fields.get(_normalised(match["label"] if match else line))
        if not match and _normalised(line) in _WITH_COLON:
            field = None
        value = _without_bullet(match["value"].strip()) if match else ""
        if field is None:
            if field_above and len(line) <= _MAX_LENGTH_BELOW:
                found.setdefault(field_above, line.removeprefix(":").strip())
            field_above = None
        elif value:
            field_above = None
            if len(value) <= _MAX_VALUE_LENGTH:
                found.setdefault(field, value)
        else:
            field_above = field
    return found


def possible_labels(lines: Sequence[str]) -> dict[str, str]:
    """Return the text after or below each short line that may be a label, by label.

    Labels that are known already are left out. If a line occurs several times, the first one
    counts.
    """
    found: dict[str, str] = {}
    for line, below in pairwise([*lines, ""]):
        if len(line) > _MAX_LENGTH_BELOW:
            continue
        line = _without_bullet(line)
        match = _LABELLED.fullmatch(line)
        label = _normalised(match["label"] if match else line)
        value = (match["value"].strip() if match else "") or below.removeprefix(":").strip()
        if label not in _FIELDS and len(label) <= _MAX_LABEL_LENGTH and value:
            found.setdefault(label, value[:_MAX_LENGTH_BELOW])
    return found


def labelled_cells(node: LexborNode) -> dict[str, str]:
    """Return the raw values in the cells of tables and definition lists, by field of the posting.

    The label is in the cell, or the term, directly before the value.
    """
    found: dict[str, str] = {}
    for cell in node.css(_CELLS)[:_MAX_CELLS]:
        field = _FIELDS.get(_normalised(_without_bullet(text_of(cell)).rstrip(":：")))
        following = _next_element(cell)
        if field and following and following.tag in ("dd", "td"):
            _note(found, field, text_of(following))
    return found


def labelled_icons(tree: LexborHTMLParser) -> dict[str, str]:
    """Return the raw values beside icons that have a label, by field of the posting."""
    found: dict[str, str] = {}
    for icon in tree.css(_ICONS)[:_MAX_ICONS]:
        attributes = icon.attributes
        label = attributes.get("aria-label") or attributes.get("alt") or attributes.get("title")
        if label and (field := _FIELDS.get(_normalised(label.rstrip(":：")))):
            texts = (text.removeprefix(label).strip() for text in _texts_around(icon))
            _note(found, field, next(filter(None, texts), ""))
    return found


def _note(found: dict[str, str], field: str, value: str) -> None:
    value = _without_bullet(value)
    if value and len(value) <= _MAX_LENGTH_BELOW:
        found.setdefault(field, value)


def _texts_around(icon: LexborNode) -> Iterator[str]:
    """Yield the texts of the icon and of the elements around it, as far as they have any."""
    around: LexborNode | None = icon
    for _ in range(3):
        if around is None or around.tag in _ELSEWHERE:
            return
        if len(around.text()) > _MAX_VALUE_LENGTH:
            return
        if text := text_of(around):
            yield text
        around = around.parent


def _next_element(node: LexborNode) -> LexborNode | None:
    following = node.next
    while following is not None and (following.tag or "-").startswith(("-", "_", "!")):
        following = following.next
    return following


def _without_bullet(text: str) -> str:
    bullet = _BULLETS.match(text)
    return text[bullet.end() :] if bullet else text


def _normalised(label: str) -> str:
    """Return labels such as ``Location(s)`` and ``WAGE / SALARY`` in the form of ``_LABELS``."""
    return label.strip().casefold().replace("(s)", "").replace(" / ", "/")
