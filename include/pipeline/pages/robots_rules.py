"""The store of robots.txt that all workers share (see ``db.robots_rules``)."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy import Engine

from include.core.robots import RobotsText
from include.db.robots_rules import find_rules, keep_rules


class SqlRobots:
    """The implementation of ``fetch.robots.RobotsStore`` with Postgres."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, origins: Collection[str]) -> Mapping[str, RobotsText]:
        with self._engine.connect() as connection:
            return find_rules(connection, origins)

    def keep(self, origin: str, robots: RobotsText, lifetime: timedelta) -> None:
        with self._engine.begin() as connection:
            keep_rules(connection, origin, robots, lifetime)
