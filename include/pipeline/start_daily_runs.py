"""Starts the day's run of every user who follows a company."""

from sqlalchemy import Engine

from include.core.models import RunTrigger
from include.db.companies import users_with_companies
from include.errors import ActiveRunError, CompaniesError
from include.pipeline.start_run import start_run


def start_daily_runs(engine: Engine) -> int:
    """Users whose last run goes on are left to it. Each start is a transaction of its own, so that
    a try after a failed one starts only those that are missing.

    Returns:
        How many runs were started.
    """
    with engine.connect() as connection:
        users = users_with_companies(connection)
    started = 0
    for user_id in users:
        try:
            with engine.begin() as connection:
                start_run(connection, user_id=user_id, trigger=RunTrigger.SCHEDULE)
        except (ActiveRunError, CompaniesError):
            continue
        started += 1
    return started
