"""Run a server that stands in for all vendors.

It has a board of three postings of each vendor, and pages that a test sets.
"""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any

from aiohttp import web

from tests.sites import serving

TITLES = ("Night Cook", "Head Nurse", "Beekeeper")
_EACH = list(enumerate(TITLES, start=1))
"""The numbers and titles of the three postings of each board."""
_RESULTS = "".join(
    f'<tr class="data-row"><td><a class="jobTitle-link" href="/job/x/10{i}/">{title}</a></td></tr>'
    for i, title in _EACH
)
_CARDS = "".join(
    f'<li class="row"><a href="/jobs/10{i}/x/job"><h3>{title}</h3></a></li>' for i, title in _EACH
)
_POSITIONS = "".join(f"<position><id>{i}</id><name>{title}</name></position>" for i, title in _EACH)

_GUID = "3ecffcba-6b5a-4a7e-b71b-bbb54a4527ab"
_PORTAL = "0123456789ABCDEF0123456789ABCDEF"
_SESSION = {
    "sessionJWT": "t",
    "libConfig": json.dumps({"atsPortalMantleServiceUrl": "https://api.paycomonline.net"}),
}
_GUPY = {"props": {"pageProps": {"jobs": [{"id": i, "title": t} for i, t in _EACH]}}}
_PAGE_DATA = {"Jobs": [{"JobId": i, "JobTitle": t} for i, t in _EACH]}
_JAZZHR = "".join(
    f'<tr><td><a class="job_title_link" href="/apply/jobs/details/a{i}">{title}</a></td></tr>'
    for i, title in _EACH
)

_ROWS = "".join(
    f'<tr><td class="jv-job-list-name"><a href="/acme/job/oJob{i}">{title}</a></td></tr>'
    for i, title in _EACH
)
_MATCHES = "".join(
    f'<div class="matchElement" id="job_id_{i}"><div class="title">{title}</div></div>'
    for i, title in _EACH
)
_ARTICLES = "".join(
    f'<article class="article article--result"><a href="/JobDetail/x/{i}">{title}</a></article>'
    for i, title in _EACH
)
_CARDS_OF_CAREERPLUG = "".join(
    f'<a href="/jobs/{i}"><div class="job-title">{title}</div></a>' for i, title in _EACH
)
_LINKS_OF_PAGEUP = "".join(
    f'<li><a class="job-link" href="/541/cw/en/job/{i}/x">{title}</a></li>' for i, title in _EACH
)
_LINKS_OF_RADANCY = "".join(
    f'<li><a data-job-id="{i}" href="/job/oslo/x/185/{i}">{title}</a></li>' for i, title in _EACH
)
_ROWS_OF_TALEO = "".join(
    f'<div><h4><a class="viewJobLink" href="viewRequisition?org=ACME&cws=37&rid={i}">{title}</a>'
    "</h4></div>"
    for i, title in _EACH
)
_CASSETTES = "".join(
    f'<li class="jsc-joblist-cassette"><a href="/pages/acme/jobs/{i}"><h2>{title}</h2></a></li>'
    for i, title in _EACH
)
_OFFERS = "".join(
    f'<li class="job-offer-item" data-job-postings-url="https://x.test/job_posting/x-{i}">'
    f'<div class="factorial__headingFontFamily">{title}</div></li>'
    for i, title in _EACH
)
_VACANCIES = "".join(
    f'<li><a href="/postings/x-{_GUID[:-1]}{i}"><h3>{title}</h3></a></li>' for i, title in _EACH
)
_ITEMS = "".join(
    f"<item><jobId>{i}</jobId><title>{title}</title><link>https://x.test/{i}</link></item>"
    for i, title in _EACH
)
_FEED = "".join(f"<job><jobid>{i}</jobid><title>{title}</title></job>" for i, title in _EACH)
_STARTUP = {
    "component": "WaasShowJobsPage",
    "props": {
        "company": {"slug": "acme"},
        "jobPostings": [
            {"id": i, "title": t, "url": f"/companies/acme/jobs/{i}-x"} for i, t in _EACH
        ],
    },
}
_COMPANY = {
    "company": {"id": 172617},
    "jobs": {"pagination": {"total": 3}},
}

# The response by path: a text, or a value that is sent as JSON.
ANSWERS: dict[str, Any] = {
    "/json": [{"id": str(i), "name": t, "url": f"https://x.test/{i}"} for i, t in _EACH],
    "/postings.json": {
        "data": [{"id": str(i), "title": t, "url": f"https://x.test/{i}"} for i, t in _EACH]
    },
    "/api/job-ad": {"jobAdDetails": [{"id": str(i), "title": t} for i, t in _EACH]},
    "/guest/ats/organizations/acme/career_page_settings": {
        "organizationId": "o",
        "jobBoard": {"id": "b"},
    },
    "/guest/ats/organizations/o/job_boards/b/job_postings": [
        {"id": str(i), "title": t} for i, t in _EACH
    ],
    f"/boards/acme-{_GUID}": f"<html><ul>{_VACANCIES}</ul></html>",
    "/careers/": f"<script src='/careers/api/embedjobs/js/{_GUID}'></script>",
    f"/careers/api/embedjobs/default/active/{_GUID}": [{"id": i, "title": t} for i, t in _EACH],
    "/SearchEngine/JobsFeed": f"<?xml version='1.0'?><rss><channel>{_ITEMS}</channel></rss>",
    "/about/careers/applications/jobs/feed.xml": f"<?xml version='1.0'?><jobs>{_FEED}</jobs>",
    "/public/job_posts/published": [
        {"id": i, "url": f"https://x.test/{i}", "advert": {"name": t}} for i, t in _EACH
    ],
    "/v1/openings": {
        "meta": {"total": 3},
        "objects": [
            {"id": str(i), "title": t, "hosted_url": f"https://x.test/{i}"} for i, t in _EACH
        ],
    },
    "/companies/acme/jobs": f'<div data-page="{escape(json.dumps(_STARTUP))}"></div>',
    "/job_board/v0/acme/job_posts/": [
        {"id": str(i), "title": t, "absolute_url": f"https://x.test/{i}"} for i, t in _EACH
    ],
    "/api/v1.0/c/acme/jobs/": {
        "count": 3,
        "next": None,
        "results": [{"id": i, "hash": f"H{i}", "position_name": t} for i, t in _EACH],
    },
    "/public/staffing/v1/career-site/acme": {"myJobsToken": "t"},
    "/myadp_prefix/mycareer/public/staffing/v1/job-requisitions/apply-custom-filters": {
        "count": 3,
        "jobRequisitions": [{"reqId": str(i), "jobTitle": t} for i, t in _EACH],
    },
    "/mascsr/default/careercenter/public/events/staffing/v1/job-requisitions": {
        "jobRequisitions": [{"itemID": str(i), "requisitionTitle": t} for i, t in _EACH],
        "meta": {"startSequence": 1, "totalNumber": 3},
    },
    "/jobs/": "<script>const app = {componentData: {domainId : 19218}};</script>",
    "/core/jobs/19218": {
        "success": True,
        "data": {"jobs": [{"id": i, "title": t} for i, t in _EACH], "jobCount": 3},
    },
    "/jobs": f'<html><div id="job_table">{_CARDS_OF_CAREERPLUG}</div></html>',
    "/ux/ats/careersite/1/home": "<script>csod.context="
    + json.dumps({"token": "t", "endpoints": {"cloud": "https://us.api.csod.com/"}})
    + ";</script>",
    "/rec-job-search/external/jobs": {
        "data": {
            "totalCount": 3,
            "requisitions": [{"requisitionId": i, "displayJobTitle": t} for i, t in _EACH],
        }
    },
    "/v2/public/careers/acme": {
        "count": 3,
        "data": [
            {"id": i, "name": t, "status": "Open", "career_site_url": f"https://x.test/{i}"}
            for i, t in _EACH
        ],
    },
    "/api/jobs": {
        "totalCount": 3,
        "jobs": [{"data": {"slug": str(i), "title": t}} for i, t in _EACH],
    },
    "/541/cw/en/listing/": f'<html><ul id="search-results-content">{_LINKS_OF_PAGEUP}</ul></html>',
    "/search-jobs/results": {
        "results": f'<section data-total-results="3"><ul>{_LINKS_OF_RADANCY}</ul></section>'
    },
    "/careersection/2/jobsearch.ftl": "<script>config: {portalNo: '201381138'}</script>",
    "/careersection/rest/jobboard/searchjobs": {
        "requisitionList": [{"jobId": str(i), "column": [t]} for i, t in _EACH],
        "pagingData": {"pageSize": 25, "totalCount": 3},
    },
    "/phh03/ats/careers/v2/searchResults": (
        f'<html><div class="oracletaleocwsv2-content">{_ROWS_OF_TALEO}</div></html>'
    ),
    "/jobs/acme/30.005": "<script>COMPANY_POSITIONS_DATA = "
    + json.dumps(
        [{"uid": str(i), "name": t, "url_active_page": "https://x.test"} for i, t in _EACH]
    )
    + ";</script>",
    "/careers/SearchJobs/": (
        f'<p class="list-controls__text__legend" aria-label="3 results"></p>{_ARTICLES}'
    ),
    "/api/auth/csrf": {"csrfToken": "t"},
    "/api/geo/acme/jobposting/search": {
        "maxCount": 3,
        "jobPostings": [{"jobPostingId": i, "jobTitle": t} for i, t in _EACH],
    },
    "/careers/api/v1/companies/acme": {
        "company": {"jobs": [{"id": str(i), "name": t} for i, t in _EACH]}
    },
    "/pages/acme/jobs": f'<p class="pg-count">全 3 件中 3 件</p><ul>{_CASSETTES}</ul>',
    "/jobs/Careers": '<input id="jobs" value="'
    + escape(json.dumps([{"id": str(i), "Posting_Title": t} for i, t in _EACH]))
    + '">',
    "/acme/search/": f"<html><table class='jv-job-list'>{_ROWS}</table></html>",
    "/companies/acme": '<script id="__NEXT_DATA__" type="application/json">'
    + json.dumps({"props": {"pageProps": {"initialState": _COMPANY}}})
    + "</script>",
    "/candidate-api/graphql": {
        "data": {
            "publicJobs": {
                "items": [{"id": i, "idParam": f"{i}-x", "title": t} for i, t in _EACH],
                "pageInfo": {"pageCount": 1, "rowCount": 3},
            }
        }
    },
    "/": f'<script id="__NEXT_DATA__">{json.dumps(_GUPY)}</script>'
    f"<script>var complete_job_id_list = [1, 2, 3];</script>{_MATCHES}<ul>{_OFFERS}</ul></html>",
    "/apply/jobs": f'<table id="jobs_table">{_JAZZHR}</table>',
    f"/v4/ats/web.php/portal/{_PORTAL}/career-page": (
        f"<script>var configsFromHost = {json.dumps(_SESSION)};</script>"
    ),
    "/api/ats/job-posting-previews/search": {
        "jobPostingPreviewsCount": 3,
        "jobPostingPreviews": [{"jobId": i, "jobTitle": t} for i, t in _EACH],
    },
    f"/recruiting/jobs/All/{_GUID}": (
        f"<script>window.pageData = {json.dumps(_PAGE_DATA)};</script>"
    ),
    "/us/en/search-results": "<script>var phApp = {'locale': 'en_us'}</script>",
    "/widgets": {
        "refineSearch": {
            "totalHits": 3,
            "data": {"jobs": [{"jobId": str(i), "title": t} for i, t in _EACH]},
        }
    },
    f"/ACM1000ACME/JobBoard/{_GUID}/JobBoardView/LoadSearchResults": {
        "totalCount": 3,
        "opportunities": [{"Id": str(i), "Title": t} for i, t in _EACH],
    },
    "/v1/boards/acme/jobs": {
        "jobs": [{"id": i, "title": t, "absolute_url": f"https://x.test/{i}"} for i, t in _EACH],
        "meta": {"total": 3},
    },
    "/v0/postings/acme": [
        {"id": str(i), "text": t, "hostedUrl": f"https://x.test/{i}"} for i, t in _EACH
    ],
    "/posting-api/job-board/acme": {
        "jobs": [{"id": str(i), "title": t, "jobUrl": f"https://x.test/{i}"} for i, t in _EACH]
    },
    "/v1/companies/acme/postings": {
        "totalFound": 3,
        "content": [{"id": str(i), "name": t} for i, t in _EACH],
    },
    "/wday/cxs/acme/External/jobs": {
        "total": 3,
        "jobPostings": [
            {"title": t, "externalPath": f"/job/Oslo/x_R-{i}", "bulletFields": [f"R-{i}"]}
            for i, t in _EACH
        ],
    },
    "/api/v3/accounts/acme/jobs": {
        "total": 3,
        "results": [{"shortcode": f"0A{i}", "title": t} for i, t in _EACH],
    },
    "/api/offers/": {
        "offers": [{"id": i, "title": t, "careers_url": f"https://x.test/{i}"} for i, t in _EACH]
    },
    "/xml": f"<?xml version='1.0'?><workzag-jobs>{_POSITIONS}</workzag-jobs>",
    "/jobs.json": {
        "items": [{"id": str(i), "title": t, "url": f"https://x.test/{i}"} for i, t in _EACH]
    },
    "/careers/list": {
        "meta": {"totalCount": 3},
        "result": [{"id": str(i), "jobOpeningName": t} for i, t in _EACH],
    },
    "/platform/api/ats/v1/board/acme/jobs": [
        {"uuid": str(i), "name": t, "url": f"https://x.test/{i}"} for i, t in _EACH
    ],
    "/hcmRestApi/resources/latest/recruitingCEJobRequisitions": {
        "items": [
            {
                "TotalJobsCount": 3,
                "requisitionList": [{"Id": str(i), "Title": t} for i, t in _EACH],
            }
        ]
    },
    "/api/pcsx/search": {
        "data": {"count": 3, "positions": [{"id": i, "name": t} for i, t in _EACH]}
    },
    "/jobs/search": f'<form id="searchForm"></form><ul class="iCIMS_JobsTable">{_CARDS}</ul>',
    "/search/": (
        f'<span class="paginationLabel"><b>1 - 3</b> of <b>3</b></span><table>{_RESULTS}</table>'
    ),
    "/en/search.json": {
        "hits": 3,
        "jobs": [{"id_icims": str(i), "title": t, "job_path": f"/{i}"} for i, t in _EACH],
    },
    "/api/v1/search": {
        "res": {
            "totalRecords": 3,
            "searchResults": [{"positionId": str(i), "postingTitle": t} for i, t in _EACH],
        }
    },
    "/api/v1/CSRFToken": {},
}

HOSTED = {
    "greenhouse": "https://boards.greenhouse.io/acme/jobs/1",
    "lever": "https://jobs.lever.co/acme",
    "ashby": "https://jobs.ashbyhq.com/acme",
    "smartrecruiters": "https://careers.smartrecruiters.com/acme",
    "workday": "https://acme.wd5.myworkdayjobs.com/en-US/External",
    "workable": "https://apply.workable.com/acme/j/0A1",
    "recruitee": "https://acme.recruitee.com/o/night-cook",
    "personio": "https://acme.jobs.personio.de",
    "teamtailor": "https://acme.teamtailor.com/jobs",
    "bamboohr": "https://acme.bamboohr.com/careers/1",
    "rippling": "https://ats.rippling.com/acme/jobs",
    "adp_myjobs": "https://myjobs.adp.com/acme/cx/job-details?reqId=1",
    "adp_workforce_now": "https://workforcenow.adp.com/mascsr/default/mdf/recruitment/recruitment.html"
    f"?cid={_GUID}&ccId=19000101_000001&jobId=1",
    "applicantpro": "https://acme.isolvedhire.com/jobs/1.html",
    "avature": "https://acme.avature.net/careers/JobDetail/x/1",
    "careerplug": "https://acme.careerplug.com/jobs/1/apps/new",
    "cornerstone": "https://acme.csod.com/ux/ats/careersite/1/home/requisition/1?c=acme",
    "hireology": "https://careers.hireology.com/acme/1/description",
    "jibe": "https://acme.jibeapply.com/jobs/1",
    "pageup": "https://careers.pageuppeople.com/541/cw/en/job/1/night-cook",
    "radancy": "https://careers.acme.example/job/oslo/night-cook/185/97531445088",
    "taleo": "https://acme.taleo.net/careersection/2/jobdetail.ftl?job=1&lang=en",
    "taleo_business": "https://phh.tbe.taleo.net/phh03/ats/careers/v2/viewRequisition"
    "?org=ACME&cws=37&rid=1",
    "breezy": "https://acme.breezy.hr/p/1-night-cook",
    "comeet": "https://www.comeet.com/jobs/acme/30.005/cook/1",
    "dayforce": "https://jobs.dayforcehcm.com/en-US/acme/CANDIDATEPORTAL/jobs/1",
    "deel": "https://jobs.deel.com/acme/job-details/1/overview",
    "factorial": "https://acme.factorialhr.com/job_posting/night-cook-1",
    "gem": "https://jobs.gem.com/acme/1",
    "google": "https://www.google.com/about/careers/applications/jobs/results/1-night-cook",
    "gusto": f"https://jobs.gusto.com/boards/acme-{_GUID}",
    "herp": "https://herp.careers/v1/acme/1",
    "hibob": "https://acme.careers.hibob.com/jobs/1",
    "hrmos": "https://hrmos.co/pages/acme/jobs/1",
    "jobvite": "https://jobs.jobvite.com/acme/job/oJob1",
    "join": "https://join.com/companies/acme/1-x",
    "keka": "https://acme.keka.com/careers/jobdetails/1",
    "manatal": "https://www.careers-page.com/acme/job/H1",
    "neogov": "https://www.governmentjobs.com/careers/acme/jobs/1",
    "pinpoint": "https://acme.pinpointhq.com/en/postings/1",
    "zoho": "https://acme.zohorecruit.in/jobs/Careers",
    "softgarden": "https://acme.softgarden.io/de/vacancies",
    "traffit": "https://acme.traffit.com/public/an/abc1",
    "trakstar": "https://acme.hire.trakstar.com/jobs/fk1/",
    "workatastartup": "https://www.ycombinator.com/companies/acme/jobs/1-x",
    "oracle": "https://acme.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1",
    "eightfold": "https://acme.eightfold.ai/careers?domain=acme.com",
    "icims": "https://careers-acme.icims.com/jobs/search",
    "successfactors": "https://jobs.acme.example/job/Cook/1000001/",
    "gupy": "https://acme.gupy.io/jobs/1",
    "jazzhr": "https://acme.applytojob.com/apply/a1/Night-Cook",
    "paycom": f"https://www.paycomonline.net/v4/ats/web.php/portal/{_PORTAL}/jobs/1",
    "paylocity": f"https://recruiting.paylocity.com/recruiting/jobs/All/{_GUID}/Acme",
    "phenom": "https://careers.acme.example/us/en/job/1/Night-Cook",
    "ultipro": f"https://recruiting.ultipro.com/ACM1000ACME/JobBoard/{_GUID}/",
    "amazon": "https://www.amazon.jobs/en/search?base_query=cook",
    "apple": "https://jobs.apple.com/en-us/search?search=cook",
}
"""The URL of a board, or of one of its postings, by vendor."""

EMBEDDED = {
    "greenhouse": '<script src="https://boards.greenhouse.io/embed/job_board/js?for=acme"></script>',
    "lever": "<script>window.leverJobsOptions = {accountName: 'acme'}</script>",
    "ashby": '<script src="https://jobs.ashbyhq.com/acme/embed?version=2"></script>',
    "smartrecruiters": '<script>widget({"company_code": "acme", '
    '"api_url": "https://www.smartrecruiters.com"})</script>',
    "workday": '<a href="https://acme.wd5.myworkdayjobs.com/External">Open roles</a>',
    "workable": '<iframe src="https://apply.workable.com/acme/?embed=1"></iframe>',
    "recruitee": '<iframe src="https://acme.recruitee.com/widget"></iframe>',
    "personio": '<a href="https://acme.jobs.personio.de/job/1">Koch</a>',
    "teamtailor": '<a href="https://acme.teamtailor.com/jobs/1-cook">Cook</a>',
    "bamboohr": '<div id="BambooHR" data-domain="acme.bamboohr.com"></div>',
    "rippling": '<iframe src="https://ats.rippling.com/acme/jobs"></iframe>',
    "adp_myjobs": '<a href="https://myjobs.adp.com/acme/cx">Jobs</a>',
    "adp_workforce_now": '<recruitment-current-openings ccid="19000101_000001" locale="en_US" '
    'cid="3ecffcba-6b5a-4a7e-b71b-bbb54a4527ab"></recruitment-current-openings>',
    "applicantpro": '<a href="https://acme.applicantpro.com/jobs/">Work with us</a>',
    "avature": '<a href="https://acme.avature.net/careers/SearchJobs">Jobs</a>',
    "breezy": '<script src="https://acme.breezy.hr/embed/js?inline=true"></script>',
    "careerplug": '<iframe id="cpatsframe" src="https://acme.careerplug.com/jobs?embed=1"></iframe>',
    "cornerstone": '<a href="https://acme.csod.com/ux/ats/careersite/1/home?c=acme">Jobs</a>',
    "hireology": '<script>fetch("https://api.hireology.com/v1/careers/acme")</script>',
    "jibe": '<script src="https://app.jibecdn.com/prod/search/main.js"></script>',
    "pageup": '<a href="https://careers.pageuppeople.com/541/cw/en/listing/">Vacancies</a>',
    "radancy": '<script src="https://tbcdn.talentbrew.com/x.js"></script>'
    '<a href="/search-jobs">Search jobs</a>',
    "taleo": '<a href="https://acme.taleo.net/careersection/2/jobsearch.ftl?lang=en">Jobs</a>',
    "taleo_business": '<script>{"url": "https://phh.tbe.taleo.net/phh03/ats/careers/v2/jobSearch'
    '?act=redirectCwsV2\\u0026cws=37\\u0026org=ACME"}</script>',
    "comeet": '<a href="https://www.comeet.com/jobs/acme/30.005">Open positions</a>',
    "dayforce": '<a href="https://jobs.dayforcehcm.com/en-US/acme/CANDIDATEPORTAL">Jobs</a>',
    "deel": '<a href="https://jobs.deel.com/acme">Open roles</a>',
    "factorial": '<iframe src="https://acme.factorialhr.com/embed/jobs"></iframe>',
    "gem": '<a href="https://jobs.gem.com/acme">Open roles</a>',
    "gusto": '<a href="https://jobs.gusto.com/boards/acme-3ecffcba-6b5a-4a7e-b71b-bbb54a4527ab">'
    "Open roles</a>",
    "herp": '<a href="https://herp.careers/v1/acme">募集要項</a>',
    "hibob": '<iframe src="https://acme.careers.hibob.com/jobs"></iframe>',
    "hrmos": '<a href="https://hrmos.co/pages/acme/jobs">採用情報</a>',
    "jobvite": '<div class="jv-careersite" data-careersite="jobs.jobvite.com/acme"></div>',
    "join": '<a href="https://join.com/companies/acme">Unsere Stellen</a>',
    "keka": '<script src="https://acme.keka.com/careers/api/embedjobs/js/'
    '3ecffcba-6b5a-4a7e-b71b-bbb54a4527ab"></script>',
    "manatal": '<iframe src="https://www.careers-page.com/acme"></iframe>',
    "neogov": '<a href="https://www.governmentjobs.com/careers/acme">Job openings</a>',
    "pinpoint": '<a href="https://acme.pinpointhq.com/">Our vacancies</a>',
    "zoho": '<script>rec_embed_js.load({site: "https://acme.zohorecruit.eu"})</script>',
    "softgarden": '<iframe src="https://acme.softgarden.io/de/widgets/jobs"></iframe>',
    "traffit": '<script src="https://acme.traffit.com/public/an/generateJs"></script>',
    "trakstar": '<a href="https://acme.hire.trakstar.com/">Open roles</a>',
    "workatastartup": '<a href="https://www.ycombinator.com/companies/acme/jobs">Jobs</a>',
    "oracle": '<a href="https://acme.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/'
    'CX_1/jobs">Jobs</a>',
    "eightfold": '<a href="https://acme.eightfold.ai/careers?domain=acme.com">Jobs</a>',
    "icims": '<iframe src="https://careers-acme.icims.com/jobs/search?in_iframe=1"></iframe>',
    "successfactors": '<script src="https://rmkcdn.successfactors.com/x/j2w.js"></script>',
    "gupy": '<a href="https://acme.gupy.io/">Vagas</a>',
    "jazzhr": '<iframe src="https://acme.applytojob.com/apply/jobs"></iframe>',
    "paycom": '<a href="https://www.paycomonline.net/v4/ats/web.php/portal/'
    '0123456789ABCDEF0123456789ABCDEF/career-page">Jobs</a>',
    "paylocity": '<a href="https://recruiting.paylocity.com/recruiting/jobs/All/'
    '3ecffcba-6b5a-4a7e-b71b-bbb54a4527ab/Acme">Jobs</a>',
    "phenom": "<script>var phApp = {'locale': 'en_us'}</script>",
    "ultipro": '<a href="https://recruiting.ultipro.com/ACM1000ACME/JobBoard/'
    '3ecffcba-6b5a-4a7e-b71b-bbb54a4527ab/">Jobs</a>',
}
"""The markup by which a page of a company embeds its board, or links to it, by vendor."""


@dataclass
class Vendors:
    """The running server.

    In a page or a redirect that a test sets, ``{here}`` stands for the server's URL. ``asked``
    lists the paths of the requests.
    """

    url: str = ""
    pages: Mapping[str, str | web.Response] = field(default_factory=dict)
    """Pages that replace those of the vendors, by path.

    If a page is empty, its path is answered with 404.
    """
    asked: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        page = self.pages.get(request.path)
        if page == "":
            raise web.HTTPNotFound
        if isinstance(page, str):
            return web.Response(text=page.replace("{here}", self.url), content_type="text/html")
        if page is not None:
            raise web.HTTPFound(page.headers["Location"].replace("{here}", self.url))
        found = ANSWERS.get(request.path)
        if found is None:
            raise web.HTTPNotFound
        if isinstance(found, str):
            kind = "text/xml" if found.startswith("<?xml") else "text/html"
            return web.Response(text=found, content_type=kind)
        return web.Response(
            text=json.dumps(found),
            content_type="application/json",
            headers={"x-apple-csrf-token": "t", "x-result-total-count": "3"},
        )


def redirect(location: str) -> web.Response:
    return web.Response(headers={"Location": location})


@contextmanager
def running_vendors(**pages: str | web.Response) -> Generator[Vendors]:
    vendors = Vendors(pages=pages)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", vendors.answer)
    with serving(app) as vendors.url:
        yield vendors
