"""Replace the API's ``ListingService`` by a fake that sends no requests to career sites."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from include.core.models import Company, CompanyStatus, ListedJob
from include.errors import NotDetected
from include.pipeline.companies.detect_company import Confidence, Detected
from include.pipeline.companies.dry_run import DryListing
from include.sources.detect import Candidate

NOT_THERE = DryListing(status=CompanyStatus.ERROR, error="no such board")


@dataclass
class FakeListings:
    boards: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The titles of the postings, by the name of their board or site."""
    asked: list[Company] = field(default_factory=list)

    async def list_all(self, user_id: str, companies: Sequence[Company]) -> list[DryListing]:
        self.asked += companies
        return [self._listing(company) for company in companies]

    async def detect(self, user_id: str, url: str, *, base_url: str | None = None) -> Detected:
        """Detect the board that the last part of ``url`` names, whatever the host is."""
        name = url.rpartition("/")[2]
        if name not in self.boards:
            raise NotDetected(url, (f"{name}: no such board",))
        listing = self._listing(Company(slug=name, source="greenhouse", config={"board": name}))
        return Detected(
            candidate=Candidate(source="greenhouse", config={"board": name}),
            sample=listing.jobs,
            count=len(listing.jobs),
            complete=True,
            found_by="the address itself",
            confidence=Confidence.CERTAIN,
        )

    async def detect_in_background(self, url: str | Candidate) -> Detected:
        return await self.detect("", str(url))

    def _listing(self, company: Company) -> DryListing:
        name = str(company.config.get("board") or company.config.get("site"))
        if name not in self.boards:
            return NOT_THERE
        titles = self.boards[name]
        return DryListing(
            status=CompanyStatus.COMPLETE,
            jobs=tuple(
                ListedJob(external_id=str(i), title=title, url=f"https://example.test/{i}")
                for i, title in enumerate(titles)
            ),
        )
