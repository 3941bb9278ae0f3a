"""Make a sample row of each source whose listing is XML or HTML, and its response.

Each row has the fields of a recorded row.
"""

import json

from tests.sources.configs import (
    GUID,
    GUSTO,
    PAGE,
    PAGEUP,
    TALEO_BUSINESS,
)
from tests.sources.sample import Sample

MARKUP_SAMPLES: tuple[Sample, ...] = (
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
        source="neogov",
        config={"agency": "acme"},
        row={"jobId": "5376469", "department": "Kitchen", "minimumSalary": "22.50",
             "salaryInterval": "Hour", "location": "Oslo", "title": "Cook",
             "advertiseToDateTimeUTC": "Wed, 22 Jul 2026 07:59:00:0",
             "link": "https://www.governmentjobs.com/careers/acme/jobs/5376469"},
        wrap=lambda row: "".join([
            '<rss xmlns:joblisting="http://www.neogov.com/namespaces/JobListing"><channel><item>',
            *(f"<joblisting:{key}>{value}</joblisting:{key}>" for key, value in row.items()),
            "</item></channel></rss>",
        ]).encode(),
    ),
    Sample(
        source="google",
        config={},
        row={"jobid": "123456789012", "title": "Cook", "employer": "YouTube", "isRemote": "No",
             "published": "2026-03-17T09:00:15.503Z", "jobtype": "FULL_TIME",
             "description": "Cook and serve.", "location": "Oslo"},
        wrap=lambda row: "".join([
            "<jobs><job><locations><location>", row["location"], "</location></locations>",
            *(f"<{key}>{value}</{key}>" for key, value in row.items() if key != "location"),
            "</job></jobs>",
        ]).encode(),
    ),
    Sample(
        source="factorial",
        config={"site": "acme"},
        row={"title": "Cook", "team": "Kitchen", "way": "Hybrid", "office": "Oslo"},
        wrap=lambda row: """<html><div data-controller='job-filters'>
            <div data-target='job-filters.officeGroup'><ul><li class='job-offer-item'
            data-job-postings-url='https://acme.factorialhr.com/job_posting/cook-298342'>
            <div class="factorial__headingFontFamily">{title}</div>
            <div class="text-gray-350">{team}</div><div class="text-gray-350">{way}</div>
            <div>{office}</div></li></ul></div></div></html>
            """.format_map(row).encode(),
    ),
    Sample(
        source="gusto",
        config=GUSTO,
        row={"title": "Cook", "place": "Oslo", "hours": "Full time"},
        wrap=lambda row: f"""<html><body><ul><li><a href="/postings/acme-cook-{GUID}">
            <h3>{row["title"]}</h3><p>{row["place"]}</p><p>{row["hours"]}</p></a></li></ul>
            </body></html>""".encode(),
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
        unhashed_keys=("age",),
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
    Sample(
        source="jobvite",
        config={"company": "acme"},
        row={"title": "Cook", "place": "Oslo, Norway", "hours": "Full-Time"},
        wrap=lambda row: """<html><table class="jv-job-list"><tr><td class="jv-job-list-name">
            <a href="/acme/job/oBjQAfw4">{title}</a></td><td>{hours}</td>
            <td class="jv-job-list-location">{place}</td></tr></table></html>
            """.format_map(row).encode(),
    ),
    Sample(
        source="avature",
        config={"url": "https://acme.avature.net/careers"},
        row={"title": "Cook", "place": "Oslo", "unit": "Kitchen"},
        wrap=lambda row: """<p class="list-controls__text__legend" aria-label="1 results">1-1 of 1
            </p><article class="article article--result"><h3><a class="link"
            href="https://acme.avature.net/careers/JobDetail/Cook/20873">{title}</a></h3>
            <span class="list-item-location">{place}</span><p>{unit}</p></article>
            """.format_map(row).encode(),
    ),
    Sample(
        source="hrmos",
        config={"company": "acme"},
        row={"title": "Cook", "text": "Cook and serve.", "tag": "Kitchen"},
        wrap=lambda row: """<p class="pg-count">全 1 件中 1 件</p><ul><li class="pg-list-cassette
            jsc-joblist-cassette"><a href="https://hrmos.co/pages/acme/jobs/0000381">
            <h2>{title}</h2><p>{text}</p><ul class="sg-tags"><li>{tag}</li></ul></a></li></ul>
            """.format_map(row).encode(),
    ),
    Sample(
        source="softgarden",
        config={"site": "acme"},
        row={"title": "Cook", "place": "Oslo", "date": "15.09.26", "audience": "Professionals"},
        wrap=lambda row: """<script>var complete_job_id_list = jobs_selected = [49734098];</script>
            <div class="matchElement" id="job_id_49734098"><div class="matchValue title">
            <a href="../job/49734098/Cook?jobDbPVId=1&amp;l=de">{title}</a></div>
            <div class="matchValue ProjectGeoLocationCity">{place}</div>
            <div class="matchValue date">{date}</div><div class="matchValue">{audience}</div></div>
            """.format_map(row).encode(),
    ),
    Sample(
        source="careerplug",
        config={"site": "acme"},
        row={"title": "Cook", "place": "VT-South Burlington-05403", "posted": "06-15-26"},
        wrap=lambda row: """<html><script type="application/ld+json">
            {{"@type": "JobPosting", "title": "{title}", "description": "We cook."}}</script>
            <div id="job_table"><div><a href="/jobs/1784845">
            <div class="job-title"><span class="name">{title}</span></div>
            <div class="job-location"><span class="job-row-title">Location:</span>{place}</div>
            <div class="job-post-date"><span class="job-row-title">Post Date:</span>{posted}</div>
            </a></div></div></html>
            """.format_map(row).encode(),
    ),
    Sample(
        source="pageup",
        config=PAGEUP,
        row={"title": "Cook", "place": "Perth", "closes": "14 Jul 2026", "hours": "Full Time"},
        wrap=lambda row: """<html><ul id="search-results-content"><li><h3><a class="job-link"
            href="/541/cw/en/job/721024/cook">{title}</a></h3><span class="location">{place}</span>
            <span class="work-type">{hours}</span><span class="close-date"><time>{closes}</time>
            </span><a class="job-link" href="/541/cw/en/job/721024/cook">See Details</a></li></ul>
            </html>""".format_map(row).encode(),
    ),
    Sample(
        source="radancy",
        config={"url": "https://careers.acme.com/en"},
        row={"title": "Cook", "place": "Oslo, Norway", "posted": "07/08/2026"},
        wrap=lambda row: json.dumps({"hasJobs": True, "results": """<section id="search-results"
            data-total-results="1" data-total-pages="1"><ul><li><a href="/en/job/oslo/cook/185/97"
            data-job-id="97"><h2>{title}</h2><span class="job-location 1">{place}</span></a>
            <span class="job-date-posted">{posted}</span><button class="js-save-job-btn"
            data-job-id="97"></button></li></ul></section>""".format_map(row)}).encode(),
    ),
    Sample(
        source="taleo_business",
        config=TALEO_BUSINESS,
        row={"title": "Cook", "place": "Chantilly, VA", "number": "3001"},
        wrap=lambda row: """<html><div class="oracletaleocwsv2-accordion-head-info">
            <h4 class="oracletaleocwsv2-head-title"><a class="viewJobLink" href="https://phh.tbe.taleo
            .net/phh03/ats/careers/v2/viewRequisition?org=ACME&cws=37&rid=3001">{title}</a></h4>
            <div tabindex="0" >{place}</div><div tabindex="0" >{number}</div></div></html>
            """.replace("taleo\n            .net", "taleo.net").format_map(row).encode(),
    ),
)  # fmt: skip

WITHOUT_ROWS: tuple[Sample, ...] = (
    Sample(
        source="sitemap",
        modified="2026-06-29",
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
