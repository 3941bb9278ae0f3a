"""Preload the modules that DAG files and most tasks import, and the data that reading needs.

ADR 5 has the reasons.

Airflow imports this folder once, before it forks its workers. This saves each crawl almost a
second.
"""

from plugins import forks

forks.prepare()
