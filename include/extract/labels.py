"""Facts that a page states as ``Label: value``, or with the label on the line above its value."""

import re
from collections.abc import Iterable

_LABELS = {
    "location": "location|locations|office|job location|work location|place of work|standort|"
    "standorte|arbeitsort|einsatzort|lieu|lieux|lieu de travail|localisation|ubicación|sede|"
    "standplaats|locatie|localização|lokalizacja",
    "workplace": "workplace|workplace type|work type|work mode|location type|arbeitsmodell|remote",
    "employment_type": "employment type|job type|type of employment|contract type|time type|"
    "working hours|anstellungsart|beschäftigungsart|vertragsart|type de contrat|contrat|"
    "tipo de contrato|tipo di contratto|dienstverband|contracttype",
    "salary": "salary|salary range|pay|pay range|compensation|base salary|wage|remuneration|"
    "gehalt|vergütung|salaire|rémunération|salario|retribuzione|salaris",
    "posted_at": "posted|posted on|date posted|publication date|published|published on|"
    "veröffentlicht|veröffentlicht am|publié le|date de publication|fecha de publicación|"
    "data di pubblicazione|geplaatst op",
    "valid_through": "closing date|application deadline|apply by|deadline|valid until|"
    "bewerbungsfrist|date limite|fecha límite|scadenza|sluitingsdatum",
    "department": "department|abteilung|bereich|département|departamento|reparto|afdeling",
    "team": "team",
    "requisition_id": "requisition id|req id|job id|reference|reference number|job reference|"
    "referenznummer|kennziffer|référence|referencia",
}
_FIELDS = {label: field for field, labels in _LABELS.items() for label in labels.split("|")}
_LABELLED = re.compile(r"(?P<label>[^:]{2,30}?)\s*[:：]\s*(?P<value>.*)")
_LONGEST_VALUE = 200
_LONGEST_BELOW = 120


def labelled(lines: Iterable[str]) -> dict[str, str]:
    """The raw value by field of the posting, the first of each."""
    found: dict[str, str] = {}
    waiting: str | None = None
    for line in lines:
        match = _LABELLED.fullmatch(line)
        field = _FIELDS.get((match["label"] if match else line).strip().casefold())
        value = match["value"] if match else ""
        if field is None:
            if waiting and len(line) <= _LONGEST_BELOW:
                found.setdefault(waiting, line.removeprefix(":").strip())
            waiting = None
        elif value:
            waiting = None
            if len(value) <= _LONGEST_VALUE:
                found.setdefault(field, value)
        else:
            waiting = field
    return found
