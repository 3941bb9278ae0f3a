"""Store the robots.txt of each origin (scheme, host and port).

One worker fetches a robots.txt for all workers.
"""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Connection, Interval, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import insert

from include.core.formats.text import storable
from include.core.hosts.robots import RobotsText
from include.db.records import to_record
from include.db.tables import robots_rules

# The statement is built once, because building a statement takes longer than executing it.
_FIND = select(robots_rules).where(
    robots_rules.c.origin.in_(bindparam("origins", expanding=True)),
    robots_rules.c.expires_at > func.now(),
)


def find_rules(connection: Connection, origins: Collection[str]) -> dict[str, RobotsText]:
    """Return the stored robots.txt files by origin.

    Origins without a file, and origins whose file has expired, are absent.
    """
    rows = connection.execute(_FIND, {"origins": list(origins)}).mappings()
    return {row["origin"]: to_record(RobotsText, row) for row in rows}


def keep_rules(
    connection: Connection, origin: str, robots: RobotsText, lifetime: timedelta
) -> None:
    """Store the origin's robots.txt for ``lifetime``."""
    values = {
        "rules": storable(robots.rules),
        "error_code": robots.error_code,
        "error_message": robots.error_message and storable(robots.error_message),
        "expires_at": func.now() + cast(lifetime, Interval),
    }
    connection.execute(
        insert(robots_rules)
        .values(origin=origin, **values)
        .on_conflict_do_update(index_elements=["origin"], set_=values)
    )
