"""Make runs, companies and jobs in the form in which the API returns them."""

from typing import Any

from include.core.runs.run_state import ENDED_RUNS

COUNTS = {
    "total": 0,
    "pending": 0,
    "crawling": 0,
    "extracting": 0,
    "ready": 0,
    "skipped": 0,
    "failed": 0,
    "expired": 0,
    "added": 0,
}


def counts(**some: int) -> dict[str, int]:
    return {**COUNTS, **some}


def company(slug: str, status: str = "complete", **some: Any) -> dict[str, Any]:
    own = some.pop("counts", counts())
    return {
        "company": slug,
        "source": "greenhouse",
        "status": status,
        "listed": own["total"],
        "counts": own,
        "error": None,
        "checked_at": None,
        "adopted": False,
        **some,
    }


def run(run_id: int = 7, status: str = "finished", *companies: Any, **some: Any) -> dict[str, Any]:
    total = {name: sum(each["counts"][name] for each in companies) for name in COUNTS}
    return {
        "run_id": run_id,
        "user_id": "demo",
        "status": status,
        "trigger": "api",
        "attempt": 1,
        "recoveries": 0,
        "created_at": "2026-03-02T08:00:00Z",
        "started_at": "2026-03-02T08:00:01Z",
        "finished_at": "2026-03-02T08:00:12.3Z" if status in ENDED_RUNS else None,
        "last_heartbeat": None,
        "elapsed_seconds": 12.3,
        "counts": total,
        "companies": list(companies),
        "error": None,
        **some,
    }


def job(number: int, slug: str, status: str, **some: Any) -> dict[str, Any]:
    return {
        "job_id": number,
        "company": slug,
        "external_id": f"x{number}",
        "title": f"Job {number}",
        "location": None,
        "url": f"https://jobs.example/{number}",
        "status": status,
        "error": None,
        "first_seen_at": "2026-01-01T00:00:00Z",
        "last_seen_at": "2026-03-02T08:00:02Z",
        "updated_at": "2026-03-02T08:00:02Z",
        "expired_at": None,
        **some,
    }
