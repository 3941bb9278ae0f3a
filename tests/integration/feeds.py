"""Serve a board that lists its postings as JSON, and record the requests."""

import json
from dataclasses import dataclass, field, replace

from include.core.models import Company, Workplace
from include.db.user.users import ensure_user
from include.pipeline.companies.follow_company import follow_company
from tests.fetch.fault_server import FaultServer, reply
from tests.ingestion import USER, Ingestion

_FIELDS = {
    "external_id": "id",
    "title": "title",
    "url": "url",
    "location": "location",
    "updated_at": "updated",
}


@dataclass(kw_only=True)
class Feed:
    """A board of source ``json`` on a test server.

    If it is ``inline``, its listing contains the postings. Otherwise, each posting has a page.
    """

    server: FaultServer
    path: str = "/feed.json"
    inline: bool = False
    rows: dict[str, dict[str, object]] = field(default_factory=dict[str, dict[str, object]])

    def post(self, *ids: str, text: str = "We bake bread. ", **says: object) -> None:
        """List these postings, and serve a page for each.

        A posting replaces the one that has the same id.
        """
        for each in ids:
            url = self.page(each, text)
            row = {"id": each, "title": f"Baker {each}", "url": url, "text": f"<p>{text * 30}</p>"}
            self.rows[each] = row | says
        self.publish()

    def page(self, external_id: str, text: str, **headers: str) -> str:
        """Serve the page of a posting and return its URL. The posting need not be listed."""
        body = f"<h1>Baker {external_id}</h1><main>{text * 30}</main>"
        page = reply(body.encode(), content_type="text/html", **headers)
        return self.server.at(f"/{external_id}", page)

    def withdraw(self, *ids: str) -> None:
        for each in ids:
            del self.rows[each]
        self.publish()

    def publish(self) -> None:
        listed = {"items": list(self.rows.values()), "total": len(self.rows)}
        self.server.at(
            self.path, reply(json.dumps(listed).encode(), content_type="application/json")
        )

    def asked(self) -> list[str]:
        """Return the sorted ids of the postings whose pages were requested.

        Clear the log of requests.
        """
        paths = [each for each in self.server.paths() if each not in (self.path, "/robots.txt")]
        self.server.asked.clear()
        return sorted(path.removeprefix("/") for path in paths)

    def followed(
        self,
        ingestion: Ingestion,
        *,
        user: str = USER,
        slug: str = "acme",
        enabled: bool = True,
        workplaces: tuple[Workplace, ...] = (),
        **filters: tuple[str, ...],
    ) -> Ingestion:
        """Let the user follow this board.

        Return an ingestion that may send requests to its server.
        """
        config = {
            "url": f"http://{self.server.host}{self.path}",
            "jobs": "items",
            "total": "total",
            "fields": _FIELDS | ({"description": "text"} if self.inline else {}),
        }
        company = Company(
            slug=slug,
            source="json",
            config=config,
            enabled=enabled,
            workplaces=workplaces,
            **filters,
        )
        with ingestion.engine.begin() as connection:
            ensure_user(connection, user)
            follow_company(connection, user, company)
        return replace(ingestion, private_hosts=(self.server.host,))
