"""Passing many ids as one array parameter, because Postgres takes at most 65,535 parameters."""

from collections.abc import Collection

from sqlalchemy import BigInteger, CollectionAggregate, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY


def any_of(ids: Collection[int]) -> CollectionAggregate[bool]:
    """Return ``ANY(ids)``, for a comparison with a column."""
    return any_(literal(list(ids), ARRAY(BigInteger)))
