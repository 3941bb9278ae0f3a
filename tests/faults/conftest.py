from tests.integration.conftest import ingestion, raw_pages, sites

__all__ = ["ingestion", "raw_pages", "sites"]
