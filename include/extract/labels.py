"""Find facts that a page states as ``Label: value``, or with the label on the line above."""

import re
from collections.abc import Iterable

_LABELS = {
    "location": "location|locations|office|job location|job locations|work location|"
    "primary location|place of work|standort|standorte|arbeitsort|einsatzort|lieu|lieux|"
    "lieu de travail|localisation|ubicación|sede|standplaats|locatie|localização|"
    "local de trabalho|lokalizacja|miejsce pracy|placeringsort|arbeidssted|arbejdssted|"
    "sijainti|místo výkonu práce|lokasyon|место работы|勤務地|勤務場所|工作地點|工作地点|"
    "工作地區|工作地区|근무지",
    "city": "city|stadt|ville|ciudad|città|cidade|stad|miasto|město|şehir|город|城市",
    "region": "state|region|province|state/province|bundesland",
    "country": "country|country/region|land|pays|país|paese|ülke|страна|国家",
    "workplace": "workplace|workplace type|work type|work mode|location type|arbeitsmodell|remote|"
    "çalışma şekli",
    "employment_type": "employment type|job type|type of employment|contract type|time type|"
    "type of work|working time|working hours|anstellungsart|beschäftigungsart|vertragsart|"
    "type de contrat|contrat|tipo de contrato|tipo di contratto|dienstverband|contracttype|"
    "anställningsform|ansættelsesform|ansettelsesform|rodzaj umowy|雇用形態",
    "salary": "salary|salary range|pay|pay range|compensation|base salary|wage|wage/salary|"
    "remuneration|gehalt|vergütung|salaire|rémunération|salario|retribuzione|salaris|salário|"
    "lön|løn|lønn|wynagrodzenie|palkka|mzda|зарплата|給与|薪資|薪资|급여",
    "posted_at": "posted|posted on|date posted|posting date|job posting date|publication date|"
    "published|published on|date|veröffentlicht|veröffentlicht am|publié le|date de publication|"
    "fecha de publicación|data di pubblicazione|data de publicação|data publikacji|geplaatst op|"
    "publicerad|publisert|yayın tarihi|ilan tarihi|julkaistu|掲載日|发布日期",
    "valid_through": "closing date|application deadline|apply by|deadline|valid until|"
    "bewerbungsfrist|date limite|fecha límite|scadenza|sluitingsdatum|sista ansökningsdag|"
    "ansøgningsfrist|søknadsfrist|son başvuru tarihi|termin aplikowania",
    "department": "department|abteilung|bereich|département|departamento|reparto|afdeling",
    "team": "team",
    "requisition_id": "requisition id|requisition number|req id|req #|job id|job number|ref #|"
    "reference|reference number|job reference|referenznummer|kennziffer|référence|referencia",
}
_FIELDS = {label: field for field, labels in _LABELS.items() for label in labels.split("|")}
_LABELLED = re.compile(r"(?P<label>[^:]{2,30}?)\s*[:：]\s*+(?P<value>.*)")
_MAX_VALUE_LENGTH = 200
_MAX_LENGTH_BELOW = 120


def labelled(lines: Iterable[str]) -> dict[str, str]:
    """Return the raw values that have a label, by field of the posting.

    If a field has several values, the first one counts.

    Args:
        lines: the lines of the page's main text.
    """
    found: dict[str, str] = {}
    field_above: str | None = None
    for line in lines:
        match = _LABELLED.fullmatch(line)
        field = _FIELDS.get(_normalised(match["label"] if match else line))
        value = match["value"] if match else ""
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


def _normalised(label: str) -> str:
    """Return labels such as ``Location(s)`` and ``WAGE / SALARY`` in the form of ``_LABELS``."""
    return label.strip().casefold().replace("(s)", "").replace(" / ", "/")
