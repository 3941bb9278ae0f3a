"""Distinguish the page of one posting from other pages of a site, such as "About us"."""

import re

from include.core.models import Page
from include.errors import PageGone, ParseError
from include.extract import structured
from include.extract.document import open_page
from include.extract.node_text import text_of
from include.extract.page import open_reading

_APPLY = re.compile(
    r"(?:apply|bewerben|postuler|candidater|solicitar|aplicar|postular|candidatar|candidati|"
    r"solliciteer|solliciteren|ansök|søk|ansøg|aplikuj|hae)\b",
    re.IGNORECASE,
)
_MAX_CONTROLS = 300
_MAX_APPLY = 4
"""The maximum number of controls to apply on the page of one posting. A list of postings has more
of them."""
_MIN_FACTS = 2
"""The minimum number of labelled facts on the page of a posting without a control to apply.

Examples of such facts are the location and the employment type.
"""


def is_posting_page(page: Page) -> bool:
    """Return whether the page shows one posting.

    Such a page has markup of type JobPosting (schema.org), or one to four controls to apply, or no
    such control and at least two labelled facts of a posting. Return False if the page cannot be
    read, or says that its job is no longer offered.
    """
    try:
        document = open_page(page)
        if structured.find(document):
            return True
        controls = document.tree.css("a[href], button, input[type=submit]")[:_MAX_CONTROLS]
        applying = sum(
            _APPLY.match(text_of(node) or node.attrs.get("value") or "") is not None
            for node in controls
        )
        fields = open_reading(page).fingerprint_input().fields
    except (ParseError, PageGone):
        return False
    facts = sum(value is not None for name, value in fields.items() if name != "title")
    return facts >= _MIN_FACTS if applying == 0 else applying <= _MAX_APPLY
