"""Tests that two configs mean one board exactly if they list the same board in the same way."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.core.companies.boards import config_sha256
from include.core.models import Company
from include.errors import SettingError
from include.sources.config import text
from include.sources.registry import adapter_for, canonical_config, check_config
from tests.sources.configs import DIFFERENT, FIELDS, SAME, USABLE, Config

EVERY_CONFIG = [
    *USABLE,
    *((source, config) for source, *pair in (*SAME, *DIFFERENT) for config in pair),
]


def sha(source: str, config: Config) -> str:
    return config_sha256(canonical_config(source, config))


@pytest.mark.parametrize(("source", "one", "other"), SAME)
def test_configs_of_the_same_board_have_one_canonical_form(
    source: str, one: Config, other: Config
) -> None:
    assert canonical_config(source, one) == canonical_config(source, other)
    assert sha(source, one) == sha(source, other)


@pytest.mark.parametrize(("source", "one", "other"), DIFFERENT)
def test_configs_that_may_list_different_postings_have_different_hashes(
    source: str, one: Config, other: Config
) -> None:
    assert sha(source, one) != sha(source, other)


@pytest.mark.parametrize("source", sorted({source for source, _ in EVERY_CONFIG}))
def test_a_canonical_config_is_usable_and_makes_the_same_first_request(source: str) -> None:
    adapter = adapter_for(source)
    for config in (config for each, config in EVERY_CONFIG if each == source):
        canonical = canonical_config(source, config)

        check_config(Company(slug="acme", source=source, config=canonical))
        assert canonical_config(source, canonical) == canonical, config
        assert list(canonical) == sorted(canonical), config
        assert adapter.first_request(canonical) == adapter.first_request(config), config


@pytest.mark.parametrize("character", ["{", "é", "%", " "])
def test_a_name_that_must_be_encoded_in_a_url_has_a_canonical_form(character: str) -> None:
    for source, config in EVERY_CONFIG:
        for key in adapter_for(source).config_keys.required:
            changed = {**config, key: f"{config[key]}{character}x"}
            with suppress(SettingError):
                canonical = canonical_config(source, changed)
                assert canonical_config(source, canonical) == canonical, (source, key)


def test_a_url_below_the_base_url_is_recognised_in_any_case_of_the_host() -> None:
    config = {"url": "https://acme.example/p/map.xml", "base_url": "https://ACME.example/p"}

    assert adapter_for("sitemap").first_request(config).url == "https://acme.example/p/map.xml"


@pytest.mark.parametrize(
    ("source", "config", "field"),
    [
        ("myspace", {}, "source"),
        ("greenhouse", {"board": "a/b"}, "config.board"),
        ("greenhouse", {"board": "a", "site": "b"}, "config.site"),
        ("lever", {"site": "acme", "base_url": "http://["}, "config.base_url"),
        ("lever", {"site": "acme", "base_url": "http://a.example/?x=1"}, "config.base_url"),
        ("lever", {"site": "acme", "base_url": "http://a.example/ ?"}, "config.base_url"),
        ("sitemap", {"url": "http://a. /map.xml"}, "config.url"),
        ("json", {"url": "https://a.example", "jobs": "@", "fields": FIELDS | {"title": 1}},
         "config.fields.title"),
    ],
)  # fmt: skip
def test_an_unusable_config_has_no_canonical_form(
    source: str, config: Mapping[str, Any], field: str
) -> None:
    with pytest.raises(SettingError) as refused:
        canonical_config(source, config)

    assert refused.value.field == field


def test_the_hash_is_that_of_compact_json() -> None:
    # The expected hash was computed by: printf '{"board":"acme"}' | sha256sum
    expected = "f62f750abe4c4754620876b43bd93e91031c46e3b916572bab3e9677047da52b"
    assert config_sha256({"board": "acme"}) == expected


@settings(deadline=None)
@given(draw=st.data(), example=st.sampled_from(USABLE))
def test_another_spelling_of_a_config_is_the_same_board(
    draw: st.DataObject, example: tuple[str, Config]
) -> None:
    source, config = example
    spelled = {
        key: draw.draw(spelling(source, key, value), label=key) for key, value in config.items()
    }
    if "render" not in config and draw.draw(st.booleans()):
        spelled["render"] = False
    shuffled = dict(draw.draw(st.permutations(list(spelled.items()))))

    assert sha(source, shuffled) == sha(source, config)


@settings(deadline=None)
@given(one=st.text(min_size=1), other=st.text(min_size=1))
def test_different_names_are_different_boards(one: str, other: str) -> None:
    for board in (one, other):
        try:
            check_config(Company(slug="a", source="greenhouse", config={"board": board}))
        except (SettingError, UnicodeEncodeError):
            return
    same = sha("greenhouse", {"board": one}) == sha("greenhouse", {"board": other})
    assert same == (one.strip() == other.strip())


def spelling(source: str, key: str, value: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for the spellings of ``value`` that mean the same, such as another case."""
    if isinstance(value, dict):
        fields = {name: padded(st.just(each)) for name, each in value.items()}
        return st.fixed_dictionaries(fields).flatmap(shuffled_dict)
    if not isinstance(value, str):
        return st.just(value)
    if key in ("url", "base_url"):
        return padded(url_spelling(value, slashes=key == "base_url"))
    if key == "host":
        return padded(st.tuples(cased(value), st.sampled_from(["", "."])).map("".join))
    # If the adapter reads both cases as the same value, the case makes no difference.
    reader = adapter_for(source).config_keys.readers.get(key, text)
    if reader({key: value.lower()}, key) == reader({key: value.upper()}, key):
        return padded(cased(value))
    return padded(st.just(value))


def url_spelling(value: str, *, slashes: bool) -> st.SearchStrategy[str]:
    """Return a strategy for spellings of a URL that mean the same.

    If ``slashes`` is true, slashes at the end make no difference either.
    """
    found = re.fullmatch(r"(https?)://([^/:]+)(:\d+)?(.*)", value)
    assert found is not None
    scheme, host, port, rest = found.groups()
    default = {"http": ":80", "https": ":443"}[scheme]
    parts = (
        cased(scheme),
        st.just("://"),
        cased(host),
        st.sampled_from(["", "."]) if host.endswith("example") else st.just(""),
        st.just(port) if port else st.sampled_from(["", default]),
        st.just(rest),
        st.sampled_from(["", "/", "//"]) if slashes else st.just(""),
    )
    return st.tuples(*parts).map("".join)


def cased(value: str) -> st.SearchStrategy[str]:
    """Return a strategy for texts that differ from ``value`` at most in upper and lower case."""
    letters: list[Callable[[str], str]] = [str.lower, str.upper]
    choices = st.tuples(*(st.sampled_from(letters) for _ in value))
    return choices.map(
        lambda change: "".join(to(each) for to, each in zip(change, value, strict=True))
    )


def padded(value: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return a strategy for the texts of ``value`` with whitespace before and after them."""
    space = st.sampled_from(["", " ", "\n", "\t "])
    return st.tuples(space, value, space).map("".join)


def shuffled_dict(value: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.permutations(list(value.items())).map(dict)
