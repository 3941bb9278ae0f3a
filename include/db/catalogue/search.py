"""Searching the catalogue of postings by words and filters (ADR 33).

A search must be fast whether it finds three postings or a million. So it first takes at most
``EXACT_UP_TO`` matching postings, in any order. The index on tags and words finds them for every
combination of filters. If no more postings match, these are counted and sorted at once. If more
postings match, they are at least one in 200 of a million postings. Then a scan of the index in the
order of the sort soon finds enough of them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import ceil
from typing import Any

from sqlalchemy import Connection, TextClause

from include.core.models import EmploymentType, TrackingState, Workplace
from include.core.runs.run_state import JobStatus
from include.core.search_facts import Tag, company_key, words_of
from include.db.sql import quoted, statement
from include.db.views import STATUS

EXACT_UP_TO = 5_000
"""The number of postings up to which counts are exact."""
_MOST_SORTED = 4 * EXACT_UP_TO
"""The maximum number of postings of one segment that are sorted, if the query has words."""
_MOST_COMPANIES = 100
"""The maximum number of companies in the facet. Those with the most postings are returned."""
_FACETS = (Tag.COMPANY, Tag.COUNTRY, Tag.WORKPLACE, Tag.EMPLOYMENT_TYPE, Tag.SOURCE)


class Scope(StrEnum):
    FOLLOWED = "followed"
    """The postings that the filters of followed companies let through, and all tracked postings."""
    ALL = "all"
    """All postings, except those of private boards that the user does not follow."""


class Sort(StrEnum):
    RELEVANCE = "relevance"
    """The postings with the words in their title, company or location first, then the newest."""
    NEWEST = "newest"
    PAY = "pay"
    """The highest pay first, whatever the currency; postings without pay last."""
    COMPANY = "company"


class Unknown(StrEnum):
    """A fact that a posting may lack, so that a filter cannot tell whether the posting matches."""

    PAY = "pay"
    PLACE = "place"
    POSTED_AT = "posted_at"
    WORKPLACE = "workplace"


@dataclass(frozen=True, kw_only=True)
class Search:
    """The filters of a search. An empty or None filter lets every posting through.

    A posting matches a filter with several values if it matches one of them.
    """

    q: str | None = None
    """A query as for a web search engine. All words must occur; ``"a phrase"``, ``or`` and
    ``-without`` are allowed. If there are only words, and no title, company or location has the
    last one, it is taken for the beginning of such a word."""
    companies: tuple[str, ...] = ()
    """Names of companies, or slugs under which the user follows them."""
    places: tuple[str, ...] = ()
    """The names of cities, regions or countries, or beginnings of names."""
    countries: tuple[str, ...] = ()
    """ISO 3166-1 codes of countries where the job is, or from where one may work remotely."""
    workplaces: tuple[Workplace, ...] = ()
    employment_types: tuple[EmploymentType, ...] = ()
    pay_min: float | None = None
    """The lower bound for the highest yearly pay that a posting states."""
    currency: str | None = None
    posted_since: datetime | None = None
    seen_since: datetime | None = None
    """The posting was first seen at this time or later."""
    is_new: bool | None = None
    """True if the posting was first shown to the user since their last visit."""
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    is_open: bool | None = True
    deadline_passed: bool | None = None
    tracking: tuple[TrackingState, ...] = ()
    hidden: bool | None = False
    status: JobStatus | None = None
    filtered: bool = False
    """Also find the postings that the filters of their followed company leave out."""
    scope: Scope = Scope.FOLLOWED
    unknown: frozenset[Unknown] = frozenset()
    """A posting that lacks one of these facts passes the filters that need the fact."""


@dataclass(frozen=True, kw_only=True)
class Position:
    """The place of a posting in the order of a search."""

    segment: int
    key: int | str
    job_id: int


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of a search, and the counts of the whole search."""

    positions: tuple[Position, ...]
    count: int
    exact: bool
    """False if any of the numbers would count more than ``EXACT_UP_TO`` postings. Such a number
    covers only about ``EXACT_UP_TO`` of them."""
    unknown: Mapping[Unknown, int]
    """The number of postings that lack the fact and match all other filters, by fact."""
    facets: Mapping[str, Mapping[str, int]]
    """The numbers of postings that match all filters except the filter of the field, by field and
    value."""


@dataclass(frozen=True)
class _Segment:
    """A part of the postings that is sorted by one key. The order is that of the segments."""

    condition: str
    column: str


def search(
    connection: Connection,
    user_id: str,
    asked: Search,
    sort: Sort,
    *,
    after: Position | None = None,
    limit: int,
) -> Found:
    """Return at most ``limit`` postings from the position ``after`` on, and the counts."""
    context = _read_context(connection, user_id, asked)
    query = _Query(asked, sort, context)
    start = after or Position(segment=0, key="", job_id=0)
    params = query.params | {"user": user_id, "limit": limit, "most": EXACT_UP_TO + 1}
    params |= {"segment": start.segment, "key": start.key, "after": start.job_id}
    rows = connection.execute(query.bounded(begins=after is None), params).all()
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        if row.part != "item":
            counts.setdefault(row.part, {})[row.name] = row.number
    count = counts["count"]["matched"]
    untold = counts.get(Tag.UNKNOWN, {})
    taken = (*counts["count"].values(), *untold.values())
    positions = [_position(row) for row in rows if row.part == "item"]
    if count > EXACT_UP_TO:
        often = {int(number) for number, n in counts["segment"].items() if n > count / 4}
        positions = _dense(connection, query, params, start, often, is_first=after is None)
    return Found(
        positions=tuple(positions),
        count=min(count, EXACT_UP_TO),
        exact=max(taken) <= EXACT_UP_TO,
        unknown={what: untold.get(what, 0) for what in Unknown},
        facets={kind: _ordered(counts.get(kind, {})) for kind in _FACETS},
    )


def _dense(
    connection: Connection,
    query: "_Query",
    params: Mapping[str, Any],
    start: Position,
    often: Collection[int],
    *,
    is_first: bool,
) -> list[Position]:
    """Return the page of a search that matches more postings than are counted.

    Args:
        often: the numbers of the segments that each have more than a quarter of the postings that
            were taken.
    """
    positions: list[Position] = []
    for number in range(start.segment, len(query.segments)):
        begins = is_first or number > start.segment
        asked = {**params, "segment": number, "limit": params["limit"] - len(positions)}
        is_dense = number in often and not query.has_words
        items: Sequence[Any] = ()
        if not is_dense:
            # A scan of the index in the order of the sort takes long if few of all postings match.
            # It takes even longer if it has to read the words of each posting.
            most = (_MOST_SORTED if query.has_words else EXACT_UP_TO) + 1
            part = connection.execute(query.part(number, begins=begins), {**asked, "most": most})
            rows = part.all()
            items = [row for row in rows if row.part == "item"]
            is_dense = any(row.number == most for row in rows if row.part == "count")
        if is_dense:
            items = connection.execute(query.walk(number, begins=begins), asked).all()
        positions += map(_position, items)
        if len(positions) == params["limit"]:
            break
    return positions


def _position(row: Any) -> Position:
    key = row.name if row.number is None else row.number
    return Position(segment=row.segment, key=key, job_id=row.job_id)


def _ordered(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True)
class _Context:
    """The values that the conditions of a search depend on."""

    words: str | None
    """The query as a tsquery."""
    rest: str | None
    """The words of the query but the last, as a tsquery."""
    beginning: str | None
    """A tsquery for words that begin with the last word of the query; None if it is a whole word of
    some title, company or location, or if the query has more than words."""
    in_head: str | None
    """The tsquery for titles, companies and locations in which the whole query occurs."""
    named_boards: list[str]
    """The tags of the boards that the user follows under slugs with the words of the query."""
    company_boards: list[str]
    """The tags of the boards that the user follows under one of the asked companies' names."""
    closed_boards: list[int]
    """The private boards that the user does not follow."""
    places: list[str]
    """The places as tsqueries."""
    visited_at: datetime | None
    shown_late: list[int]
    """The jobs first seen before the user's last visit, and first shown to the user after it."""


def _read_context(connection: Connection, user_id: str, asked: Search) -> _Context:
    q = (asked.q or "").strip()
    rest, _, last = q.rpartition(" ")
    is_plain = not set(q) & set('"-') and last.isalnum() and "or" not in q.lower().split()
    row = connection.execute(
        _CONTEXT,
        {
            "user": user_id,
            "q": q or None,
            "rest": rest if is_plain else None,
            "last": last if is_plain else None,
            "places": [query for place in asked.places if (query := _place_query(place))],
            "slugs": list(asked.companies),
            "is_new": asked.is_new is not None,
        },
    ).one()
    return _Context(*row)


class _Query:
    """The SQL of one search, with its parameters."""

    def __init__(self, asked: Search, sort: Sort, context: _Context) -> None:
        self.params: dict[str, Any] = {"filtered": asked.filtered}
        self.conditions = self._conditions(asked, context)
        self.segments = self._segments(asked, sort)
        self.ascends = sort is Sort.COMPANY
        self.has_words = asked.q is not None
        self.is_of_user = asked.scope is Scope.FOLLOWED

    def _conditions(self, asked: Search, context: _Context) -> dict[str, str]:
        """Return the conditions on a posting ``p``, by the name of their filter."""
        params = self.params
        found: dict[str, str] = {}

        def add(
            name: str, condition: str, *, unknown: Unknown | None = None, **values: Any
        ) -> None:
            if unknown in asked.unknown:
                tag = Tag.UNKNOWN.of(Tag.COUNTRY if name == Tag.COUNTRY else str(unknown))
                condition = f"({condition} OR p.tags @> '{{{tag}}}')"
            found[name] = condition
            params.update(values)

        if asked.scope is Scope.FOLLOWED:
            add("scope", "(p.job_id, p.board_id) IN (SELECT job_id, board_id FROM mine)")
        elif context.closed_boards:
            add(
                "scope",
                f"(p.board_id <> ALL(:closed) OR p.job_id IN ({_TRACKED}))",
                closed=context.closed_boards,
            )
        if asked.is_open is not None:
            add("open", "p.is_open" if asked.is_open else "NOT p.is_open")
        if asked.hidden is not None:
            add("hidden", f"p.job_id {'' if asked.hidden else 'NOT'} IN ({_TRACKED} AND hidden)")
        if asked.tracking:
            condition = f"p.job_id IN ({_TRACKED} AND state = ANY(:tracking))"
            add("tracking", condition, tracking=list(asked.tracking))
        if asked.is_new is not None:
            condition = "true"
            if context.visited_at is not None:
                condition = "(p.first_seen_at > :visited OR p.job_id = ANY(:shown_late))"
                params.update(visited=context.visited_at, shown_late=context.shown_late)
            condition = f"(p.is_open AND {condition})"
            add("new", condition if asked.is_new else f"NOT {condition}")
        if asked.q is not None:
            ways = ["p.search @@ CAST(:words AS tsquery)"]
            if context.beginning:
                rest = "p.search @@ CAST(:rest AS tsquery) AND " if context.rest else ""
                ways.append(f"({rest}p.head_words @@ CAST(:beginning AS tsquery))")
            if context.named_boards:
                ways.append("p.tags && :named_boards")
            params |= {name: getattr(context, name) for name in _WORDS}
            add("q", f"({' OR '.join(ways)})")
        if asked.companies:
            tags = _tags(Tag.COMPANY, map(company_key, asked.companies))
            add("company", "p.tags && :companies", companies=tags + context.company_boards)
        for kind, values, unknown in (
            (Tag.COUNTRY, [code.upper() for code in asked.countries], Unknown.PLACE),
            (Tag.WORKPLACE, asked.workplaces, Unknown.WORKPLACE),
            (Tag.EMPLOYMENT_TYPE, asked.employment_types, None),
            (Tag.LANGUAGE, [code.lower() for code in asked.languages], None),
            (Tag.SOURCE, asked.sources, None),
        ):
            if values:
                add(
                    kind.value,
                    f"p.tags && :{kind}_tags",
                    unknown=unknown,
                    **{f"{kind}_tags": _tags(kind, values)},
                )
        if asked.places:
            add(
                "place",
                "p.place_words @@ CAST(:in_places AS tsquery)",
                unknown=Unknown.PLACE,
                in_places=" | ".join(context.places),
            )
        if asked.pay_min is not None:
            add("pay", "p.pay >= :pay_min", unknown=Unknown.PAY, pay_min=ceil(asked.pay_min))
        if asked.currency is not None:
            condition = "p.currency = :currency"
            add("currency", condition, unknown=Unknown.PAY, currency=asked.currency.upper())
        if asked.posted_since is not None:
            condition = "(p.published_at >= :posted_since AND NOT p.tags @> '{unknown:posted_at}')"
            add(
                "posted_since",
                condition,
                unknown=Unknown.POSTED_AT,
                posted_since=asked.posted_since,
            )
        if asked.seen_since is not None:
            add("seen_since", "p.first_seen_at >= :seen_since", seen_since=asked.seen_since)
        if asked.deadline_passed is not None:
            condition = "coalesce(p.valid_through < now(), false)"
            add("deadline_passed", condition if asked.deadline_passed else f"NOT {condition}")
        if asked.status is not None:
            add("status", _HAS_STATUS, status=asked.status)
        return found

    def _segments(self, asked: Search, sort: Sort) -> list[_Segment]:
        parts = [_Segment("true", "published_at")]
        if sort is Sort.COMPANY:
            parts = [_Segment("true", "company_key")]
        elif sort is Sort.PAY:
            parts = [_Segment("p.pay IS NOT NULL", "pay")]
            parts.append(_Segment("p.pay IS NULL", "published_at"))
        elif sort is Sort.RELEVANCE and asked.q is not None:
            in_head = "p.head_words @@ CAST(:in_head AS tsquery)"
            parts = [_Segment(in_head, "published_at")]
            parts.append(_Segment(f"NOT {in_head}", "published_at"))
        if asked.is_open is not None:
            return parts
        return [
            _Segment(f"{state} AND {part.condition}", part.column)
            for state in ("p.is_open", "NOT p.is_open")
            for part in parts
        ]

    def bounded(self, *, begins: bool) -> TextClause:
        """Return the statement for the counts, and for the page if everything is counted.

        The rows of the part ``item`` are the postings of the page. The rows of the parts named
        after a field have the number of postings with each of its values. The rows of the part
        ``unknown`` have the number of postings that lack each fact. The rows of the part ``count``
        have the number of postings that were taken for these numbers. The rows of the part
        ``segment`` have the number of postings taken in each segment.

        Args:
            begins: True for the first page.
        """
        segment, key = "CASE", "CASE segment"
        for number, each in enumerate(self.segments):
            segment += f" WHEN {each.condition} THEN {number}"
            key += f" WHEN {number} THEN {_KEYS[each.column]}"
        sides = [kind for kind in _FACETS if kind in self.conditions]
        counted = [kind for kind in (*_FACETS, Tag.UNKNOWN) if kind not in sides]
        return statement(
            f"""
            WITH {self._base()}, matched AS MATERIALIZED (
                SELECT p.job_id, p.tags, p.company, p.company_key, p.pay, p.published_at,
                    {segment} END AS segment
                FROM {self._matching()} LIMIT :most
            ), keyed AS (
                SELECT job_id, segment, {key} END AS key FROM matched AS p
            ), {"".join(map(self._side, sides))} tag AS (
                {_tag_counts("matched", *counted)}
                {" ".join(f"UNION ALL {_tag_counts(f'but_{kind}', kind)}" for kind in sides)}
            )
            ({self._page(segment="segment", begins=begins)})
            UNION ALL
            SELECT kind, value, number, NULL, NULL FROM tag WHERE kind <> '{Tag.COMPANY}'
            UNION ALL
            ({_COMPANIES})
            UNION ALL
            SELECT 'count', 'matched', count(*), NULL, NULL FROM matched
            UNION ALL
            SELECT 'segment', CAST(segment AS text), count(*), NULL, NULL FROM matched
            GROUP BY segment
            {" ".join(map(_side_count, sides))}
            {" ".join(self._unknown_count(*each) for each in self._needed_facts().items())}
            """
        )

    def part(self, number: int, *, begins: bool) -> TextClause:
        """Return the statement for the page of one segment, if everything in it is counted."""
        segment = self.segments[number]
        return statement(
            f"""
            WITH {self._base()}, keyed AS MATERIALIZED (
                SELECT p.job_id, {_KEYS[segment.column]} AS key
                FROM {self._matching()} AND {segment.condition} LIMIT :most
            )
            ({self._page(segment=":segment", begins=begins)})
            UNION ALL
            SELECT 'count', NULL, count(*), NULL, NULL FROM keyed
            """
        )

    def walk(self, number: int, *, begins: bool) -> TextClause:
        """Return the statement for the page of one segment, in the order of its index."""
        segment = self.segments[number]
        here = f"(p.{segment.column}, p.job_id)"
        there = f"({_VALUES[segment.column]}, CAST(:after AS bigint))"
        direction = "ASC" if self.ascends else "DESC"
        return statement(
            f"""
            WITH {_MINE}
            SELECT 'item' AS part, {self._columns(_KEYS[segment.column])},
                CAST(:segment AS integer) AS segment, p.job_id
            FROM postings AS p
            WHERE {_all_of(self.conditions.values())} AND {segment.condition}
                AND {"true" if begins else f"{here} {self._beyond} {there}"}
            ORDER BY p.{segment.column} {direction}, p.job_id {direction}
            LIMIT :limit
            """
        )

    @property
    def _beyond(self) -> str:
        return ">" if self.ascends else "<"

    def _columns(self, key: str) -> str:
        """Return the columns ``name`` and ``number`` for a key, one of which is null."""
        if self.ascends:
            return f"{key} AS name, CAST(NULL AS bigint) AS number"
        return f"CAST(NULL AS text) AS name, {key} AS number"

    def _page(self, *, segment: str, begins: bool) -> str:
        """Return a SELECT of the page from ``keyed``."""
        direction = "ASC" if self.ascends else "DESC"
        key = "CAST(:key AS text)" if self.ascends else "CAST(:key AS bigint)"
        here = f"""
            ({segment} > :segment OR (
                {segment} = :segment AND (key, job_id) {self._beyond} ({key}, :after)
            ))
        """
        return f"""
            SELECT 'item' AS part, {self._columns("key")},
                CAST({segment} AS integer) AS segment, job_id
            FROM keyed
            WHERE {"true" if begins else here}
            ORDER BY {segment}, key {direction}, job_id {direction}
            LIMIT :limit
        """

    def _base(self) -> str:
        """Return the CTEs that ``_matching`` reads.

        The postings of one user are few. They are read once, although each number leaves out a
        different filter.
        """
        if not self.is_of_user:
            return _MINE
        fixed = [each for name, each in self.conditions.items() if name not in _LEFT_OUT]
        return f"""{_MINE}, base AS MATERIALIZED (
            SELECT p.* FROM postings AS p WHERE {_all_of(fixed)}
        )"""

    def _matching(self, *without: str) -> str:
        """Return a table and a WHERE clause for the postings that match all filters but some."""
        kept = {name: each for name, each in self.conditions.items() if name not in without}
        if self.is_of_user:
            return f"base AS p WHERE {_all_of(kept[name] for name in kept if name in _LEFT_OUT)}"
        return f"postings AS p WHERE {_all_of(kept.values())}"

    def _side(self, kind: Tag) -> str:
        """Return a CTE with the postings that match all filters but that of one field."""
        return f"""
            but_{kind} AS MATERIALIZED (
                SELECT p.tags, p.company, p.company_key FROM {self._matching(kind)} LIMIT :most
            ),
        """

    def _needed_facts(self) -> dict[Unknown, Tag | None]:
        """Return the facts that the active filters need.

        The value is the filter that needs the fact, if it is the only one and has a facet;
        otherwise None.
        """
        found: dict[Unknown, Tag | None] = {}
        for what, names in _FILTERS_BY.items():
            active = names & self.conditions.keys()
            if active:
                sides = [kind for kind in _FACETS if kind in active]
                found[what] = sides[0] if len(active) == len(sides) else None
        return found

    def _unknown_count(self, what: Unknown, side: Tag | None) -> str:
        """Return a SELECT of the number of postings that lack a fact that a filter needs."""
        tag = "country" if what is Unknown.PLACE and Tag.COUNTRY in self.conditions else what
        counted = f"UNION ALL SELECT '{Tag.UNKNOWN}', '{what}', count(*), NULL, NULL FROM"
        if side is not None:
            return f"{counted} but_{side} WHERE tags @> '{{{Tag.UNKNOWN.of(tag)}}}'"
        return f"""
            {counted} (
                SELECT FROM {self._matching(*_FILTERS_BY[what])}
                    AND p.tags @> '{{{Tag.UNKNOWN.of(tag)}}}'
                LIMIT :most
            ) AS untold
        """


def _all_of(conditions: Iterable[str]) -> str:
    return " AND ".join(("true", *conditions))


def _tags(kind: Tag, values: Iterable[str]) -> list[str]:
    return [kind.of(value) for value in values]


def _place_query(place: str) -> str:
    """Return the tsquery for the words of ``place`` in this order."""
    return " <-> ".join(f"'{word}'" for word in words_of(place))


def _tag_counts(table: str, *kinds: Tag) -> str:
    """Return a SELECT of the number of the table's postings with each tag of these kinds."""
    return f"""
        SELECT split_part(tag, ':', 1) AS kind, substr(tag, strpos(tag, ':') + 1) AS value,
            number, company
        FROM (
            SELECT tag, count(*) AS number, min(company COLLATE "C") AS company
            FROM (SELECT unnest(tags) AS tag, company FROM {table}) AS tagged GROUP BY tag
        ) AS counted
        WHERE split_part(tag, ':', 1) IN ({quoted(kinds)})
    """


def _side_count(kind: Tag) -> str:
    return f"UNION ALL SELECT 'count', '{kind}', count(*), NULL, NULL FROM but_{kind}"


_FILTERS_BY: Mapping[Unknown, frozenset[str]] = {
    Unknown.PAY: frozenset({"pay", "currency"}),
    Unknown.PLACE: frozenset({"place", Tag.COUNTRY}),
    Unknown.POSTED_AT: frozenset({"posted_since"}),
    Unknown.WORKPLACE: frozenset({Tag.WORKPLACE}),
}
"""The filters that need each fact."""
_LEFT_OUT = frozenset(_FACETS).union(*_FILTERS_BY.values())
"""The filters that at least one number leaves out."""
_KEYS = {
    "published_at": "CAST(extract(epoch FROM p.published_at) * 1000000 AS bigint)",
    "pay": "p.pay",
    "company_key": "p.company_key",
}
"""The key of a posting ``p`` for each column that it can be sorted by. A time is in microseconds,
so that a position is exact."""
_VALUES = {
    "published_at": "timestamptz 'epoch' + CAST(:key AS bigint) * interval '1 microsecond'",
    "pay": "CAST(:key AS bigint)",
    "company_key": "CAST(:key AS text)",
}
"""The values of the columns from a key."""
_COMPANIES = f"""
    SELECT '{Tag.COMPANY}', company, number, NULL, NULL FROM tag WHERE kind = '{Tag.COMPANY}'
    ORDER BY number DESC, company LIMIT {_MOST_COMPANIES}
"""
_WORDS = ("words", "rest", "beginning", "in_head", "named_boards")
_TRACKED = "SELECT job_id FROM tracked_jobs WHERE user_id = :user"
_MINE = """
    mine AS MATERIALIZED (
        SELECT u.job_id, k.board_id
        FROM user_jobs AS u
        JOIN companies AS k ON k.user_id = u.user_id AND k.slug = u.company
        WHERE u.user_id = :user AND (u.wanted OR :filtered)
        UNION
        SELECT t.job_id, j.board_id FROM tracked_jobs AS t JOIN jobs AS j USING (job_id)
        WHERE t.user_id = :user
    )
"""
_HAS_STATUS = f"""
    EXISTS (
        SELECT FROM jobs AS j
        LEFT JOIN LATERAL (
            SELECT * FROM user_jobs AS shown
            WHERE shown.user_id = :user AND shown.job_id = j.job_id
            ORDER BY shown.company LIMIT 1
        ) AS u ON true
        WHERE j.job_id = p.job_id AND {STATUS} = :status
    )
"""
# The statement also sets how Postgres plans the searches after it. Each search needs a plan for its
# own values. JIT compilation would take longer than most searches. Sequential scans are disabled
# for queries with words, because reading the words of each posting takes longer than the planner
# assumes.
_CONTEXT = statement(
    """
    WITH asked AS MATERIALIZED (
        SELECT u.visited_at, websearch_to_tsquery('jobhunt', :q) AS words,
            websearch_to_tsquery('jobhunt', :rest) AS rest,
            CASE WHEN NOT EXISTS (
                SELECT FROM postings WHERE head_words
                    @@ (plainto_tsquery('jobhunt', :last) || plainto_tsquery('simple', :last))
            ) THEN to_tsquery('simple', :last || ':*') END AS beginning
        FROM (VALUES (
            set_config('plan_cache_mode', 'force_custom_plan', true),
            set_config('jit', 'off', true),
            set_config(
                'enable_seqscan', CASE WHEN CAST(:q AS text) IS NULL THEN 'on' ELSE 'off' END, true
            )
        )) AS configured
        LEFT JOIN users AS u ON u.user_id = :user
    )
    SELECT CAST(words AS text), CAST(rest AS text), CAST(beginning AS text),
        CAST(coalesce(words || (rest && beginning), words) AS text), ARRAY(
        SELECT 'board:' || board_id FROM companies
        WHERE user_id = :user AND to_tsvector('jobhunt', slug) @@ words
    ), ARRAY(
        SELECT 'board:' || board_id FROM companies WHERE user_id = :user AND slug = ANY(:slugs)
    ), ARRAY(
        SELECT b.board_id FROM boards AS b
        WHERE b.private AND NOT EXISTS (
            SELECT FROM companies AS k WHERE k.user_id = :user AND k.board_id = b.board_id
        )
    ), ARRAY(
        SELECT CASE WHEN EXISTS (
            SELECT FROM postings WHERE place_words @@ CAST(place AS tsquery)
        ) THEN place ELSE place || ':*' END
        FROM unnest(:places) AS place
    ), visited_at, ARRAY(
        SELECT DISTINCT u.job_id FROM user_jobs AS u JOIN postings AS p USING (job_id)
        WHERE :is_new AND u.user_id = :user AND u.first_seen_at > visited_at
            AND p.first_seen_at <= visited_at
    )
    FROM asked
    """
)
