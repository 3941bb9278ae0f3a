"""Find a posting in the states of a page (``extract.page_states``).

A state follows no schema, and may contain other jobs, the company and articles. Therefore an object
of a state counts as the page's posting only under these conditions:

- It has a title, and a description of at least 200 characters.
- A fact of a posting, or the key or type of the object, shows that it is a posting.
- The page confirms it: the title is a heading or a part of the page's name, or the page's URL
  contains its title, its id or its slug. An object that the page does not confirm is used only
  if the page shows less text than the object, and if no other object could be the posting.
- It is not among other postings, such as "similar jobs".
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from include.core.formats.json_object import JsonObject, read_json, text_of
from include.core.formats.markup import text_of_html
from include.core.formats.text import one_line
from include.core.formats.urls import absolute, canonical_url
from include.errors import ParseError
from include.extract import flight, serialised_state
from include.extract import state_keys as keys
from include.extract.document import Document
from include.extract.node_text import shown_length
from include.extract.page_states import page_states
from include.extract.serialised_state import follow_references
from include.extract.state_posting import as_job_posting, description_of, fact_count, title_of

_MAX_OBJECTS = 50_000
_MAX_CANDIDATES = 200
_MAX_PARSED_TEXTS = 50
"""The maximum number of texts in the states of a page that are parsed as JSON."""
_MIN_DESCRIPTION_LENGTH = 200
_EAST_ASIAN = re.compile(r"[^\x00-\u2fff]")
_MIN_ID_LENGTH = 3
_MIN_TITLE_LENGTH = 5
"""The minimum length, in characters, of a title that is compared with a part of a name or URL."""
_MIN_UNCONFIRMED_FACTS = 2
"""The minimum number of facts of an object that is used although the page does not confirm it.

More facts than these do not improve the rank of an object.
"""
_CERTAIN_RATING = 2
"""The rating from which an object certainly is the posting.

Its whole title is a name of the page or a segment of the URL, or the URL contains its id.
"""
_SEPARATOR = re.compile(r"\s[|–—@·•:-]\s|\s?[|｜»›]\s?")


@dataclass(frozen=True, eq=False)
class _Candidate:
    """An object of a page's state that may be the posting."""

    thing: Mapping[str, Any]
    values: Mapping[str, Any]
    """The values of the object, by comparable key."""
    title: str
    description: str
    is_named_posting: bool
    """True if the key or the type of the object has a word for a posting."""
    is_listed: bool
    """True if the object is an item of a list."""

    @cached_property
    def facts(self) -> int:
        """The number of facts that show that the object is a posting."""
        return fact_count(self.values, is_named_posting=self.is_named_posting)

    @cached_property
    def ids(self) -> Mapping[str, str | None]:
        """The identifiers of the object, by comparable key."""
        return {key: text_of(self.values[key]) for key in keys.ANY_ID if key in self.values}

    def differs_from(self, other: "_Candidate") -> bool:
        """Return whether the two objects are different postings."""
        return self.title != other.title or any(
            self.ids[key] != other.ids[key] for key in self.ids.keys() & other.ids.keys()
        )

    def as_posting(self) -> JsonObject:
        return as_job_posting(self.thing, self.title, self.values, self.description)


def find(document: Document) -> JsonObject | None:
    """Return the page's posting as a JobPosting of schema.org; None if the states contain none."""
    candidates = [each for each in _candidates(document) if each.facts]
    if not candidates:
        return None
    page = _PageIdentity.of(document)
    ranks = [(page.rank(each), each) for each in candidates]
    best_rank = max((rank for rank, _ in ranks if rank), default=None)
    if best_rank:
        chosen = _only_posting([each for rank, each in ranks if rank == best_rank])
    else:
        chosen = _unconfirmed_posting(candidates, document)
    return chosen.as_posting() if chosen else None


def _unconfirmed_posting(candidates: list[_Candidate], document: Document) -> _Candidate | None:
    """Return the only object that can be the posting, if the page itself shows little text."""
    likely = [each for each in candidates if each.facts >= _MIN_UNCONFIRMED_FACTS]
    posting = _only_posting(likely)
    if posting is None or posting.is_listed:
        return None
    text = text_of_html(posting.description)
    return posting if shown_length(document.tree) < len(text) else None


def _only_posting(candidates: list[_Candidate]) -> _Candidate | None:
    """Return the most complete of the objects if all of them are the same posting.

    Return None if they are different postings, or if there is no object.
    """
    if not candidates or any(map(candidates[0].differs_from, candidates)):
        return None
    return max(candidates, key=lambda each: (each.facts, len(each.description)))


@dataclass(frozen=True)
class _PageIdentity:
    """The names and the URL of a page, which show which posting the page is about."""

    names: frozenset[str]
    """The headings and titles of the page, and their parts between separators such as "|"."""
    url: str | None
    segments: tuple[str, ...]
    """The last two segments of the path of the URL, and the values of its query."""

    @classmethod
    def of(cls, document: Document) -> "_PageIdentity":
        og = document.attribute('meta[property="og:title"]', "content")
        names = [document.text("h1"), document.title, og, document.text("title")]
        parts = [part for name in names if name for part in (name, *_SEPARATOR.split(name))]
        url = urlsplit(document.url)
        path = [segment for segment in unquote(url.path).split("/") if segment]
        query = [value for _, value in parse_qsl(url.query)]
        return cls(
            names=frozenset(map(_folded, parts)),
            url=canonical_url(document.url),
            segments=tuple(each.casefold() for each in (*path[-2:], *query)),
        )

    def rank(self, candidate: _Candidate) -> tuple[int, ...] | None:
        """Return how well an object fits the page; None if the page does not confirm it.

        A greater tuple is a better fit.
        """
        title = _folded(candidate.title)
        by_name = 2 if title in self.names else int(self._is_part_of_a_name(title))
        rating = by_name + self._url_rating(candidate)
        if not rating:
            return None
        is_certain = rating >= _CERTAIN_RATING
        return (
            is_certain,
            min(candidate.facts, _MIN_UNCONFIRMED_FACTS),
            rating,
            0 if is_certain else len(title),
            not candidate.is_listed,
        )

    def _is_part_of_a_name(self, title: str) -> bool:
        return len(title) >= _MIN_TITLE_LENGTH and any(
            f" {title} " in f" {name} " for name in self.names
        )

    def _url_rating(self, candidate: _Candidate) -> int:
        """Return how well an object fits the URL of the page, from 0 to 3.

        The rating is 3 if the URL is the object's own URL or contains its id, 2 if a segment is its
        title, and 1 if a segment contains its title.
        """
        ids = {text.casefold() for text in candidate.ids.values() if text}
        slug = "-".join(_words(candidate.title))
        url = text_of(keys.first(candidate.values, keys.URL))
        own_url = absolute(self.url, url) if self.url else None
        if own_url and canonical_url(own_url) == self.url:
            return 3
        for segment in self.segments:
            first, *_, last = segment.split("-") if "-" in segment else (segment, segment)
            numbers = {each for each in (first, last) if each.isdecimal()}
            if segment in ids or any(len(each) >= _MIN_ID_LENGTH for each in numbers & ids):
                return 3
            words = "-".join(_words(segment))
            if slug and (words == slug or f"-{slug}-" in f"-{words}-"):
                return 2 if words == slug else int(len(slug) >= _MIN_TITLE_LENGTH)
        return 0


def _candidates(document: Document) -> list[_Candidate]:
    """Return the objects in the states of the page that have a title and a long description."""
    candidates: list[_Candidate] = []
    for thing, key, is_listed in _objects(list(page_states(document))):
        if not any(map(keys.is_title, thing)):
            continue
        words = keys.key_words(f"{_without_arguments(key)} {thing.get('__typename') or ''}")
        if words and words[-1] in keys.NOT_POSTINGS:
            continue
        values = keys.by_key(thing)
        title = title_of(values)
        if title and _is_long(description := description_of(thing)):
            candidates.append(
                _Candidate(
                    thing=thing,
                    values=values,
                    title=title,
                    description=description,
                    is_named_posting=not keys.POSTING_WORDS.isdisjoint(words),
                    is_listed=is_listed,
                )
            )
            if len(candidates) == _MAX_CANDIDATES:
                break
    return candidates


def _objects(roots: list[Any]) -> Iterator[tuple[Mapping[str, Any], str, bool]]:
    """Yield each object in the states, the outermost first, with its key and whether it is listed.

    An object is listed if it is an item of a list; its key is then the key of the list. Objects and
    lists whose key shows that they contain other postings are left out. The objects of a cache of
    Apollo Client that its queries do not contain come last.
    """
    queue = deque[tuple[Any, str, bool]]()
    queue.extend((root, "", False) for root in filter(_is_container, roots))
    cached = deque[tuple[Any, str, bool]]()
    parsed: list[Any] = []  # keeps the values alive, so that no other value gets their ids
    seen_ids: set[int] = set()
    while (queue or cached) and len(seen_ids) < _MAX_OBJECTS:
        value, key, is_listed = queue.popleft() if queue else cached.popleft()
        if isinstance(value, str):
            with suppress(ParseError):
                state = serialised_state.decode(read_json(value))
                parsed.append(state)
                if _is_container(state):
                    queue.append((state, key, is_listed))
            continue
        if id(value) in seen_ids:
            continue
        seen_ids.add(id(value))
        if isinstance(value, list):
            is_element = flight.is_element(value)
            children = ((each, key, not is_element) for each in cast("list[Any]", value))
        else:
            thing = cast("dict[str, Any]", value)
            if isinstance(thing.get("ROOT_QUERY"), dict):
                follow_references(thing)
                queue.append((thing["ROOT_QUERY"], "", False))
                cached.extend((each, "", True) for each in filter(_is_container, thing.values()))
                continue
            yield thing, key, is_listed
            children = ((each, name, False) for name, each in thing.items())
        for child in children:
            if _is_searched(child[0], len(parsed)) and not _is_other(child[1]):
                queue.append(child)


def _is_long(text: str) -> bool:
    """Return whether a text is long enough for a description.

    A character of an East Asian script counts twice, because it stands for several letters.
    """
    return (
        len(text) >= _MIN_DESCRIPTION_LENGTH
        or len(text) + len(_EAST_ASIAN.findall(text)) >= _MIN_DESCRIPTION_LENGTH
    )


def _is_searched(value: Any, parsed_count: int) -> bool:
    """Return whether a value is an object, a list, or a text that may contain a state as JSON."""
    if isinstance(value, str):
        is_long = len(value) >= _MIN_DESCRIPTION_LENGTH
        return is_long and value[0] in "{[" and parsed_count < _MAX_PARSED_TEXTS
    return _is_container(value)


def _is_container(value: Any) -> bool:
    return isinstance(value, dict | list)


def _is_other(key: str) -> bool:
    """Return whether the key of an object or list shows that it contains other postings."""
    return not keys.OTHER_WORDS.isdisjoint(keys.key_words(_without_arguments(key)))


def _without_arguments(key: str) -> str:
    """Return a key without the arguments that Apollo Client adds: ``job`` for ``job({"id":7})``."""
    return key.partition("(")[0]


def _folded(text: str) -> str:
    return one_line(text).casefold()


def _words(text: str) -> list[str]:
    return [word for word in keys.key_words(text.lower()) if word]
