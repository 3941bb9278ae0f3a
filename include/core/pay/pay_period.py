"""Recognise words for pay periods ("an hour", "monthly") in the languages of career sites.

Periods that ``PayPeriod`` does not have ("every two weeks", "twice a month", "once") give None.
"""

import re
from collections.abc import Iterator

from include.core.models import PayPeriod

_PERIOD_WORDS = {
    PayPeriod.HOUR: "hour hourly hr hrs h stunde std stündlich stundenlohn heure "
    "horaire ora oraria orario hora uur uurloon timme timmen timlön 時給 时薪 時薪 시급 timløn "
    "timelønn time timen tim godzina godzinę godzinowa godz hodinu hod tunti tunnilta tunnissa "
    "phr óra "
    "órabér óránként oră ora ώρα година годину saat saatlik שעה לשעה שעתי ساعة الساعة giờ "
    "jam час год 小时 小時 每小时 시간 hodinová hodinové hodinovou hodinově hodinovka hodina "
    "godzinowo godzinowe tuntipalkka tunti tunnilta stundas stundā tund tunnis val valandą ชั่วโมง "
    "sejam órára بالساعة timelønnen uurbasis часа sat",
    PayPeriod.DAY: "day daily tag tagessatz täglich jour journalier día diario "
    "diaria dia giorno giornaliero dag dagtarief dzień dziennie den nap naponta zi ngày hari 天 "
    "每天 日給 일당 日薪 일급 日 diarios diarias diários diárias journaliers dagligt dagligen "
    "denně dagen sehari ημέρα дня يوم "
    "naponként päivä päivässä יום ליום יומי يومياً يوميا день günlük gün วัน",
    PayPeriod.WEEK: "week weekly wk woche wöchentlich semaine semana semanal settimana "
    "settimanale vecka veckolön uge uke tydzień tygodniowo semanales semanais semaines viikko "
    "viikossa hét hetente týden týdně týždeň týždenne тиждень неделю haftalık hafta minggu tuần "
    "週給 周薪 주급 săptămână εβδομάδα veckan uken ugen seminggu",
    PayPeriod.MONTH: "month monthly mo mth mnth pcm monat monate monats monatlich "
    "monatliche monatliches monatlichen monatsgehalt monatslohn monatsbrutto bruttomonatsgehalt "
    "monatsbruttogehalt mois mensuel mensuelle mensuels mensuelles mes mensual mensuales "
    "mensais mensal mese mensile mensili maand maandelijks maandsalaris maandloon "
    "mês månad mån månaden månadslön måned månedsløn månedslønn mnd miesiąc miesięcznie mies měsíc "
    "měsíčně měs mesačne mesiac kuukausi kuukaudessa kuukausipalkka kk hó hónap havi havonta "
    "lună luna lunii måneden sebulan เดือน μηνιαία μηνιαίες mánuð miesięczny msc "
    "lunar μήνα μηνιαίως μηνιαίος місяць міс месяц мес месец ay aylık חודש לחודש חודשי شهر شهري "
    "شهرياً "
    "الشهر tháng bulan mjesečno mesečno mēnesī kuus 月 每月 月給 月薪 월급 월 md mtl monatl "
    "mensualmente mensalmente mensuellement mensilmente månedlig månedligt månedlige månatlig "
    "månedlønn kuukaudelta kuukausittain kuukausi měsíční mesačná mesačný miesięczne miesięczna "
    "месечно месечна месечен месячно ежемесячно щомісяця щомісячно شهريا شهرية بالشهر "
    "mēnesis mėn mėnesį mėnesiui mánuði mesecno mjesecno bulanan ayda 月収 月額 maandbasis lunară",
    PayPeriod.YEAR: "year yearly annual annually annum yr yrs jahr jahre jährlich "
    "jährliche jährliches jahresgehalt jahresbrutto jahresbruttogehalt bruttojahresgehalt "
    "jahresbruttolohn jahreslohn jahreseinkommen an année annuel annuelle annuels annuelles "
    "annuale annua annui annue annuo año anual anuales anuais ano anno jaar jaarlijks "
    "jaarsalaris år året årslön årsløn årslønn rok roku rocznie ročně ročne vuosi vuodessa év éves "
    "évente anual έτος ετησίως рік година yıl yıllık שנה שנתי سنة سنوي سنوياً năm tahun godišnje "
    "年 每年 年収 年俸 年薪 연봉 년 årligt årlig årligen årlige årslönen vuosittain anualmente "
    "annuellement annualmente anualmente roční ročná ročný roczne évi tahunan سنويا ปี gadā aastas "
    "setahun metus metams годишно ετήσιος ετήσια ежегодно щорічно",
}
_PERIODS = {word: period for period, words in _PERIOD_WORDS.items() for word in words.split()}
_OTHER_PERIODS = frozenset({
    "bi", "semi", "biweekly", "bimonthly", "semimonthly", "fortnight", "fortnightly", "one",
    "once", "quarter", "quarterly",
})  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_COUNT = re.compile(r"(?<![\d.])(\d{1,4}(?:\.\d{1,3})?)\s+$")
"""A pattern of a number before a word for a period.

If the number is not 1, the period is unknown: "2 WEEK" is not a period of ``PayPeriod``.
"""
_ABBREVIATIONS = (
    (
        re.compile(
            r"(?<!\d)\d{1,3}(?:[.,]\d{1,2})?\s?"
            r"(?:h|hrs?|hours?|std|stunden|wochenstunden|heures?|horas?|ore|uur|uren|timmar|timer|"
            r"tuntia|godz\w{0,5}|hodin|óra|ore|час\w{0,3}|годин\w{0,3}|saat|"
            r"jam)\b\.? ?(?:[\w/à'’]{1,6} )?/? ?"
            r"(?:week|wk|woche|semaine|semana|settimana|vecka|uge|uke|viikko|viikossa|vko|"
            r"tydzień|tygodniowo|týdně|týden|hét|săptămână|тиждень|неделю|hafta|wöchentlich|"
            r"hebdomadaires?|semanal(?:es)?|semanais|settimanali)\b",
            re.IGNORECASE,
        ),
        " ",
    ),
    (re.compile(r"\bв год\b"), " per annum "),
    (re.compile(r"(?:/\s?|ต่อ)เดือน|เดือนละ"), " monthly "),
    (re.compile(r"\b(?:RAL|SBA|CTC|LPA)\b"), " per annum "),
    (re.compile(r"\b(?:TJM)\b"), " day "),
    (re.compile(r"(?<!\w)[pP][./]?\s?[aA]\b\.?"), " per annum "),
    (re.compile(r"(?<!\w)p[./]?\s?h\b\.?"), " hour "),
    (re.compile(r"(?<!\w)p\.\s?m\.|(?<!\w)p/m\b"), " month "),
    (re.compile(r"(?<!\w)p/?d\b\.?"), " day "),
)
_LOOKBEHIND = 12
"""The number of characters before a word that are searched for a number or for "per"."""
# These words count as a period only after a word such as "per", or if they are the whole text.
# Elsewhere they often mean something else: "an" is French for year, but also an English article.
_AMBIGUOUS = frozenset({
    "an", "time", "h", "dia", "ora", "mo", "dag", "ano", "mes", "anno", "den", "ay", "zi", "nap",
    "hari", "jam", "tim", "timen", "rok", "roku", "hó", "év", "óra", "час", "lună", "天",
    "日", "день", "gün", "sat", "val", "hét", "часа", "tund", "päivä", "יום", "วัน", "ปี", "md",
    "hodina", "月", "年", "월", "년",
})  # fmt: skip
_PER = re.compile(
    r"(?:\b(?:per|par|por|al|alla|ao|i|im|om|pr\.?|na|a|á|je|pro|pe|la|le|za|за|на|в|w|v|kohti)\s+|"
    r"/\s?|l['’]\s?|\bל)$"
)
_UNSPACED = re.compile("時給|时薪|時薪|시급|日給|日薪|일급|月給|月収|月薪|월급|年収|年俸|年薪|연봉")
"""A pattern of words for the pay of a period, such as 月給 (monthly pay), in East Asian languages.

They are also found inside a longer word, because these languages do not use spaces.
"""
_ORDINAL = re.compile(r"\d\.\s+$")
"""A pattern of an ordinal before a word for a period. ``im 1. Jahr`` does not mean "per year"."""


def pay_period(text: str | None) -> PayPeriod | None:
    """Return the only period that ``text`` names. Examples are ``1 YEAR`` and ``Annual Salary:``.

    Return None if ``text`` names no period, several periods, or one that ``PayPeriod`` does not
    have.
    """
    periods = set(_periods(text or ""))
    return periods.pop() if len(periods) == 1 else None


def first_period(text: str) -> PayPeriod | None:
    """Return the first period that the text after an amount names; None if unknown."""
    return next(_periods(text), None)


def last_period(text: str) -> PayPeriod | None:
    """Return the last period that the text before an amount names; None if unknown."""
    periods = list(_periods(text))
    return periods[-1] if periods else None


def _periods(text: str) -> Iterator[PayPeriod | None]:
    """Yield the periods that ``text`` names, in the order of the text.

    For a period that ``PayPeriod`` does not have, yield None.
    """
    for pattern, unit in _ABBREVIATIONS:
        text = pattern.sub(unit, text)
    lowered = text.lower()
    for match in _WORD.finditer(lowered):
        word = match[0]
        if word in _OTHER_PERIODS:
            yield None
        elif word in _AMBIGUOUS and word != lowered.strip():
            if _PER.search(lowered, max(0, match.start() - _LOOKBEHIND), match.start()):
                yield _PERIODS[word]
        elif word in _PERIODS:
            if _ORDINAL.search(lowered, max(0, match.start() - _LOOKBEHIND), match.start()):
                continue
            count = _COUNT.search(lowered, max(0, match.start() - _LOOKBEHIND), match.start())
            yield None if count and float(count[1]) != 1 else _PERIODS[word]
        elif not word.isascii() and (unspaced := _UNSPACED.search(word)):
            yield _PERIODS[unspaced[0]]
