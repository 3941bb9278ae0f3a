"""Tests of reading pay from labels and sentences of career sites.

Some amounts in them are not pay.
"""

# ruff: noqa: E501 - sentences from real pages, one on each line

import pytest

from include.core.models import PayPeriod as Period
from include.core.models import Salary
from include.core.pay.pay_text import salary_in, salary_in_prose
from include.core.pay.salary import in_local_currency
from include.core.pay.yearly_pay import YearlyPay, yearly_pay


def parts(read: Salary | None) -> tuple[float | None, float | None, str | None, Period | None]:
    return (read.min, read.max, read.currency, read.period) if read else (None, None, None, None)


@pytest.mark.parametrize(
    ("text", "low", "high", "currency", "period"),
    [
        ("$222,800 — $290,000 USD", 222_800, 290_000, "USD", None),
        ("USD $190,000.00 - USD $200,000.00 /Yr.", 190_000, 200_000, "USD", Period.YEAR),
        ("$132K – $330K", 132_000, 330_000, None, None),
        ("£40k-£50k", 40_000, 50_000, "GBP", None),
        ("C$120-150K", 120_000, 150_000, "CAD", None),
        ("€21.50 – €25.75 per hour", 21.5, 25.75, "EUR", Period.HOUR),
        ("45.000 - 55.000 € brutto pro Jahr", 45_000, 55_000, "EUR", Period.YEAR),
        ("12,00,000 to 15,00,000 INR", 1_200_000, 1_500_000, "INR", None),
        ("CHF 120'000", 120_000, 120_000, "CHF", None),
        ("40 000 zł", 40_000, 40_000, "PLN", None),
        ("£45,000 per annum", 45_000, 45_000, "GBP", Period.YEAR),
        ("$300 - $425/Day ($21.43 - $30.35 per hour)", 300, 425, None, Period.DAY),
        ("60,000-80,000", 60_000, 80_000, None, None),
        ("$25/hr - $30/hr", 25, 30, None, Period.HOUR),
        ("€3,000 per month to €4,000 per month", 3_000, 4_000, "EUR", Period.MONTH),
        ("60 TEUR", 60_000, 60_000, "EUR", None),
        ("ab 2.500 € brutto/Monat", 2_500, None, "EUR", Period.MONTH),
        ("bis zu 70.000 EUR p.a.", None, 70_000, "EUR", Period.YEAR),
        ("Up to £60k", None, 60_000, "GBP", None),
        ("From $18.50/hour", 18.5, None, None, Period.HOUR),
        ("₹12-18 LPA", 1_200_000, 1_800_000, "INR", Period.YEAR),
        ("12 - 18 lakhs INR per annum", 1_200_000, 1_800_000, "INR", Period.YEAR),
        ("35 000 - 42 000 kr per månad", 35_000, 42_000, None, Period.MONTH),
        ("35 000 kr/mån", 35_000, 35_000, None, Period.MONTH),
        ("10 000 - 14 000 PLN brutto / miesiąc", 10_000, 14_000, "PLN", Period.MONTH),
        ("entre 38 000 € et 45 000 € brut annuel", 38_000, 45_000, "EUR", Period.YEAR),
        ("38K€ à 45K€ brut/an", 38_000, 45_000, "EUR", Period.YEAR),
        ("30.000€ - 36.000€ brutos anuales", 30_000, 36_000, "EUR", Period.YEAR),
        ("€ 2.800 - € 3.600 bruto per maand", 2_800, 3_600, "EUR", Period.MONTH),
        ("RAL 35.000 - 42.000 €", 35_000, 42_000, "EUR", Period.YEAR),
        ("年収600万円～1000万円", 6_000_000, 10_000_000, "JPY", Period.YEAR),
        ("$120,000.00/yr to $150,000.00/yr", 120_000, 150_000, None, Period.YEAR),
        ("$50/h", 50, 50, None, Period.HOUR),
        ("AU$110,000 + super", 110_000, 110_000, "AUD", None),
        ("USD 4,500 monthly", 4_500, 4_500, "USD", Period.MONTH),
        ("£12.21 p/h", 12.21, 12.21, "GBP", Period.HOUR),
        ("400 - 500 € TJM", 400, 500, "EUR", Period.DAY),
        ("TJM : 400 - 500 €", 400, 500, "EUR", Period.DAY),
        ("$80,000+ per year", 80_000, None, None, Period.YEAR),
        ("ENTRE 26 300 EUR ET 31 800 EUR", 26_300, 31_800, "EUR", None),
        ("40.000 BIS 45.000 EUR JÄHRLICH", 40_000, 45_000, "EUR", Period.YEAR),
        ("$20 TO $25 PER HOUR", 20, 25, None, Period.HOUR),
        ("nach Tarif (jährlich 54.120,00 EUR)", 54_120, 54_120, "EUR", Period.YEAR),
        ("competitive (£32,000 - £36,000)", 32_000, 36_000, "GBP", None),
        ("Â£31,000 - Â£36,000 per annum", 31_000, 36_000, "GBP", Period.YEAR),
        ("Rs. 150,000 - 200,000 per month", 150_000, 200_000, None, Period.MONTH),
    ],
)
def test_pay_is_read_from_the_value_of_a_pay_label(
    text: str, low: float | None, high: float | None, currency: str | None, period: Period | None
) -> None:
    read = salary_in(text)

    assert parts(read) == (low, high, currency, period)
    assert read is not None
    assert read.origin == "text"


@pytest.mark.parametrize(
    "text",
    [
        "Competitive",
        "Depends on experience (3-5 years)",
        "40 hours",
        "$10M - $20M",
        "€5 million",
        "10% bonus",
        "£20,000 in Leeds and £30,000 in London",
        "3-5 years",
        "Grade 7-9",
        "2026",
        "TVöD E13",
    ],
)
def test_a_label_without_one_clear_amount_is_unknown(text: str) -> None:
    assert salary_in(text) is None


@pytest.mark.parametrize(
    ("text", "low", "high", "currency", "period"),
    [
        (
            "We raised $40,000 for the shelter.\nThe salary is €50,000 - €60,000 a year.\nOur team.",
            50_000,
            60_000,
            "EUR",
            Period.YEAR,
        ),
        (
            "The base salary range for this role is $120,000 - $150,000 per year, plus bonus and equity.",
            120_000,
            150_000,
            None,
            Period.YEAR,
        ),
        (
            "The base salary range for this position, which does not include bonuses, equity or benefits, is: $120,000-$150,000.",
            120_000,
            150_000,
            None,
            None,
        ),
        ("Annual Salary:\n$222,800 — $290,000 USD", 222_800, 290_000, "USD", Period.YEAR),
        (
            "US Salary Range\n$126,000—$174,000 USD\nBenefits\n$1,500 learning budget",
            126_000,
            174_000,
            "USD",
            None,
        ),
        (
            "Pay Range\nSan Francisco, CA: $150,000 - $180,000 USD\nDenver, CO: $130,000 - $160,000 USD",
            130_000,
            180_000,
            "USD",
            None,
        ),
        ("Salary $100,000 and a $10,000 bonus", 100_000, 100_000, None, None),
        (
            "Compensation: $60,000-$75,000 annually, 401(k) match up to $5,000",
            60_000,
            75_000,
            None,
            Period.YEAR,
        ),
        ("Base salary $100k-$120k, OTE $200k-$240k", 100_000, 120_000, None, None),
        (
            "Wir bieten ein Jahresgehalt von 55.000 € bis 65.000 €.",
            55_000,
            65_000,
            "EUR",
            Period.YEAR,
        ),
        (
            "Für diese Position bieten wir ein Mindestgehalt von EUR 3.200,- brutto pro Monat (auf Vollzeitbasis) mit Bereitschaft zur Überzahlung.",
            3_200,
            None,
            "EUR",
            Period.MONTH,
        ),
        (
            "Rémunération : 45 000 € - 55 000 € brut annuel selon expérience",
            45_000,
            55_000,
            "EUR",
            Period.YEAR,
        ),
        ("Salaire : entre 45 et 55 k€", 45_000, 55_000, "EUR", None),
        ("Salario: 30.000 € - 35.000 € brutos/año", 30_000, 35_000, "EUR", Period.YEAR),
        ("Salaris tussen € 3.000 en € 4.500 bruto per maand", 3_000, 4_500, "EUR", Period.MONTH),
        ("Lön: 35 000–42 000 kr/månad", 35_000, 42_000, None, Period.MONTH),
        (
            "Wynagrodzenie: 12 000 – 16 000 zł brutto miesięcznie",
            12_000,
            16_000,
            "PLN",
            Period.MONTH,
        ),
        ("Stipendio: 25.000€ annui lordi", 25_000, 25_000, "EUR", Period.YEAR),
        ("Pay: $18 - $22 per hour", 18, 22, None, Period.HOUR),
        ("CTC: 8 - 12 Lakhs per annum", 800_000, 1_200_000, "INR", Period.YEAR),
        ("CTC: up to 10 Lacs", None, 1_000_000, "INR", Period.YEAR),
        (
            "The pay range for this role is $18.00 - $22.00/hour. You will work 40 hours per week.",
            18,
            22,
            None,
            Period.HOUR,
        ),
        (
            "The hourly rate for this position is between $30 and $35, depending on experience.",
            30,
            35,
            None,
            Period.HOUR,
        ),
        ("💰 Salary: €60k – €75k 🏝 30 days of vacation", 60_000, 75_000, "EUR", None),
        (
            "The expected salary range is 1,000,000 - 1,400,000 HUF gross/month",
            1_000_000,
            1_400_000,
            "HUF",
            Period.MONTH,
        ),
        ("This role pays £35,000 to £40,000 pro rata", 35_000, 40_000, "GBP", None),
        (
            "Total compensation for this role ranges from $200,000 to $260,000",
            200_000,
            260_000,
            None,
            None,
        ),
        ("You will earn $15/hr plus tips", 15, 15, None, Period.HOUR),
        ("Compensation\n$21.50 per hour", 21.5, 21.5, None, Period.HOUR),
        (
            "The US base salary range for this full-time position is $152,000-$224,000 + bonus + equity + benefits.",
            152_000,
            224_000,
            None,
            None,
        ),
        (
            "The salary range for this position in California is $137,000.00 - $205,500.00 and may be different elsewhere. A sign-on payment of $5,000 may be provided.",
            137_000,
            205_500,
            None,
            None,
        ),
        (
            "The base salary range is 168,000 USD - 264,500 USD for Level 4, and 200,000 USD - 322,000 USD for Level 5.",
            168_000,
            322_000,
            "USD",
            None,
        ),
        (
            "The typical pay range for this role is: Minimum: $60,000, Maximum: $90,000",
            60_000,
            90_000,
            None,
            None,
        ),
        ("Zielgehalt 60.000–70.000 EUR p.a. + Bonus", 60_000, 70_000, "EUR", Period.YEAR),
        ("Gross salary: 4 000 EUR/month", 4_000, 4_000, "EUR", Period.MONTH),
        ("Salary between $90,000 and $110,000 annually", 90_000, 110_000, None, Period.YEAR),
        (
            "For candidates in New York City, the annual base salary is $180,000—$200,000.",
            180_000,
            200_000,
            None,
            Period.YEAR,
        ),
    ],
)
def test_pay_is_read_from_sentences_about_pay(
    text: str, low: float | None, high: float | None, currency: str | None, period: Period | None
) -> None:
    assert parts(salary_in_prose(text)) == (low, high, currency, period)


@pytest.mark.parametrize(
    "text",
    [
        "We have raised $25 million from investors.",
        "We've raised $450,000 in seed funding.",
        "You'll get a $5,000 sign-on bonus and a $1,500 annual learning budget.",
        "Your salary is competitive, and you get a €1,500 learning budget.",
        "Competitive salary + $2,000 bonus",
        "Manage budgets of up to $500,000 per year",
        "OTE: $200,000 - $250,000",
        "Our product saves customers $10,000 per month.",
        "In 2023 we paid out $2,000,000 to creators",
        "You are responsible for a portfolio worth €200,000.",
        "Life insurance of $50,000 and a pay raise each year",
        "Hourly pay: $25.00/hr; Annual: $52,000",
        "We pay for your $500 home office setup",
        "Our median customer pays $50,000 a year",
        "Students pay $20 - $40 an hour for lessons",
        "Parking is $5 - $10 per hour",
        "Our customers save $10,000 - $20,000 a year",
        "Rent from €900 - €1,200 per year",
        "Manage accounts of $100k - $500k per year",
        "A team of 10k-20k people, and a salary",
        "Bonus: up to $10,000 of your salary",
        "Competitive pay. You work in our new hall of 12,000 Ft. with daylight.",
        "Our pay is fair. You look after 25,000 Ft of pipe.",
        "Pay that fits. We serve 120,000 lei-loving visitors.",
        "Salary by agreement. 2024 EUR-Lex reform.",
        "Competitive salary (bonus of up to $10,000)",
    ],
)
def test_other_amounts_of_money_are_not_pay(text: str) -> None:
    assert salary_in_prose(text) is None


@pytest.mark.parametrize(
    ("text", "low", "high", "currency", "period"),
    [
        (
            "In Leeds the base salary range is £74,000 per year - £93,500 per year. In York the base salary range is £74,000 per year - £93,500 per year.",
            74_000,
            93_500,
            "GBP",
            Period.YEAR,
        ),
        (
            "Pay Range: $301,350.00 - $559,650.00 salary per year. Other rewards may include annual bonuses.",
            301_350,
            559_650,
            None,
            Period.YEAR,
        ),
        (
            "The base salary for all candidates is $140,000 - $215,000 per year, with eligibility for bonuses and equity grants.",
            140_000,
            215_000,
            None,
            Period.YEAR,
        ),
        ("Bruttojahresgehalt von mind. EUR 62.790", 62_790, None, "EUR", Period.YEAR),
        (
            "The estimated yearly salary for this role is:\n$59,000 - $79,000 USD",
            59_000,
            79_000,
            "USD",
            Period.YEAR,
        ),
        (
            "The pay for this position ranges from $22/hr to $28/hr depending on experience",
            22,
            28,
            None,
            Period.HOUR,
        ),
        ("Rate: £450 - £500 per day", 450, 500, "GBP", Period.DAY),
        (
            "Gehalt: ab € 2.900,-- brutto/Monat, Überzahlung möglich",
            2_900,
            None,
            "EUR",
            Period.MONTH,
        ),
        ("Rémunération annuelle brute : 38-42K€", 38_000, 42_000, "EUR", Period.YEAR),
        ("Palkka 3 500 € / kk", 3_500, 3_500, "EUR", Period.MONTH),
        ("$18 - $22 per hour", 18, 22, None, Period.HOUR),
        ("Full time, remote | 40 hours a week | US$12–16 an hour", 12, 16, "USD", Period.HOUR),
        ("Starting at $21.50 per hour", 21.5, None, None, Period.HOUR),
        ("Our machines cost €40 - €60 an hour to run", None, None, None, None),
        ("From $50,000 in prizes per year", None, None, None, None),
        ("Hiring range: $90,000-$110,000/year", 90_000, 110_000, None, Period.YEAR),
        ("The range for this role is $120,000 - $160,000.", 120_000, 160_000, None, None),
        ("Salary: 60k-80k", 60_000, 80_000, None, None),
        ("Compensation: 401k, equity", None, None, None, None),
        ("Salary: 12 to 18 LPA", 1_200_000, 1_800_000, "INR", Period.YEAR),
        ("Base salary £150, 000 - £200, 000 + Equity", 150_000, 200_000, "GBP", None),
        ("年薪 300,000-500,000 RMB", 300_000, 500_000, "CNY", Period.YEAR),
        ("給与：年俸 3,600,000円以上", 3_600_000, None, "JPY", Period.YEAR),
        ("R$ 8.000,00 por mês de salário", 8_000, 8_000, "BRL", Period.MONTH),
        (
            "We have three zones, each with a range that is its own. "
            "Our base pay ranges in each zone are:\nZone A: $122,400 - $159,800\n"
            "Zone B: $110,160 - $143,820",
            110_160,
            159_800,
            None,
            None,
        ),
        ("Annual base salary: 85 000–105 000 CHF (100%)", 85_000, 105_000, "CHF", Period.YEAR),
        ("We offer a competitive salary and £500 towards a course.", None, None, None, None),
        ("A fair salary plus a £600 yearly gift card", None, None, None, None),
        ("A fair salary and £300 at Christmas", None, None, None, None),
        ("A fair salary + £300 at Christmas", None, None, None, None),
        ("Assets of $200,000,000 under management; salary DOE.", None, None, None, None),
    ],
)
def test_pay_is_read_in_the_forms_of_other_boards(
    text: str, low: float | None, high: float | None, currency: str | None, period: Period | None
) -> None:
    assert parts(salary_in_prose(text)) == (low, high, currency, period)


@pytest.mark.parametrize(
    ("text", "low", "high", "currency", "period"),
    [
        ("Palkka on 12,40–13,90 euroa tunnissa.", 12.4, 13.9, "EUR", Period.HOUR),
        ("Hodinová mzda 170–190 Kč", 170, 190, "CZK", Period.HOUR),
        ('שכר של 60 ל-80 ש"ח לשעה', 60, 80, "ILS", Period.HOUR),
        ("راتب شهري من 9,000 إلى 11,000 جنيه مصري", 9_000, 11_000, "EGP", Period.MONTH),
        ("Tussen de € 2.900,- en € 3.700,- bruto salaris", 2_900, 3_700, "EUR", None),
        ("Lønnen er 170 NOK i timen.", 170, 170, "NOK", Period.HOUR),
        ("Salary: KSh. 61,000 - 82,000 per month", 61_000, 82_000, "KES", Period.MONTH),
        ("Sueldo: S/ 2,600 mensuales", 2_600, 2_600, "PEN", Period.MONTH),
        ("Salary: Tk. 31,000 - 42,000 (Monthly)", 31_000, 42_000, "BDT", Period.MONTH),
        ("薪资:7-9K·13薪", 7_000, 9_000, None, Period.MONTH),
        ("薪资:25-40K·14薪", 25_000, 40_000, None, Period.MONTH),
        ("Alga no 1300 līdz 1700 EUR", 1_300, 1_700, "EUR", None),
        ("Monatslohn: CHF 5'400.– bis CHF 6'300.–", 5_400, 6_300, "CHF", Period.MONTH),
        ("月給 21万5,000円~26万円", 215_000, 260_000, "JPY", Period.MONTH),
        ("月給21万3000円", 213_000, 213_000, "JPY", Period.MONTH),
        ("A starting salary of £27,900 a year.", 27_900, None, "GBP", Period.YEAR),
        ("Wir zahlen 540 € Lohn, keine Überzahlung.", 540, 540, "EUR", None),
        (
            "The salary is £27,900 a year, with 28 days of leave plus bank holidays, and a pension.",
            27_900,
            27_900,
            "GBP",
            Period.YEAR,
        ),
        ("The salary is £29,000 for 37 hours per week.", 29_000, 29_000, "GBP", None),
        ("Friskvårdsbidrag på 3 000 SEK om året och lön varje månad", None, None, None, None),
        ("Lohn im 1. Jahr 1.150 €, im 2. Jahr 1.250 €", None, None, None, None),
    ],
)
def test_pay_is_read_in_the_words_of_other_countries(
    text: str, low: float | None, high: float | None, currency: str | None, period: Period | None
) -> None:
    assert parts(salary_in_prose(text)) == (low, high, currency, period)


def test_a_stated_currency_is_used_for_an_amount_without_one() -> None:
    assert parts(salary_in("2,500", currency="PLN")) == (2_500, 2_500, "PLN", None)
    assert parts(salary_in("€2,500", currency="PLN")) == (2_500, 2_500, "EUR", None)


def test_brackets_are_read_if_only_they_hold_a_sum() -> None:
    assert parts(salary_in_prose("Guter Stundenlohn (15,90 Euro brutto/Std.)")) == (
        15.9,
        15.9,
        "EUR",
        Period.HOUR,
    )
    assert parts(salary_in_prose("Entgeltgruppe E11: Entgelt (ab 51.000 EUR) jährlich")) == (
        51_000,
        None,
        "EUR",
        Period.YEAR,
    )


@pytest.mark.parametrize(
    ("text", "country", "currency"),
    [
        ("Salary: Rs 90,000 per month", "LK", "LKR"),
        ("Salary: Rs 90,000 per month", "IN", "INR"),
        ("Salary: 9.000 lei per month", "MD", "MDL"),
        ("Salary: Rs 90,000 per month", "DE", None),
        ("Salary: R26 000 per month", "ZA", "ZAR"),
        ("Salary: R26 000 per month", "DE", None),
        ("Salary: N160,000 monthly", "NG", "NGN"),
        ("Sueldo: $6,100 mensuales", "MX", "MXN"),
        ("Salary: $61,000 yearly", "MX", None),
        ("راتب شهري 9,000 جنيه", "EG", "EGP"),
        ("Salaire : 300 000 FCFA par mois", "SN", "XOF"),
    ],
)
def test_a_shared_mark_means_the_currency_of_the_place(
    text: str, country: str, currency: str | None
) -> None:
    read = in_local_currency(salary_in_prose(text), [country])

    assert read is not None
    assert read.currency == currency


@pytest.mark.parametrize(
    ("text", "language", "currency"),
    [
        ("Årslønn fra kr 580 000 til kr 690 000", "no", "NOK"),
        ("Lön: 32 000 kr i månaden", "sv", "SEK"),
        ("Salary: $76,480 - $83,120 per annum plus 11.5% superannuation", "en", "AUD"),
        ("Salary: $76,480 - $83,120 per annum", "en", None),
        ("Salary: $76,480 - $83,120 per annum", "da", None),
        ("薪资:1.5-2.5万/月", "zh", "CNY"),
        ("薪资:1.5-2.5万/月", "ja", None),
    ],
)
def test_a_scheme_or_the_language_decides_a_currency_without_a_country(
    text: str, language: str, currency: str | None
) -> None:
    read = salary_in(text)

    assert read is not None
    found = in_local_currency(read, [None], language=language)
    assert found is not None
    assert found.currency == currency
    assert in_local_currency(read, ["DE"], language=language) == read


@pytest.mark.parametrize(
    ("countries", "currency"), [(["CN"], "CNY"), (["CN", None], "CNY"), (["CN", "TW"], None)]
)
def test_chinese_pay_without_a_mark_is_in_yuan_if_all_places_are_in_china(
    countries: list[str | None], currency: str | None
) -> None:
    read = in_local_currency(salary_in("薪资:1.5-2.5万/月"), countries, language="zh")

    assert read is not None
    assert read.currency == currency


def test_very_long_numbers_are_read_quickly() -> None:
    salary_in_prose("Salary: €" + "1" * 200_000)
    salary_in_prose("Salary: €" + "1,111" * 50_000)
    salary_in("1.000" * 50_000)


@pytest.mark.parametrize(
    ("text", "yearly", "assumption"),
    [
        ("€ 3.000 brutto pro Monat (14 Gehälter)", 42_000, "14 salaries a year, as stated"),
        ("Monthly salary: €3,000, paid in 14 salaries", 42_000, "14 salaries a year, as stated"),
        ("1.500 € x 14 pagas", 21_000, "14 salaries a year, as stated"),
        ("Stipendio: 2.000 € mensili per 13 mensilità", 26_000, "13 salaries a year, as stated"),
        ("2 500 € par mois sur 13 mois", 32_500, "13 salaries a year, as stated"),
        ("CHF 6'000 pro Monat x 13", 78_000, "13 salaries a year, as stated"),
        ("€2,000 per month, thirteen salaries", 26_000, "13 salaries a year, as stated"),
        ("€2,000 per month plus a 13th month", 26_000, "13 salaries a year, as stated"),
        ("€2,000 per month", 24_000, "12 months a year"),
        ("€2,000 per month, 14 holidays", 24_000, "12 months a year"),
        ("$20 per hour", 41_600, "2,080 hours a year (52 weeks of 40 hours)"),
        ("RAL 30.000 € su 14 mensilità", 30_000, None),
        ("€45,000 a year", 45_000, None),
    ],
)
def test_pay_for_a_year_counts_the_stated_number_of_salaries(
    text: str, yearly: int, assumption: str | None
) -> None:
    read = salary_in(text)

    assert read is not None
    pay = yearly_pay({"raw": read.raw, "min": read.min, "max": read.max, "period": read.period})
    assert pay == YearlyPay(min=yearly, max=yearly, assumption=assumption)


def test_a_salary_of_a_month_in_brackets_is_kept_in_the_raw_text() -> None:
    read = salary_in_prose("Gehalt: € 3.000 brutto pro Monat (14 Gehälter).")

    assert read is not None
    assert "14 Gehälter" in read.raw


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("Løn: 34.000 kr. om måneden", Period.MONTH),
        ("Gaji: RM 2.500 sebulan", Period.MONTH),
        ("Stawka: 6 500 zł/msc", Period.MONTH),
        ("Lön: 8 000 kr i veckan", Period.WEEK),
        ("Salary: €60,000 (12 x €5,000)", None),
    ],
)
def test_periods_are_read_in_inflected_forms(text: str, period: Period | None) -> None:
    read = salary_in(text)

    assert read is not None
    assert read.period is period


def test_millions_in_vietnamese_are_in_dong() -> None:
    read = salary_in("Mức lương: 12 - 15 triệu/tháng")

    assert read is not None
    assert (read.min, read.max, read.currency) == (12_000_000, 15_000_000, "VND")


def test_the_dollar_is_american_where_the_own_currency_is_not_a_dollar() -> None:
    read = salary_in("$3 000 – 4 500 на місяць")
    found = in_local_currency(read, [None], site="https://acme.ua/1")

    assert found is not None
    assert found.currency == "USD"
