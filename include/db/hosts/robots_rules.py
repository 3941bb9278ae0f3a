"""The stored robots.txt of each origin. One worker fetches it for all workers."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Connection, Interval, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import insert

from include.core.formats.text import storable
from include.core.hosts.robots import RobotsText
from include.db.tables import robots_rules
from include.failure_codes import FailureCode

# Built once, because building a statement takes longer than executing it.
_FIND = select(
    robots_rules.c.origin,
    robots_rules.c.rules,
    robots_rules.c.error_code,
    robots_rules.c.error_message,
).where(
    robots_rules.c.origin.in_(bindparam("origins", expanding=True)),
    robots_rules.c.expires_at > func.now(),
)


def find_rules(connection: Connection, origins: Collection[str]) -> dict[str, RobotsText]:
    """Return the stored robots.txt files by origin.

    Origins without a file, and origins whose file has expired, are absent.
    """
    return {
        row.origin: RobotsText(
            rules=row.rules,
            error_code=FailureCode(row.error_code) if row.error_code else None,
            error_message=row.error_message,
        )
        for row in connection.execute(_FIND, {"origins": list(origins)})
    }


def keep_rules(
    connection: Connection, origin: str, robots: RobotsText, lifetime: timedelta
) -> None:
    """Store the origin's robots.txt for ``lifetime``."""
    found = {
        "rules": storable(robots.rules),
        "error_code": robots.error_code,
        "error_message": robots.error_message and storable(robots.error_message),
        "expires_at": func.now() + cast(lifetime, Interval),
    }
    connection.execute(
        insert(robots_rules)
        .values(origin=origin, **found)
        .on_conflict_do_update(index_elements=["origin"], set_=found)
    )
