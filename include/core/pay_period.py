"""The words with which postings say how often a sum is paid, in the languages they are written in.

A period that is none of ours (every two weeks, twice a month, once) is unknown.
"""

import re
from collections.abc import Iterator

from include.core.models import PayPeriod

_PERIOD_WORDS = {
    PayPeriod.HOUR: "hour hourly hr hrs h stunde std stündlich stundenlohn heure "
    "horaire ora oraria orario hora uur uurloon timme timmen timlön 時給 时薪 時薪 시급 timløn "
    "timelønn time godzina godzinę godzinowa godz hodinu hod tunti tunnissa phr",
    PayPeriod.DAY: "day daily tag tagessatz täglich jour journalier día diario "
    "diaria dia giorno giornaliero dag dagtarief dzień dziennie",
    PayPeriod.WEEK: "week weekly wk woche wöchentlich semaine semana semanal settimana "
    "settimanale vecka veckolön uge uke tydzień tygodniowo",
    PayPeriod.MONTH: "month monthly mo mth mnth pcm monat monate monats monatlich "
    "monatliche monatliches monatlichen monatsgehalt monatslohn monatsbrutto bruttomonatsgehalt "
    "monatsbruttogehalt mois mensuel mensuelle mensuels mensuelles mes mensual mensuales "
    "mensais mensal mese mensile mensili maand maandelijks maandsalaris maandloon "
    "mês månad mån månaden månadslön måned månedsløn månedslønn miesiąc miesięcznie mies měsíc "
    "měsíčně kuukausi kk 月給 月薪 월급",
    PayPeriod.YEAR: "year yearly annual annually annum yr yrs jahr jahre jährlich "
    "jährliche jährliches jahresgehalt jahresbrutto jahresbruttogehalt bruttojahresgehalt "
    "jahresbruttolohn jahreslohn jahreseinkommen an année annuel annuelle annuels annuelles "
    "annuale annua annui annue annuo año anual anuales anuais ano anno jaar jaarlijks "
    "jaarsalaris år årslön årsløn årslønn rok rocznie ročně vuosi 年収 年俸 年薪 연봉",
}
_PERIODS = {word: period for period, words in _PERIOD_WORDS.items() for word in words.split()}
_OTHER_PERIODS = frozenset({
    "bi", "semi", "biweekly", "bimonthly", "semimonthly", "fortnight", "fortnightly", "one",
    "once", "quarter", "quarterly",
})  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_COUNT = re.compile(r"(?<![\d.])(\d{1,4}(?:\.\d{1,3})?)\s+$")
"""Before a period: "2 WEEK" is none of ours."""
_SHORT = (
    (re.compile(r"\b(?:RAL|SBA|CTC|LPA)\b"), " per annum "),
    (re.compile(r"\b(?:TJM)\b"), " day "),
    (re.compile(r"(?<!\w)[pP][./]?\s?[aA]\b\.?"), " per annum "),
    (re.compile(r"(?<!\w)p[./]?\s?h\b\.?"), " hour "),
    (re.compile(r"(?<!\w)p\.\s?m\.|(?<!\w)p/m\b"), " month "),
    (re.compile(r"(?<!\w)p/?d\b\.?"), " day "),
)
_LONGEST_COUNT = 12
# "an" is French for year, and an English article; "time", "dag", "mes" mean the period only
# where something is paid for each.
_AMBIGUOUS = frozenset({"an", "time", "h", "dia", "ora", "mo", "dag", "ano", "mes", "anno"})
_EACH = re.compile(r"(?:\b(?:per|par|por|al|alla|ao|i|pr\.?|na|a|je|pro)\s+|/\s?|l['’]\s?)$")


def pay_period(text: str | None) -> PayPeriod | None:
    """The one period that ``text`` names: ``1 YEAR``, ``per-hour-wage``, ``Annual Salary:``."""
    found = set(_named(text or ""))
    return found.pop() if len(found) == 1 else None


def first_period(text: str) -> PayPeriod | None:
    """The period ``text`` names first, as what stands behind an amount does."""
    return next(_named(text), None)


def last_period(text: str) -> PayPeriod | None:
    """The period ``text`` names last, as what leads up to an amount does."""
    found = list(_named(text))
    return found[-1] if found else None


def _named(text: str) -> Iterator[PayPeriod | None]:
    """Null for a period that is none of ours."""
    for pattern, spelled in _SHORT:
        text = pattern.sub(spelled, text)
    lowered = text.lower()
    for match in _WORD.finditer(lowered):
        word = match[0]
        if word in _OTHER_PERIODS:
            yield None
        elif word in _AMBIGUOUS and word != lowered.strip():
            if _EACH.search(lowered, max(0, match.start() - _LONGEST_COUNT), match.start()):
                yield _PERIODS[word]
        elif word in _PERIODS:
            count = _COUNT.search(lowered, max(0, match.start() - _LONGEST_COUNT), match.start())
            yield None if count and float(count[1]) != 1 else _PERIODS[word]
