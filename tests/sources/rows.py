"""A sample row of each source's listing, with the fields of a recorded one, and the response around
it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from include.core.models import ListedJob
from include.sources.base import Request, Response
from include.sources.registry import adapter_for
from tests.sources.configs import (
    EIGHTFOLD,
    FIELDS,
    GUID,
    ORACLE,
    PAGE,
    PAYCOM,
    PHENOM,
    ULTIPRO,
    WORKDAY,
)

TEXT = "<p>Cook &amp; serve.</p>"
POSTAL = {"addressLocality": "Oslo", "addressCountry": "Norway"}
_PORTAL = {
    "sessionJWT": "secret",
    "libConfig": json.dumps({"atsPortalMantleServiceUrl": "https://api.paycomonline.net/"}),
}
PORTAL_PAGE = f"<script>var configsFromHost = {json.dumps(_PORTAL)};</script>"
"""A page of Paycom that opens a session."""
PLACE = {"city": "Oslo", "region": "Oslo", "country": "Norway", "countryCode": "NO"}


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A row of a listing of one source."""

    source: str
    config: Mapping[str, Any]
    row: dict[str, Any]
    wrap: Callable[[dict[str, Any]], Any]
    """The function that makes the response with the row: bytes, or a value that is sent as JSON."""
    headers: Mapping[str, str] | None = None
    """The headers of the request, if the row is not in the response to the first request."""
    asks: Mapping[str, Any] | None = None
    """The JSON of that request."""
    opens: str = ""
    """The response to the first request, if the row is in the response to a later one."""
    switches: tuple[str, ...] = ()
    """The keys that decide whether the row is listed."""

    def listed(self, row: dict[str, Any]) -> ListedJob:
        adapter = adapter_for(self.source)
        request = adapter.first_request(self.config)
        if self.headers:
            request = Request(url=request.url, headers=self.headers, json=self.asks)
        found = self.wrap(row)
        body = found if isinstance(found, bytes) else json.dumps(found).encode()
        answer = Response(url=request.url, body=body)
        (job,) = adapter.parse_listing(self.config, request, answer).jobs
        return job

    def sha256(self, row: dict[str, Any]) -> str | None:
        return self.listed(row).row_sha256


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every single value in a row."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from leaves(inner, (*path, key))
        case list():
            for number, inner in enumerate(value):
                yield from leaves(inner, (*path, number))
        case _:
            yield path


def changed(row: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    """Return a copy of the row with another value of the same type at ``path``."""
    copy = deepcopy(row)
    at: Any = copy
    for key in path[:-1]:
        at = at[key]
    match at[path[-1]]:
        case bool(value):
            at[path[-1]] = not value
        case int(value):
            at[path[-1]] = value + 1
        case str(value):
            at[path[-1]] = f"{value}7"
        case _:
            at[path[-1]] = "7"
    return copy


SAMPLES: tuple[Sample, ...] = (
    Sample(
        source="greenhouse",
        config={"board": "acme"},
        row={
            "id": 5019966007, "internal_job_id": 4577205007, "requisition_id": "51",
            "title": "Cook", "absolute_url": "https://job-boards.greenhouse.io/acme/jobs/1",
            "location": {"name": "Oslo"}, "metadata": [{"id": 1, "name": "Hours", "value": None}],
            "updated_at": "2026-03-18T10:32:18-04:00", "application_deadline": None,
            "first_published": "2026-01-09T14:59:08-05:00", "content": TEXT, "language": "en",
            "offices": [{"id": 2, "name": "Oslo", "location": None}],
            "pay_input_ranges": [{"min_cents": 100, "max_cents": 200, "currency_type": "NOK"}],
        },
        wrap=lambda row: {"jobs": [row], "meta": {"total": 1}},
    ),
    Sample(
        source="lever",
        config={"site": "acme"},
        row={
            "id": "33538a2f", "text": "Cook", "createdAt": 1553186035299, "country": "NO",
            "categories": {"location": "Oslo", "team": "Kitchen", "allLocations": ["Oslo"]},
            "description": TEXT, "lists": [{"text": "Duties", "content": "<li>cook</li>"}],
            "additional": "", "workplaceType": "onsite", "salaryRange": {"min": 1, "max": 2},
            "hostedUrl": "https://jobs.lever.co/acme/33538a2f",
        },
        wrap=lambda row: [row],
    ),
    Sample(
        source="ashby",
        config={"board": "acme"},
        row={
            "id": "7724fbe3", "title": "Cook", "location": "Oslo", "isListed": True,
            "secondaryLocations": [{"location": "Bergen", "address": {"postalAddress": POSTAL}}],
            "publishedAt": "2025-08-25T20:13:34.942+00:00", "employmentType": "FullTime",
            "isRemote": False, "workplaceType": "OnSite", "descriptionHtml": TEXT,
            "jobUrl": "https://jobs.ashbyhq.com/acme/7724fbe3",
            "compensation": {"compensationTierSummary": None, "summaryComponents": []},
        },
        wrap=lambda row: {"jobs": [row]},
        switches=("isListed",),
    ),
    Sample(
        source="smartrecruiters",
        config={"company": "Acme"},
        row={
            "id": "744000137225639", "uuid": "38d71eff", "name": "Cook", "refNumber": "REF3410P",
            "releasedDate": "2026-07-10T23:49:03.072Z", "visibility": "PUBLIC",
            "location": {"city": "Oslo", "remote": False, "fullLocation": "Oslo, Norway"},
            "typeOfEmployment": {"id": "part-time", "label": "Part-time"},
            "customField": [{"fieldLabel": "Region", "valueLabel": "Central"}],
        },
        wrap=lambda row: {"totalFound": 1, "content": [row]},
    ),
    Sample(
        source="workday",
        config=WORKDAY,
        row={
            "title": "Cook", "externalPath": "/job/Oslo/Cook_JR1", "locationsText": "3 Locations",
            "postedOn": "Posted 3 Days Ago", "bulletFields": ["JR1", "Kitchen"],
        },
        wrap=lambda row: {"total": 1, "jobPostings": [row]},
    ),
    Sample(
        source="workable",
        config={"account": "acme"},
        row={
            "id": 5954363, "shortcode": "264C395E51", "title": "Cook", "remote": False,
            "location": PLACE, "locations": [PLACE | {"hidden": False}], "state": "published",
            "published": "2026-07-14T00:00:00.000Z", "type": "full", "code": None,
            "department": ["Kitchen"], "workplace": "on_site",
        },
        wrap=lambda row: {"total": 1, "results": [row]},
    ),
    Sample(
        source="workable",
        config={"account": "acme"},
        row={
            "shortcode": "264C395E51", "title": "Cook", "city": "Oslo", "country": "Norway",
            "published_on": "2026-07-14", "description": TEXT, "telecommuting": False,
            "locations": [PLACE],
        },
        wrap=lambda row: {"name": "Acme", "jobs": [row]},
    ),
    Sample(
        source="recruitee",
        config={"site": "acme"},
        row={
            "id": 2547884, "title": "Cook", "status": "published", "description": TEXT,
            "careers_url": "https://acme.recruitee.com/o/cook", "requirements": "",
            "locations": [{"city": "Oslo", "country": "Norway", "country_code": "NO"}],
            "remote": False, "salary": {"min": "2800.00", "max": None, "currency": "NOK"},
            "published_at": "2025-12-05 21:44:46 UTC", "updated_at": "2026-01-05 21:44:46 UTC",
        },
        wrap=lambda row: {"offers": [row]},
        switches=("status",),
    ),
    Sample(
        source="teamtailor",
        config={"site": "acme"},
        row={
            "id": "a97df59d", "title": "Cook", "content_html": TEXT,
            "url": "https://acme.teamtailor.com/jobs/7890179-cook",
            "date_published": "2026-06-11T08:19:40+02:00",
            "date_modified": "2026-06-12T08:19:40+02:00",
            "_jobposting": {
                "datePosted": "2026-06-11T08:19:40+02:00",
                "jobLocation": [{"@type": "Place", "address": POSTAL}],
            },
        },
        wrap=lambda row: {"items": [row]},
    ),
    Sample(
        source="bamboohr",
        config={"site": "acme"},
        row={
            "id": "201", "jobOpeningName": "Cook", "departmentLabel": "Kitchen",
            "employmentStatusLabel": "Full-Time", "location": {"city": "Oslo", "state": None},
            "atsLocation": {"country": None}, "isRemote": None, "locationType": "0",
        },
        wrap=lambda row: {"meta": {"totalCount": 1}, "result": [row]},
    ),
    Sample(
        source="rippling",
        config={"board": "acme"},
        row={
            "uuid": "144f31c4", "name": "Cook", "department": {"id": "Kitchen", "label": "Kitchen"},
            "url": "https://ats.rippling.com/acme/jobs/144f31c4",
            "workLocation": {"label": "Oslo", "id": "Oslo"},
        },
        wrap=lambda row: [row],
    ),
    Sample(
        source="oracle",
        config=ORACLE,
        row={
            "Id": "361564", "Title": "Cook", "PostedDate": "2026-07-14", "HotJobFlag": False,
            "PrimaryLocation": "Oslo, Norway", "WorkplaceTypeCode": None, "Distance": 0,
            "secondaryLocations": [{"Name": "Bergen"}], "Relevancy": 1, "TrendingFlag": False,
            "BeFirstToApplyFlag": True, "ShortDescriptionStr": "Cook and serve.",
        },
        wrap=lambda row: {"items": [{"TotalJobsCount": 1, "requisitionList": [row]}]},
    ),
    Sample(
        source="eightfold",
        config=EIGHTFOLD,
        row={
            "id": 549798858854, "displayJobId": "JR1", "name": "Cook", "locations": ["Oslo"],
            "postedTs": 1783900800, "creationTs": 1783555200, "solrScore": None, "stars": 0,
            "isHot": 0, "department": "Kitchen", "positionUrl": "/careers/job/549798858854",
        },
        wrap=lambda row: {"data": {"count": 1, "positions": [row]}},
    ),
    Sample(
        source="amazon",
        config={"query": "cook"},
        row={
            "id": "741dc21a", "id_icims": "10386857", "title": "Cook", "description": TEXT,
            "job_path": "/en/jobs/10386857/cook", "posted_date": "April  9, 2026",
            "updated_time": "24 days", "display_distance": None, "location": "NO, Oslo",
            "locations": ['{"city":"Oslo"}'], "team": {"label": "team-cook", "created_at": None},
        },
        wrap=lambda row: {"error": None, "hits": 1, "jobs": [row]},
    ),
    Sample(
        source="apple",
        config={"query": "cook"},
        row={
            "id": "200624996-3950", "positionId": "200624996", "postingTitle": "Cook",
            "transformedPostingTitle": "cook", "jobSummary": "Cook and serve.",
            "locations": [{"name": "Oslo", "countryName": "Norway"}], "homeOffice": False,
            "postDateInGMT": "2026-06-29T10:44:03.484Z", "postingDate": "Jun 29, 2026",
        },
        wrap=lambda row: {"res": {"totalRecords": 1, "searchResults": [row]}},
        headers={"x-apple-csrf-token": "t"},
        asks={"page": 1},
        opens="{}",
    ),
    Sample(
        source="ultipro",
        config=ULTIPRO,
        row={
            "Id": "015f6d1c-4d62-40dc-8b8c-1bd4646fd4d7", "Title": "Cook", "FullTime": True,
            "RequisitionNumber": "COOK005464", "JobCategoryName": "Kitchen", "Featured": False,
            "Locations": [{"LocalizedName": None, "Address": {"City": "Oslo", "State": None}}],
            "PostedDate": "2026-07-17T11:59:56.932Z", "BriefDescription": "Cook and serve.",
            "MatchScore": 1.0, "MatchedLocations": ["Oslo"], "Distance": None,
            "JobLocationType": 1, "OpportunityType": 0,
        },
        wrap=lambda row: {"opportunities": [row], "totalCount": 1, "locations": []},
    ),
    Sample(
        source="paylocity",
        config={"board": GUID},
        row={
            "JobId": 4272751, "JobTitle": "Cook", "LocationName": "Oslo", "IsInternal": False,
            "ShouldDisplayLocation": True, "PublishedDate": "2026-06-22T12:56:03-05:00",
            "Description": "", "HiringDepartment": None, "IsRemote": False,
            "JobLocation": {"LocationId": 4197912, "City": "Oslo", "Country": "NOR"},
        },
        wrap=lambda row: f"<script>window.pageData = {json.dumps({'Jobs': [row]})};</script>"
        .encode(),
        switches=("IsInternal",),
    ),
    Sample(
        source="gupy",
        config={"site": "acme"},
        row={
            "id": 8765432, "title": "Cook", "type": "vacancy_type_effective",
            "department": "Kitchen", "quickApply": False, "workplace": {
                "address": {"country": "Brasil", "state": "Bahia", "city": "Salvador"},
                "workplaceType": "on-site",
            },
        },
        wrap=lambda row: (
            '<script id="__NEXT_DATA__" type="application/json">'
            + json.dumps({"props": {"pageProps": {"careerPage": {"name": "Acme"}, "jobs": [row]}}})
            + "</script>"
        ).encode(),
    ),
    Sample(
        source="paycom",
        config=PAYCOM,
        row={
            "jobId": 513750, "jobTitle": "Cook", "locations": "Denver, CO 80202",
            "remoteType": "Hybrid", "positionType": "Full Time", "postedOn": "",
            "description": "Cook and serve.", "isHotJob": False,
        },
        wrap=lambda row: {"jobPostingPreviews": [row], "jobPostingPreviewsCount": 1},
        opens=PORTAL_PAGE,
        headers={"Authorization": "secret"},
        asks={"skip": 0},
    ),
    Sample(
        source="phenom",
        config=PHENOM,
        row={
            "jobId": "R-12345", "title": "Cook", "jobSeqNo": "ACMEUSR12345EXTERNALENUS",
            "city": "Oslo", "state": None, "country": "Norway", "location": "Oslo, Norway",
            "postedDate": "2026-03-13T00:00:00.000+0000", "type": "Regular",
            "applyUrl": "https://acme.wd5.myworkdayjobs.com/External/job/R-12345/apply",
        },
        wrap=lambda row: {"refineSearch": {"totalHits": 1, "data": {"jobs": [row]}}},
        opens="<script>var phApp = phApp || {}; phApp.csrfToken = '';</script>",
        headers={"x-csrf-token": "secret"},
        asks={"from": 0},
    ),
    Sample(
        source="json",
        config={"url": PAGE, "jobs": "jobs", "fields": FIELDS | {"updated_at": "changed"}},
        row={
            "id": 1, "title": "Cook", "url": "https://acme.example/1", "changed": "2026-06-29",
            "kitchen": {"floor": 2},
        },
        wrap=lambda row: {"jobs": [row]},
    ),
    Sample(
        source="personio",
        config={"site": "acme"},
        row={"id": "1834171", "name": "Cook", "office": "Oslo", "createdAt": "2026-08-14"},
        wrap=lambda row: "".join([
            "<workzag-jobs><position>",
            *(f"<{key}>{value}</{key}>" for key, value in row.items()),
            "</position></workzag-jobs>",
        ]).encode(),
    ),
    Sample(
        source="jazzhr",
        config={"site": "acme"},
        row={"title": "Cook", "department": "Kitchen", "place": "Oslo"},
        wrap=lambda row: """<div id="job_listings_wrapper"><table id="jobs_table">
            <tr><th>Job</th><th>Location</th></tr>
            <tr id="row_job_20260201103000_oVX1rAxJJi" class="resumator_even_row"><td>
            <a class="job_title_link" href="/apply/jobs/details/oVX1rAxJJi?&">{title}</a><br />
            <span class="resumator_department">{department}</span></td><td>{place}</td></tr>
            </table><div class="jobs_row"><a class="job_title_link"
            href="/apply/jobs/details/oVX1rAxJJi?&">{title}</a></div></div></html>
            """.format_map(row).encode(),
    ),
    Sample(
        source="icims",
        config={"site": "acme"},
        row={"title": "Cook", "place": "NO-Oslo", "posted": "9/29/2026 5:30 PM", "age": "1 day ago",
             "text": "Cook and serve.", "hours": "Full-Time"},
        wrap=lambda row: """<form id="searchForm"></form><ul class="iCIMS_JobsTable"><li>
            <span class="field-label">Location</span><span>{place}</span>
            <a href="/jobs/1/cook/job"><h3>{title}</h3></a><div>{text}</div><dl>
            <dd class="iCIMS_JobHeaderData"><span title="{posted}">{age}</span></dd>
            <dd class="iCIMS_JobHeaderData"><span>{hours}</span></dd></dl></li></ul>
            """.format_map(row).encode(),
    ),
    Sample(
        source="successfactors",
        config={"host": "jobs.acme.com"},
        row={"title": "Cook", "place": "Oslo, NO", "posted": "Jul 13, 2026", "unit": "Kitchen"},
        wrap=lambda row: """<p class="paginationLabel"><b>1 - 1</b> of <b>1</b></p>
            <table><tr class="data-row"><td><a class="jobTitle-link" href="/job/Cook/1/">{title}</a>
            </td><td class="colLocation"><span class="jobLocation">{place}</span></td>
            <td class="colDate">{posted}</td><td>{unit}</td></tr></table>
            """.format_map(row).encode(),
    ),
)  # fmt: skip

WITHOUT_ROWS: tuple[Sample, ...] = (
    Sample(
        source="sitemap",
        config={"url": "https://acme.example/sitemap.xml"},
        row={"loc": "https://acme.example/jobs/cook", "lastmod": "2026-06-29"},
        wrap=lambda row: (
            "<urlset><url><loc>{loc}</loc><lastmod>{lastmod}</lastmod></url></urlset>"
        ).format_map(row).encode(),
    ),
    Sample(
        source="html",
        config={"url": PAGE, "link_selector": "a"},
        row={"title": "Cook"},
        wrap=lambda row: '<a href="/jobs/1">{title}</a>'.format_map(row).encode(),
    ),
)  # fmt: skip
