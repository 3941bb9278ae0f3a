"""Call the HTTP API. There is one method for each route that the commands use."""

import uuid
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any, Self
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from cli.connection import Connection
from cli.errors import ApiRefused, ConnectionLost
from cli.records import FollowedCompany, NewCompany, Run, RunJob
from include.core.models import RunTrigger
from include.core.runs.run_state import JobStatus
from include.tls import tls_context

BASE = "/api/ingestion"
_PAGE_SIZE = 100
"""The number of items in a page. It is the largest number that every route allows."""
_JSON_OBJECT = TypeAdapter(dict[str, Any])


class IngestionApi:
    """A client of the routes of the API.

    Every method raises ApiRefused if the API answers with an error, and ConnectionLost if the API
    does not answer.
    """

    def __init__(self, connection: Connection):
        self.url = connection.api_url
        self.http = httpx.Client(
            base_url=connection.api_url + BASE,
            headers={"Authorization": f"Bearer {connection.token}"},
            timeout=30.0,
            verify=tls_context(),
            trust_env=not connection.on_this_machine,  # a proxy cannot reach this machine
        )

    def start(
        self,
        *,
        companies: Collection[str] = (),
        force: bool = False,
        reextract: bool = False,
        max_age: timedelta | None = None,
    ) -> int:
        """Start a run and return its id.

        Args:
            companies: the slugs of the companies to check; if empty, all enabled companies.
            force: True to read every page again, changed or not.
            reextract: True to read the stored pages again and fetch nothing.
            max_age: the maximum time since the end of a company's last check. If that check is not
                older, the run uses it and does not check the company again. If None, the server's
                default applies.

        Raises:
            ApiRefused: the API refuses to start the run. If the status is 409, the user has an
                active run. ``problem["run_id"]`` is the id of that run, or None if it has just
                ended.
        """
        body: dict[str, Any] = {"force": force, "trigger": RunTrigger.CLI}
        if reextract:
            body["reextract"] = True
        if max_age is not None:
            body["max_age"] = max_age.total_seconds()
        if companies:
            body["companies"] = list(companies)
        return int(
            self._call("POST", "/start", json=body, idempotency_key=str(uuid.uuid4()))["run_id"]
        )

    def run(self, run_id: int) -> Run:
        return Run.model_validate(self.run_document(run_id))

    def run_document(self, run_id: int) -> dict[str, Any]:
        """Return the run as the JSON document that the API sends."""
        return self._call("GET", f"/runs/{run_id}")

    def abort(self, run_id: int) -> None:
        self._call("POST", f"/runs/{run_id}/abort")

    def retry(self, run_id: int) -> int:
        """Retry the failed jobs of the run ``run_id`` in a new run, and return the new run's id."""
        return int(self._call("POST", f"/runs/{run_id}/retry")["run_id"])

    def changes(self, run_id: int) -> dict[str, Any]:
        """Return the numbers of changes that an ended run found.

        ``postings`` is the number of changed postings. ``fields`` maps each changed field to the
        number of postings in which it changed.
        """
        page = self._call("GET", f"/runs/{run_id}/changes", params={"limit": 1})
        return {"postings": page["total"], "fields": page["fields"]}

    def dry_run(self, companies: Collection[str]) -> dict[str, Any]:
        body = {"companies": list(companies)} if companies else {}
        return self._call("POST", "/dry-run", json=body)

    def detect(self, url: str) -> dict[str, Any]:
        return self._call("POST", "/companies/detect", json={"url": url})

    def jobs(self, limit: int, **query: Any) -> list[dict[str, Any]]:
        """Return at most ``limit`` jobs that match ``query``.

        If a parameter of ``query`` is a list, it is sent once for each value of the list.
        """
        return list(islice(self._items("/jobs", limit=min(limit, _PAGE_SIZE), **query), limit))

    def track(self, job_id: int, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change the user's notes on a job, and return them."""
        return self._call("PUT", f"/jobs/{job_id}/tracking", json=changes)

    def searches(self) -> list[dict[str, Any]]:
        """Return the user's saved searches, and the number of postings that each search finds."""
        return self._call("GET", "/searches")["items"]

    def save_search(self, name: str, query: str) -> dict[str, Any]:
        """Save the search whose parameters are ``query`` under a name, and return the search."""
        return self._call("POST", "/searches", json={"name": name, "query": query})

    def rename_search(self, search_id: int, name: str) -> dict[str, Any]:
        """Give a saved search another name, and return the search."""
        return self._call("PATCH", f"/searches/{search_id}", json={"name": name})

    def delete_search(self, search_id: int) -> None:
        self._call("DELETE", f"/searches/{search_id}")

    def jobs_of_run(self, run_id: int, status: JobStatus) -> Iterator[RunJob]:
        for item in self._items(f"/runs/{run_id}/jobs", status=status):
            yield RunJob.model_validate(item)

    def history(self, limit: int) -> list[dict[str, Any]]:
        """Return at most ``limit`` runs of the user, newest first."""
        return list(islice(self._items("/history", limit=min(limit, _PAGE_SIZE)), limit))

    def companies(self) -> list[FollowedCompany]:
        page = self._call("GET", "/companies")
        return [FollowedCompany.model_validate(item) for item in page["items"]]

    def add_company(self, company: NewCompany) -> FollowedCompany:
        """Follow a company. Return it as stored, with its config in canonical form."""
        followed = self._call("POST", "/companies", json=company.model_dump(mode="json"))
        return FollowedCompany.model_validate(followed)

    def put_company(self, company: NewCompany) -> None:
        """Follow a company, or replace the settings of the followed company that has its slug."""
        settings = company.model_dump(mode="json", include=set(NewCompany.model_fields) - {"slug"})
        self._call("PUT", f"/companies/{quote(company.slug, safe='')}", json=settings)

    def import_companies(self, document: str) -> int:
        """Start an import of the companies that a text names, and return the import's id.

        The text is a list of lines, a CSV file or an OPML file.
        """
        return int(
            self._call("POST", "/companies/import", json={"document": document})["import_id"]
        )

    def import_report(self, import_id: int) -> dict[str, Any]:
        """Return the import, including the results of its entries so far."""
        return self._call("GET", f"/companies/imports/{import_id}")

    def boards(self, words: str) -> list[dict[str, Any]]:
        """Return the boards of the directory whose company's name contains these words."""
        return self._call("GET", "/boards", params={"q": words})["items"]

    def remove_company(self, slug: str) -> None:
        self._call("DELETE", f"/companies/{quote(slug, safe='')}")

    def _items(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        query = {"limit": _PAGE_SIZE, **query}
        while True:
            page = self._call("GET", path, params=query)
            yield from page["items"]
            if not page["next_cursor"]:
                return
            query["cursor"] = page["next_cursor"]

    def _call(
        self, method: str, path: str, *, idempotency_key: str | None = None, **request: Any
    ) -> Any:
        try:
            response = self.http.request(
                method,
                path,
                headers={"Idempotency-Key": idempotency_key} if idempotency_key else None,
                **request,
            )
        except httpx.TransportError as error:
            raise unreachable(self.url, error) from None
        if response.is_error:
            raise refusal(response)
        return response.json() if response.content else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()


def unreachable(url: str, error: httpx.TransportError) -> ConnectionLost:
    return ConnectionLost(f"the API at {url} can't be reached ({error or type(error).__name__})")


def refusal(response: httpx.Response) -> ApiRefused:
    """Return the exception for an error response.

    The response's body must have been read already.
    """
    try:
        problem = _JSON_OBJECT.validate_json(response.content)
    except ValidationError:
        problem = {}
    title = str(problem.get("title") or response.reason_phrase or response.status_code)
    detail = problem.get("detail")
    return ApiRefused(response.status_code, f"{title}: {detail}" if detail else title, problem)
