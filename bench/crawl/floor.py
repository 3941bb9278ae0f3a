"""A minimal crawler, which shows the lowest possible cost with the libraries of our crawl.

It has no politeness policy, no address guard, no states and no retries. A posting is only a dict.
"""

import asyncio
import hashlib
import json
import re

import aiohttp
import psycopg
import xxhash
from obstore.store import S3Store
from selectolax.lexbor import LexborHTMLParser
from simhash import Simhash

from bench.crawl.cost import measured_cost, print_cost
from bench.crawl.task import Task, read_task

_WORD = re.compile(r"\w+")
_CREATE_TABLE = "CREATE TABLE IF NOT EXISTS floor (url text, posting jsonb, simhash numeric)"


async def crawl(task: Task) -> None:
    store = S3Store(
        task.s3_bucket,
        endpoint=task.s3_endpoint,
        access_key_id=task.s3_access_key,
        secret_access_key=task.s3_secret_key,
        region=task.s3_region,
        client_options={"allow_http": True},
    )
    concurrency = asyncio.Semaphore(task.at_once)
    rows: list[tuple[str, str, int]] = []
    async with aiohttp.ClientSession() as http:

        async def crawl_page(number: int, url: str) -> None:
            async with concurrency, http.get(url) as response:
                body = await response.read()
                tree = LexborHTMLParser(body)
                script = tree.css_first('script[type="application/ld+json"]')
                posting = json.loads(script.text()) if script else {}
                text = LexborHTMLParser(posting["description"]).text(separator=" ")
                words = _WORD.findall(text)
                shingles = [" ".join(words[i : i + 3]) for i in range(len(words) - 2)]
                hashed = Simhash(shingles, hashfunc=xxhash.xxh64_digest)
                posting["sha256"] = hashlib.sha256(body).hexdigest()
                await store.put_async(f"floor/{number}.html", body)
                rows.append((url, json.dumps(posting), hashed.value))

        async with asyncio.TaskGroup() as tasks:
            for number, url in enumerate(task.urls):
                tasks.create_task(crawl_page(number, url))
    with psycopg.connect(task.database_url.replace("+psycopg", "")) as connection:
        connection.execute(_CREATE_TABLE)
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO floor VALUES (%s, %s, %s)", rows)


def main() -> None:
    task = read_task()
    with measured_cost(len(task.paths)) as cost:
        asyncio.run(crawl(task))
    print_cost(cost)


if __name__ == "__main__":
    main()
