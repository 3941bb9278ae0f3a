"""Follows a company: its config is brought into canonical form, so that two spellings of one place
are one board."""

from dataclasses import replace

from sqlalchemy import Connection

from include.core.filters import check_filters
from include.core.models import Company
from include.db.companies import put_company
from include.sources.registry import canonical_config


def follow_company(connection: Connection, user_id: str, company: Company) -> Company:
    """Have the user, who must exist, follow ``company``, or replace how they follow its slug.

    Returns:
        The company as it is kept, with its config in canonical form.

    Raises:
        SettingError: its source, its config or a filter can't be used; names the field. A filter
            that can't be read would cost every follower of the board its check.
    """
    check_filters(company)
    kept = replace(company, config=canonical_config(company.source, company.config))
    put_company(connection, user_id, kept)
    return kept
