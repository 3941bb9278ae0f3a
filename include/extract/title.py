"""Find the heading of a page that is the title of the posting.

On most pages this is the first ``h1``. But many sites use the ``h1`` for their own name (Avature,
in the header of the page), and an ``h2``, ``h3`` or ``h4`` for the job (Jobvite, HRPeak). On such
pages, the title is the heading that equals the name of the page, or a part of that name. The name
of the page is in ``og:title`` and in ``title``.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from itertools import chain
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.fields.template import line_hash
from include.core.formats.text import one_line
from include.extract.node_text import text_of

HEADINGS = "h1, h2, h3, h4"
_EMPHASIS = "b, strong, th, font, [class*=title], [class*=heading], [role=heading]"
"""A CSS selector for the elements by which pages without headings emphasise the title."""
MAX_HEADINGS = 1_000
"""The maximum number of headings that are searched for the title."""
_FRAME_TAGS = frozenset({"header", "nav", "footer", "aside"})
CONSENT_WORDS = re.compile(
    "cookie|consent|gdpr|onetrust|usercentrics|didomi|cmpbox|iubenda|osano|tarteaucitron|klaro|"
    "borlabs|cmplz|axeptio|termly",
    re.IGNORECASE,
)
"""A pattern of words in the classes, ids or labels of boxes that ask for consent to cookies."""
_SEPARATOR = re.compile(r"\s+[–—·:-]\s+|\s*[|｜»›]\s*")
"""A pattern of the separators between the parts of a page's name: the job and the site."""


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
    "招聘职位",
    "徵才資訊", "ร่วมงานกับเรา", "สมัครงาน",
})  # fmt: skip
"""Names of sections of a site, such as "careers", which are never the title of a posting."""
_ADDITION = re.compile(r"(?:\s*[-–—|([].*)?", re.DOTALL)
_NUMBER_OF_POSTING = re.compile(r"\s(?:[-–—]\s)?[(\[](?:[A-Za-z]{1,5}[-. #:]{1,2})?\d{5,12}[)\]]$")
_WORD = re.compile(r"\w{3,}|[^\x00-\u2fff]")
"""A pattern of a word of at least three letters, or of one East Asian character."""
_MIN_TITLE_LENGTH = 5
_MAX_TITLE_LENGTH = 120
_MIN_BEGINNING_LENGTH = 10
_HOME_PATH = re.compile(r"(?:[a-z]{2}(?:[-_][A-Za-z]{2})?/?)?(?:index\.\w{3,5}|home)?")
"""A pattern of the path of a home page, which may begin with a language."""


def title_of(tree: LexborHTMLParser, constant: Set[int] = frozenset()) -> str | None:
    """Return the title of the posting; None if nothing on the page can be the title.

    Args:
        tree: the page.
        constant: the hashes of the lines that nearly all pages of the board have. A heading that is
            such a line is the title only if no other heading can be the title.
    """
    site = _comparable(_content(tree, "og:site_name") or "")
    heading_title = _heading_with_title(tree, site, constant)
    if heading_title is None and constant:
        heading_title = _heading(tree.css(HEADINGS)[:MAX_HEADINGS], site, constant)
        heading_title = heading_title or _heading_with_title(tree, site, frozenset())
    return (
        heading_title
        or _content(tree, "og:title")
        or _first_heading(tree, site)
        or _emphasised_title(tree, site)
    )


def _emphasised_title(tree: LexborHTMLParser, site: str) -> str | None:
    """Return the emphasised text that equals a part of the page's name, on a page without headings.

    If several texts do, return the longest.
    """
    parts = set(_parts_of_name(tree))
    texts = (one_line(node.text()) for node in tree.css(_EMPHASIS)[:MAX_HEADINGS])
    names = (
        text
        for text in texts
        if _comparable(text) in parts and _can_be_title(text, site, frozenset())
    )
    return max(names, key=len, default=None)


def _first_heading(tree: LexborHTMLParser, site: str) -> str | None:
    """Return the first heading, of any level, that can be the title.

    Headings in parts such as the page's header and footer are left out.
    """
    in_surroundings = _IsInside(_surrounds_main)
    inside = [node for node in tree.css(HEADINGS)[:MAX_HEADINGS] if not in_surroundings(node)]
    without_logos = filter(_is_no_logo, inside)
    return _heading(without_logos, site, frozenset()) or _heading(inside, site, frozenset())


def shown_title(stated_title: str, heading: str | None) -> str:
    """Return the stated title without the additions that the heading of the page does not have.

    An addition stands before or after the heading. It is separated by a dash or a vertical bar, or
    is in brackets: ``Berlin - Sweeper``, ``Sweeper (R-17)``. If the stated title is not the heading
    with such additions, return it unchanged.
    """
    if heading and len(heading) >= _MIN_TITLE_LENGTH:
        before, heading_part, after = stated_title.partition(heading)
        if heading_part and _ADDITION.fullmatch(before[::-1]) and _ADDITION.fullmatch(after):
            return heading
    return stated_title


def without_number(title: str) -> str:
    """Return the title without a posting number at its end: ``Sweeper - (26003417)``."""
    return _NUMBER_OF_POSTING.sub("", title) or title


def _heading_with_title(tree: LexborHTMLParser, site: str, constant: Set[int]) -> str | None:
    headings = tree.css("h1")[:MAX_HEADINGS]
    in_main, in_surroundings = _IsInside(_is_main), _IsInside(_surrounds_main)
    heading = _heading(filter(in_main, headings), site, constant)
    if heading and len(heading) <= _MAX_TITLE_LENGTH:
        if _is_in_name(tree, heading):
            return heading
        other_heading = _named_by_the_page(tree, site, constant)
        # The last part of the name is mostly the name of the site.
        *parts, _ = _parts_of_name(tree)
        return other_heading if other_heading and _comparable(other_heading) in parts else heading
    headings = list(filter(_is_no_logo, headings))
    inside = (each for each in headings if not in_surroundings(each))
    return (
        _named_by_the_page(tree, site, constant)
        or heading
        or _heading(inside, site, constant)
        or _heading(headings, site, constant)
        or _heading(tree.css("[itemprop=title]")[:MAX_HEADINGS], site, constant)
    )


def _is_in_name(tree: LexborHTMLParser, heading: str) -> bool:
    """Return whether the heading and the name of the page have a word in common.

    Otherwise the heading may be a slogan, such as "Come and join us".
    """
    words = {word for name in _parts_of_name(tree) for word in _WORD.findall(name)}
    return not words or not words.isdisjoint(_WORD.findall(_comparable(heading)))


def _named_by_the_page(tree: LexborHTMLParser, site: str, constant: Set[int]) -> str | None:
    """Return the heading that equals the name of the page or a part of that name.

    If there is none, return a heading that begins with a part of the name. If there is none,
    either, return a heading that is itself the beginning of a part of the name.
    """
    parts = list(_parts_of_name(tree))
    nodes = filter(_is_no_logo, tree.css(HEADINGS)[:MAX_HEADINGS])
    texts = (_part_of_heading(node, parts) for node in nodes)
    headings = {_comparable(text): text for text in texts if _can_be_title(text, site, constant)}
    longer = (
        text
        for part in parts
        for folded, text in headings.items()
        if len(part) >= _MIN_TITLE_LENGTH and folded.startswith(f"{part} ")
    )
    shorter = (
        text
        for part in parts
        for folded, text in headings.items()
        if len(folded) >= _MIN_BEGINNING_LENGTH and part.startswith(f"{folded} ")
    )
    equal = (headings[part] for part in parts if part in headings)
    return next(chain(equal, longer, shorter), None)


def _part_of_heading(heading: LexborNode, names: Sequence[str]) -> str:
    """Return the text of the heading.

    A long heading may contain more than the title. If an element inside of it has a text with which
    one of ``names`` begins, return only the text of that element.
    """
    text = text_of(heading)
    if len(text) <= _MAX_TITLE_LENGTH:
        return text
    inner = (text_of(node) for node in heading.css("span, div, b, strong"))
    return next(
        (
            each
            for each in inner
            if len(each) >= _MIN_TITLE_LENGTH
            and any(name.startswith(_comparable(each)) for name in names)
        ),
        text,
    )


def _parts_of_name(tree: LexborHTMLParser) -> Iterator[str]:
    name = tree.css_first("title")
    for name_text in (_content(tree, "og:title"), text_of(name) if name else None):
        if name_text:
            yield _comparable(name_text)
            yield from map(_comparable, _SEPARATOR.split(name_text))


def _heading(nodes: Iterable[LexborNode], site: str, constant: Set[int]) -> str | None:
    """Return the first text of the nodes that can be the title; None if there is none."""
    texts = (text_of(node) for node in nodes)
    return next((text for text in texts if _can_be_title(text, site, constant)), None)


def _can_be_title(text: str, site: str, constant: Set[int]) -> bool:
    """Return whether ``text`` can be a title.

    A text cannot be a title if it is empty, is the name of the site or of a section, or is a line
    that nearly all pages of the board have.
    """
    return (
        bool(text)
        and (folded := _comparable(text)) != site
        and folded.replace("i̇", "i").replace("’", "'") not in _SECTIONS
        and not (constant and line_hash(text) in constant)
    )


class _IsInside:
    """A test whether any element around a node has a property.

    The results are remembered, so that each element is examined only once.
    """

    def __init__(self, has_property: Callable[[LexborNode], bool]) -> None:
        self._has_property = has_property
        self._known: dict[int, bool] = {}

    def __call__(self, node: LexborNode) -> bool:
        """Return whether any element around ``node`` has the property."""
        passed: list[int] = []
        has_match = False
        ancestor = node.parent
        while ancestor is not None and ancestor.parent is not None and not has_match:
            if (known_match := self._known.get(ancestor.mem_id)) is not None:
                has_match = known_match
                break
            passed.append(ancestor.mem_id)
            has_match = self._has_property(ancestor)
            ancestor = ancestor.parent
        self._known.update(dict.fromkeys(passed, has_match))
        return has_match


def _is_main(node: LexborNode) -> bool:
    return node.tag in ("main", "article") or node.attrs.get("role") == "main"


def _surrounds_main(node: LexborNode) -> bool:
    names = (node.attrs.get(name) or "" for name in ("id", "class", "aria-label"))
    return node.tag in _FRAME_TAGS or (
        node.tag not in ("body", "html") and any(map(CONSENT_WORDS.search, names))
    )


def _is_no_logo(heading: LexborNode) -> bool:
    """Return whether the heading is not the logo of the site, which links to the home page.

    The link may be inside of the heading or around it.
    """
    link = heading.css_first("a[href]") or heading.parent
    if link is None or link.tag != "a":
        return True
    return _HOME_PATH.fullmatch(urlsplit(link.attrs.get("href") or "").path.strip("./")) is None


def _content(tree: LexborHTMLParser, name: str) -> str | None:
    node = tree.css_first(f'meta[property="{name}"]')
    return one_line(node.attrs.get("content") or "") or None if node else None


def _comparable(text: str) -> str:
    return one_line(text).casefold()
