from tests.integration.conftest import raw_pages, sites

__all__ = ["raw_pages", "sites"]
