"""A worker's memory while hostile sites send as much as they may."""

import json
import random
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from include.core.models import Company
from include.fetch.guard import AddressGuard
from include.fetch.limits.policy import PolitenessPolicy
from include.fetch.listings import ListingClient
from include.fetch.pages import PageFetcher
from include.pipeline.companies.follow_company import follow_company
from include.pipeline.crawl_pages import CrawlTools, crawl_pages
from include.pipeline.open_run import open_run, sweep_of
from include.pipeline.source_urls import source_urls
from include.raw_pages import RawPages
from tests.made_up_runs import MadeUpRuns
from tests.memory import WorkerMemory

MIB = 1 << 20
PAGE = 10 * MIB
LIMIT = 400 * MIB
FIELDS = {"external_id": "id", "title": "t", "url": "u", "description": "d"}


class Hostile(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    postings = 100

    def do_GET(self):
        board, number = self.path.strip("/").split("/")[:2]
        count = int(board.partition("-")[2])
        text = "x" * (PAGE // count - 90)
        jobs = ({"id": f"{number}-{i}", "t": "Cook", "u": f"/j/{number}/{i}", "d": text} for i in range(count))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        body = ('{"next": "/%s/%d", "jobs": [' % (board, int(number) + 1) + ",".join(map(json.dumps, jobs)) + "]}").encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *a): pass
