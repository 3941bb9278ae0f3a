"""The library of Jobhunt Ingestion. It imports neither Airflow nor FastAPI."""

__version__ = "0.1.0"
"""The version of the whole project. ``pyproject.toml`` and the API read it here."""
