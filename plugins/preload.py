"""Preload the modules that DAG files and most tasks import.

The data that reading a page needs is preloaded, too. ADR 5 has the reasons.

Airflow imports this folder once, before it forks its workers. Therefore the preloading saves each
crawl almost a second.
"""

from plugins import forks

forks.prepare()
