"""Make a sample row of each source whose listing is JSON, and the response that contains it.

The JSON may be in a script of a page. Each row has the fields of a recorded row.
"""

import json
from html import escape

from tests.sources.configs import (
    ADP_WORKFORCE_NOW,
    COMEET,
    CORNERSTONE,
    DAYFORCE,
    EIGHTFOLD,
    FIELDS,
    GUID,
    ORACLE,
    PAGE,
    PAYCOM,
    PHENOM,
    TALEO,
    ULTIPRO,
    WORKDAY,
)
from tests.sources.sample import Sample

TEXT = "<p>Cook &amp; serve.</p>"
POSTAL = {"addressLocality": "Oslo", "addressCountry": "Norway"}
_PORTAL = {
    "sessionJWT": "secret",
    "libConfig": json.dumps({"atsPortalMantleServiceUrl": "https://api.paycomonline.net/"}),
}
PORTAL_PAGE = f"<script>var configsFromHost = {json.dumps(_PORTAL)};</script>"
"""The page of Paycom that opens a session."""
CSOD_PAGE = """<script>if(!csod.context || !csod.context.token)  csod.context={"corp":"acme",
    "endpoints":{"cloud":"https://us.api.csod.com/","api":"/"},"token":"secret"};</script>"""
"""The page of Cornerstone that opens a session."""
PLACE = {"city": "Oslo", "region": "Oslo", "country": "Norway", "countryCode": "NO"}


JSON_SAMPLES: tuple[Sample, ...] = (
    Sample(
        source="greenhouse",
        modified="2026-03-18T10:32:18-04:00",
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
        visibility_keys=("isListed",),
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
        modified="2026-01-05 21:44:46 UTC",
        config={"site": "acme"},
        row={
            "id": 2547884, "title": "Cook", "status": "published", "description": TEXT,
            "careers_url": "https://acme.recruitee.com/o/cook", "requirements": "",
            "locations": [{"city": "Oslo", "country": "Norway", "country_code": "NO"}],
            "remote": False, "salary": {"min": "2800.00", "max": None, "currency": "NOK"},
            "published_at": "2025-12-05 21:44:46 UTC", "updated_at": "2026-01-05 21:44:46 UTC",
        },
        wrap=lambda row: {"offers": [row]},
        visibility_keys=("status",),
    ),
    Sample(
        source="teamtailor",
        modified="2026-06-12T08:19:40+02:00",
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
        source="breezy",
        config={"site": "acme"},
        row={
            "id": "18df3ec23bf901", "friendly_id": "18df3ec23bf901-cook", "name": "Cook",
            "url": "https://acme.breezy.hr/p/18df3ec23bf901-cook", "salary": "$25 / hr",
            "type": {"id": "fullTime", "name": "Full-Time"}, "department": None,
            "location": {"city": "Oslo", "is_remote": False, "name": "Oslo, NO"},
            "published_date": "2026-07-14T10:00:00.000Z",
        },
        wrap=lambda row: [row],
    ),
    Sample(
        source="adp_myjobs",
        config={"site": "acme"},
        row={
            "reqId": "5001217894100", "jobTitle": "Cook", "publishedJobTitle": "Cook 851",
            "jobDescription": TEXT, "jobQualifications": "", "workLevelCode": "Part-time",
            "requisitionLocations": [{
                "address": {"cityName": "Oslo", "country": {"longName": "Norway"}},
                "nameCode": {"codeValue": "851", "longName": "Oslo-851"},
            }],
            "organizationalUnits": [], "clientRequisitionID": "34033", "postingDate": None,
        },
        wrap=lambda row: {"count": 1, "jobRequisitions": [row]},
        headers={"myjobstoken": "secret"},
        url_suffix="?$skip=0",
        first_response='{"myJobsToken": "secret"}',
    ),
    Sample(
        source="adp_workforce_now",
        config=ADP_WORKFORCE_NOW,
        row={
            "itemID": "92029_1", "clientRequisitionID": "1041", "requisitionTitle": "Cook",
            "postDate": "2026-06-09T12:18:00.000-04:00", "workLevelCode": {"shortName": "Full"},
            "requisitionLocations": [{"nameCode": {"shortName": " Naperville,  IL, US "}}],
            "payGradeRange": {"minimumRate": {"amountValue": 110000, "currencyCode": "USD"}},
            "customFieldGroup": {"stringFields": [{
                "nameCode": {"codeValue": "ExternalJobID"}, "stringValue": "566249",
            }]},
        },
        wrap=lambda row: {
            "jobRequisitions": [row], "meta": {"startSequence": 1, "totalNumber": 1, "links": []},
        },
    ),
    Sample(
        source="applicantpro",
        config={"host": "acme.applicantpro.com"},
        row={
            "id": 1788740, "title": "Cook", "city": "Amarillo", "iso3": "USA",
            "abbreviation": "TX", "startDateRef": "Jun 05, 2026", "endDateRef": "Jul 05, 2026",
            "workplaceType": "Onsite", "employmentType": "Full Time", "payRate": None,
            "minSalary": "20", "jobLocation": "Amarillo, TX, United States, 79109",
            "jobUrl": "https://acme.applicantpro.com/jobs/1788740",
        },
        wrap=lambda row: {"success": True, "message": "", "data": {"jobs": [row], "jobCount": 1}},
        first_response="<script>const app = {componentData: {domainId : 19218}};</script>",
        url_suffix="/core/jobs/19218",
    ),
    Sample(
        source="cornerstone",
        config=CORNERSTONE,
        row={
            "requisitionId": 21038, "displayJobTitle": "Cook", "externalDescription": "We cook.",
            "postingEffectiveDate": "4/15/2026", "postingExpirationDate": None,
            "locations": [{"city": "Oslo", "state": None, "country": "NO"}],
        },
        wrap=lambda row: {"status": "Success", "data": {"totalCount": 1, "requisitions": [row]}},
        headers={"Authorization": "Bearer secret"},
        request_json={"pageNumber": 1},
        first_response=CSOD_PAGE,
    ),
    Sample(
        source="hireology",
        config={"company": "acme"},
        row={
            "id": 2827500, "name": "Cook", "created_at": "2026-07-27T19:10:31.370Z",
            "status": "Open", "employment_status": "Full Time - hourly", "job_description": TEXT,
            "locations": [{"city": "Lincoln", "state": "NE", "zip_code": "68521"}],
            "remote": False, "job_family": {"id": 9, "name": "Kitchen"},
            "career_site_url": "https://careers.hireology.com/acme/2827500/description",
            "organization": {"id": 21165, "name": "Acme Lincoln", "type": "Location"},
            "compensation": {"is_comp_range": True, "comp_range_min": "25.0"},
        },
        wrap=lambda row: {"data": [row], "count": 1, "page": 1, "page_size": 500},
        visibility_keys=("status",),
    ),
    Sample(
        source="jibe",
        config={"host": "careers.acme.com"},
        row={"data": {
            "slug": "27341", "req_id": "27341", "title": "Cook", "description": TEXT,
            "city": "Savannah", "state": "Georgia", "country": "United States",
            "country_code": "US", "full_location": "Savannah, Georgia", "language": "en-us",
            "categories": [{"name": "Kitchen"}], "department": "", "salary_min_value": 0,
            "employment_type": "FULL_TIME", "hiring_organization": "Acme", "location_name": None,
            "posted_date": "2026-05-20T14:27:00+0000", "update_date": "2026-05-21T17:14:56+0000",
            "apply_url": "https://careers-acme.icims.com/jobs/27341/login",
        }},
        wrap=lambda row: {"jobs": [row], "totalCount": 1, "count": 1},
    ),
    Sample(
        source="taleo",
        config=TALEO,
        row={
            "jobId": "100001", "contestNo": "REQ-1001", "hotJob": False, "draft": False,
            "addedToJobCart": False, "toReApply": False,
            "column": ["Cook", "REQ-1001", '["London","Remote - UK"]', "Apr 30, 2026"],
            "linkedColumn": 0, "locationsColumns": [2], "alreadyAppliedOn": False,
        },
        wrap=lambda row: {
            "requisitionList": [row], "careerSectionUnAvailable": False,
            "pagingData": {"currentPageNo": 1, "pageSize": 25, "totalCount": 1},
        },
        headers={"tz": "GMT+00:00"},
        request_json={"pageNo": 1},
        first_response="<script>require.config({config: {portalNo: '201381138'}});</script>",
        visibility_keys=("linkedColumn",),
    ),
    Sample(
        source="comeet",
        modified="2026-06-13T14:58:22Z",
        config=COMEET,
        row={
            "uid": "7A.123", "name": "Cook", "department": "Kitchen",
            "employment_type": "Full-time",
            "location": {"name": "Oslo", "country": "NO", "city": "Oslo", "is_remote": False},
            "details": [{"name": "Description", "value": TEXT, "order": 1}],
            "url_comeet_hosted_page": "https://www.comeet.com/jobs/acme/30.005/cook/7A.123",
            "time_updated": "2026-06-13T14:58:22Z", "workplace_type": "On-site",
        },
        wrap=lambda row: (
            f"<script>COMPANY_POSITIONS_DATA = {json.dumps([row])}; POSITION_DATA = null;</script>"
        ).encode(),
    ),
    Sample(
        source="dayforce",
        config=DAYFORCE,
        row={
            "clientNamespace": "acme", "jobBoardId": 1, "jobPostingId": 62333, "jobReqId": 24484,
            "jobTitle": "Cook", "jobDescription": "Cook &amp; serve.", "hasVirtualLocation": False,
            "postingStartTimestampUTC": "2026-08-10T07:00:00+00:00", "isEvergreen": False,
            "postingExpiryTimestampUTC": None, "searchScore": 0,
            "postingLocations": [{"formattedAddress": "Oslo, Norway", "cityName": "Oslo"}],
            "postingAppliedStatus": {"jobPostingId": 62333, "hasApplied": False},
        },
        wrap=lambda row: {"maxCount": 1, "offset": 0, "count": 1, "jobPostings": [row]},
        headers={"X-CSRF-TOKEN": "t"},
        request_json={"paginationStart": 0},
        first_response='{"csrfToken": "t"}',
    ),
    Sample(
        source="deel",
        config={"company": "acme"},
        row={
            "id": "69b25a17-12af", "title": "Cook", "richtextDescription": TEXT,
            "isCompensationVisible": False, "createdAt": "2026-03-09T18:26:23.272Z",
            "job": {
                "jobLocations": [{"location": {"name": "Oslo"}}],
                "jobEmploymentTypes": [{"employmentType": {"name": "Full-time"}}],
                "currentCompensation": {"minAmount": 100, "currencyIsoCode": "NOK"},
            },
        },
        wrap=lambda row: [row],
        headers={"accept": "application/json"},
        url_suffix="/job_postings",
        first_response='{"organizationId": "o-1", "jobBoard": {"id": "b-1"}}',
    ),
    Sample(
        source="keka",
        config={"site": "acme"},
        row={
            "id": 134831, "title": "Cook", "description": TEXT, "departmentName": "Kitchen",
            "jobNumber": "JOB-7", "jobType": 2, "publishedOn": "2026-07-15T07:26:49.647Z",
            "publishedSinceDays": 3, "salaryRange": {"minimum": 100, "salaryPeriod": 0},
            "jobLocations": [{"id": 31395, "name": "HQ", "city": "Oslo", "countryName": "Norway"}],
        },
        wrap=lambda row: [row],
        headers={"accept": "application/json"},
        url_suffix=f"api/embedjobs/default/active/{GUID}",
        first_response=f"<script>fetch('/ats/documents/{GUID}/careerportal/1.html')</script>",
    ),
    Sample(
        source="traffit",
        config={"site": "acme"},
        row={
            "id": 1, "url": "https://acme.traffit.com/public/an/abc123", "awarded": False,
            "advert": {
                "id": 100, "name": "Cook", "language": "en", "recruitment": {"nr_ref": "1/2"},
                "values": [
                    {"field_id": "description", "value": TEXT},
                    {"field_id": "geolocation", "value": '{"locality": "Oslo"}'},
                ],
            },
            "valid_start": "2026-03-06 15:01:44", "valid_end": None,
            "options": {"job_type": ["Full time"], "remote": "0", "_Salary_MIN": "100"},
        },
        wrap=lambda row: [row],
    ),
    Sample(
        source="trakstar",
        config={"site": "acme"},
        row={
            "id": "fk0zowq", "title": "Cook", "client_name": "acme", "description": TEXT,
            "hosted_url": "https://acme.hire.trakstar.com/jobs/fk0zowq", "team": "Kitchen",
            "location": {"city": "Oslo", "state": None, "country": "Norway"},
            "allows_remote": False, "position_type": "full_time", "close_date": None,
        },
        wrap=lambda row: {"meta": {"offset": 0, "limit": 250, "total": 1}, "objects": [row]},
        headers={"accept": "application/json"},
        url_suffix="?offset=0",
        first_response="<html>Jobs at Acme</html>",
    ),
    Sample(
        source="workatastartup",
        config={"company": "acme"},
        row={
            "id": 84722, "title": "Cook", "url": "/companies/acme/jobs/UAUsCJS-cook",
            "location": "Oslo, NO", "type": "Full-time", "salaryRange": "$140K - $200K",
            "companyName": "Acme", "hiringManager": None, "createdAt": "20 days",
            "lastActive": "about 1 month",
        },
        wrap=lambda row: (
            '<div data-page="'
            + escape(json.dumps({
                "component": "WaasShowJobsPage",
                "props": {"company": {"slug": "acme"}, "jobPostings": [row]},
            }))
            + '"></div>'
        ).encode(),
    ),
    Sample(
        source="herp",
        modified="2025-10-19T13:59:50.000Z",
        config={"company": "acme"},
        row={
            "id": "12p0uk-hrFac", "name": "Cook", "title": "", "summary": "Cook and serve.",
            "companyYearsSinceFounded": 6, "companyNumberOfEmployees": 4, "companyValuation": 6.7,
            "companyCumulativeFunding": 1.4, "companyMembersVoiceCount": None,
            "companyIsApplicationEnabled": True, "isApplicable": True, "jobRemoteworkType": None,
            "jobLocations": [{"prefCode": "13", "prefName": "Tokyo", "cityName": None}],
            "salary": {"text": "", "minimum": 1500, "maximum": 2000, "period": "HOURLY"},
            "updatedAt": "2025-10-19T13:59:50.000Z", "jobPublishedAt": "2025-10-19T14:01:59.000Z",
        },
        wrap=lambda row: {"company": {"companyId": "C-3ZZXM", "jobs": [row]}, "statusCode": 200},
        visibility_keys=("isApplicable",),
    ),
    Sample(
        source="gem",
        modified="2026-06-13T14:58:22.887Z",
        config={"board": "acme"},
        row={
            "id": "am9icG9zdDrT", "title": "Cook", "content": TEXT, "location_type": "in_office",
            "absolute_url": "https://jobs.gem.com/acme/am9icG9zdDrT",
            "location": {"name": "Oslo"}, "offices": [{"name": "Oslo", "location": None}],
            "employment_type": "full_time", "first_published_at": "2026-06-12T14:58:22.887Z",
            "updated_at": "2026-06-13T14:58:22.887Z",
        },
        wrap=lambda row: [row],
    ),
    Sample(
        source="hibob",
        config={"site": "acme"},
        row={
            "id": "04e764ae", "title": "Cook", "department": "Kitchen", "site": "Oslo",
            "country": "Norway", "description": TEXT, "requirements": None, "language": "en",
            "publishedAt": "2026-04-22T07:20:46.518438210Z", "workspaceTypeId": "on_site",
            "payTransparencyMinSalary": 100, "sectionLabels": {},
        },
        wrap=lambda row: {"filterGroups": {}, "jobAdDetails": [row]},
    ),
    Sample(
        source="join",
        modified="2026-07-03T14:30:43.201Z",
        config={"company": "acme"},
        row={
            "id": 15393396, "idParam": "16397229-cook", "title": "Cook", "workplaceType": "ONSITE",
            "remoteType": None, "createdAt": "2025-12-18T15:37:26.494Z",
            "updatedAt": "2026-07-03T14:30:43.201Z",
            "city": {"cityName": "Oslo", "countryName": "Norway"},
            "country": {"iso3166": "NO", "name": "Norway"}, "category": {"name": "Kitchen"},
        },
        wrap=lambda row: {
            "data": {"publicJobs": {"items": [row], "pageInfo": {"pageCount": 1, "rowCount": 1}}}
        },
        headers={"accept": "application/json"},
        request_json={"variables": {"input": {"companyId": 1, "paginationPage": {"page": 1}}}},
        first_response='<script id="__NEXT_DATA__">{"props": {"pageProps": {"initialState": {'
        '"company": {"id": 1}, "jobs": {"pagination": {"total": 1}}}}}}</script>',
    ),
    Sample(
        source="manatal",
        config={"company": "acme"},
        row={
            "id": 3550645, "hash": "7X4W43WX", "position_name": "Cook", "description": TEXT,
            "country": "Norway", "city": "Oslo", "state": "", "address": "", "zipcode": "",
            "location_display": "Oslo, Norway", "is_salary_visible": False,
            "is_pinned_in_career_page": False,
        },
        wrap=lambda row: {"count": 1, "next": None, "results": [row]},
    ),
    Sample(
        source="pinpoint",
        config={"site": "acme"},
        row={
            "id": "412083", "title": "Cook", "url": "https://acme.pinpointhq.com/en/postings/9c1d",
            "description": TEXT, "benefits": None, "workplace_type": "onsite",
            "location": {"id": "5", "name": "Oslo HQ", "city": "Oslo", "province": "Oslo"},
            "compensation_visible": False, "compensation_minimum": 100, "deadline_at": None,
        },
        wrap=lambda row: {"data": [row]},
    ),
    Sample(
        source="zoho",
        config={"host": "acme.zohorecruit.eu"},
        row={
            "id": "741923000037955058", "Posting_Title": "Cook", "Job_Type": "Full time",
            "City": "Oslo", "State": None, "Country": "Norway", "Date_Opened": "2026-07-14",
            "Job_Description": TEXT, "Remote_Job": False, "Publish": True,
            "Keep_on_Career_Site": True, "Is_Locked": False,
        },
        wrap=lambda row: (
            f'<input type="hidden" value="{escape(json.dumps([row]))}" id="jobs">'
        ).encode(),
        visibility_keys=("Publish", "Keep_on_Career_Site", "Is_Locked"),
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
        request_json={"page": 1},
        first_response="{}",
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
        visibility_keys=("IsInternal",),
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
        first_response=PORTAL_PAGE,
        headers={"Authorization": "secret"},
        request_json={"skip": 0},
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
        first_response="<script>var phApp = phApp || {}; phApp.csrfToken = '';</script>",
        headers={"x-csrf-token": "secret"},
        request_json={"from": 0},
    ),
    Sample(
        source="json",
        modified="2026-06-29",
        config={"url": PAGE, "jobs": "jobs", "fields": FIELDS | {"updated_at": "changed"}},
        row={
            "id": 1, "title": "Cook", "url": "https://acme.example/1", "changed": "2026-06-29",
            "kitchen": {"floor": 2},
        },
        wrap=lambda row: {"jobs": [row]},
    ),
)  # fmt: skip
