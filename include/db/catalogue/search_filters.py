"""Build the conditions of a search in SQL."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import Connection

from include.core.search_facts import Tag, company_key, words_of
from include.db.catalogue.search_query import Scope, Search, Unknown
from include.db.sql import statement
from include.db.views import STATUS


@dataclass(frozen=True)
class _Context:
    """The values that the conditions of a search depend on."""

    words: str | None
    """The query as a tsquery, a query of Postgres's full-text search."""
    rest: str | None
    """All words of the query except the last, as a tsquery."""
    beginning: str | None
    """A tsquery for words that begin with the last word of the query. None if some title, company
    or location has the last word as a whole word, or if the query has operators such as quotes."""
    in_head: str | None
    """The query as a tsquery for titles, companies and locations. If there is a ``beginning``,
    words that match it may stand for the last word."""
    named_boards: list[str]
    """The tags of the boards of those followed companies whose slug matches the query."""
    company_boards: list[str]
    """The tags of the boards of those followed companies whose slug is in ``Search.companies``."""
    hidden_boards: list[int]
    """The private boards that the user does not follow."""
    own_boards: list[str]
    """The tags of the boards that the user follows, and of the boards of the postings that the user
    tracks. Empty if no search is limited to these postings."""
    places: list[str]
    """The places as tsqueries. If no posting has a place, the tsquery of the place also matches
    longer words that begin with the place's last word."""
    visited_at: datetime | None
    first_shown_after_visit: list[int]
    """The ids of the jobs that were first seen before the user's last visit, but first shown to the
    user after it."""


def _read_contexts(
    connection: Connection, user_id: str, searches: Sequence[Search]
) -> list[_Context]:
    params = {
        "user": user_id,
        "rows": [{"number": number, **_texts(search)} for number, search in enumerate(searches)],
        "has_words": any(search.q is not None for search in searches),
        "of_user": any(search.scope is Scope.FOLLOWED for search in searches),
        "sample": _SAMPLE_SIZE,
        "by_visit": any(search.is_new is not None for search in searches),
    }
    return [_Context(**row) for row in connection.execute(_CONTEXTS, params).mappings()]


def _texts(search: Search) -> dict[str, Any]:
    """Return the texts of a search. Postgres computes the search's ``_Context`` from them."""
    q = (search.q or "").strip()
    rest, _, last = q.rpartition(" ")
    has_operators = bool(set(q) & set('"-')) or "or" in q.lower().split()
    is_plain = last.isalnum() and not has_operators
    return {
        "q": q or None,
        "rest": rest if is_plain else None,
        "last": last if is_plain else None,
        "places": [query for place in search.places if (query := _place_query(place))],
        "slugs": search.companies,
    }


@dataclass(frozen=True)
class Filters:
    """The conditions of a search on a posting ``p``, as SQL."""

    conditions: Mapping[str, str]
    """The conditions, by the name of their filter."""
    params: Mapping[str, Any]
    """The parameters of the conditions, without ``user``."""


def read_filters(connection: Connection, user_id: str, searches: Sequence[Search]) -> list[Filters]:
    """Return the conditions of each search, and set how Postgres plans them in this transaction."""
    contexts = _read_contexts(connection, user_id, searches)
    return [_filters(*each) for each in zip(searches, contexts, strict=True)]


def _filters(search: Search, context: _Context) -> Filters:
    builder = _FiltersBuilder(search, context)
    builder.add_user_filters()
    builder.add_values()
    builder.add_bounds()
    # The words come last, because Postgres must fetch the words of each posting that it compares.
    builder.add_text_filters()
    return Filters(conditions=builder.conditions, params=builder.params)


def all_of(conditions: Iterable[str]) -> str:
    """Return the condition that all of these conditions hold."""
    return " AND ".join(("true", *conditions))


class _FiltersBuilder:
    """A builder of the conditions of one search."""

    def __init__(self, search: Search, context: _Context) -> None:
        self.conditions: dict[str, str] = {}
        self.params: dict[str, Any] = {}
        self._search = search
        self._context = context

    def add_user_filters(self) -> None:
        """Add the filters that depend on the user, and the filter by whether a posting is open."""
        search, context = self._search, self._context
        if search.scope is Scope.FOLLOWED:
            self._add("boards", "p.tags && :own_boards", own_boards=context.own_boards)
            self._add("scope", IS_SHOWN_OR_TRACKED, filtered=search.filtered)
        elif context.hidden_boards:
            self._add(
                "scope",
                f"(p.board_id <> ALL(:hidden_boards) OR p.job_id IN ({_TRACKED}))",
                hidden_boards=context.hidden_boards,
            )
        if search.is_open is not None:
            self._add("open", "p.is_open" if search.is_open else "NOT p.is_open")
        if search.hidden is not None:
            operator = "IN" if search.hidden else "NOT IN"
            self._add("hidden", f"p.job_id {operator} ({_TRACKED} AND hidden)")
        if search.tracking:
            condition = f"p.job_id IN ({_TRACKED} AND state = ANY(:tracking))"
            self._add("tracking", condition, tracking=list(search.tracking))
        if search.is_new is not None:
            condition = "true"
            if context.visited_at is not None:
                condition = "p.first_seen_at > :visited"
                self.params["visited"] = context.visited_at
            if context.first_shown_after_visit:
                condition = f"({condition} OR p.job_id = ANY(:first_shown_after_visit))"
                self.params["first_shown_after_visit"] = context.first_shown_after_visit
            condition = f"(p.is_open AND {condition})"
            self._add("new", condition if search.is_new else f"NOT {condition}")
        if search.status is not None:
            self._add("status", _HAS_STATUS, status=search.status)

    def add_text_filters(self) -> None:
        """Add the filters by words and by places."""
        search, context = self._search, self._context
        if search.q is not None:
            alternatives = ["p.search @@ CAST(:words AS tsquery)"]
            if context.beginning:
                rest = "p.search @@ CAST(:rest AS tsquery) AND " if context.rest else ""
                alternatives.append(f"({rest}p.head_words @@ CAST(:beginning AS tsquery))")
            if context.named_boards:
                alternatives.append("p.tags && :named_boards")
            params = {name: getattr(context, name) for name in _WORD_PARAMS}
            self._add("q", f"({' OR '.join(alternatives)})", **params)
        if search.places:
            self._add(
                "place",
                "p.place_words @@ CAST(:in_places AS tsquery)",
                unknown=Unknown.PLACE,
                in_places=" | ".join(context.places),
            )

    def add_values(self) -> None:
        """Add the filters for equal values. Most of these values are stored as tags."""
        search = self._search
        if search.companies:
            tags = _tags(Tag.COMPANY, map(company_key, search.companies))
            companies = tags + self._context.company_boards
            self._add("company", "p.tags && :companies", companies=companies)
        for kind, values, unknown in (
            (Tag.COUNTRY, [code.upper() for code in search.countries], Unknown.PLACE),
            (Tag.WORKPLACE, search.workplaces, Unknown.WORKPLACE),
            (Tag.EMPLOYMENT_TYPE, search.employment_types, None),
            (Tag.LANGUAGE, [code.lower() for code in search.languages], None),
            (Tag.SOURCE, search.sources, None),
        ):
            if values:
                tags = {f"{kind}_tags": _tags(kind, values)}
                self._add(kind.value, f"p.tags && :{kind}_tags", unknown=unknown, **tags)
        if search.currency is not None:
            condition, currency = "p.currency = :currency", search.currency.upper()
            self._add("currency", condition, unknown=Unknown.PAY, currency=currency)

    def add_bounds(self) -> None:
        """Add the filters by pay and times."""
        search = self._search
        if search.pay_min is not None:
            pay_min = ceil(search.pay_min)
            self._add("pay", "p.pay >= :pay_min", unknown=Unknown.PAY, pay_min=pay_min)
        if search.posted_since is not None:
            self._add(
                "posted_since",
                "(p.published_at >= :posted_since AND NOT p.tags @> '{unknown:posted_at}')",
                unknown=Unknown.POSTED_AT,
                posted_since=search.posted_since,
            )
        if search.seen_since is not None:
            self._add("seen_since", "p.first_seen_at >= :seen_since", seen_since=search.seen_since)
        if search.deadline_passed is not None:
            condition = "coalesce(p.valid_through < now(), false)"
            self._add(
                "deadline_passed", condition if search.deadline_passed else f"NOT {condition}"
            )

    def _add(
        self, name: str, condition: str, *, unknown: Unknown | None = None, **params: Any
    ) -> None:
        """Add a filter.

        Args:
            unknown: the fact that the filter needs. Postings without this fact pass the filter if
                the search includes unknown values.
        """
        if unknown in self._search.unknown:
            tag = Tag.UNKNOWN.of(Tag.COUNTRY if name == Tag.COUNTRY else str(unknown))
            condition = f"({condition} OR p.tags @> '{{{tag}}}')"
        self.conditions[name] = condition
        self.params |= params


def _tags(kind: Tag, values: Iterable[str]) -> list[str]:
    return [kind.of(value) for value in values]


def _place_query(place: str) -> str:
    """Return the tsquery that finds the words of ``place``, one directly after the other."""
    return " <-> ".join(f"'{word}'" for word in words_of(place))


_SAMPLE_SIZE = 500
"""The number of postings in which a word is searched first, to find out whether any posting has the
word.

A frequent word is usually found in this sample. Looking up such a word in the index would take
long, because the index first finds all postings that have the word. If the word is not in the
sample, it is probably rare. Postgres would answer EXISTS by a scan of the table, which takes long
for a rare word. Therefore the postings that have the word are counted instead.
"""
_WORD_PARAMS = ("words", "rest", "beginning", "in_head", "named_boards")
_TRACKED = "SELECT job_id FROM tracked_jobs WHERE user_id = :user"
SHOWN_CTE = """
    shown_postings AS MATERIALIZED (
        SELECT u.job_id, k.board_id, u.wanted
        FROM user_jobs AS u
        JOIN companies AS k ON k.user_id = u.user_id AND k.slug = u.company
        WHERE u.user_id = :user
    )
"""
"""A CTE that the condition ``scope`` reads. It has the postings of followed companies that the user
was shown."""
IS_SHOWN_OR_TRACKED = f"""
    (
        (p.job_id, p.board_id) IN (
            SELECT job_id, board_id FROM shown_postings WHERE wanted OR :filtered
        )
        OR p.job_id IN ({_TRACKED})
    )
"""
"""The condition that the user was shown or tracks a posting ``p``. A posting that was only shown
must pass the user's filters, unless ``:filtered`` is true. Because of the OR, Postgres must compare
each posting with two hash tables. Without the OR, it might look up the rows of ``shown_postings``
one by one. That takes longer than finding the postings of the same boards by the index on tags."""
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
# The statement also sets how Postgres plans the searches after it. Custom plans are forced, because
# each search needs a plan for its own values. JIT compilation is disabled, because it would take
# longer than most searches. Sequential scans are disabled in two cases: for queries that have
# words, because reading the words of each posting takes longer than the planner assumes, and for
# searches of one user's postings, because the index finds these. ``work_mem`` is increased, because
# a bitmap that has too little memory for a frequent word holds pages instead of rows. Postgres
# would then have to read the words of each row on such a page. ``cpu_index_tuple_cost`` is ten
# times its default in searches without words. With the default, the planner underestimates how long
# the index takes to intersect frequent tags, and reads the index instead of the first rows of the
# table.
_CONTEXTS = statement(
    """
    WITH visit AS (
        SELECT visited_at FROM users WHERE user_id = :user
    ), searches AS MATERIALIZED (
        SELECT a.number, a.places, a.slugs, websearch_to_tsquery('jobhunt', a.q) AS words,
            websearch_to_tsquery('jobhunt', a.rest) AS rest,
            CASE WHEN NOT EXISTS (
                SELECT FROM (SELECT head_words FROM postings LIMIT :sample) AS p
                WHERE head_words @@ whole
            ) AND (SELECT count(*) FROM postings WHERE head_words @@ whole) = 0
            THEN to_tsquery('simple', a.last || ':*') END AS beginning
        FROM jsonb_to_recordset(:rows)
            AS a(number integer, q text, rest text, last text, places text[], slugs text[])
        CROSS JOIN LATERAL (
            VALUES (plainto_tsquery('jobhunt', a.last) || plainto_tsquery('simple', a.last))
        ) AS b(whole)
    )
    SELECT CAST(words AS text) AS words, CAST(rest AS text) AS rest,
        CAST(beginning AS text) AS beginning,
        CAST(coalesce(words || (rest && beginning), words) AS text) AS in_head, ARRAY(
        SELECT 'board:' || board_id FROM companies
        WHERE user_id = :user AND to_tsvector('jobhunt', slug) @@ words
    ) AS named_boards, ARRAY(
        SELECT 'board:' || board_id FROM companies
        WHERE user_id = :user AND slug = ANY(searches.slugs)
    ) AS company_boards, ARRAY(
        SELECT b.board_id FROM boards AS b
        WHERE b.private AND NOT EXISTS (
            SELECT FROM companies AS k WHERE k.user_id = :user AND k.board_id = b.board_id
        )
    ) AS hidden_boards, ARRAY(
        SELECT 'board:' || board_id FROM companies WHERE :of_user AND user_id = :user
        UNION
        SELECT 'board:' || j.board_id FROM tracked_jobs AS t JOIN jobs AS j USING (job_id)
        WHERE :of_user AND t.user_id = :user
    ) AS own_boards, ARRAY(
        SELECT CASE WHEN EXISTS (
            SELECT FROM (SELECT place_words FROM postings LIMIT :sample) AS p
            WHERE place_words @@ CAST(place AS tsquery)
        ) OR (SELECT count(*) FROM postings WHERE place_words @@ CAST(place AS tsquery)) > 0
        THEN place ELSE place || ':*' END
        FROM unnest(searches.places) AS place
    ) AS places, (SELECT visited_at FROM visit) AS visited_at, ARRAY(
        SELECT DISTINCT u.job_id
        FROM visit JOIN user_jobs AS u ON u.first_seen_at > visit.visited_at
        JOIN postings AS p USING (job_id)
        WHERE :by_visit AND u.user_id = :user AND p.first_seen_at <= visit.visited_at
    ) AS first_shown_after_visit
    FROM (VALUES (
        set_config('plan_cache_mode', 'force_custom_plan', true),
        set_config('jit', 'off', true),
        set_config('work_mem', '64MB', true),
        set_config('cpu_index_tuple_cost', CASE WHEN :has_words THEN '0.005' ELSE '0.05' END, true),
        set_config(
            'enable_seqscan', CASE WHEN :has_words OR :of_user THEN 'off' ELSE 'on' END, true
        )
    )) AS configured
    CROSS JOIN searches
    ORDER BY number
    """
)
