"""Define one example of each response and of each request body for the OpenAPI document.

All examples show the same run of one user who follows one company.
"""

from typing import Any

_COUNTS = {
    "total": 3,
    "pending": 0,
    "crawling": 1,
    "extracting": 0,
    "ready": 1,
    "skipped": 1,
    "failed": 0,
    "expired": 0,
    "added": 1,
}
_RUN: dict[str, Any] = {
    "run_id": 4711,
    "user_id": "ada",
    "status": "ingesting",
    "trigger": "api",
    "dag_run_id": "ingest__4711__1",
    "attempt": 1,
    "recoveries": 0,
    "created_at": "2026-11-03T08:00:00Z",
    "started_at": "2026-11-03T08:00:01.500000Z",
    "finished_at": None,
    "last_heartbeat": "2026-11-03T08:00:09Z",
    "elapsed_seconds": 7.5,
    "counts": _COUNTS,
    "failures": {},
    "gone": 0,
    "companies": [
        {
            "company": "acme",
            "source": "greenhouse",
            "status": "complete",
            "listed": 3,
            "counts": _COUNTS,
            "failures": {},
            "gone": 0,
            "error": None,
            "checked_at": None,
            "adopted": False,
        }
    ],
    "has_problems": False,
    "error": None,
    "sla_misses": [],
    "waiting_for": None,
}
_SHOWN_RUN = {**_RUN, "airflow_url": "http://127.0.0.1:8080/dags/ingest_jobs/runs/ingest__4711__1"}
_LISTED_JOB = {
    "external_id": "127817",
    "title": "Night Nurse",
    "location": "Lisbon, Portugal",
    "url": "https://job-boards.greenhouse.io/acme/jobs/127817",
}
_JOB: dict[str, Any] = {
    "job_id": 90210,
    "company": "acme",
    **_LISTED_JOB,
    "status": "ready",
    "error": None,
    "first_seen_at": "2026-10-29T08:00:02Z",
    "last_seen_at": "2026-11-03T08:00:02Z",
    "updated_at": "2026-11-03T08:00:05Z",
    "expired_at": None,
}
_TRACKING = {
    "state": "applied",
    "hidden": False,
    "note": "Ask for the night shift.",
    "remind_at": "2026-11-10T09:00:00Z",
    "dates": {"saved": "2026-11-02T18:00:00Z", "applied": "2026-11-03T18:00:00Z"},
}
_POSTING_FIELDS: dict[str, Any] = {
    "company_name": "Acme Clinics",
    "followed": True,
    "state": "new",
    "tracking": _TRACKING,
    "source": "greenhouse",
    "language": "en",
    "locations": [
        {"raw": "Lisbon, Portugal", "city": "Lisbon", "region": None, "country": "PT"},
    ],
    "workplace": "onsite",
    "applicant_countries": [],
    "employment_types": ["FULL_TIME"],
    "salary": {
        "raw": "€2,100 to €2,600 a month",
        "min": 2100,
        "max": 2600,
        "currency": "EUR",
        "period": "MONTH",
        "from": "text",
        "yearly": {"min": 25200, "max": 31200, "assumption": "12 months a year"},
    },
    "posted_at": "2026-10-28T00:00:00Z",
    "valid_through": None,
    "variants": [
        {
            "job_id": 90214,
            "title": "Night Nurse",
            "company_name": "Acme Clinics",
            "location": "Porto, Portugal",
            "source": "greenhouse",
            "is_copy": False,
        }
    ],
}
_FOUND_JOB = {
    **_JOB,
    **_POSTING_FIELDS,
    "last_change": {"changed_at": "2026-11-03T08:00:05Z", "fields": ["title"]},
}
_POSTING: dict[str, Any] = {
    **_JOB,
    **_POSTING_FIELDS,
    "expire_reason": None,
    "relisted": 0,
    "checked_at": "2026-11-03T08:00:07Z",
    "is_checked": True,
    "tenant": "acme",
    "extracted": True,
    "requisition_id": "NUR-7",
    "canonical_url": "https://job-boards.greenhouse.io/acme/jobs/127817",
    "apply_url": None,
    "employer": "Acme Clinics",
    "department": "Nursing",
    "team": None,
    "employment_type_raw": "Full-time",
    "description_html": "<p>You look after our patients at night.</p>",
    "description_text": "You look after our patients at night.",
    "requirements": ["A nursing licence"],
    "posted_at_raw": "2026-10-28",
    "source_updated_at": "2026-11-02T16:20:00Z",
    "updated_at_raw": "2026-11-02T16:20:00Z",
    "valid_through_raw": None,
    "provenance": {"title": "api", "salary": "text"},
    "raw_key": "raw/4711/90210.json",
    "content_sha256": "3f9a1c",
    "fields_sha256": "b0417e",
    "text_sha256": "77d2f0",
    "simhash": "9f3c21e07ab4d610",
    "feature_version": 1,
    "extractor_version": 1,
    "versions": [
        {
            "run_id": 4711,
            "changed_at": "2026-11-03T08:00:05Z",
            "changes": {"title": ["Nurse", "Night Nurse"]},
        }
    ],
}
_COMPANY: dict[str, Any] = {
    "slug": "acme",
    "source": "greenhouse",
    "config": {"board": "acme"},
    "name": "Acme Clinics",
    "include_titles": ["nurse", "/^head of/"],
    "exclude_titles": ["intern"],
    "include_locations": ["Portugal"],
    "exclude_locations": [],
    "workplaces": ["onsite", "hybrid"],
    "enabled": True,
}
_COMPANY_SETTINGS = {name: setting for name, setting in _COMPANY.items() if name != "slug"}
_SHOWN_COMPANY = {
    **_COMPANY,
    "display_name": "Acme Clinics",
    "checked_at": "2026-11-03T08:00:07Z",
    "schedule": "0 5 * * *",
    "health": {
        "open": 41,
        "new": 2,
        "listing": "complete",
        "problem": None,
        "failing_since": None,
    },
}
_SAVED_SEARCH = {
    "search_id": 12,
    "name": "Night shifts",
    "query": "q=night+nurse&country=PT",
    "created_at": "2026-11-02T18:00:00Z",
    "counts": {"new": 2, "count": 17, "exact": True},
}
_STARTED_RUN = {
    "run_id": 4711,
    "status": "pending",
    "progress_url": "/api/ingestion/progress/4711",
}

RESPONSE_EXAMPLES: dict[str, Any] = {
    "live": {"status": "live"},
    "ready": {"status": "ready"},
    "metrics": "# TYPE jobhunt_streams_open gauge\njobhunt_streams_open 2.0\n",
    "start": _STARTED_RUN,
    "retry": {**_STARTED_RUN, "run_id": 4712, "progress_url": "/api/ingestion/progress/4712"},
    "run": _SHOWN_RUN,
    "run_progress": _SHOWN_RUN,
    "run_jobs": {"items": [_JOB], "next_cursor": "90210"},
    "run_changes": {
        "items": [
            {
                "job_id": 90210,
                "company": "acme",
                "external_id": "127817",
                "title": "Night Nurse",
                "url": "https://job-boards.greenhouse.io/acme/jobs/127817",
                "changed_at": "2026-11-03T08:00:05Z",
                "changes": {"title": ["Nurse", "Night Nurse"]},
            }
        ],
        "next_cursor": None,
        "total": 1,
        "fields": {"title": 1},
    },
    "run_throughput": {"step_seconds": 1, "steps": [0, 1, 2]},
    "run_logs": {
        "items": [
            {
                "at": "2026-11-03T08:00:02Z",
                "level": "info",
                "task": "source_urls[0]",
                "attempt": 1,
                "message": "listed acme",
            }
        ],
        "next_cursor": None,
    },
    "history": {"items": [_RUN], "next_cursor": "4711"},
    "reset": {"run_id": 4711, "status": "aborted"},
    "abort": {"run_id": 4711, "status": "aborted"},
    "ticket": {"ticket": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmVk", "expires_in": 60},
    "dry_run": {
        "companies": {
            "acme": {
                "status": "complete",
                "complete": True,
                "count": 1,
                "jobs": [_LISTED_JOB],
                "filtered": 2,
                "error": None,
            }
        }
    },
    "preview_run": {
        "companies": {
            "acme": {
                "status": "complete",
                "error": None,
                "new": [],
                "changed": [{**_LISTED_JOB, "before": "Nurse"}],
                "gone": [],
                "unchanged": 2,
            }
        }
    },
    "detect_company": {
        "source": "greenhouse",
        "config": {"board": "acme"},
        "sample": ["Night Nurse"],
        "count": 3,
        "complete": True,
        "found_by": "the address itself",
        "confidence": "certain",
        "name": "Acme Clinics",
    },
    "import_companies": {"import_id": 7, "total": 2},
    "get_import": {
        "import_id": 7,
        "created_at": "2026-11-03T08:00:00Z",
        "finished": True,
        "counts": {
            "total": 2,
            "waiting": 0,
            "followed": 1,
            "already_followed": 0,
            "ambiguous": 0,
            "not_found": 1,
        },
        "entries": [
            {
                "name": "Acme Clinics",
                "address": "https://boards.greenhouse.io/acme",
                "status": "followed",
                "company": "acme-clinics",
                "reason": "the address itself (certain)",
                "choices": [],
            },
            {
                "name": "Nobody Ltd",
                "address": None,
                "status": "not_found",
                "company": None,
                "reason": "no board of Nobody Ltd is known; give the address of its careers page",
                "choices": [],
            },
        ],
    },
    "search_boards": {
        "items": [
            {
                "name": "Acme Clinics",
                "source": "greenhouse",
                "config": {"board": "acme"},
                "company": "acme",
            }
        ]
    },
    "list_companies": {"items": [_SHOWN_COMPANY], "next_cursor": None},
    "follow_company": _SHOWN_COMPANY,
    "put_company": _SHOWN_COMPANY,
    "search_jobs": {
        "items": [_FOUND_JOB],
        "next_cursor": None,
        "count": 1,
        "exact": True,
        "unknown": {"pay": 0, "place": 0, "posted_at": 0, "workplace": 0},
        "facets": {
            "company": {"Acme Clinics": 1},
            "country": {"PT": 1},
            "workplace": {"onsite": 1},
            "employment_type": {"FULL_TIME": 1},
            "source": {"greenhouse": 1},
        },
    },
    "list_searches": {"items": [_SAVED_SEARCH], "next_cursor": None},
    "save_search": _SAVED_SEARCH,
    "rename_search": _SAVED_SEARCH,
    "track_job": _TRACKING,
    "follow_company_of_job": {"slug": "acme-clinics"},
    "visit": {"visited_at": "2026-11-03T18:00:00Z"},
    "read_job": _POSTING,
    "download_page": "<!doctype html><title>Night Nurse</title>",
}
"""The example responses by operation id."""

REQUEST_EXAMPLES: dict[str, Any] = {
    "start": {"companies": ["acme"], "force": False, "max_age": 600},
    "dry_run": {"companies": ["acme"]},
    "preview_run": {"companies": ["acme"]},
    "detect_company": {"url": "https://boards.greenhouse.io/acme"},
    "follow_company": _COMPANY,
    "import_companies": {
        "entries": ["Acme Clinics https://boards.greenhouse.io/acme", "Nobody Ltd"]
    },
    "put_company": _COMPANY_SETTINGS,
    "save_search": {"name": "Night shifts", "query": "q=night+nurse&country=PT"},
    "rename_search": {"name": "Night shifts"},
    "track_job": {"state": "applied", "note": "Ask for the night shift."},
}
"""The example request bodies by operation id."""
