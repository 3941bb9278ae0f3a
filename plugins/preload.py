"""Preload the modules that DAG files and most tasks import, and the data for reading pages (ADR 5).

Airflow imports this folder once, before it forks its workers. Therefore the preloading saves each
crawl almost a second.
"""

from plugins import forks

forks.prepare()
