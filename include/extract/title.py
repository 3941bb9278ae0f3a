"""Find the title of the posting on a page.

Candidates for the title are the headings of every level, elements that a class or another attribute
names as a title, and short texts that equal a part of the page's name. Each candidate has a score.
Its markup counts for most if it is the ``h1`` of the main element. Agreement counts more than any
markup: a candidate is the title if an independent place states the same. Such places are the name
of the page (``title``, ``og:title`` and ``twitter:title``, without the name of the site) and the
address of the page.

A heading that agrees with no other place is often the label of a section, such as "Main tasks". It
is the title only if it is an ``h1``, or stands above the text and is the only one of its level.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, islice
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.fields.template import line_hash
from include.core.formats.text import one_line
from include.extract.after_posting import heads_other_content
from include.extract.labels import field_of_label
from include.extract.node_text import (
    CONSENT_WORDS,
    HEADINGS,
    MAX_HEADINGS,
    largest_around,
    next_element,
    text_of,
)
from include.extract.site_names import SiteName, comparable, is_section, plain_words

_MARKED_ELEMENTS = f"{HEADINGS}, h5, h6, [itemprop=title], [itemprop=headline]"
"""A CSS selector for the elements that HTML or schema.org marks as a heading or title."""
_NAMED_ELEMENTS = "[class], [id], [data-testid], [data-automation-id], [data-qa], [data-ui]"
_NAME_ATTRIBUTES = ("class", "id", "data-testid", "data-automation-id", "data-qa", "data-ui")
"""The attributes in which sites name an element."""
_FRAME_TAGS = frozenset({"nav", "footer", "aside"})
_TAGS_WITHOUT_TITLE = frozenset({"script", "style", "option", "label", "li", "ul", "ol"})
_NAVIGATION_NAMES = re.compile(r"crumb|\bnav|menu|\bstep", re.IGNORECASE)
"""A pattern of the classes of navigation. A plain text inside of it cannot be the title."""
_SECTIONING = frozenset({"main", "article", "section"})
"""The tags of elements whose ``header`` is not the header of the site (HTML standard, 4.3.8)."""
_SEPARATOR = re.compile(r"\s+[–—·:-]\s+|\s*[|｜»›]\s*|(?<=[^\d\s]):\s+|(?<=[^\x00-\u2fff])[-_:：]")
"""A pattern of the separators between the parts of a page's name: the job and the site.

In East Asian names, no space stands beside a dash.
"""
_TITLE_WORDS = frozenset({
    "baslik", "cim", "heading", "headline", "jobtitle", "judul", "nadpis", "naslov", "nazev",
    "nazov", "nazwa", "otsikko", "overskrift", "rubrik", "titel", "title", "titlu", "titolo",
    "titre", "titulo", "tytul", "zagolovok",
})  # fmt: skip
"""Words in the names of elements that hold a title, in several languages, without accents."""
_JOB_WORDS = frozenset({
    "annonce", "annons", "ilan", "inzerat", "job", "jobs", "jobtitle", "oferta", "offre",
    "oglas", "opening", "position", "poste", "posting", "puesto", "requisition", "stelle",
    "stellen", "vacancy", "vacature", "vaga",
})  # fmt: skip
"""Words for a posting. An element is named as the title of a posting if its name has one of these
words and a word for a title.
"""
_OTHER_TITLES = frozenset({
    "brand", "card", "company", "footer", "form", "list", "logo", "menu", "modal", "nav",
    "popup", "related", "section", "sidebar", "similar", "site", "sub", "subtitle", "widget",
})  # fmt: skip
"""Words in the names of titles of other things than the posting."""
_NAME_WORD = re.compile("[a-z]+")
_CAMEL = re.compile("(?<=[a-z])(?=[A-Z])")
_ROW_LABELS = frozenset({
    "position", "position title", "job title", "vacancy title", "title", "role", "post",
    "post title", "job", "vacancy", "stelle", "stellenbezeichnung", "stellentitel",
    "berufsbezeichnung", "poste", "intitulé du poste", "intitulé", "fonction", "puesto",
    "cargo", "nombre del puesto", "denominación", "função", "vaga", "posizione", "mansione",
    "ruolo", "qualifica", "profilo", "functie", "functietitel", "stanowisko",
    "nazwa stanowiska", "pozice", "název pozice", "pracovní pozice", "pozícia", "názov pozície",
    "pracovná pozícia", "munkakör", "pozíció", "munkakör megnevezése", "post vacant",
    "denumirea postului", "funcția", "postul", "длъжност", "позиция", "должность", "вакансия",
    "посада", "вакансія", "θέση", "τίτλος θέσης", "pozisyon", "kadro", "unvan", "radno mjesto",
    "naziv radnog mjesta", "delovno mesto", "tjänst", "befattning", "titel", "yrkesbenämning",
    "stilling", "stillingstittel", "stillingsbetegnelse", "tehtävä", "tehtävänimike",
    "ametikoht", "amats", "pareigos", "vị trí", "chức danh", "vị trí tuyển dụng", "posisi",
    "jabatan", "ตำแหน่ง", "ตำแหน่งงาน", "職種", "職種名", "募集職種", "职位", "职位名称",
    "岗位", "岗位名称", "招聘职位", "職位名稱", "職務名稱", "모집직무", "직무", "포지션",
    "모집부문", "المسمى الوظيفي", "الوظيفة", "שם המשרה", "תפקיד",
})  # fmt: skip
"""Labels of table rows and definitions whose value is the title."""
_ADDITION = re.compile(r"(?:\s*[-–—|([].*)?", re.DOTALL)
_NUMBER_OF_POSTING = re.compile(r"\s(?:[-–—]\s)?[(\[](?:[A-Za-z]{1,5}[-. #:]{1,2})?\d{5,12}[)\]]$")
_WORD = re.compile(r"\w{3,}|[^\x00-\u2fff]")
"""A pattern of a word of at least three letters, or of one East Asian character."""
_MIN_TITLE_LENGTH = 5
_MAX_TITLE_LENGTH = 120
_MIN_BEGINNING_LENGTH = 10
_MAX_NAMED_ELEMENTS = 2_000
_MAX_NAMED_TITLES = 100
_MAX_EQUAL_TEXTS = 20
_MAX_ROWS = 200
_MAX_TEXTS = 5_000
"""The maximum number of texts of a page that are compared with its name."""
_MAX_NAME_LENGTH = 500
"""The maximum length, in characters, of a name of the page. What exceeds it is not read."""
_MIN_SHARE = 0.6
"""The share (0 to 1) of a candidate's words that another place must state to agree with it."""
_SHARED_WORDS_AGREEMENT = 2.0
"""The agreement of a text most of whose words are in the name of the page."""
_MIN_AGREEMENT = 1.5
"""The agreement from which a candidate counts as stated by an independent place."""
_HOME_PATH = re.compile(r"(?:[a-z]{2}(?:[-_][A-Za-z]{2})?/?)?(?:index\.\w{3,5}|home)?")
"""A pattern of the path of a home page, which may begin with a language."""
_LEVELS = {"h1": 3.0, "h2": 1.0, "h3": 0.75, "h4": 0.5, "h5": 0.25, "h6": 0.25}
"""The score of a heading, by its tag."""
_ITEMPROPS = {"title": 2.5, "headline": 1.5}
"""The score of an element, by its property in schema.org."""
_POSTING_TITLE_SCORE = 2.0
"""The score of an element whose name is that of a posting's title, such as "job-title"."""
_EMPHASIS_TAGS = ("b", "strong", "font", "th")
"""The tags by which pages without headings emphasise the title."""
_EMPHASIS = ", ".join(_EMPHASIS_TAGS)


@dataclass(frozen=True)
class Title:
    """The title of a posting, and the element that shows it."""

    text: str
    node: LexborNode | None = None
    """The element that shows the title; None if only the metadata or the address states it."""


@dataclass(frozen=True)
class _Candidate(Title):
    """A text of the page that may be the title, and how much speaks for it."""

    level: str = ""
    """The tag of the heading; empty if the candidate is not a heading."""
    markup: float = 0.0
    """The score of the candidate's own markup."""
    agreement: float = 0.0
    """The score of the other places that state the same title; 0 if there is none."""
    is_certain: bool = False
    """True if the markup alone is enough to make the candidate the title."""

    @property
    def agrees(self) -> bool:
        """True if an independent place states the same title."""
        return self.agreement >= _MIN_AGREEMENT


def _score(candidate: _Candidate) -> float:
    return candidate.markup + candidate.agreement


def _without_labels(candidates: Iterable[_Candidate]) -> Iterator[_Candidate]:
    """Yield the candidates that are not the label of a section.

    The check for labels is slow, so it is made only for candidates that are asked for.
    """
    for each in candidates:
        if each.agrees or each.level == "h1" or not _is_label(each.text):
            yield each


def find_title(
    tree: LexborHTMLParser, *, url: str = "", constant: Set[int] = frozenset()
) -> Title | None:
    """Return the title of the posting; None if nothing on the page can be the title.

    Args:
        tree: the page.
        url: the address of the page; empty if it is unknown.
        constant: the hashes of the lines that nearly all pages of the board have. A heading that is
            such a line is the title only if no other heading can be the title.
    """
    page = _Page(tree, url, constant)
    if constant and (title := page.best() or page.first_heading()):
        return title
    page = _Page(tree, url, frozenset()) if constant else page
    return page.best() or page.fallback()


class _Page:
    """The candidates of a page, and the other places that may state the title."""

    def __init__(self, tree: LexborHTMLParser, url: str, constant: Set[int]) -> None:
        self._tree = tree
        self._constant = constant
        self._site = SiteName(_content(tree, "og:site_name") or "", url)
        self._names = _Names(tree, self._site)
        self._words_of_url = frozenset(plain_words(unquote(_last_segment(url))))
        self._in_main = _IsInside(_is_main)
        self._in_section = _IsInside(_is_sectioning)
        self._in_header = _IsInside(_is_header)
        self._in_frame = _IsInside(_is_frame_element)

    def best(self) -> Title | None:
        """Return the best candidate that is certain or agrees with another place, or None.

        Elements that are not headings are candidates only if the best heading agrees
        with no other place.
        """
        candidates = sorted(self._marked(), key=_score, reverse=True)
        best = next(_without_labels(candidates), None)
        if best is None or not best.agrees:
            candidates += chain(self._named(), self._equal_texts())
            possible = (each for each in candidates if each.agrees or each.is_certain)
            best = max(_without_labels(possible), key=_score, default=None)
        return best

    def first_heading(self) -> Title | None:
        """Return the first heading, of any level, that can be the title."""
        return next(_without_labels(self._marked()), None)

    def fallback(self) -> Title | None:
        """Return a title for a page on which no two places agree."""
        return (
            self._title_of_metadata()
            or self._title_of_row()
            or self._lone_heading()
            or self._title_of_url()
        )

    def _marked(self) -> Iterator[_Candidate]:
        """Yield the headings, and the elements that schema.org marks, that can be the title.

        Labels of sections are among them.
        """
        for node in self._tree.css(_MARKED_ELEMENTS)[:MAX_HEADINGS]:
            text = self._names.part_of_heading(node)
            level = _level(node)
            if not self._can_be_title(text) or _is_logo(node):
                continue
            agreement, name_score = self._agreement(text), _name_score(node)
            itemprop = node.attrs.get("itemprop") or ""
            markup = _LEVELS.get(level, 0.0) + _ITEMPROPS.get(itemprop, 0.0) + name_score
            if level == "h1" and not self._in_main(node):
                markup -= 0.5
            if self._is_in_frame(node):
                markup -= 2.0
            if len(text) > _MAX_TITLE_LENGTH:
                markup -= 2.0
            elif agreement <= _SHARED_WORDS_AGREEMENT and self._site.is_in(text):
                markup -= 2.5
            is_certain = level == "h1" or itemprop == "title" or name_score >= _POSTING_TITLE_SCORE
            yield _Candidate(text, node, level, markup, agreement, is_certain)

    def _named(self) -> Iterator[_Candidate]:
        """Yield the elements that an attribute names as a title, and that are not headings."""
        body = self._tree.body
        nodes = body.css(_NAMED_ELEMENTS)[:_MAX_NAMED_ELEMENTS] if body else []
        named = [node for node in nodes if _name_score(node) > 0][:_MAX_NAMED_TITLES]
        class_counts = Counter(node.attrs.get("class") for node in named)
        for node in named:
            text = text_of(node)
            if not self._can_be_title(text) or len(text) > _MAX_TITLE_LENGTH or _is_in_link(node):
                continue
            agreement = self._agreement(text)
            is_certain = (
                class_counts[node.attrs.get("class")] == 1
                and not _is_label(text)
                and not self._is_in_frame(node)
                and node.mem_id in self._ids_above_text
            )
            markup = _name_score(node) - (2.0 if self._is_in_frame(node) else 0.0)
            if node.tag not in _LEVELS:
                yield _Candidate(text, node, "", markup, agreement, is_certain)

    def _equal_texts(self) -> Iterator[_Candidate]:
        """Yield the elements whose whole text is a part of the page's name."""
        body = self._tree.body
        if body is None or not self._names:
            return
        nodes = (node for node in body.traverse(include_text=True) if node.tag == "-text")
        equal_nodes = (
            node for node in islice(nodes, _MAX_TEXTS) if self._names.equality(node.text())
        )
        for node in islice(equal_nodes, _MAX_EQUAL_TEXTS):
            text = one_line(node.text())
            box = node.parent
            if box is None or _is_in_link(box):
                continue
            box = largest_around(box, frozenset(), lambda each: text_of(each) == text)  # noqa: B023 # called at once
            if (
                box.tag in _TAGS_WITHOUT_TITLE
                or not self._can_be_title(text)
                or self._is_in_frame(box)
                or _is_navigation(box)
            ):
                continue
            agreement = self._names.equality(text)
            if agreement > _MIN_AGREEMENT:
                agreement += self._url_agreement(text)
                yield _Candidate(text, box, "", _emphasis(box), agreement)

    def _title_of_metadata(self) -> Title | None:
        for name in ("og:title", "twitter:title"):
            text = _content(self._tree, name) or ""
            text = self._names.without_site(text) if len(text) <= _MAX_NAME_LENGTH else text
            if self._can_be_title(text):
                return Title(text)
        return None

    def _title_of_row(self) -> Title | None:
        """Return the value of a row or definition that is labelled as the position."""
        for cell in self._tree.css("th, td, dt")[:_MAX_ROWS]:
            if comparable(text_of(cell)).rstrip(" :：*") in _ROW_LABELS:
                value = next_element(cell)
                text = text_of(value) if value and value.tag in ("td", "dd") else ""
                if len(text) <= _MAX_TITLE_LENGTH and self._can_be_title(text):
                    return Title(text)
        return None

    def _lone_heading(self) -> Title | None:
        """Return the first heading that is the only one of its level and stands above the text."""
        marked = list(_without_labels(self._marked()))
        candidates = [each for each in marked if not self._is_in_frame(each.node)] or marked
        levels = [each.level for each in candidates]
        return next(
            (
                each
                for each in candidates
                if levels.count(each.level) == 1
                and each.node is not None
                and each.node.mem_id in self._ids_above_text
            ),
            None,
        )

    def _title_of_url(self) -> Title | None:
        """Return the first part of the page's name that the URL of the page states, too."""
        parts = filter(self._can_be_title, self._names.first_parts)
        return next((Title(part) for part in parts if self._url_agreement(part)), None)

    def _agreement(self, text: str) -> float:
        """Return how well the name and the URL of the page agree with a text."""
        return self._names.agreement(text) + self._url_agreement(text)

    def _url_agreement(self, text: str) -> float:
        words = set(plain_words(text))
        shared_words = words & self._words_of_url
        is_long = sum(map(len, shared_words)) >= _MIN_TITLE_LENGTH
        agrees = is_long and len(shared_words) >= _MIN_SHARE * len(words)
        return _MIN_AGREEMENT if agrees else 0.0

    def _can_be_title(self, text: str) -> bool:
        """Return whether ``text`` can be a title.

        A text cannot be a title if it is empty, is the name of the site or of a section, or is a
        line that nearly all pages of the board have.
        """
        return (
            bool(text)
            and not self._site.equals(text)
            and not is_section(text)
            and not (self._constant and line_hash(text) in self._constant)
        )

    def _is_in_frame(self, node: LexborNode | None) -> bool:
        """Return whether the node is in a part around the posting, such as the site's header."""
        if node is None:
            return False
        return self._in_frame(node) or (self._in_header(node) and not self._in_section(node))

    @cached_property
    def _ids_above_text(self) -> Set[int]:
        """The ``mem_id`` of each node before which stands at most half of the text of the page."""
        body = self._tree.body
        ids: set[int] = set()
        if body is None:
            return ids
        remaining_length = len(body.text()) // 2
        for node in body.traverse(include_text=True):
            ids.add(node.mem_id)
            remaining_length -= len(node.text()) if node.tag == "-text" else 0
            if remaining_length < 0:
                break
        return ids


class _Names:
    """The names that a page gives itself in its metadata, and the parts of these names.

    Parts that are the name of a section or of the site are left out.
    """

    def __init__(self, tree: LexborHTMLParser, site: SiteName) -> None:
        self._site = site
        self.first_parts: list[str] = []
        """For each name, its first part that is neither a section nor the site."""
        self._scores: dict[str, float] = {}
        element = tree.css_first("title")
        metadata = _content(tree, "og:title"), _content(tree, "twitter:title")
        for name in (*metadata, text_of(element) if element else None):
            if name:
                self._add(name[:_MAX_NAME_LENGTH])
        self._words = frozenset(word for part in self._scores for word in _WORD.findall(part))

    def __bool__(self) -> bool:
        return bool(self._scores)

    def _add(self, name: str) -> None:
        split_name: list[str] = _SEPARATOR.split(name)
        parts = [part for each in split_name if (part := one_line(each))]
        own_parts = [part for part in parts if not is_section(part) and not self._is_site(part)]
        has_site = any(map(self._is_site, parts))
        if own_parts == parts or not has_site:
            self._scores.setdefault(comparable(name), 4.0)
        for index, part in enumerate(own_parts):
            # If no part is known as the name of the site, the last part mostly is this name.
            is_last = index == len(own_parts) - 1 > 0 and not has_site
            score = 1.5 if is_last else 4.0 if index == 0 else 2.5
            folded = comparable(part)
            self._scores[folded] = max(score, self._scores.get(folded, 0.0))
        self.first_parts += own_parts[:1]

    def _is_site(self, part: str) -> bool:
        return self._site.equals(part) or self._site.is_in(part)

    def without_site(self, name: str) -> str:
        """Return the name without the name of the site before or after it."""
        separators = list(_SEPARATOR.finditer(name))
        if separators and self._is_site(name[separators[-1].end() :]):
            return name[: separators[-1].start()]
        if separators and self._is_site(name[: separators[0].start()]):
            return name[separators[0].end() :]
        return name

    def equality(self, text: str) -> float:
        """Return the score of the part of the name that equals the text; 0 if none does."""
        return self._scores.get(comparable(text), 0.0)

    def agreement(self, text: str) -> float:
        """Return how well the name agrees with a text; 0 if they have no word in common.

        From the best to the least, the text equals a part of the name, begins with a part, is the
        beginning of a part, shares most of its words with the name, or shares one word with it.
        """
        folded = comparable(text)
        if equality := self.equality(text):
            return equality
        for part, score in self._scores.items():
            is_longer = len(part) >= _MIN_TITLE_LENGTH and folded.startswith(f"{part} ")
            is_shorter = len(folded) >= _MIN_BEGINNING_LENGTH and part.startswith(f"{folded} ")
            if (is_longer or is_shorter) and score > _MIN_AGREEMENT:
                return score - (0.5 if is_longer else 1.0)
        words = set(_WORD.findall(folded[:_MAX_NAME_LENGTH]))
        shared_count = len(words & self._words)
        if not shared_count:
            return 0.0
        return _SHARED_WORDS_AGREEMENT if shared_count >= _MIN_SHARE * len(words) else 1.0

    def part_of_heading(self, heading: LexborNode) -> str:
        """Return the text of the heading.

        A long heading may contain more than the title. If a part of the page's name begins with the
        text of an element inside of the heading, return only this text.
        """
        text = text_of(heading)
        if len(text) <= _MAX_TITLE_LENGTH:
            return text
        inner_texts = (text_of(node) for node in heading.css("span, div, b, strong"))
        return next(
            (
                each
                for each in inner_texts
                if len(each) >= _MIN_TITLE_LENGTH
                and any(name.startswith(comparable(each)) for name in self._scores)
            ),
            text,
        )


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


def _level(node: LexborNode) -> str:
    """Return the tag of the heading, or the tag that its role and level stand for."""
    if node.attrs.get("role") != "heading":
        return node.tag or ""
    return f"h{node.attrs.get('aria-level') or 2}"


def _name_score(node: LexborNode) -> float:
    """Return the highest score of the element's names (see ``_score_of_name``)."""
    attributes = node.attrs
    return max(_score_of_name(attributes.get(name)) for name in _NAME_ATTRIBUTES)


@lru_cache(maxsize=10_000)
def _score_of_name(names: str | None) -> float:
    """Return the score of an element's names: 2 for "job-title", 1 for "title", otherwise 0."""
    best = 0.0
    for name in (names or "").split():
        words = set(_NAME_WORD.findall(_CAMEL.sub(" ", name).lower()))
        if words & _OTHER_TITLES:
            continue
        is_title, is_job = bool(words & _TITLE_WORDS), bool(words & _JOB_WORDS)
        if is_job and (is_title or "name" in words):
            best = _POSTING_TITLE_SCORE
        elif is_title:
            best = max(best, 1.0)
    return best


def _is_label(text: str) -> bool:
    """Return whether the text is the label of a fact, or the heading of other content."""
    return (
        text.endswith((":", "："))
        or len(text) < 2
        or field_of_label(text) is not None
        or heads_other_content(text)
    )


def _is_in_link(node: LexborNode) -> bool:
    around: LexborNode | None = node
    while around is not None and around.tag != "body":
        if around.tag == "a":
            return True
        around = around.parent
    return False


def _is_navigation(node: LexborNode) -> bool:
    """Return whether the node or one of two elements around it is named as navigation."""
    around: LexborNode | None = node
    for _ in range(3):
        if around is None or around.tag == "body":
            return False
        if _NAVIGATION_NAMES.search(around.attrs.get("class") or ""):
            return True
        around = around.parent
    return False


def _emphasis(node: LexborNode) -> float:
    is_emphasised = node.tag in _EMPHASIS_TAGS or node.css_first(_EMPHASIS) is not None
    return 0.25 if is_emphasised else 0.0


def _last_segment(url: str) -> str:
    """Return the last segment of the path of a URL; empty if the URL is invalid."""
    try:
        return urlsplit(url).path.rstrip("/").rpartition("/")[2]
    except ValueError:
        return ""


class _IsInside:
    """A test whether any element around a node has a property.

    The result for each element around it is remembered, so that no element is examined twice.
    """

    def __init__(self, has_property: Callable[[LexborNode], bool]) -> None:
        self._has_property = has_property
        self._known: dict[int, bool] = {}

    def __call__(self, node: LexborNode) -> bool:
        """Return whether any element around ``node`` has the property."""
        passed_ids: list[int] = []
        has_match = False
        ancestor = node.parent
        while ancestor is not None and ancestor.parent is not None and not has_match:
            if (known_match := self._known.get(ancestor.mem_id)) is not None:
                has_match = known_match
                break
            passed_ids.append(ancestor.mem_id)
            has_match = self._has_property(ancestor)
            ancestor = ancestor.parent
        self._known.update(dict.fromkeys(passed_ids, has_match))
        return has_match


def _is_main(node: LexborNode) -> bool:
    return node.tag in ("main", "article") or node.attrs.get("role") == "main"


def _is_sectioning(node: LexborNode) -> bool:
    return node.tag in _SECTIONING or node.attrs.get("role") == "main"


def _is_header(node: LexborNode) -> bool:
    return node.tag == "header"


def _is_frame_element(node: LexborNode) -> bool:
    """Return whether the node is navigation, a footer, an aside, or a box that asks for consent."""
    names = (node.attrs.get(name) or "" for name in ("id", "class", "aria-label"))
    return node.tag in _FRAME_TAGS or (
        node.tag not in ("body", "html") and any(map(CONSENT_WORDS.search, names))
    )


def _is_logo(heading: LexborNode) -> bool:
    """Return whether the heading is the logo of the site, which links to the home page.

    The link may be inside of the heading or around it.
    """
    link = heading.css_first("a[href]") or heading.parent
    if link is None or link.tag != "a":
        return False
    try:
        path = urlsplit(link.attrs.get("href") or "").path
    except ValueError:  # an invalid address
        return False
    return _HOME_PATH.fullmatch(path.strip("./")) is not None


def _content(tree: LexborHTMLParser, name: str) -> str | None:
    """Return the content of the first ``meta`` element of this name; None if it has none."""
    node = tree.css_first(f'meta[property="{name}"], meta[name="{name}"]')
    return one_line(node.attrs.get("content") or "") or None if node else None
