"""Recognise the name of a site, and the names of its sections, in texts of its pages.

Neither is the title of a posting, although both stand in headings and in the names of pages.
"""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

from include.core.formats.text import one_line

_SECTIONS = frozenset({
    "human resources", "careers", "career", "jobs", "job", "vacancies", "vacancy", "job openings",
    "current openings", "open positions", "career details", "job details", "vacancy details",
    "job description", "job opportunities", "work with us", "join us", "join our team",
    "karriere", "stellenangebote", "stellenangebot", "offene stellen", "jobs & karriere",
    "stellenausschreibung", "recrutement", "offres d'emploi", "offre d'emploi", "nous rejoindre",
    "rejoignez-nous", "empleo", "ofertas de empleo", "oferta de empleo", "trabaja con nosotros",
    "bolsa de trabajo", "vagas", "trabalhe conosco", "recrutamento", "carreiras", "lavora con noi",
    "posizioni aperte", "offerte di lavoro", "werken bij", "vacatures", "vacature", "lediga jobb",
    "ledig tjänst", "lediga tjänster", "ledige stillinger", "ledig stilling", "job hos os",
    "avoimet työpaikat", "rekry", "ura", "kariera", "praca", "oferty pracy", "oferta pracy",
    "kariéra", "volná místa", "volné pozice", "voľné miesta", "voľné pozície", "karrier", "állások",
    "állásajánlatok", "cariere", "carieră", "locuri de muncă", "posturi vacante", "кариери",
    "кариера", "вакансии", "вакансія", "вакансії", "карьера", "кар'єра", "καριέρα",
    "θέσεις εργασίας", "insan kaynakları", "kariyer", "açık pozisyonlar", "iş ilanları", "posao",
    "karijera", "zaposlitev", "דרושים", "קריירה", "משרות", "وظائف", "الوظائف", "التوظيف",
    "tuyển dụng", "tin tuyển dụng", "karir", "lowongan kerja", "lowongan", "採用情報", "募集要項",
    "求人情報", "求人詳細", "채용", "채용공고", "채용정보", "人才招聘", "招聘", "加入我们",
    "招聘职位", "徵才資訊", "ร่วมงานกับเรา", "สมัครงาน",
})  # fmt: skip
"""Names of sections of a site, such as "careers", which are never the title of a posting."""
_PLAIN_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae"})
"""Letters that URLs replace by plain letters, and that Unicode does not decompose."""
_MIN_SITE_LENGTH = 3
"""The minimum length, in characters, of a label of the host that can be the name of the site."""
_MAX_WORDS = 12
"""The maximum number of words of a text in which the name of the site is searched for."""
_MAX_SECTION_LENGTH = 100
_MAX_TEXT_LENGTH = 500
"""The maximum length, in characters, of a text whose words are read. The rest is not read."""


class SiteName:
    """The name of the site that a page belongs to."""

    def __init__(self, name: str, url: str) -> None:
        """Create the name of a site.

        Args:
            name: the name that the page states; empty if it states none.
            url: the address of the page, whose host mostly has the name; empty if it is unknown.
        """
        self._name = comparable(name)
        self._labels = _labels_of_host(url)

    def equals(self, text: str) -> bool:
        """Return whether the text is the stated name."""
        return comparable(text) == self._name

    def is_in(self, text: str) -> bool:
        """Return whether neighbouring words of the text form a label of the host."""
        words = plain_words(text)[:_MAX_WORDS]
        joined_words = "".join(words)
        # Most texts end here, because it takes longer to build all runs of words.
        labels = {label for label in self._labels if label in joined_words}
        if not labels:
            return False
        runs = {
            "".join(words[first:last])
            for first in range(len(words))
            for last in range(first + 1, len(words) + 1)
        }
        return not runs.isdisjoint(labels)


def is_section(text: str) -> bool:
    """Return whether the text is the name of a section of a site, such as "careers"."""
    return (
        len(text) <= _MAX_SECTION_LENGTH
        and comparable(text).replace("i̇", "i").replace("’", "'") in _SECTIONS
    )


def plain_words(text: str) -> tuple[str, ...]:
    """Return the words of the text in small letters without accents, as in addresses."""
    return _plain_words(text[:_MAX_TEXT_LENGTH])


@lru_cache(maxsize=1_000)
def _plain_words(text: str) -> tuple[str, ...]:
    plain = text.casefold()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain.translate(_PLAIN_LETTERS))
        plain = "".join(each for each in decomposed if not unicodedata.combining(each))
    return tuple(re.findall(r"[a-z0-9]+", plain))


def _labels_of_host(url: str) -> tuple[str, ...]:
    """Return the labels of the host of a URL that can be the name of the site.

    They are the last two labels before the top-level domain, without labels that are short or that
    name a section, such as ``careers``.
    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ()
    labels = host.split(".")[:-1]
    return tuple(
        plain
        for label in labels[-2:]
        if len(plain := label.replace("-", "")) >= _MIN_SITE_LENGTH and not is_section(label)
    )


def comparable(text: str) -> str:
    """Return the text on one line and without differences of case."""
    return one_line(text).casefold()
