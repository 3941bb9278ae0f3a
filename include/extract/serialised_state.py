"""Decode the forms in which web frameworks write the state of a page (``extract.page_states``).

The result contains plain objects and lists, which may be shared or contain themselves.

- Nuxt and SvelteKit (devalue) and Remix (turbo-stream) write one flat array. An object's values
  are positions in the array.
- Astro writes each value as a pair of a type number and the value.
- Apollo Client writes each object once, by its key. Other objects contain only references to it.
"""

import json
from contextlib import suppress
from typing import Any, cast

_MAX_ALIASES = 20
"""The maximum number of positions that are followed to one value of a flat array."""
_MAX_ASTRO_DEPTH = 60
_MAX_OBJECTS = 50_000
"""The maximum number of objects and lists in which references are followed."""
_ASTRO_TYPES = range(12)
_ASTRO_ARRAY = 1


def decode(root: Any) -> Any:
    """Return a state as plain objects and lists.

    A state that is neither a flat array nor in the form of Astro is returned unchanged.
    """
    if _is_flat(root):
        return _value_of_flat(root)
    if _is_astro(root):
        return {key: _from_astro(value) for key, value in root.items()}
    return root


def _is_flat(root: Any) -> bool:
    """Return whether ``root`` is a flat array. Its first value refers to the second one."""
    match root:
        case [dict(), _, *_]:
            positions = cast("dict[str, Any]", root[0])
            return (
                all(type(each) is int for each in positions.values())
                and ("_1" in positions or 1 in positions.values())
                and len(positions) < len(root)
            )
        case [[str(), 1], _, *_]:
            return True
        case _:
            return False


def _value_of_flat(flat: list[Any]) -> Any:
    """Return the first value of a flat array, with positions replaced by the values at them.

    Special values have a type before their position or value: ``["Reactive", 3]`` or
    ``["Date", "2026-03-01"]``.
    """
    values = [_empty_container(value) for value in flat]

    def value_at(position: Any) -> Any:
        for _ in range(_MAX_ALIASES):
            if type(position) is not int or not 0 <= position < len(flat):
                return None
            match flat[position]:
                case ["Date" | "D" | "BigInt", value]:
                    return value
                case ["Set" | "S" | "Map" | "M" | "null" | "E" | "RegExp", *_]:
                    return values[position]
                case [str(), int() as position, *_]:
                    continue
                case [str(), *_]:
                    return None
                case _:
                    return values[position]
        return None

    for value, container in zip(flat, values, strict=True):
        match value:
            case dict():
                for key, position in cast("dict[str, Any]", value).items():
                    name = value_at(int(key[1:])) if key[1:].isdecimal() and key[0] == "_" else key
                    if isinstance(name, str):
                        container[name] = value_at(position)
            case ["null" | "Map" | "M", *positions]:
                pairs = zip(positions[::2], positions[1::2], strict=False)
                for key, position in pairs:
                    name = key if isinstance(key, str) else value_at(key)
                    if isinstance(name, str):
                        container[name] = value_at(position)
            case ["Set" | "S", *positions]:
                container.extend(map(value_at, positions))
            case [str(), *_]:
                pass  # a special value, which ``value_at`` reads from ``flat``
            case list():
                container.extend(map(value_at, cast("list[Any]", value)))
            case _:
                pass  # a value without members
    return value_at(0)


def _empty_container(value: Any) -> Any:
    """Return an empty object or list for a value with members, and any other value unchanged."""
    match value:
        case ["null" | "Map" | "M", *_] | dict():
            return {}
        case list():
            return []
        case _:
            return value


def _is_astro(root: Any) -> bool:
    """Return whether all values of an object are pairs of a type number of Astro and a value."""
    return (
        isinstance(root, dict)
        and len(cast("dict[str, Any]", root)) > 0
        and all(map(_is_astro_pair, cast("dict[str, Any]", root).values()))
    )


def _is_astro_pair(value: Any) -> bool:
    match value:
        case [int() as kind, _]:
            return kind in _ASTRO_TYPES
        case _:
            return False


def _from_astro(pair: Any, depth: int = 0) -> Any:
    """Return the plain value of a pair of Astro; None if it is no such pair or is too deep."""
    if not _is_astro_pair(pair) or depth == _MAX_ASTRO_DEPTH:
        return None
    kind, value = pair
    if kind == _ASTRO_ARRAY and isinstance(value, str):
        with suppress(ValueError, RecursionError):
            value = json.loads(value)
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value).items()
        return {key: _from_astro(member, depth + 1) for key, member in members}
    if isinstance(value, list):
        return [_from_astro(member, depth + 1) for member in cast("list[Any]", value)]
    return value


def follow_references(cache: dict[str, Any]) -> None:
    """Replace the references in a cache of Apollo Client, in place, by the objects they name."""
    stack: list[Any] = list(cache.values())
    for _ in range(_MAX_OBJECTS):
        if not stack:
            return
        value: Any = stack.pop()
        for key, inner in items_of(value):
            if isinstance(inner, dict | list):
                target = _referenced_object(cast("Any", inner), cache)
                if target is None:
                    stack.append(inner)
                else:
                    value[key] = target


def items_of(value: Any) -> list[tuple[Any, Any]]:
    """Return the keys and values of an object, or the positions and values of a list."""
    if isinstance(value, dict):
        return list(cast("dict[Any, Any]", value).items())
    return list(enumerate(cast("list[Any]", value))) if isinstance(value, list) else []


def _referenced_object(value: Any, cache: dict[str, Any]) -> Any:
    """Return the object to which ``value`` refers; None if ``value`` is not a reference."""
    match value:
        case {"__ref": str(key)} | {"type": "id", "id": str(key)}:
            return cache.get(key)
        case _:
            return None
