"""Distinguish the page of one posting from other pages of a site, such as "About us"."""

import re

from include.core.models import Page
from include.errors import PageGone, ParseError
from include.extract import structured
from include.extract.document import open_page
from include.extract.node_text import text_of
from include.extract.page import open_reading

_APPLY_WORD = re.compile(
    r"(?:apply|bewerben|postuler|candidater|solicitar|aplicar|postular|candidatar|candidati|"
    r"solliciteer|solliciteren|ansök|søk|ansøg|aplikuj|hae)\b",
    re.IGNORECASE,
)
_MAX_READ_CONTROLS = 300
_MAX_APPLY_CONTROLS = 4
"""The maximum number of controls to apply, such as "Apply now", on the page of one posting.

A page that lists postings has more of these controls.
"""
_MIN_FACTS = 2
"""The minimum number of facts of a posting that a page without a control to apply must state.

Examples of such facts are the location and the employment type.
"""


def is_posting_page(page: Page) -> bool:
    """Return whether the page shows one posting.

    A page shows one posting in each of these cases:

    - The page has structured data of a JobPosting (schema.org).
    - It has one to four controls to apply.
    - It has no such control, but states at least two facts of a posting.

    Return False if the page cannot be read. Return False, too, if the page has no structured data
    and says that its job is no longer offered.
    """
    try:
        document = open_page(page)
        if structured.find(document):
            return True
        controls = document.tree.css("a[href], button, input[type=submit]")[:_MAX_READ_CONTROLS]
        apply_controls = sum(
            _APPLY_WORD.match(text_of(node) or node.attrs.get("value") or "") is not None
            for node in controls
        )
        fields = open_reading(page).fingerprint_input().fields
    except (ParseError, PageGone):
        return False
    if apply_controls:
        return apply_controls <= _MAX_APPLY_CONTROLS
    facts = sum(value is not None for name, value in fields.items() if name != "title")
    return facts >= _MIN_FACTS
