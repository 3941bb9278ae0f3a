"""Find the boxes whose markup shows that they are not part of the posting.

They are forms, buttons, boxes that ask for consent, hidden elements, quotations of persons, and
elements whose class or id has a word such as "newsletter".
"""

import re
from collections.abc import Iterator, Set
from functools import lru_cache
from itertools import islice

from selectolax.lexbor import LexborNode

from include.core.formats.text import one_line
from include.extract.after_posting import elements_after_others
from include.extract.node_text import CONSENT_WORDS, largest_around, next_element

_MAX_ELEMENTS = 1_000
"""The maximum number of elements of one kind that are examined."""
_NAMED_ELEMENTS = "[class]:is(div, section, ul, ol, p, a), [id]:is(div, section)"
_NAME_WORD = re.compile(r"[a-z]+")
_CAMEL_CASE_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOISE_NAMES = frozenset({
    "breadcrumb", "breadcrumbs", "crumbs", "share", "sharing", "social", "newsletter",
    "subscribe", "footer", "navbar", "nav", "menu", "topbar", "toolbar", "related", "similar",
    "feedback", "copyright", "pager", "announcement", "topicpath", "cerez", "suti", "skip",
    "preloader", "mailing", "signup", "totop", "backtop", "scrolltop", "backtotop", "others",
    "recommend", "recommended", "recommendations", "recommendation", "recent", "reviews",
    "testimonials", "foot", "gnb", "jobalert", "jobalerts", "jobagent", "modal", "popup", "toast",
    "swiper", "carousel", "slick", "splide", "glide", "flickity", "gallery", "rating", "ratings",
})  # fmt: skip
"""Words in the class or id of an element which show that it is not part of the posting."""
_NAME_OF_FOOTER = re.compile("footer[a-z]{4,}|[a-z]{3,}footer")
"""A pattern of longer words for a footer: ``footerpanel``, ``sitefooter``."""
_NAME_OF_OTHER_POSTINGS = re.compile(r"(?<![a-z])(?:related|similar|others|recommended)(?![a-z])")
"""A pattern of the names of lists of other postings."""
_COOKIE_STEMS = (
    "cookie", "kakor", "evästei", "informasjonskapsl", "ciasteczk", "çerez", "süti", "kolačić",
    "kuki", "クッキー", "쿠키", "עוגיות", "ملفات تعريف الارتباط",
)  # fmt: skip
"""The beginnings of words for cookies, in small letters."""
_COOKIES = re.compile("|".join(_COOKIE_STEMS), re.IGNORECASE)
_MAX_CONSENT_LENGTH = 600
_ACCEPT = re.compile(
    r"(?:ok,? |i |yes,? |tout |alles? |tutti |tod[ao]s? )?(?:accept|accett|acept|aceit|akzept|"
    r"zustimm|einverstand|akkoord|godkän|godkend|godta|hyväks|akcept|zgadz|souhlas|přijm|súhlas|"
    r"prij|elfogad|прийня|приня|соглас|погодж|αποδ[οέ]χ|kabul|setuju|terima|đồng ý|chấp nhận|同意|"
    r"接受|동의|موافق|قبول|אישור|מאשר|agree|got it|allow)",
    re.IGNORECASE,
)
"""A pattern of the beginning of the text of a button by which visitors consent."""
_MAX_BUTTON_LENGTH = 30
_CONSENT_BUTTONS = "button, [role=button], a[class*=btn], a[class*=button]"
_FORMS = (
    "form, input[type=email], input[type=file], input[placeholder], label + input, label > input"
)
_BUTTONS = "button, a[class*=btn], a[class*=button], a[href*='wa.me/'], a[href*=whatsapp]"
_MAX_FORM_INTRODUCTION = 120
"""The maximum length, in characters, of the text beside a form that is removed with the form."""
_MAX_HEADED_INTRODUCTION = 300
"""The maximum length, in characters, of this text if it begins with the only heading of its box."""
_HIDING_CLASSES = frozenset({"hidden", "d-none", "w-condition-invisible"})
"""Classes by which Tailwind, Bootstrap and Webflow hide an element."""
_CLASS_FOR_SOME_SCREENS = re.compile(r"[:-](?:block|flex|inline|grid|visible|table)")
"""A pattern of a class that shows an element on some screens: ``md:block``, ``d-md-flex``."""
_MAX_HIDDEN_LENGTH = 200
"""The maximum length, in characters, of a hidden text that is removed.

A longer text is kept, because visitors may be able to unfold it.
"""
_QUOTATION = re.compile(r"[“„«\"”‚‘][^“”„«»\"]{20,500}[”“»\"’]")
_QUOTATION_WITH_SPEAKER = re.compile(rf"{_QUOTATION.pattern}\s?[,–—-]\s?[^“”\".!?]{{3,80}}")
_ELEMENT_WITH_SPEAKER = "blockquote cite, blockquote + figcaption"
_MAX_SPEAKER_LENGTH = 80
_MAX_QUOTATION_LENGTH = 600
_MAX_LENGTH_OF_QUOTATIONS = 1_000_000
"""The maximum total length, in characters, of the texts that are examined as quotations."""


def named_elements(body: LexborNode, keep: Set[int], body_length: int) -> Iterator[LexborNode]:
    """Yield the elements whose class or id shows that they are not part of the posting.

    If such an element contains other postings, elements after it are yielded, too (see
    ``elements_after_others``). An element with more than half of the text of the body is not
    yielded.

    Args:
        body: the body of the page.
        keep: the ``mem_id`` of each element that stays.
        body_length: the length, in characters, of the text of the body.
    """
    for node in body.css(_NAMED_ELEMENTS):
        names = node.attrs.get("class"), node.attributes.get("id")
        if _is_noise(*names) and len(node.text()) <= body_length // 2:
            yield node
            if node.mem_id not in keep and any(
                _NAME_OF_OTHER_POSTINGS.search(name or "") for name in names
            ):
                yield from elements_after_others(node, keep, body_length // 4)


@lru_cache(maxsize=10_000)
def _is_noise(classes: str | None, identity: str | None) -> bool:
    """Return whether an element's classes and id show that it is not part of the posting."""
    names = f"{classes or ''} {identity or ''}"
    words = _NAME_WORD.findall(_CAMEL_CASE_BREAK.sub(" ", names).lower())
    return (
        not _NOISE_NAMES.isdisjoint(words)
        or any(map(_NAME_OF_FOOTER.fullmatch, words))
        or CONSENT_WORDS.search(names) is not None
    )


def hidden_elements(body: LexborNode) -> Iterator[LexborNode]:
    """Yield the short elements that a class hides on every screen."""
    for node in body.css("[class]:is([class*=hid], [class*=d-none], [class*=invisible])"):
        names = node.attrs.get("class") or ""
        if (
            not _HIDING_CLASSES.isdisjoint(names.split())
            and not _CLASS_FOR_SOME_SCREENS.search(names)
            and len(node.text()) <= _MAX_HIDDEN_LENGTH
        ):
            yield node


def forms(body: LexborNode, keep: Set[int], max_length: int) -> Iterator[LexborNode]:
    """Yield the forms of at most ``max_length`` characters, with the headings around them."""
    short_forms = (form for form in body.css(_FORMS) if len(form.text()) <= max_length)
    for form in islice(short_forms, _MAX_ELEMENTS):
        yield _form_with_heading(form, keep)


def _form_with_heading(form: LexborNode, keep: Set[int]) -> LexborNode:
    """Return the largest element around the form that contains little text besides the form.

    More text is allowed in a box that begins with its only heading.
    """
    form_length = len(form.text())

    def introduces_form(box: LexborNode) -> bool:
        other_length = len(box.text()) - form_length
        max_length = _MAX_FORM_INTRODUCTION
        if max_length < other_length <= _MAX_HEADED_INTRODUCTION and _begins_with_only_heading(box):
            max_length = _MAX_HEADED_INTRODUCTION
        return other_length <= max_length and box.css_first("dl, table:not(form table)") is None

    return largest_around(form, keep, introduces_form)


def _begins_with_only_heading(box: LexborNode) -> bool:
    """Return whether the box begins with its only heading, and has no list outside of its form."""
    headings = box.css("h1, h2, h3, h4, h5, h6")
    return (
        len(headings) == 1
        and box.text().lstrip().startswith(headings[0].text().strip())
        and box.css_first("ul:not(form ul), ol:not(form ol)") is None
    )


def buttons(body: LexborNode) -> list[LexborNode]:
    """Return the buttons, and the links that look or behave like buttons."""
    return body.css(_BUTTONS)


def boxes_with_consent_button(body: LexborNode, keep: Set[int]) -> Iterator[LexborNode]:
    """Yield the short boxes that have a button such as "Accept all"."""
    for button in body.css(_CONSENT_BUTTONS)[:_MAX_ELEMENTS]:
        text = one_line(button.text())
        if len(text) <= _MAX_BUTTON_LENGTH and _ACCEPT.match(text):
            yield largest_around(button, keep, lambda box: len(box.text()) <= _MAX_CONSENT_LENGTH)


def may_ask_for_consent(text: str) -> bool:
    """Return whether the text of a page has a word for cookies."""
    folded = text.casefold()
    return any(stem in folded for stem in _COOKIE_STEMS)


def consent_texts(body: LexborNode) -> Iterator[LexborNode]:
    """Yield the short elements that mention cookies and probably ask for consent.

    Such an element contains a link or a button, or stands beside the posting.
    """
    return filter(_asks_for_consent, body.css("div, section, p"))


def _asks_for_consent(node: LexborNode) -> bool:
    text = node.text()
    return (
        len(text) <= _MAX_CONSENT_LENGTH
        and _COOKIES.search(text) is not None
        and (node.css_first("a, button") is not None or _is_beside_main(node))
    )


def _is_beside_main(node: LexborNode) -> bool:
    """Return whether the node is a box directly in the body without a list, ``h1`` and ``h2``."""
    parent = node.parent
    return (
        node.tag in ("div", "section")
        and parent is not None
        and parent.tag == "body"
        and node.css_first("ul, ol, h1, h2") is None
    )


def quotations(body: LexborNode) -> Iterator[LexborNode]:
    """Yield the quotations of persons, and the elements that name these persons."""
    remaining_length = _MAX_LENGTH_OF_QUOTATIONS
    for node in body.css("p, blockquote, figure")[:_MAX_ELEMENTS]:
        text = node.text().strip()
        remaining_length -= len(text)
        if remaining_length < 0:
            return
        if len(text) > _MAX_QUOTATION_LENGTH:
            continue
        if _QUOTATION_WITH_SPEAKER.fullmatch(text) or node.css_first(_ELEMENT_WITH_SPEAKER):
            yield node
            continue
        speaker = next_element(node)
        if (
            speaker is not None
            and len(speaker.text()) <= _MAX_SPEAKER_LENGTH
            and (_QUOTATION.fullmatch(text) or (node.tag, speaker.tag) == ("blockquote", "cite"))
        ):
            yield from (node, speaker)
