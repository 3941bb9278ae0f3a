"""Tests that searches find, sort and count the same postings as a loop over all postings.

``JOBHUNT_TEST_POSTINGS`` sets the number of made-up postings.
"""

import os
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property, partial
from typing import Any, cast

import pytest
from sqlalchemy import Engine, event, text

import include.db.catalogue.search
import include.db.catalogue.search_counts
from bench.catalogue import NOW, MadeUpPosting, fill_boards, fill_postings
from include.core.models import EmploymentType, TrackingState, Workplace
from include.core.runs.run_state import JobStatus
from include.db.catalogue.postings import read_found
from include.db.catalogue.search import search
from include.db.catalogue.search_counts import MatchCounts, count_matches
from include.db.catalogue.search_query import Position, Scope, Search, SearchPage, Sort, Unknown
from include.db.engine import make_engine
from include.db.user.tracking import put_tracking
from tests.databases import empty_tables

pytestmark = pytest.mark.integration

_POSTINGS = int(os.environ.get("JOBHUNT_TEST_POSTINGS", "5000"))
_BOARDS = 30
_VISITED = NOW - timedelta(days=30)
_COUNTRIES = {
    "DE": "Germany",
    "FR": "France",
    "US": "United States",
    "GB": "United Kingdom",
    "CH": "Switzerland",
    "IN": "India",
    "AT": "Austria",
}
_HOURS = {"YEAR": 1, "MONTH": 12, "HOUR": 2080}


@dataclass(frozen=True, kw_only=True)
class Known:
    """The values by which the loop compares a posting, and those of the user's notes on it."""

    made: MadeUpPosting
    company: str
    shown_at: datetime | None
    wanted: bool
    followed: bool
    private: bool
    state: TrackingState | None
    hidden: bool
    tracked: bool

    @cached_property
    def countries(self) -> set[str]:
        found = {str(place["country"]) for place in self.made.record["locations"]} - {"None"}
        return found | set(self.made.record["applicant_countries"])

    @cached_property
    def places(self) -> list[str]:
        places = self.made.record["locations"]
        names = [place[part] for place in places for part in ("city", "region") if place[part]]
        return [_plain(name) for name in (*names, *map(_COUNTRIES.__getitem__, self.countries))]

    @cached_property
    def head(self) -> list[str]:
        """The words of the posting's head, which is its title, its company and its locations."""
        places = " ".join(place["raw"] for place in self.made.record["locations"])
        return _words(f"{self.made.record['title']} {self.company} {places}")

    @cached_property
    def head_stems(self) -> frozenset[str]:
        return frozenset(map(_stem, self.head))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of all words in the head and in the description."""
        return self.head_stems.union(map(_stem, _words(self.made.record["description_text"])))

    @cached_property
    def pay(self) -> int | None:
        salary = self.made.record["salary"]
        if salary is None or salary["period"] is None or salary["currency"] is None:
            return None
        return (salary["max"] or salary["min"]) * _HOURS[salary["period"]]

    @property
    def currency(self) -> str | None:
        return None if self.pay is None else self.made.record["salary"]["currency"]

    @cached_property
    def posted_at(self) -> datetime | None:
        posted = self.made.record["posted_at"]
        return datetime.fromisoformat(posted) if posted else None

    @cached_property
    def newest_first(self) -> tuple[float, int]:
        """The key that sorts postings by date, with the newest first."""
        return -(self.posted_at or self.made.first_seen_at).timestamp(), -self.made.job_id

    @property
    def is_new(self) -> bool:
        return self.made.is_open and (self.shown_at or self.made.first_seen_at) > _VISITED


@cache
def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _stem(word: str) -> str:
    return "nurs" if word in ("nurse", "nursing", "nurs") else word


@dataclass(frozen=True)
class Catalogue:
    """All postings of the database, with the values that the loop compares."""

    engine: Engine
    known: list[Known]

    @cached_property
    def head_stems(self) -> frozenset[str]:
        return frozenset[str]().union(*(each.head_stems for each in self.known))

    @cached_property
    def places(self) -> frozenset[str]:
        return frozenset(name for each in self.known for name in each.places)


@pytest.fixture(scope="module")
def catalogue(postgres_url: str) -> Iterator[Catalogue]:
    """Yield a catalogue of made-up postings. Ada follows every second board."""
    engine = make_engine(postgres_url)
    with engine.begin() as connection:
        empty_tables(connection)
        chance = random.Random(7)
        boards = fill_boards(connection, _BOARDS, private=3)
        made = list(fill_postings(connection, boards, _POSTINGS))
        connection.execute(
            text("INSERT INTO users (user_id, visited_at) VALUES ('ada', :at)"), {"at": _VISITED}
        )
        followed = {number for number in range(_BOARDS) if number % 2 == 0}
        for number in followed:
            connection.execute(
                text("INSERT INTO companies (user_id, slug, board_id) VALUES ('ada', :slug, :id)"),
                {"slug": f"mine-{number}", "id": boards[number]},
            )
        known = [_deal(connection, chance, posting, followed) for posting in made]
        connection.execute(
            text(
                "INSERT INTO user_jobs (user_id, company, job_id, first_seen_at, run_id, check_id,"
                " wanted, seen_version) VALUES ('ada', :slug, :job, :at, 1, 1, :wanted, 1)"
            ),
            [
                {"slug": f"mine-{each.made.board}", "job": each.made.job_id}
                | {"at": each.shown_at, "wanted": each.wanted}
                for each in known
                if each.shown_at is not None
            ],
        )
        connection.execute(text("ANALYZE postings"))
    yield Catalogue(engine, known)
    engine.dispose()


def _deal(
    connection: Any, chance: random.Random, posting: MadeUpPosting, followed: set[int]
) -> Known:
    shown_at, wanted = None, True
    if posting.board in followed and chance.random() < 0.9:
        shown_at = posting.first_seen_at + timedelta(days=chance.choice((0, 40)))
        wanted = chance.random() < 0.9
    state, hidden, tracked = None, False, chance.random() < 0.1
    if tracked:
        state, hidden = chance.choice((*TrackingState, None)), chance.random() < 0.3
        put_tracking(connection, "ada", posting.job_id, {"state": state, "hidden": hidden})
    return Known(
        made=posting,
        company=posting.record["company"] or f"board {posting.board}",
        shown_at=shown_at,
        wanted=wanted,
        followed=posting.board in followed,
        private=posting.board >= _BOARDS - 3,
        state=state,
        hidden=hidden,
        tracked=tracked,
    )


def _matches(asked: Search, catalogue: Catalogue) -> dict[str, Callable[[Known], bool]]:
    """Return, by filter name, a function that returns whether a posting passes the filter."""
    unknown = asked.unknown
    heads = catalogue.head_stems
    patterns = [_place_pattern(place, catalogue.places) for place in asked.places]
    return {
        "scope": lambda k: (
            k.tracked
            or (
                k.shown_at is not None and (k.wanted or asked.filtered)
                if asked.scope is Scope.FOLLOWED
                else k.followed or not k.private
            )
        ),
        "open": lambda k: asked.is_open in (None, k.made.is_open),
        "hidden": lambda k: asked.hidden in (None, k.hidden),
        "tracking": lambda k: not asked.tracking or k.state in asked.tracking,
        "new": lambda k: asked.is_new in (None, k.is_new),
        "q": lambda k: asked.q is None or _has_words(asked.q, k, k.stems, heads),
        "company": lambda k: (
            not asked.companies
            or _plain(k.company) in map(_plain, asked.companies)
            or (k.followed and f"mine-{k.made.board}" in asked.companies)
        ),
        "country": lambda k: (
            not asked.countries
            or bool(k.countries & set(asked.countries))
            or (Unknown.PLACE in unknown and not k.countries)
        ),
        "place": lambda k: (
            not asked.places
            or any(pattern.search(name) for pattern in patterns for name in k.places)
            or (Unknown.PLACE in unknown and not k.places)
        ),
        "workplace": lambda k: (
            not asked.workplaces
            or k.made.record["workplace"] in asked.workplaces
            or (Unknown.WORKPLACE in unknown and k.made.record["workplace"] is None)
        ),
        "employment_type": lambda k: (
            not asked.employment_types
            or bool(set(k.made.record["employment_types"]) & set(asked.employment_types))
        ),
        "language": lambda k: not asked.languages or k.made.record["language"] in asked.languages,
        "source": lambda k: not asked.sources or k.made.source in asked.sources,
        "pay": lambda k: (
            asked.pay_min is None
            or (Unknown.PAY in unknown if k.pay is None else k.pay >= asked.pay_min)
        ),
        "currency": lambda k: (
            asked.currency is None
            or (Unknown.PAY in unknown if k.pay is None else k.currency == asked.currency)
        ),
        "posted_since": lambda k: (
            asked.posted_since is None
            or (
                Unknown.POSTED_AT in unknown
                if k.posted_at is None
                else k.posted_at >= asked.posted_since
            )
        ),
        "seen_since": lambda k: (
            asked.seen_since is None or k.made.first_seen_at >= asked.seen_since
        ),
        "deadline": lambda k: asked.deadline_passed in (None, _is_past(k)),
        "status": lambda k: (
            asked.status is None or asked.status == ("ready" if k.made.is_open else "expired")
        ),
    }


def _is_past(known: Known) -> bool:
    closes = known.made.record["valid_through"]
    return closes is not None and datetime.fromisoformat(closes) < datetime.now(UTC)


def _has_words(q: str, known: Known, stems: frozenset[str], heads: frozenset[str]) -> bool:
    """Return whether the posting has all words of the query, that is, their stems are in ``stems``.

    The last word may instead be the beginning of a word in the posting's head. This does not apply
    if its stem is in ``heads``, which are the stems of all words in the heads of all postings.
    """
    *rest, last = q.lower().split()
    return all(_stem(word) in stems for word in rest) and (
        _stem(last) in stems
        or (_stem(last) not in heads and any(word.startswith(last) for word in known.head))
    )


def _place_pattern(place: str, places: frozenset[str]) -> re.Pattern[str]:
    """Return a pattern that matches the names of places that contain these words.

    The last word may be the beginning of a word in the name. This does not apply if one of
    ``places`` contains all the words whole.
    """
    whole = rf"\b{re.escape(_plain(place))}\b"
    is_whole = any(re.search(whole, name) for name in places)
    return re.compile(whole if is_whole else whole.removesuffix(r"\b"))


def _order(asked: Search, sort: Sort, heads: frozenset[str]) -> Callable[[Known], Any]:
    def key(known: Known) -> Any:
        newest = known.newest_first
        in_head = asked.q and _has_words(asked.q, known, known.head_stems, heads)
        match sort:
            case Sort.COMPANY:
                own = (0, _plain(known.company), known.made.job_id)
            case Sort.PAY if known.pay is not None:
                own = (0, -known.pay, -known.made.job_id)
            case Sort.PAY:
                own = (1, *newest)
            case Sort.RELEVANCE if in_head:
                own = (0, *newest)
            case _:
                own = (1, *newest)
        return (not known.made.is_open, own)

    return key


_TELLS: Mapping[Unknown, tuple[tuple[str, ...], Callable[[Known, Search], bool]]] = {
    Unknown.PAY: (("pay", "currency"), lambda k, _: k.pay is None),
    Unknown.PLACE: (
        ("place", "country"),
        lambda k, asked: not (k.countries if asked.countries else k.places),
    ),
    Unknown.POSTED_AT: (("posted_since",), lambda k, _: k.posted_at is None),
    Unknown.WORKPLACE: (("workplace",), lambda k, _: k.made.record["workplace"] is None),
}
_VALUES: Mapping[str, Callable[[Known], list[str]]] = {
    "company": lambda k: [k.company],
    "country": lambda k: sorted(k.countries),
    "workplace": lambda k: list(filter(None, [k.made.record["workplace"]])),
    "employment_type": lambda k: k.made.record["employment_types"],
    "source": lambda k: [k.made.source],
}


def _expected(
    catalogue: Catalogue, asked: Search
) -> tuple[dict[Sort, list[int]], dict[Unknown, int], dict[str, dict[str, int]]]:
    """Return the result that a search should have.

    It consists of the ids in each order, the numbers of postings whose values are unknown, and the
    facets.
    """
    left_out = {
        name: {number for number, k in enumerate(catalogue.known) if not matches(k)}
        for name, matches in _matches(asked, catalogue).items()
    }

    def matching(*without: str) -> list[Known]:
        out = set[int]().union(*(each for name, each in left_out.items() if name not in without))
        return [k for number, k in enumerate(catalogue.known) if number not in out]

    items = matching()
    ids = {
        sort: [k.made.job_id for k in sorted(items, key=_order(asked, sort, catalogue.head_stems))]
        for sort in Sort
    }
    unknown = {
        what: sum(is_unknown(k, asked) for k in matching(*names))
        for what, (names, is_unknown) in _TELLS.items()
    }
    facets = {
        name: dict(Counter(value for k in matching(name) for value in values(k)))
        for name, values in _VALUES.items()
    }
    return ids, unknown, facets


_FILTERS: dict[str, list[Any]] = {
    "q": ["nurse", "nur", "cook word1", "engineer comp", "nursing", "zürich", "word2 word3 word1"],
    "companies": [("Company 3",), ("company 1", "mine-4"), ("nobody",)],
    "places": [("berlin",), ("new york",), ("York", "Zur"), ("united",), ("GERMANY",), ("!",)],
    "countries": [("DE",), ("US", "FR"), ("ZW",)],
    "workplaces": [(Workplace.REMOTE,), (Workplace.HYBRID, Workplace.ONSITE)],
    "employment_types": [(EmploymentType.PART_TIME,), (EmploymentType.INTERN,)],
    "pay_min": [0, 40_000, 60_000.5, 10**9],
    "currency": ["EUR", "USD"],
    "posted_since": [NOW - timedelta(days=60)],
    "seen_since": [NOW - timedelta(days=90)],
    "is_new": [True, False],
    "languages": [("de",), ("en", "fr")],
    "sources": [("lever",), ("ashby", "workday")],
    "is_open": [False, None],
    "deadline_passed": [True, False],
    "tracking": [(TrackingState.SAVED,), tuple(TrackingState)],
    "hidden": [True, None],
    "status": [JobStatus.READY, JobStatus.EXPIRED],
    "filtered": [True],
    "unknown": [frozenset(Unknown), frozenset({Unknown.PAY, Unknown.PLACE})],
    "scope": [Scope.ALL],
}
_ONE_BY_ONE = [{name: value} for name, values in _FILTERS.items() for value in values]


def _combined(seed: int) -> dict[str, Any]:
    chance = random.Random(seed)
    names = chance.sample(sorted(_FILTERS), k=chance.randrange(2, 5))
    return {name: chance.choice(_FILTERS[name]) for name in names} | {
        "scope": chance.choice(tuple(Scope))
    }


_TOGETHER: list[dict[str, Any]] = [
    {"countries": ("US",), "workplaces": (Workplace.REMOTE,), "q": "nurse", "scope": Scope.ALL},
    {"countries": ("DE",), "sources": ("lever",), "pay_min": 40_000, "unknown": frozenset(Unknown)},
    {"places": ("york",), "countries": ("US",), "unknown": frozenset({Unknown.PLACE})},
]
_SEARCHES = [{}, *_ONE_BY_ONE, *_TOGETHER, *map(_combined, range(30))]


def _named(value: dict[str, Any] | int) -> str:
    """Return the id of a test parameter.

    The values of a set are sorted, because all processes of a test run must use the same ids.
    """
    if isinstance(value, int):
        return str(value)
    return " ".join(
        f"{name}={sorted(cast('set[str]', value)) if isinstance(value, frozenset) else value}"
        for name, value in value.items()
    )


def _pages(
    catalogue: Catalogue, asked: Search, sort: Sort, limit: int
) -> Iterator[tuple[SearchPage, list[int]]]:
    """Yield each page of results of a search, and the ids of its postings."""
    after: Position | None = None
    while True:
        with catalogue.engine.begin() as connection:
            page = search(connection, "ada", asked, sort, after=after, limit=limit)
        yield page, [position.job_id for position in page.positions]
        if len(page.positions) < limit:
            return
        after = page.positions[-1]


@pytest.mark.parametrize(("number", "filters"), [*enumerate(_SEARCHES)], ids=_named)
def test_a_search_finds_sorts_and_counts_as_a_plain_loop_does(
    catalogue: Catalogue, number: int, filters: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compare the search with a loop in all orders, and page by page in two orders.

    For the second of the two, the limits of the search are lowered, so that there are too many
    postings for an exact count.
    """
    asked = Search(**filters)
    ids, unknown, facets = _expected(catalogue, asked)
    for sort in Sort:
        ((page, found),) = _pages(catalogue, asked, sort, _POSTINGS + 1)
        assert found == ids[sort], sort
        assert (page.count, page.exact) == (len(found), True)
        assert (page.unknown, page.facets) == (unknown, facets)
    orders = tuple(Sort)
    limit = max(50, len(found) // 3)
    sort = orders[number % 4]
    pages = list(_pages(catalogue, asked, sort, limit))
    assert [job_id for _, found in pages for job_id in found] == ids[sort]
    assert {page.count for page, _ in pages} == {len(ids[sort])}
    monkeypatch.setattr(include.db.catalogue.search, "EXACT_UP_TO", 25)
    monkeypatch.setattr(include.db.catalogue.search, "_MAX_SORTED", 50)
    sort = orders[(number // 4) % 4]
    pages = list(_pages(catalogue, asked, sort, limit))
    assert [job_id for _, found in pages for job_id in found] == ids[sort]
    assert {page.count for page, _ in pages} == {min(len(ids[sort]), 25)}


@pytest.mark.parametrize("sort", Sort)
def test_pages_from_a_part_of_the_sort_order_neither_repeat_nor_skip(
    catalogue: Catalogue, postgres_url: str, monkeypatch: pytest.MonkeyPatch, sort: Sort
) -> None:
    """Compare the search with a loop if each page is first looked for in a part of the sort order.

    The limits of the search are changed, so that some parts have enough matches for a page and
    others do not. The order by company ascends, and the other orders descend.
    """
    monkeypatch.setattr(include.db.catalogue.search, "EXACT_UP_TO", 100)
    monkeypatch.setattr(include.db.catalogue.search, "_MIN_DENSE_PER_THOUSAND", 1_000)
    monkeypatch.setattr(include.db.catalogue.search, "_EXPECTED_PAGES", 1)
    asked = Search(q="cook", scope=Scope.ALL)
    ids, _, _ = _expected(catalogue, asked)
    params: list[Mapping[str, Any]] = []
    # This test has its own engine, because the listener must not outlive the test.
    engine = make_engine(postgres_url)
    event.listen(
        engine, "before_cursor_execute", lambda *called: params.append(called[3]), named=False
    )
    found: list[int] = []
    segments = set[int]()
    read_from_part = Counter[int]()
    for page, job_ids in _pages(replace(catalogue, engine=engine), asked, sort, 50):
        found += job_ids
        segments |= {position.segment for position in page.positions}
        # If the part had too few matches, another statement followed.
        if "end_id" in params[-1]:
            read_from_part[page.positions[-1].segment] += 1
    engine.dispose()
    assert found == ids[sort]
    assert all(read_from_part[segment] > 1 for segment in segments), read_from_part


@pytest.mark.parametrize("most", [_POSTINGS, 25])
def test_searches_are_counted_as_a_plain_loop_does(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(include.db.catalogue.search_counts, "COUNT_UP_TO", most)
    searches = [Search(**filters) for filters in _SEARCHES]
    with catalogue.engine.begin() as connection:
        counted = count_matches(connection, "ada", searches)
    for filters, counts in zip(_SEARCHES, counted, strict=True):
        matches = _matches(Search(**filters | {"is_new": None}), catalogue).values()
        found = [k for k in catalogue.known if all(matching(k) for matching in matches)]
        assert counts == MatchCounts(
            new=min(sum(k.is_new for k in found), most),
            count=min(len(found), most),
            exact=len(found) <= most,
        ), filters


@pytest.mark.parametrize("visited_at", [None, NOW + timedelta(days=90)])
def test_all_open_postings_are_new_before_the_first_visit_and_none_after_the_last(
    catalogue: Catalogue, visited_at: datetime | None
) -> None:
    searches = [Search(scope=scope, q=q) for scope in Scope for q in (None, "nurse")]
    with catalogue.engine.connect() as connection, connection.begin() as transaction:
        visit = text("UPDATE users SET visited_at = :at WHERE user_id = 'ada'")
        connection.execute(visit, {"at": visited_at})
        for counts in count_matches(connection, "ada", searches):
            assert counts.count > 0
            assert counts.new == (counts.count if visited_at is None else 0)
        transaction.rollback()


def test_postings_that_come_and_go_between_pages_make_none_repeat_or_skip(
    catalogue: Catalogue,
) -> None:
    engine, known = catalogue.engine, catalogue.known
    asked = Search(scope=Scope.ALL)
    ids, _, _ = _expected(catalogue, asked)
    found: list[int] = []
    after = None
    with engine.connect() as connection, connection.begin() as transaction:
        find = partial(search, connection, "ada", asked, Sort.NEWEST, limit=50)
        boards = list(connection.scalars(text("SELECT board_id FROM boards ORDER BY 1 LIMIT 3")))
        for number in range(5):
            page = find(after=after)
            found += [position.job_id for position in page.positions]
            after = page.positions[-1]
            gone = {"job": found[number]}
            connection.execute(text("UPDATE jobs SET status = 'expired' WHERE job_id = :job"), gone)
            connection.execute(text("UPDATE jobs SET external_id = job_id || ' ' || external_id"))
            list(fill_postings(connection, boards, 10, seed=number + 100))
        old = {known_posting.made.job_id for known_posting in known}
        kept = [job_id for job_id in found if job_id in old]
        assert len(set(found)) == len(found)
        assert kept == ids[Sort.NEWEST][: len(kept)]
        transaction.rollback()


def test_rows_show_what_a_list_needs(catalogue: Catalogue) -> None:
    engine, known = catalogue.engine, catalogue.known
    by_id = {each.made.job_id: each for each in known}
    with engine.begin() as connection:
        page = search(
            connection, "ada", Search(scope=Scope.ALL, hidden=None), Sort.PAY, limit=_POSTINGS
        )
        rows = read_found(connection, "ada", [each.job_id for each in page.positions])
    assert [row.job_id for row in rows] == [each.job_id for each in page.positions]
    for row in rows:
        each = by_id[row.job_id]
        assert row.company_name == each.company
        assert row.followed is each.followed
        assert row.company == (f"mine-{each.made.board}" if each.followed else each.company)
        assert row.posted_at == each.posted_at
        assert row.state == ("new" if each.is_new else "open")
        assert (row.tracking is not None) is each.tracked
        if each.pay is not None:
            assert row.salary is not None
            assert row.salary.yearly is not None
            assert row.salary.yearly.highest == each.pay
        assert [place.city for place in row.locations] == [
            place["city"] for place in each.made.record["locations"]
        ]


def test_private_boards_are_left_out_for_those_who_do_not_follow_them(
    catalogue: Catalogue,
) -> None:
    engine, known = catalogue.engine, catalogue.known
    asked = Search(scope=Scope.ALL, is_open=None, hidden=None)
    with engine.begin() as connection:
        page = search(connection, "bob", asked, Sort.NEWEST, limit=_POSTINGS)
    found = {each.job_id for each in page.positions}
    assert found == {each.made.job_id for each in known if not each.private}
