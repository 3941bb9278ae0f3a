"""List the sample rows of all sources, and make the documents and scripts of their postings."""

from collections.abc import Callable
from typing import Any

from tests.sources.json_rows import JSON_SAMPLES
from tests.sources.markup_rows import MARKUP_SAMPLES

SAMPLES = (*JSON_SAMPLES, *MARKUP_SAMPLES)

DOCUMENTS: dict[str, Callable[[str], Any]] = {
    "adp_workforce_now": lambda title: {"itemID": "1", "requisitionTitle": title},
    "apple": lambda title: {"res": {"positionId": "1", "postingTitle": title}},
    "bamboohr": lambda title: {"result": {"jobOpening": {"jobOpeningName": title}}},
    "eightfold": lambda title: {"data": {"id": 1, "name": title}},
    "oracle": lambda title: {"items": [{"Id": "1", "Title": title}]},
    "paycom": lambda title: {"jobPosting": {"jobId": 1, "jobTitle": title}},
    "rippling": lambda title: {"uuid": "1", "name": title},
    "smartrecruiters": lambda title: {"id": "1", "name": title},
    "workable": lambda title: {"shortcode": "1", "title": title},
    "workday": lambda title: {"jobPostingInfo": {"jobReqId": "1", "title": title}},
}
"""For each source whose postings are documents of its API, a function that makes such a document.

The function takes the title of the posting.
"""

PAGE_SCRIPTS = {
    "join": '<script id="__NEXT_DATA__">{"props": {"pageProps": {"initialState": '
    '{"job": {"title": TITLE}}}}}</script>',
    "ultipro": "<script>new US.Opportunity.CandidateOpportunityDetail"
    '({"Id": "1", "Title": TITLE})</script>',
}
"""For each source whose adapter reads postings from a script of their web page, such a script.

``TITLE`` stands for the posting's title.
"""
