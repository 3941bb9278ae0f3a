"""Search the catalogue of postings by words and filters (ADR 33).

A search must be fast, whether it finds three postings or a million. It first takes at most
``EXACT_UP_TO`` matching postings, in any order. The index on tags and words finds these postings
for every combination of filters. If no more postings match, the matches are counted and sorted at
once. If more match, matches are frequent: even among a million postings, at least one in 200
matches. Then a scan of an index in the sort order soon finds enough matches for the page.

If a search has words, such a scan is fast only if many postings have the words, because words are
stored apart from the rows. Therefore the number of matches is estimated first. The first matches
are read in the order in which the rows are on the disk. The number of all matches is estimated from
the fraction of the table that was read until ``EXACT_UP_TO`` matches were found. If too few
postings match, only a part of the index in the sort order is read. The part is as long as the
estimate requires for a page. Postgres intersects it with the matches in the index on words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, TextClause

from include.core.search_facts import Tag
from include.db.catalogue.search_filters import SHOWN_CTE, Filters, all_of, read_filters
from include.db.catalogue.search_query import Position, Scope, Search, SearchPage, Sort, Unknown
from include.db.sql import sql_literals, statement

EXACT_UP_TO = 5_000
"""The number of postings up to which counts are exact."""
_MAX_SORTED = 4 * EXACT_UP_TO
"""The maximum number of postings of one segment that are sorted if the query has words."""
_MIN_DENSE_PER_THOUSAND = 20
"""The minimum number of matches per thousand postings for a scan of the index in the sort order."""
_MIN_SHARE = 0.25
"""The minimum share of the matches that a segment must have for such a scan if the query has no
words."""
_EXPECTED_PAGES = 3
"""The number of pages of matches that are expected in a part of the index in the sort order."""
_MAX_COMPANIES = 100
"""The maximum number of companies in the facet of companies. The companies that have the most
postings are returned."""
_TAG_FACETS = (Tag.COUNTRY, Tag.WORKPLACE, Tag.EMPLOYMENT_TYPE, Tag.SOURCE)
"""The fields whose facets are counted by tags."""
_FACETS = (Tag.COMPANY, *_TAG_FACETS)


@dataclass(frozen=True)
class _Segment:
    """A part of the result that is sorted by one key.

    The result of a search is a sequence of segments. For example, if postings are sorted by pay,
    the postings without pay are the second segment.
    """

    range: str
    """The condition on ``is_open`` and ``pay``."""
    column: str
    """The column by which the segment is sorted."""
    words: str = "true"
    """The condition on words."""

    @property
    def condition(self) -> str:
        return f"{self.range} AND {self.words}"


def search(
    connection: Connection,
    user_id: str,
    criteria: Search,
    sort: Sort,
    *,
    after: Position | None = None,
    limit: int,
) -> SearchPage:
    """Return at most ``limit`` postings that come after the position ``after``, and the counts.

    If ``after`` is None, return the first page.
    """
    (filters,) = read_filters(connection, user_id, [criteria])
    query = _Query(criteria, sort, filters)
    # The statements for the first page do not use this position.
    start = after or Position(segment=0, key="", job_id=0)
    params = {
        **query.filters.params,
        "user": user_id,
        "limit": limit,
        "max_rows": EXACT_UP_TO + 1,
        "segment": start.segment,
        "key": start.key,
        "after": start.job_id,
    }
    rows = connection.execute(query.counts_and_page(from_beginning=after is None), params).all()
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        if row.part != "item":
            counts.setdefault(row.part, {})[row.name] = row.number
    count = counts["count"]["matched"]
    unknown_counts = counts.get(Tag.UNKNOWN, {})
    numbers_counted = (*counts["count"].values(), *unknown_counts.values())
    positions = [_position(row) for row in rows if row.part == "item"]
    if count > EXACT_UP_TO:
        shares = {int(number): size / count for number, size in counts["segment"].items()}
        density = counts["density"]["matched"]
        reader = _Reader(connection, query, params, shares, density)
        positions = reader.read_page(start, is_first=after is None)
    return SearchPage(
        positions=tuple(positions),
        count=min(count, EXACT_UP_TO),
        exact=max(numbers_counted) <= EXACT_UP_TO,
        unknown={fact: unknown_counts.get(fact, 0) for fact in Unknown},
        facets={kind: _largest_first(counts.get(kind, {})) for kind in _FACETS},
    )


@dataclass(frozen=True)
class _Reader:
    """A reader of the page of a search that matches more postings than are counted."""

    connection: Connection
    query: "_Query"
    params: Mapping[str, Any]
    shares: Mapping[int, float]
    """The fraction of the counted postings that each segment has, by the number of the segment.

    Segments that have none of these postings are left out.
    """
    density: int
    """The estimated number of matches per thousand postings; 0 if it is unknown."""

    def read_page(self, start: Position, *, is_first: bool) -> list[Position]:
        """Return the positions of the page after ``start``, or of the first page."""
        positions: list[Position] = []
        for number in range(start.segment, len(self.query.segments)):
            from_beginning = is_first or number > start.segment
            limit = self.params["limit"] - len(positions)
            rows = self._read_segment(number, limit, from_beginning=from_beginning)
            positions += map(_position, rows)
            if len(positions) == self.params["limit"]:
                break
        return positions

    def _read_segment(self, number: int, limit: int, *, from_beginning: bool) -> Sequence[Any]:
        """Return the rows of the page that belong to one segment.

        Args:
            from_beginning: True if the rows begin at the beginning of the segment, False if they
                begin after the last posting of the previous page.
        """
        query = self.query
        params = {**self.params, "segment": number, "limit": limit}
        share = self.shares.get(number, 0)
        density = self.density * share
        has_many_matches = share > _MIN_SHARE
        if query.has_words:
            has_many_matches = density > _MIN_DENSE_PER_THOUSAND
        if has_many_matches:
            return self._scan_segment(params, from_beginning=from_beginning)
        if density:
            needed_matches = _EXPECTED_PAGES * limit
            params["ahead"] = int(needed_matches * 1000 / density)  # ``density`` is per thousand
            end_statement = query.select_end(number, from_beginning=from_beginning)
            end = self.connection.execute(end_statement, params).first()
            if end is not None:
                params |= {"end": end.key, "end_id": end.job_id}
                # The part may have more matches than were estimated.
                params["max_rows"] = 4 * needed_matches
                rows = self._sort_segment(params, from_beginning=from_beginning, up_to_end=True)
                if len(rows) == limit:
                    return rows
        params["max_rows"] = (_MAX_SORTED if query.has_words else EXACT_UP_TO) + 1
        return self._sort_segment(params, from_beginning=from_beginning, up_to_end=False)

    def _scan_segment(self, params: Mapping[str, Any], *, from_beginning: bool) -> Sequence[Any]:
        scan = self.query.scan(params["segment"], from_beginning=from_beginning)
        return self.connection.execute(scan, params).all()

    def _sort_segment(
        self, params: Mapping[str, Any], *, from_beginning: bool, up_to_end: bool
    ) -> Sequence[Any]:
        """Return the rows of the page that belong to one segment, after sorting all its matches.

        If the segment has ``max_rows`` matches or more, the index in the sort order is scanned
        instead.

        Args:
            up_to_end: True to sort only the matches up to the position ``end`` and ``end_id``.
        """
        sorted_page = self.query.sorted_page(
            params["segment"], from_beginning=from_beginning, up_to_end=up_to_end
        )
        rows = self.connection.execute(sorted_page, params).all()
        if any(row.number == params["max_rows"] for row in rows if row.part == "count"):
            return self._scan_segment(params, from_beginning=from_beginning)
        return [row for row in rows if row.part == "item"]


def _position(row: Any) -> Position:
    """Return the position of a posting from its row, whose key is either a text or a number."""
    key = row.name if row.number is None else row.number
    return Position(segment=row.segment, key=key, job_id=row.job_id)


def _largest_first(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts, the largest first. Equal counts are in order of their names."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


class _Query:
    """The SQL of one search."""

    def __init__(self, criteria: Search, sort: Sort, filters: Filters) -> None:
        self.filters = filters
        self.conditions = filters.conditions
        self.segments = self._segments(criteria, sort)
        self.ascends = sort is Sort.COMPANY
        self.has_words = criteria.q is not None
        self.is_of_user = criteria.scope is Scope.FOLLOWED
        self.included_unknown = criteria.unknown

    def _segments(self, criteria: Search, sort: Sort) -> list[_Segment]:
        parts = [_Segment("true", "published_at")]
        if sort is Sort.COMPANY:
            parts = [_Segment("true", "company_key")]
        elif sort is Sort.PAY:
            parts = [_Segment("p.pay IS NOT NULL", "pay")]
            parts.append(_Segment("p.pay IS NULL", "published_at"))
        elif sort is Sort.RELEVANCE and criteria.q is not None:
            in_head = "p.head_words @@ CAST(:in_head AS tsquery)"
            parts = [_Segment("true", "published_at", in_head)]
            parts.append(_Segment("true", "published_at", f"NOT {in_head}"))
        states = ("p.is_open", "NOT p.is_open")
        if criteria.is_open is not None:
            states = (self.conditions["open"],)
        return [
            replace(part, range=f"{state} AND {part.range}") for state in states for part in parts
        ]

    def counts_and_page(self, *, from_beginning: bool) -> TextClause:
        """Return the statement for the counts, and for the page if the counts are exact.

        The column ``part`` of each row names the part of the result. The rows of ``item`` are the
        postings of the page. The rows named after a field have the number of postings with each
        value of the field. The rows of ``unknown`` have the number of postings that do not state
        each fact. The rows of ``count`` have the number of postings that were counted for these
        numbers. The rows of ``segment`` have the number of counted postings in each segment. The
        row of ``density`` has the estimated number of matches per thousand postings, or 0 if it is
        unknown.

        Args:
            from_beginning: True for the first page.
        """
        # The density is estimated from the addresses of rows. The rows of ``base`` have none.
        address = "NULL::tid" if self.is_of_user else "p.ctid"
        segment_number, key = "CASE", "CASE segment"
        for number, segment in enumerate(self.segments):
            segment_number += f" WHEN {segment.condition} THEN {number}"
            key += f" WHEN {number} THEN {_SORT_KEYS[segment.column]}"
        filtered_facets = [kind for kind in _FACETS if kind in self.conditions]
        counted = [kind for kind in (*_TAG_FACETS, Tag.UNKNOWN) if kind not in filtered_facets]
        tables = {kind: f"but_{kind}" for kind in filtered_facets}
        tag_counts = [_tag_counts("matched", *counted)]
        tag_counts += [
            _tag_counts(tables[kind], kind) for kind in _TAG_FACETS if kind in filtered_facets
        ]
        columns = f"""
            p.job_id, p.tags, p.company, p.company_key, p.pay, p.published_at,
            {address} AS address, {segment_number} END AS segment
        """
        return statement(
            f"""
            WITH {self._base_ctes()},
            {"".join(self._facet_cte(kind, columns) for kind in filtered_facets)}
            matched AS MATERIALIZED ({self._matched(filtered_facets, columns)}), keyed AS (
                SELECT job_id, segment, {key} END AS key FROM matched AS p
            )
            ({self._page(segment="segment", from_beginning=from_beginning)})
            UNION ALL
            {" UNION ALL ".join(tag_counts)}
            UNION ALL
            ({_company_counts(tables.get(Tag.COMPANY, "matched"))})
            UNION ALL
            SELECT 'count', 'matched', count(*), NULL, NULL FROM matched
            UNION ALL
            SELECT 'segment', CAST(segment AS text), count(*), NULL, NULL FROM matched
            GROUP BY segment
            UNION ALL
            {_DENSITY}
            {" ".join(map(_filtered_facet_count, filtered_facets))}
            {" ".join(self._unknown_count(*each) for each in self._needed_facts().items())}
            """
        )

    def select_end(self, number: int, *, from_beginning: bool) -> TextClause:
        """Return the statement for the position up to which ``sorted_page`` may sort a segment.

        The position is ``:ahead`` postings after the start of the page in the sort order. Postings
        that do not match are counted, too. If the segment is shorter, there is no row.

        Args:
            number: the number of the segment.
            from_beginning: True if the page starts at the beginning of the segment, False if it
                starts after the last posting of the previous page.
        """
        segment = self.segments[number]
        return statement(
            f"""
            SELECT {_SORT_KEYS[segment.column]} AS key, p.job_id
            FROM postings AS p
            WHERE {segment.range} AND {self._is_after_start(segment, from_beginning=from_beginning)}
            {self._order(segment)} OFFSET :ahead LIMIT 1
            """
        )

    def sorted_page(self, number: int, *, from_beginning: bool, up_to_end: bool) -> TextClause:
        """Return the statement for the page of one segment, which sorts all matching postings.

        Args:
            up_to_end: True to sort only the postings up to the position ``:end`` and ``:end_id``.
        """
        segment = self.segments[number]
        is_before_end = "true"
        if up_to_end:
            operator = "<=" if self.ascends else ">="
            end = f"({_value(segment.column, 'end')}, CAST(:end_id AS bigint))"
            is_before_end = f"(p.{segment.column}, p.job_id) {operator} {end}"
        return statement(
            f"""
            WITH {self._base_ctes()}, keyed AS MATERIALIZED (
                SELECT p.job_id, {_SORT_KEYS[segment.column]} AS key
                FROM {self._matching()} AND {segment.condition}
                    AND {self._is_after_start(segment, from_beginning=from_beginning)}
                    AND {is_before_end}
                LIMIT :max_rows
            )
            ({self._page(segment=":segment", from_beginning=True)})
            UNION ALL
            SELECT 'count', NULL, count(*), NULL, NULL FROM keyed
            """
        )

    def scan(self, number: int, *, from_beginning: bool) -> TextClause:
        """Return the statement for the page of one segment.

        The statement scans an index in the sort order.
        """
        segment = self.segments[number]
        # The condition on boards is left out, because comparing a posting with many boards takes
        # longer than looking it up among the user's own postings.
        conditions = [each for name, each in self.conditions.items() if name != "boards"]
        return statement(
            f"""
            WITH {SHOWN_CTE}
            SELECT 'item' AS part, {self._key_columns(_SORT_KEYS[segment.column])},
                CAST(:segment AS integer) AS segment, p.job_id
            FROM postings AS p
            WHERE {segment.condition} AND {all_of(conditions)}
                AND {self._is_after_start(segment, from_beginning=from_beginning)}
            {self._order(segment)} LIMIT :limit
            """
        )

    def _is_after_start(self, segment: _Segment, *, from_beginning: bool) -> str:
        """Return the condition that a posting is after the last posting of the previous page."""
        if from_beginning:
            return "true"
        position = f"(p.{segment.column}, p.job_id)"
        start = f"({_value(segment.column, 'key')}, CAST(:after AS bigint))"
        return f"{position} {self._after_operator} {start}"

    def _order(self, segment: _Segment) -> str:
        direction = "ASC" if self.ascends else "DESC"
        return f"ORDER BY p.{segment.column} {direction}, p.job_id {direction}"

    @property
    def _after_operator(self) -> str:
        """The operator by which a posting comes after another one in the sort order."""
        return ">" if self.ascends else "<"

    def _key_columns(self, key: str) -> str:
        """Return the columns ``name`` and ``number`` for a key, one of which is null."""
        if self.ascends:
            return f"{key} AS name, CAST(NULL AS bigint) AS number"
        return f"CAST(NULL AS text) AS name, {key} AS number"

    def _page(self, *, segment: str, from_beginning: bool) -> str:
        """Return a SELECT of the page's postings, which reads the CTE ``keyed``."""
        direction = "ASC" if self.ascends else "DESC"
        key = "CAST(:key AS text)" if self.ascends else "CAST(:key AS bigint)"
        is_after_start = f"""
            ({segment} > :segment OR (
                {segment} = :segment AND (key, job_id) {self._after_operator} ({key}, :after)
            ))
        """
        return f"""
            SELECT 'item' AS part, {self._key_columns("key")},
                CAST({segment} AS integer) AS segment, job_id
            FROM keyed
            WHERE {"true" if from_beginning else is_after_start}
            ORDER BY {segment}, key {direction}, job_id {direction}
            LIMIT :limit
        """

    def _base_ctes(self) -> str:
        """Return the CTEs that ``_matching`` reads.

        In a search of one user's postings, the CTE ``base`` applies the filters that no count
        ignores. All counts read ``base``. The table is therefore read only once, although each
        count ignores a different filter. ``base`` is small, because one user has few postings.
        """
        if not self.is_of_user:
            return SHOWN_CTE
        fixed = [
            each for name, each in self.conditions.items() if name not in _IGNORED_BY_SOME_COUNT
        ]
        return f"""{SHOWN_CTE}, base AS MATERIALIZED (
            SELECT p.* FROM postings AS p WHERE {all_of(fixed)}
        )"""

    def _matching(self, *without: str) -> str:
        """Return a table and a WHERE clause for the postings that match the filters.

        The filters in ``without`` are not applied.
        """
        conditions = {name: each for name, each in self.conditions.items() if name not in without}
        if self.is_of_user:
            not_in_base = (
                each for name, each in conditions.items() if name in _IGNORED_BY_SOME_COUNT
            )
            return f"base AS p WHERE {all_of(not_in_base)}"
        return f"postings AS p WHERE {all_of(conditions.values())}"

    def _facet_cte(self, kind: Tag, columns: str) -> str:
        """Return the CTE of the postings that match all filters except the filter of one field."""
        return f"""
            but_{kind} AS MATERIALIZED (
                SELECT {columns} FROM {self._matching(kind)} LIMIT :max_rows
            ),
        """

    def _matched(self, filtered_facets: Sequence[Tag], columns: str) -> str:
        """Return a SELECT of the postings that match all filters.

        The CTE of a facet contains them, unless more than ``EXACT_UP_TO`` postings match the other
        filters. Selecting from the CTE takes less time than reading ``postings`` again.
        """
        if not filtered_facets:
            return f"SELECT {columns} FROM {self._matching()} LIMIT :max_rows"
        facet = filtered_facets[-1]
        number = f"(SELECT count(*) FROM but_{facet})"
        return f"""
            SELECT p.* FROM but_{facet} AS p WHERE {self.conditions[facet]} AND {number} < :max_rows
            UNION ALL
            (SELECT {columns} FROM {self._matching()} AND {number} = :max_rows LIMIT :max_rows)
        """

    def _needed_facts(self) -> dict[Unknown, Tag | None]:
        """Return the facts that the active filters need.

        If only one active filter needs the fact, and this filter has a facet, the value of the fact
        is the kind of the filter's tags. Otherwise the value is None.
        """
        facet_of_fact: dict[Unknown, Tag | None] = {}
        for fact, names in _FILTERS_NEEDING.items():
            active = names & self.conditions.keys()
            if active:
                facets = [kind for kind in _FACETS if kind in active]
                facet_of_fact[fact] = facets[0] if len(active) == len(facets) else None
        return facet_of_fact

    def _unknown_count(self, fact: Unknown, filtered_facet: Tag | None) -> str:
        """Return a SELECT of the number of postings without a fact that a filter needs."""
        tag = "country" if fact is Unknown.PLACE and Tag.COUNTRY in self.conditions else fact
        counted = f"UNION ALL SELECT '{Tag.UNKNOWN}', '{fact}', count(*), NULL, NULL FROM"
        # If the search includes postings without the fact, these pass all filters that need the
        # fact. Places are an exception, because a posting may have a city, but no country.
        is_included = fact in self.included_unknown and fact is not Unknown.PLACE
        source = None
        if is_included:
            source = "matched"
        elif filtered_facet is not None:
            source = f"but_{filtered_facet}"
        if source is not None:
            return f"{counted} {source} WHERE tags @> '{{{Tag.UNKNOWN.of(tag)}}}'"
        return f"""
            {counted} (
                SELECT FROM {self._matching(*_FILTERS_NEEDING[fact])}
                    AND p.tags @> '{{{Tag.UNKNOWN.of(tag)}}}'
                LIMIT :max_rows
            ) AS without_fact
        """


def _value(column: str, name: str) -> str:
    """Return the SQL of the value of ``column`` for which the parameter ``name`` is the key."""
    if column == "published_at":
        return f"timestamptz 'epoch' + CAST(:{name} AS bigint) * interval '1 microsecond'"
    return f"CAST(:{name} AS {'bigint' if column == 'pay' else 'text'})"


def _tag_counts(table: str, *kinds: Tag) -> str:
    """Return a SELECT that counts the postings in ``table`` for each tag of these kinds.

    The tags of boards and companies are left out before the tags are grouped, because there are
    very many of them. If there is only one kind, all tags of other kinds are left out before. The
    OFFSET makes Postgres group the tags first, and compare the kinds of the groups afterwards.
    """
    patterns = f"tag NOT LIKE '{Tag.BOARD}:%' AND tag NOT LIKE '{Tag.COMPANY}:%'"
    if len(kinds) == 1:
        patterns = f"tag LIKE '{kinds[0]}:%'"
    return f"""
        SELECT split_part(tag, ':', 1), substr(tag, strpos(tag, ':') + 1), number, NULL, NULL
        FROM (
            SELECT tag, count(*) AS number
            FROM (SELECT unnest(tags) AS tag FROM {table} OFFSET 0) AS tagged
            WHERE {patterns} GROUP BY tag
            OFFSET 0
        ) AS counted
        WHERE split_part(tag, ':', 1) IN ({sql_literals(kinds)})
    """


def _company_counts(table: str) -> str:
    name = 'min(company COLLATE "C")'
    return f"""
        SELECT '{Tag.COMPANY}', {name}, count(*), NULL, NULL FROM {table}
        GROUP BY company_key ORDER BY count(*) DESC, {name} LIMIT {_MAX_COMPANIES}
    """


def _filtered_facet_count(kind: Tag) -> str:
    return f"UNION ALL SELECT 'count', '{kind}', count(*), NULL, NULL FROM but_{kind}"


_FILTERS_NEEDING: Mapping[Unknown, frozenset[str]] = {
    Unknown.PAY: frozenset({"pay", "currency"}),
    Unknown.PLACE: frozenset({"place", Tag.COUNTRY}),
    Unknown.POSTED_AT: frozenset({"posted_since"}),
    Unknown.WORKPLACE: frozenset({Tag.WORKPLACE}),
}
"""The names of the filters that need a fact, by fact."""
_IGNORED_BY_SOME_COUNT = frozenset(_FACETS).union(*_FILTERS_NEEDING.values())
"""The filters that at least one count ignores."""
_SORT_KEYS = {
    "published_at": "CAST(date_part('epoch', p.published_at) * 1000000 AS bigint)",
    "pay": "p.pay",
    "company_key": "p.company_key",
}
"""The SQL of the sort key of a posting ``p``, by sort column. A time is in microseconds, so that a
position is exact. The microseconds are rounded from seconds of the type ``double precision``. Until
the year 2242, these seconds differ from the time by less than half a microsecond, so the rounding
gives the exact time."""
# The highest block of a match shows how much of the table was read. A row's address (``ctid``)
# consists of the block's number and the row's number in the block.
_DENSITY = """
    SELECT 'density', 'matched', CAST(coalesce(
        1000 * m.number * c.relpages / nullif(greatest(c.reltuples, 0) * (m.block + 1), 0), 0
    ) AS bigint), NULL, NULL
    FROM pg_class AS c, (
        SELECT count(*) AS number, (CAST(CAST(max(address) AS text) AS point))[0] AS block
        FROM matched
    ) AS m
    WHERE c.oid = CAST('postings' AS regclass)
"""
