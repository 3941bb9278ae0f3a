"""Tests of finding the board that a URL names. The URLs have the forms that each vendor uses."""

import pytest

from include.core.models import Company
from include.sources.detect import boards_at, tenant_names
from include.sources.registry import check_config
from local.career_sites import companies

GREENHOUSE_EU = {"base_url": "https://boards-api.eu.greenhouse.io"}
WORKDAY = {"host": "acme.wd5.myworkdayjobs.com", "tenant": "acme", "site": "External"}
ORACLE = {"host": "ebcd.fa.us2.oraclecloud.com", "site": "CX_1"}
GUID = "3ecffcba-6b5a-4a7e-b71b-bbb54a4527ab"
PORTAL = "0A" * 16
ULTIPRO = {"host": "recruiting2.ultipro.com", "tenant": "ACM1000ACME", "board": GUID}
META = {
    "url": "https://www.metacareers.com/jobsearch/sitemap.xml",
    "pattern": "/profile/job_details/",
}
MICROSOFT = {"host": "apply.careers.microsoft.com", "domain": "microsoft.com"}
ACME_EIGHTFOLD = {"host": "acme.eightfold.ai", "domain": "acme.org"}

ADDRESSES: dict[str, tuple[str, dict[str, str]]] = {
    "https://boards.greenhouse.io/acme": ("greenhouse", {"board": "acme"}),
    "https://www.boards.greenhouse.io/acme/jobs/12?gh_src=x": ("greenhouse", {"board": "acme"}),
    "https://job-boards.greenhouse.io/acme/jobs/4012": ("greenhouse", {"board": "acme"}),
    "https://boards.greenhouse.io/embed/job_board?for=acme": ("greenhouse", {"board": "acme"}),
    "https://boards.greenhouse.io/embed/job_board/js?for=acme": ("greenhouse", {"board": "acme"}),
    "https://boards.greenhouse.io/embed/job_app?for=acme&token=1": (
        "greenhouse",
        {"board": "acme"},
    ),
    "https://job-boards.eu.greenhouse.io/acme": ("greenhouse", {"board": "acme", **GREENHOUSE_EU}),
    "https://boards.eu.greenhouse.io/acme": ("greenhouse", {"board": "acme", **GREENHOUSE_EU}),
    "https://boards-api.eu.greenhouse.io/v1/boards/acme/jobs": (
        "greenhouse",
        {"board": "acme", **GREENHOUSE_EU},
    ),
    "https://boards-api.greenhouse.io/v1/boards/acme/jobs": ("greenhouse", {"board": "acme"}),
    "https://jobs.lever.co/acme/0a1b2c3d-1111-2222-3333-444455556666/apply": (
        "lever",
        {"site": "acme"},
    ),
    "https://jobs.eu.lever.co/acme": (
        "lever",
        {"site": "acme", "base_url": "https://api.eu.lever.co"},
    ),
    "https://api.lever.co/v0/postings/acme?mode=json": ("lever", {"site": "acme"}),
    "https://api.eu.lever.co/v0/postings/acme": (
        "lever",
        {"site": "acme", "base_url": "https://api.eu.lever.co"},
    ),
    "https://jobs.ashbyhq.com/Acme%20Inc/0a1b": ("ashby", {"board": "Acme Inc"}),
    "https://jobs.ashbyhq.com/acme/embed?version=2": ("ashby", {"board": "acme"}),
    "https://api.ashbyhq.com/posting-api/job-board/acme": ("ashby", {"board": "acme"}),
    "https://careers.smartrecruiters.com/Acme1": ("smartrecruiters", {"company": "Acme1"}),
    "https://jobs.smartrecruiters.com/Acme1/744000012345678-cook": (
        "smartrecruiters",
        {"company": "Acme1"},
    ),
    "https://jobs.smartrecruiters.com/oneclick-ui/company/Acme1/publication/0a?dcr_ci=Acme1": (
        "smartrecruiters",
        {"company": "Acme1"},
    ),
    "https://api.smartrecruiters.com/v1/companies/Acme1/postings": (
        "smartrecruiters",
        {"company": "Acme1"},
    ),
    "https://acme.wd5.myworkdayjobs.com/External": ("workday", WORKDAY),
    "https://acme.wd5.myworkdayjobs.com/en-US/External/job/Oslo/Cook_R-12?source=x": (
        "workday",
        WORKDAY,
    ),
    "https://acme.wd5.myworkdayjobs.com/de-DE/External/details/Cook_R-12": ("workday", WORKDAY),
    "https://acme.wd5.myworkdayjobs.com/wday/cxs/acme/External/jobs": ("workday", WORKDAY),
    "https://acme.wd5.myworkdayjobs.com/de/External": ("workday", WORKDAY),
    "https://acme.wd5.myworkdayjobs.com/acs/job/Oslo/Cook_R-12": (
        "workday",
        {**WORKDAY, "site": "acs"},
    ),
    "https://acme.wd5.myworkdayjobs.com/us": ("workday", {**WORKDAY, "site": "us"}),
    "https://acme.wd5.myworkdayjobs.com/job_page": ("workday", {**WORKDAY, "site": "job_page"}),
    "https://a_b.wd5.myworkdayjobs.com/External": (
        "workday",
        {"host": "a_b.wd5.myworkdayjobs.com", "tenant": "a_b", "site": "External"},
    ),
    "https://ats.rippling.com/acs/jobs": ("rippling", {"board": "acs"}),
    "https://ats.rippling.com/en-GB/acs/jobs/0a1b2c3d": ("rippling", {"board": "acs"}),
    "https://apply.workable.com/acme/": ("workable", {"account": "acme"}),
    "https://apply.workable.com/acme/j/0A1B2C3D4E/": ("workable", {"account": "acme"}),
    "https://acme.workable.com/jobs/12": ("workable", {"account": "acme"}),
    "https://apply.workable.com/api/v1/widget/accounts/acme?details=true": (
        "workable",
        {"account": "acme"},
    ),
    "https://acme.recruitee.com/o/senior-cook": ("recruitee", {"site": "acme"}),
    "https://acme.recruitee.com/api/offers/": ("recruitee", {"site": "acme"}),
    "https://acme.jobs.personio.de/job/1234?display=en": ("personio", {"site": "acme"}),
    "https://acme.jobs.personio.com/?language=de": (
        "personio",
        {"site": "acme", "language": "de"},
    ),
    "https://acme.teamtailor.com/jobs/123456-senior-cook": ("teamtailor", {"site": "acme"}),
    "https://acme.na.teamtailor.com/": ("teamtailor", {"site": "acme.na"}),
    "https://acme.bamboohr.com/careers/42": ("bamboohr", {"site": "acme"}),
    "https://acme.bamboohr.com/jobs/": ("bamboohr", {"site": "acme"}),
    "https://acme.bamboohr.com/js/embed.js": ("bamboohr", {"site": "acme"}),
    "https://acme.breezy.hr/p/18df3ec23bf901-cook?state=published": ("breezy", {"site": "acme"}),
    "https://acme.breezy.hr/json": ("breezy", {"site": "acme"}),
    "https://acme.pinpointhq.com/en/postings/0a1b-2c3d": ("pinpoint", {"site": "acme"}),
    "https://acme.pinpointhq.com/postings.json": ("pinpoint", {"site": "acme"}),
    "https://acme.careers.hibob.com/jobs/0a1b2c3d": ("hibob", {"site": "acme"}),
    "https://acme.careers.hibob.com/": ("hibob", {"site": "acme"}),
    "https://acme.softgarden.io/de/vacancies": ("softgarden", {"site": "acme"}),
    "https://acme.softgarden.io/job/66860360/Koch?jobDbPVId=285261432&l=de": (
        "softgarden",
        {"site": "acme"},
    ),
    "https://acme.softgarden.io/de/widgets/jobs": ("softgarden", {"site": "acme"}),
    "https://join.com/companies/acme": ("join", {"company": "acme"}),
    "https://www.join.com/companies/acme/16397229-cook?pid=1": ("join", {"company": "acme"}),
    "https://myjobs.adp.com/Acme/cx/job-details?reqId=5001217894100": (
        "adp_myjobs",
        {"site": "acme"},
    ),
    "https://myjobs.adp.com/acme": ("adp_myjobs", {"site": "acme"}),
    "https://workforcenow.adp.com/mascsr/default/mdf/recruitment/recruitment.html"
    f"?cid={GUID}&ccId=19000101_000001&type=MP&lang=en_US&jobId=566249": (
        "adp_workforce_now",
        {"client": GUID, "center": "19000101_000001"},
    ),
    f"https://workforcenow.cloud.adp.com/x.html?cid={GUID}&lang=fr_CA": (
        "adp_workforce_now",
        {
            "client": GUID,
            "lang": "fr_CA",
            "base_url": "https://workforcenow.cloud.adp.com",
        },
    ),
    "https://acme.applicantpro.com/jobs/": ("applicantpro", {"host": "acme.applicantpro.com"}),
    "https://Acme.IsolvedHire.com/jobs/1788740.html": (
        "applicantpro",
        {"host": "acme.isolvedhire.com"},
    ),
    "https://acme.careerplug.com/jobs/1784845/apps/new": ("careerplug", {"site": "acme"}),
    "https://acme.csod.com/ux/ats/careersite/4/home?c=acme&country=ro": (
        "cornerstone",
        {"tenant": "acme", "site": "4"},
    ),
    "https://acme.csod.com/ux/ats/careersite/4/home/requisition/21038?c=acme": (
        "cornerstone",
        {"tenant": "acme", "site": "4"},
    ),
    "https://careers.hireology.com/acme%26sons/2827500/description": (
        "hireology",
        {"company": "acme&sons"},
    ),
    "https://acme.hireology.careers/": ("hireology", {"company": "acme"}),
    "https://api.hireology.com/v1/careers/acme": ("hireology", {"company": "acme"}),
    "https://acme.jibeapply.com/jobs/27341": ("jibe", {"host": "acme.jibeapply.com"}),
    "https://careers.acme.example/careers-home/jobs/92633?lang=en-us": (
        "jibe",
        {"host": "careers.acme.example"},
    ),
    "https://careers.pageuppeople.com/541/cw/en/job/725443/karratha-cook": (
        "pageup",
        {"url": "https://careers.pageuppeople.com/541/cw/en"},
    ),
    "https://jobs.acme.example/cw/en-us/listing/?page=2": (
        "pageup",
        {"url": "https://jobs.acme.example/cw/en-us"},
    ),
    "https://careers.acme.example/en/search-jobs/cook/27763/1": (
        "radancy",
        {"url": "https://careers.acme.example/en"},
    ),
    "https://jobs.acme.example/job/acton/night-cook/34088/98479156752": (
        "radancy",
        {"url": "https://jobs.acme.example"},
    ),
    "https://acme.taleo.net/careersection/ex/jobdetail.ftl?job=12345&lang=en": (
        "taleo",
        {"host": "acme.taleo.net", "section": "ex"},
    ),
    "https://jobs.acme.example/careersection/acme_external/jobsearch.ftl": (
        "taleo",
        {"host": "jobs.acme.example", "section": "acme_external"},
    ),
    "https://phf.tbe.taleo.net/phf02/ats/careers/v2/jobSearch?act=redirectCwsV2&cws=41&org=Acme": (
        "taleo_business",
        {"host": "phf.tbe.taleo.net", "partition": "phf02", "company": "ACME", "cws": "41"},
    ),
    "https://acme.avature.net/careers": (
        "avature",
        {"url": "https://acme.avature.net/careers"},
    ),
    "https://acme.avature.net/en_US/careers/JobDetail/Night-Cook/161128": (
        "avature",
        {"url": "https://acme.avature.net/en_US/careers"},
    ),
    "https://jobs.acme.example/en_US/careers/SearchJobs/?jobOffset=12": (
        "avature",
        {"url": "https://jobs.acme.example/en_US/careers"},
    ),
    "https://www.comeet.com/jobs/acme/30.005/cook/7A.123": (
        "comeet",
        {"company": "acme", "uid": "30.005"},
    ),
    "https://jobs.dayforcehcm.com/en-US/acme/CANDIDATEPORTAL/jobs/62333": (
        "dayforce",
        {"tenant": "acme", "board": "CANDIDATEPORTAL"},
    ),
    "https://jobs.dayforcehcm.com/kfc/CAREERS/jobs/62333": (
        "dayforce",
        {"tenant": "kfc", "board": "CAREERS"},
    ),
    "https://jobs.dayforcehcm.com/acme/candidateportal": (
        "dayforce",
        {"tenant": "acme", "board": "candidateportal"},
    ),
    "https://jobs.dayforcehcm.com/fr-CA/acme/CANDIDATEPORTAL": (
        "dayforce",
        {"tenant": "acme", "board": "CANDIDATEPORTAL", "culture": "fr-CA"},
    ),
    "https://herp.careers/careers/companies/acme/jobs/12p0uk-hrFac": ("herp", {"company": "acme"}),
    "https://herp.careers/v1/acme/12p0uk-hrFac": ("herp", {"company": "acme"}),
    "https://herp.careers/careers/api/v1/companies/acme": ("herp", {"company": "acme"}),
    "https://hrmos.co/pages/acme": ("hrmos", {"company": "acme"}),
    "https://hrmos.co/pages/acme/jobs/0000381": ("hrmos", {"company": "acme"}),
    "https://acme.zohorecruit.com/jobs/Careers": ("zoho", {"host": "acme.zohorecruit.com"}),
    "https://acme.zohorecruit.com.au/jobs/Careers/741923000037955058/Cook?source=CareerSite": (
        "zoho",
        {"host": "acme.zohorecruit.com.au"},
    ),
    "https://careers.acme.example/jobs/Careers/741923000037955058": (
        "zoho",
        {"host": "careers.acme.example"},
    ),
    "https://jobs.jobvite.com/acme/jobs": ("jobvite", {"company": "acme"}),
    "https://jobs.jobvite.com/acme/job/oBjQAfw4/apply": ("jobvite", {"company": "acme"}),
    "https://jobs.jobvite.com/careers/acme/jobs?error=404": ("jobvite", {"company": "acme"}),
    "https://jobs.deel.com/acme": ("deel", {"company": "acme"}),
    "https://jobs.deel.com/job-boards/acme": ("deel", {"company": "acme"}),
    "https://jobs.deel.com/acme/job-details/69b25a17/overview": ("deel", {"company": "acme"}),
    "https://api-prod.letsdeel.com/guest/ats/organizations/acme/career_page_settings": (
        "deel",
        {"company": "acme"},
    ),
    "https://acme.factorialhr.com/job_posting/cook-298342": ("factorial", {"site": "acme"}),
    "https://acme.factorialhr.com/embed/jobs": ("factorial", {"site": "acme"}),
    f"https://jobs.gusto.com/boards/acme-inc-{GUID}?page=2": (
        "gusto",
        {"board": f"acme-inc-{GUID}"},
    ),
    "https://acme.keka.com/careers": ("keka", {"site": "acme"}),
    "https://acme.keka.com/careers/jobdetails/134831": ("keka", {"site": "acme"}),
    "https://acme.keka.com/careers/chefs/jobdetails/134831": (
        "keka",
        {"site": "acme", "portal": "chefs"},
    ),
    f"https://acme.keka.com/careers/api/embedjobs/js/{GUID}": ("keka", {"site": "acme"}),
    f"https://acme.keka.com/careers/api/embedjobs/js/{GUID.replace('-', '')}": (
        "keka",
        {"site": "acme"},
    ),
    f"https://acme.keka.com/careers/api/embedjobs/default/active/{GUID}": (
        "keka",
        {"site": "acme"},
    ),
    f"https://acme.keka.com/careers/api/embedjobs/chefs/active/{GUID}": (
        "keka",
        {"site": "acme", "portal": "chefs"},
    ),
    "https://www.governmentjobs.com/careers/acme/jobs/5376469/cook?pagetype=jobOpportunitiesJobs": (
        "neogov",
        {"agency": "acme"},
    ),
    "https://www.governmentjobs.com/SearchEngine/JobsFeed?agency=acme": (
        "neogov",
        {"agency": "acme"},
    ),
    "https://www.schooljobs.com/careers/AcmeSchools": (
        "neogov",
        {"agency": "AcmeSchools", "base_url": "https://www.schooljobs.com"},
    ),
    "https://acme.traffit.com/public/an/abc123": ("traffit", {"site": "acme"}),
    "https://acme.traffit.com/career/": ("traffit", {"site": "acme"}),
    "https://acme.hire.trakstar.com/jobs/fk0zowq/": ("trakstar", {"site": "acme"}),
    "https://acme.recruiterbox.com/": ("trakstar", {"site": "acme"}),
    "https://jsapi.recruiterbox.com/v1/openings?client_name=acme": ("trakstar", {"site": "acme"}),
    "https://www.ycombinator.com/companies/acme/jobs": ("workatastartup", {"company": "acme"}),
    "https://www.ycombinator.com/companies/acme/jobs/UAUsCJS-cook": (
        "workatastartup",
        {"company": "acme"},
    ),
    "https://www.workatastartup.com/companies/acme": ("workatastartup", {"company": "acme"}),
    "https://jobs.gem.com/acme/am9icG9zdDrT": ("gem", {"board": "acme"}),
    "https://api.gem.com/job_board/v0/acme/job_posts/": ("gem", {"board": "acme"}),
    "https://www.careers-page.com/acme/job/7X4W43WX": ("manatal", {"company": "acme"}),
    "https://www.careers-page.com/api/v1.0/c/acme/jobs/?page=1": ("manatal", {"company": "acme"}),
    "https://ats.rippling.com/acme/jobs": ("rippling", {"board": "acme"}),
    "https://ats.rippling.com/en-GB/acme-tools/jobs/0a1b2c3d-1111-2222-3333-444455556666": (
        "rippling",
        {"board": "acme-tools"},
    ),
    "https://ats.us1.rippling.com/acme/jobs": ("rippling", {"board": "acme"}),
    "https://api.rippling.com/platform/api/ats/v1/board/acme/jobs": (
        "rippling",
        {"board": "acme"},
    ),
    "https://ebcd.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1/jobs?mode=location": (  # noqa: E501 - a URL cannot be wrapped
        "oracle",
        ORACLE,
    ),
    "https://ebcd.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1/job/3041": (
        "oracle",
        ORACLE,
    ),
    "https://ebcd.fa.us2.oraclecloud.com/hcmRestApi/resources/latest/recruitingCEJobRequisitions?finder=findReqs;siteNumber=CX_1,limit=25": (  # noqa: E501 - a URL cannot be wrapped
        "oracle",
        ORACLE,
    ),
    "https://careers.acme.example/hcmUI/CandidateExperience/en/sites/CX_1001/jobs": (
        "oracle",
        {"host": "careers.acme.example", "site": "CX_1001"},
    ),
    "https://acme.eightfold.ai/careers?domain=acme.org&pid=12": ("eightfold", ACME_EIGHTFOLD),
    "https://acme.eightfold.ai/careers/job/12": (
        "eightfold",
        {"host": "acme.eightfold.ai", "domain": "acme.com"},
    ),
    "https://apply.careers.microsoft.com/careers/job/1970393556653560": ("eightfold", MICROSOFT),
    "https://jobs.careers.microsoft.com/global/en/search?q=cook": ("eightfold", MICROSOFT),
    "https://careers.microsoft.com/": ("eightfold", MICROSOFT),
    "https://www.metacareers.com/profile/job_details/1070147800777577/": ("sitemap", META),
    "https://www.metacareers.com/jobs/": ("sitemap", META),
    "https://www.google.com/about/careers/applications/jobs/results/123-cook": ("google", {}),
    "https://www.google.com/about/careers/applications/jobs/feed.xml": ("google", {}),
    "https://careers.google.com/jobs/": ("google", {}),
    "https://app.eightfold.ai/careers?domain=acme.org": (
        "eightfold",
        {"host": "app.eightfold.ai", "domain": "acme.org"},
    ),
    "https://careers-acme.icims.com/jobs/1234/cook/job": ("icims", {"site": "acme"}),
    "https://careers-acme.icims.com/jobs/search?ss=1": ("icims", {"site": "acme"}),
    "https://jobs-acme.icims.com/jobs/intro": (
        "icims",
        {"site": "jobs-acme", "base_url": "https://jobs-acme.icims.com"},
    ),
    "https://jobs.acme.example/job/Oslo-Cook-0150/1234567801/": (
        "successfactors",
        {"host": "jobs.acme.example"},
    ),
    "https://acme.gupy.io/": ("gupy", {"site": "acme"}),
    "https://acme.gupy.io/jobs/8765432?jobBoardSource=gupy_public_page": (
        "gupy",
        {"site": "acme"},
    ),
    "https://acme.applytojob.com/apply/oVX1rAxJJi/Night-Cook": ("jazzhr", {"site": "acme"}),
    "https://acme.applytojob.com/apply/jobs/details/oVX1rAxJJi?&": ("jazzhr", {"site": "acme"}),
    f"https://www.paycomonline.net/v4/ats/web.php/portal/{PORTAL}/career-page": (
        "paycom",
        {"portal": PORTAL},
    ),
    f"https://www.paycomonline.net/v4/ats/web.php/portal/{PORTAL}/jobs/513750?jpt=x": (
        "paycom",
        {"portal": PORTAL},
    ),
    f"https://www.paycomonline.net/v4/ats/web.php/jobs?clientkey={PORTAL}": (
        "paycom",
        {"portal": PORTAL},
    ),
    f"https://recruiting.paylocity.com/recruiting/jobs/All/{GUID}/Acme-Inc": (
        "paylocity",
        {"board": GUID},
    ),
    f"https://recruiting.paylocity.com/Recruiting/Jobs/all/{GUID}": ("paylocity", {"board": GUID}),
    f"https://recruiting.paylocity.com/recruiting/v2/api/feed/jobs/{GUID}": (
        "paylocity",
        {"board": GUID},
    ),
    f"https://2000recruiting.paylocity.com/recruiting/jobs/All/{GUID}": (
        "paylocity",
        {"board": GUID, "base_url": "https://2000recruiting.paylocity.com"},
    ),
    "https://careers.acme.example/us/en/search-results?keywords=cook": (
        "phenom",
        {"host": "careers.acme.example", "locale": "en_us"},
    ),
    "https://careers.acme.example/global/en/job/R-12345/Night-Cook": (
        "phenom",
        {"host": "careers.acme.example", "locale": "en_global"},
    ),
    f"https://recruiting2.ultipro.com/ACM1000ACME/JobBoard/{GUID}/?q=&o=postedDateDesc": (
        "ultipro",
        ULTIPRO,
    ),
    f"https://recruiting2.ultipro.com/ACM1000ACME/JobBoard/{GUID}/OpportunityDetail"
    f"?opportunityId={GUID}": ("ultipro", ULTIPRO),
    f"https://acme.rec.pro.ukg.net/ACM1000ACME/JobBoard/{GUID}": (
        "ultipro",
        {**ULTIPRO, "host": "acme.rec.pro.ukg.net"},
    ),
    "https://jobs.acme.example/job/Cook-%28m%2Fw%29/5501-de_DE": (
        "successfactors",
        {"host": "jobs.acme.example"},
    ),
    "https://www.amazon.jobs/en/search?base_query=robotics&loc_query=": (
        "amazon",
        {"query": "robotics"},
    ),
    "https://www.amazon.jobs/en/teams/amazon-robotics": ("amazon", {"query": "amazon robotics"}),
    "https://www.amazon.jobs/en/jobs/2810001/cook": ("amazon", {"query": "amazon"}),
    "https://jobs.apple.com/en-us/search?search=siri&sort=newest": ("apple", {"query": "siri"}),
    "https://jobs.apple.com/en-us/details/200512345/cook": ("apple", {"query": "apple"}),
}


@pytest.mark.parametrize(("url", "expected"), ADDRESSES.items(), ids=ADDRESSES)
def test_a_url_is_recognised_as_its_board(url: str, expected: tuple[str, dict[str, str]]) -> None:
    (found,) = boards_at(url)
    assert (found.source, found.config) == expected
    check_config(Company(slug="found", source=found.source, config=found.config))


def test_a_recruiting_site_of_workday_has_a_candidate_for_each_host() -> None:
    candidates = boards_at("https://wd5.myworkdaysite.com/en-US/recruiting/acme/External/job/x")
    assert [candidate.config for candidate in candidates] == [
        WORKDAY,
        {**WORKDAY, "host": "wd5.myworkdaysite.com"},
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://jobs.lever.co/",
        "https://boards.greenhouse.io/embed",
        "https://acme.wd5.myworkdayjobs.com/en-US",
        "https://apply.workable.com/j/0A1B2C3D4E",
        "https://www.workable.com/post-jobs",
        "https://www.teamtailor.com/en/",
        "https://app.recruitee.com/",
        "https://help.bamboohr.com/s/",
        "https://breezy.hr/",
        "https://app.breezy.hr/signin",
        "https://assets-cdn.breezy.hr/x.js",
        "https://www.pinpointhq.com/demo/",
        "https://www.hibob.com/careers/",
        "https://certificate.softgarden.io/x.js",
        "https://join.com/jobs",
        "https://www.comeet.com/jobs/acme",
        "https://myjobs.adp.com/",
        "https://recruit.zohorecruit.com/x",
        "https://jobs.dayforcehcm.com/en-US",
        "https://jobs.dayforcehcm.com/_next/static/x.js",
        "https://jobs.gem.com/_next/static/x.js",
        "https://workforcenow.adp.com/theme/index.html",
        "https://workforcenow.adp.com/x.html?cid=acme",
        "https://www.applicantpro.com/products/",
        "https://app.careerplug.com/users/sign_in",
        "https://acme.csod.com/LMS/catalog",
        "https://us.api.csod.com/rec-job-search/external/jobs",
        "https://careers.hireology.com/",
        "https://www.pageuppeople.com/en/careers",
        "https://careers.pageuppeople.com/robots.txt",
        "https://acme.taleo.net/careersection/jobdetail.ftl?job=1",
        "https://phf.tbe.taleo.net/phf02/ats/careers/v2/searchResults?org=ACME",
        "https://herp.careers/careers",
        "https://hrmos.co/",
        "https://jobs.jobvite.com/support/job-seeker-support/?invalid=1",
        "https://jobs.deel.com/job-boards/",
        "https://jobs.deel.com/job-details/69b25a17/overview",
        "https://www.factorialhr.com/",
        "https://jobs.gusto.com/boards/acme",
        f"https://jobs.gusto.com/postings/acme-cook-{GUID}",
        "https://app.keka.com/careers",
        "https://acme.keka.com/ess/leave",
        "https://www.google.com/search?q=acme+jobs",
        "https://www.governmentjobs.com/jobs/4962011-0/cook",
        "https://cdn3.traffit.com/x.js",
        "https://jsapi.recruiterbox.com/v1/openings",
        "https://www.ycombinator.com/companies/acme",
        "https://www.workatastartup.com/jobs/84722",
        "https://www.gem.com/blog/x",
        "https://cdn31.icims.com/icims3/x.js",
        "https://portal.gupy.io/job-search/term=cook",
        "https://www.gupy.io/",
        "https://recruiting.paylocity.com/Recruiting/Jobs/Details/4272751",
        "https://recruiting.paylocity.com/recruiting/jobs/List/1438/ACME",
        "https://www.paycomonline.net/v4/ats/web.php/portal/short/career-page",
        "https://recruiting.ultipro.com/ACM1000ACME/JobBoard/",
        "https://careers.acme.example/us/en/about",
        "https://static.smartrecruiters.com/job-widget/1.6.2/script/smart_widget.js",
        "https://acme.example/careers",
        "https://acme.example/",
        "ftp://jobs.lever.co/acme",
        "acme",
    ],
)
def test_a_vendor_s_own_pages_and_other_sites_are_not_boards(url: str) -> None:
    assert boards_at(url) == ()


MIRRORED = {
    "/v1/boards/acme/jobs": ("greenhouse", {"board": "acme"}),
    "/embed/job_board/js?for=acme": ("greenhouse", {"board": "acme"}),
    "/v0/postings/acme?mode=json": ("lever", {"site": "acme"}),
    "/posting-api/job-board/acme": ("ashby", {"board": "acme"}),
    "/v1/companies/acme/postings": ("smartrecruiters", {"company": "acme"}),
    "/wday/cxs/acme/External/jobs": (
        "workday",
        {"host": "jobs.acme.example", "tenant": "acme", "site": "External"},
    ),
    "/api/v3/accounts/acme/jobs": ("workable", {"account": "acme"}),
    "/api/offers/": ("recruitee", {"site": "acme"}),
    "/xml?language=en": ("personio", {"site": "acme"}),
    "/jobs.json": ("teamtailor", {"site": "acme"}),
    "/careers/list": ("bamboohr", {"site": "acme"}),
    "/json": ("breezy", {"site": "acme"}),
    "/postings.json": ("pinpoint", {"site": "acme"}),
    "/api/job-ad": ("hibob", {"site": "acme"}),
    "/core/jobs/19218?getParams=%7B%7D": ("applicantpro", {"host": "jobs.acme.example"}),
    "/v2/public/careers/acme?page=1": ("hireology", {"company": "acme"}),
    "/api/jobs?page=1&limit=100": ("jibe", {"host": "jobs.acme.example"}),
    "/careersection/2/jobsearch.ftl": ("taleo", {"host": "jobs.acme.example", "section": "2"}),
    "/job_board/v0/acme/job_posts/": ("gem", {"board": "acme"}),
    "/api/v1.0/c/acme/jobs/?page=1": ("manatal", {"company": "acme"}),
    "/careers/api/v1/companies/acme": ("herp", {"company": "acme"}),
    "/guest/ats/organizations/acme/career_page_settings": ("deel", {"company": "acme"}),
    f"/boards/acme-{GUID}": ("gusto", {"board": f"acme-{GUID}"}),
    f"/careers/api/embedjobs/js/{GUID}": ("keka", {"site": "acme"}),
    "/SearchEngine/JobsFeed?agency=acme": ("neogov", {"agency": "acme"}),
    "/public/job_posts/published": ("traffit", {"site": "acme"}),
    "/jobs/Careers": ("zoho", {"host": "jobs.acme.example"}),
    "/pages/acme/jobs?page=1": ("hrmos", {"company": "acme"}),
    "/platform/api/ats/v1/board/acme/jobs": ("rippling", {"board": "acme"}),
    "/hcmUI/CandidateExperience/en/sites/CX_1": (
        "oracle",
        {"host": "jobs.acme.example", "site": "CX_1"},
    ),
    "/api/pcsx/search?domain=acme.org&start=0": (
        "eightfold",
        {"host": "jobs.acme.example", "domain": "acme.org"},
    ),
    "/jobs/search?ss=1&pr=0": ("icims", {"site": "acme"}),
    "/apply/jobs": ("jazzhr", {"site": "acme"}),
    f"/recruiting/jobs/All/{GUID}": ("paylocity", {"board": GUID}),
    f"/v4/ats/web.php/portal/{PORTAL}/career-page": ("paycom", {"portal": PORTAL}),
    "/us/en/search-results": ("phenom", {"host": "jobs.acme.example", "locale": "en_us"}),
    f"/ACM1000ACME/JobBoard/{GUID}/JobBoardView/LoadSearchResults": (
        "ultipro",
        {**ULTIPRO, "host": "jobs.acme.example"},
    ),
    "/job/Cook/1234567/": ("successfactors", {"host": "jobs.acme.example"}),
    "/job/Cook/5501-de_DE": ("successfactors", {"host": "jobs.acme.example"}),
    "/services/recruiting/v1/jobs": ("successfactors", {"host": "jobs.acme.example"}),
    "/en/search.json?base_query=cook": ("amazon", {"query": "cook"}),
}


@pytest.mark.parametrize(("path", "expected"), MIRRORED.items(), ids=MIRRORED)
def test_a_board_on_another_host_has_that_host_as_base_url(
    path: str, expected: tuple[str, dict[str, str]]
) -> None:
    origin = "http://jobs.acme.example:8090"
    (found,) = boards_at(origin + path)
    assert (found.source, found.config) == (expected[0], {**expected[1], "base_url": origin})
    check_config(Company(slug="found", source=found.source, config=found.config))


def test_the_path_before_an_api_s_path_is_part_of_the_base_url() -> None:
    (found,) = boards_at("https://mirror.example/greenhouse/v1/boards/acme/jobs")
    assert found.config == {"board": "acme", "base_url": "https://mirror.example/greenhouse"}


def test_the_sample_sites_apis_are_recognised() -> None:
    paths = {"greenhouse": "/v1/boards/{}/jobs", "lever": "/v0/postings/{}"}
    paths["ashby"] = "/posting-api/job-board/{}"
    sample = [company for company in companies("http://sites.test") if company["source"] in paths]
    assert sample
    for company in sample:
        path = paths[company["source"]].format(company["slug"])
        (found,) = boards_at(f"http://sites.test{path}")
        assert (found.source, found.config) == (company["source"], company["config"])


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("https://careers.pageuppeople.com/541/cw/en/listing/", ("541",)),
        ("https://jobs.acme.example/cw/en/listing/", ("acme",)),
        (
            "https://workforcenow.adp.com/mascsr/default/mdf/recruitment/recruitment.html"
            "?cid=3ecffcba-6b5a-4a7e-b71b-bbb54a4527ab",
            ("3ecffcba-6b5a-4a7e-b71b-bbb54a4527ab",),
        ),
    ],
)
def test_a_board_has_a_name_of_its_own(address: str, names: tuple[str, ...]) -> None:
    (found,) = boards_at(address)
    assert tenant_names(found) == names
