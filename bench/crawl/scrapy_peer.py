"""A Scrapy spider that does the same work as our crawl, for comparison.

It obeys robots.txt and waits for no delay between requests. It reads the JSON-LD with Scrapy's
selectors. It computes SimHashes with the package simhash, which also makes the shingles. It stores
pages with boto3 in threads, and writes a hundred rows at a time.
"""

import hashlib
import json
from typing import Any

import boto3
import psycopg
import scrapy
from scrapy.crawler import CrawlerProcess
from simhash import Simhash
from twisted.internet.threads import deferToThread

from bench.crawl.cost import measured_cost, print_cost
from bench.crawl.task import Task, read_task

_ROWS_PER_INSERT = 100
_CREATE_TABLE = "CREATE TABLE IF NOT EXISTS peer (url text, posting jsonb, simhash numeric)"


class Jobs(scrapy.Spider):
    """The spider, which reads the posting of each page."""

    name = "jobs"
    task: Task

    async def start(self) -> Any:
        for url in self.task.urls:
            yield scrapy.Request(url)

    def parse(self, response: Any) -> Any:
        posting = json.loads(response.css('script[type="application/ld+json"]::text').get())
        words = scrapy.Selector(text=posting["description"]).xpath("//text()").getall()
        posting["sha256"] = hashlib.sha256(response.body).hexdigest()
        yield {
            "url": response.url,
            "body": response.body,
            "posting": posting,
            "simhash": Simhash(" ".join(words)).value,
        }


class Store:
    """The item pipeline that stores each page in S3."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._s3 = boto3.client(
            "s3",
            endpoint_url=task.s3_endpoint,
            region_name=task.s3_region,
            aws_access_key_id=task.s3_access_key,
            aws_secret_access_key=task.s3_secret_key,
        )

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Store":
        return cls(crawler.spidercls.task)

    def process_item(self, item: dict[str, Any]) -> Any:
        key = f"peer/{item['url'].rpartition('/')[2]}"
        upload = deferToThread(
            self._s3.put_object, Bucket=self._task.s3_bucket, Key=key, Body=item["body"]
        )
        upload.addCallback(lambda _: item)
        return upload


class Rows:
    """The item pipeline that writes each posting to Postgres."""

    def __init__(self, task: Task) -> None:
        self._connection = psycopg.connect(task.database_url.replace("+psycopg", ""))
        self._connection.execute(_CREATE_TABLE)
        self._rows: list[tuple[str, str, int]] = []
        self.written = 0

    @classmethod
    def from_crawler(cls, crawler: Any) -> "Rows":
        return cls(crawler.spidercls.task)

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        self._rows.append((item["url"], json.dumps(item["posting"]), item["simhash"]))
        if len(self._rows) == _ROWS_PER_INSERT:
            self._write()
        return item

    def close_spider(self) -> None:
        self._write()
        self._connection.close()

    def _write(self) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany("INSERT INTO peer VALUES (%s, %s, %s)", self._rows)
        self._connection.commit()
        self._rows = []


def main() -> None:
    task = read_task()
    Jobs.task = task
    crawler = CrawlerProcess(
        {
            "ROBOTSTXT_OBEY": True,
            "CONCURRENT_REQUESTS": task.at_once,
            "CONCURRENT_REQUESTS_PER_DOMAIN": task.at_once,
            "DOWNLOAD_DELAY": 0,
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
            "ITEM_PIPELINES": {Store: 1, Rows: 2},
        }
    )
    with measured_cost(len(task.paths)) as cost:
        crawler.crawl(Jobs)
        crawler.start()
    print_cost(cost)


if __name__ == "__main__":
    main()
