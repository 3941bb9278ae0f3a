"""Follow a company.

The company's config is stored in canonical form, so that two spellings of one config are the same
board.
"""

from dataclasses import replace

from sqlalchemy import Connection

from include.core.filtering.filters import check_filters
from include.core.models import Company
from include.db.user.companies import put_company
from include.sources.registry import canonical_config


def follow_company(connection: Connection, user_id: str, company: Company) -> Company:
    """Insert the user's company, or replace the user's company that has the same slug.

    The user must exist.

    Returns:
        The company as it is stored, with its config in canonical form.

    Raises:
        SettingError: the source, the config or a filter is unusable; ``field`` names the setting.
            Filters are checked here, because an unusable filter would make the checks of the board
            fail for all its followers.
    """
    check_filters(company)
    stored_company = replace(company, config=canonical_config(company.source, company.config))
    put_company(connection, user_id, stored_company)
    return stored_company
