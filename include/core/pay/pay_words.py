"""List words which show whether a nearby sum of money is pay.

The words are from the languages of career sites. The words for money that is not pay are complete
only for English, German, French, Spanish, Italian, Dutch, Portuguese, Swedish, Danish, Norwegian
and Polish.
"""

import re
from typing import Literal

About = Literal["pay", "beside", "no"]
"""The topic of a word. It says what a sum of money near the word is.

``pay`` means pay itself ("salary"). ``beside`` means what is given in addition to pay ("bonus").
``no`` means money that is not given to employees ("budget").
"""

_PAY = (
    r"salar(?:y|ies|ied)",
    r"pay(?:s|ing|band)?"
    r"(?! (?:for (?:your|our|the|an?|all)|off|attention|into|your|with|out|it|back)\b)",
    r"compensation|wages?|remunerat\w*|earnings?|earn|annual base|base|CTC",
    r"(?:hourly|daily|day|contract|starting|bill)[ -]rates?|rate of|rate(?=\s*:)",
    r"hiring ranges?|ranges? for th(?:is|e) (?:role|position|job)",
    r"\w*(?:gehalt|gehälter|lohn|vergütung|entgelt|verdienst|bezahlung)\w*|brutto|tagessatz",
    r"salaires?|rémunération\w*|gratification|TJM|bruts?",
    r"salari[oa]s?|sueldo|retribu\w+|remunera\w+|brut[oa]s?|SBA",
    r"stipendio|RAL|compenso|lord[oi]",
    r"\w*salaris\w*|\w*loon",
    r"vencimento|salário",
    r"\w*(?:lön(?:en|e)?|lønn?(?:en|s)?)|laun\w*",
    r"wynagrodzeni\w+|pensj\w+|stawk\w+|zarob\w+|mzd\w+|plat(?:u|em|ové|ový)?|"
    r"(?:[a-z]{3,12})?palk(?:k\w+|an)",
    r"(?:alap|órab|havi)?bér\w*|fizetés\w*|kereset\w*|bruttó|nettó|salari(?:u|ul|ului)|"
    r"μισθ\w+|αποδοχ\w+|зарплат\w+|заробітн\w+|оклад\w*|оплата|оплачу\w+|платим|"
    r"ставк\w+|з/п|зп|дохід|доход|заробіток|заработок|заплат\w+|plać\w+|plaća|zarad\w*|"
    r"atlyginim\w*|alga|palk|tasu",
    r"maaş\w*|ücret\w*|ה?שכר|ה?משכורת|(?:ال|ب)?راتب|(?:ال)?مرتب|(?:ال|ب)?أجر|"
    r"(?:mức )?lương|thu nhập|gaji|upah|penghasilan|ordenado|(?:schaal|inschaling|trede)(?= \d)",
)
_UNSPACED_PAY = (
    "年収|年俸|月給|時給|日給|給与|賃金|基本給|月収|月額|給料|报酬|待遇|底薪|年薪|月薪|日薪|"
    "时薪|時薪|薪資|薪资|"
    "薪酬|工资|薪水|연봉|월급|시급|급여|임금|보수"
)
_BESIDE = (
    r"bonus\w*|sign[- ]?(?:on|ing)|referral|commissions?|overtime|awards?",
    r"equity|stocks?|rsus?|options?|grants?",
    r"benefits?|perks?|insurance|401\s?\(?k\)?|match\w*|pension\w*|gym|wellness|vacation",
    r"stipends?|allowances?|reimburse\w*|credits?|travel|relocat\w*|meals?|lunch\w*|gifts?",
    r"learning|towards?|training|education\w*|tuition|childcare|parental",
    r"cafeteri\w+|jutalom|stravenk\w+|příspěv\w+|dofinansowan\w+|tichete\w*|bonuri|bon[uă]s\w*",
    r"преми\w+|премі\w+|бонус\w*|thưởng|phụ cấp|tunjangan|prim|ikramiye|yemek|בונוס|بدل\w*",
    r"prämie\w*|primes?|ticket\w*|premi[oae]|buoni",
    r"\w*(?:zuschuss|zuschüsse|gutscheine?|bidrag\w{0,6}|förmån\w{0,6}|cheques?|kostenerstattung)|"
    r"frisk\w+|vales?(?:-\w+)?|auxílio\w*|"
    r"ayudas?|subsidi[oe]\w*|reiskosten\w*|thuiswerk\w*|onkosten\w*|indemnités?|"
    r"zulagen?|erstattung|rimborso|rimborsi|contributo|obědy|"
    r"karta multisport|лікувальн\w+|компенсаці\w+|компенсаци\w+|yol",
)
_NO = (
    r"ote|on[- ]target|quotas?",
    r"budgets?|rais(?:ed|ing)|fund(?:s|ed|ing|raising)|valuation|valued|series [a-f]|invest\w*",
    r"backed|revenues?|arr|turnover|market|assets?|aum|portfolio|debt",
    r"volumes?|transactions?|process(?:ed|es|ing)|payments?|loans?|claims?|spen[dt]\w*",
    r"deals?|(?:accounts?|contracts?|projects?) (?:of|up|worth)|worth|sav(?:ed?|es|ing|ings)",
    r"(?:customers?|clients?|users?|students?|patients?|tenants?|companies)(?: \w+)? pay(?:s|ing)?",
    r"rents?|parking|tickets?",
    r"discounts?|fees?|fines?|costs?|prices?|prize\w*|donat\w*|charit\w*",
    r"umsatz\w*|weiterbildung\w*|chiffre d['’]affaires|levée|facturación|presupuesto|fatturato",
    r"omzet|omsättning|budżet\w*",
)


def _any_of(parts: tuple[str, ...]) -> str:
    return rf"\b(?:{'|'.join(parts)})(?!\w)"


_WORDS = re.compile(
    rf"(?P<no>{_any_of(_NO)})|(?P<beside>{_any_of(_BESIDE)})|(?P<pay>{_any_of(_PAY)}|"
    rf"{_UNSPACED_PAY})",
    re.IGNORECASE,
)


def topics(text: str) -> list[About]:
    """Return the topics of this module's words in ``text``, in the order of the text."""
    return [_TOPICS[match.lastgroup or ""] for match in _WORDS.finditer(text)]


_TOPICS: dict[str, About] = {"pay": "pay", "beside": "beside", "no": "no"}
