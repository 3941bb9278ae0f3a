"""Preloading what DAG files and most tasks import, and what the first page needs.

Airflow imports this folder once, before it forks its workers. This saves each crawl most of a
second.
"""

from plugins import forks

forks.prepare()
