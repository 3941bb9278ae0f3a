"""Loads what the DAG files and most tasks import, and what they load with the first page they read.
Airflow imports this folder once when it starts, before it forks its workers, so that a crawl finds
most of a second of work already done.
"""

from plugins import forks

forks.prepare()
