"""The site that is crawled. nginx serves it, and its log shows the requests."""

import shutil
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.crawl.pages import write_site
from local.errors import ServerFailed
from local.health import answers
from local.ports import free_port
from local.processes import Command, ServerProcess

_CONFIG = """
worker_processes 1; daemon off; pid {home}/nginx.pid; error_log stderr error;
events {{ worker_connections 8192; }} worker_rlimit_nofile 10000;
http {{
  types {{ text/html html; text/plain txt; }}
  log_format figures '$status $body_bytes_sent $uri';
  access_log {home}/access.log figures;
  {temporary}
  sendfile on; keepalive_requests 100000; {validators}
  server {{ {listen} root {home}/site; }}
}}
"""
_TEMPORARY_DIRECTORIES = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_NO_VALIDATORS = 'etag off; if_modified_since off; add_header Last-Modified "";'
_START_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """The numbers of requests, of 304 responses, and of bytes in the bodies of responses."""

    requests: int
    not_modified: int
    body_bytes: int


@dataclass(frozen=True, kw_only=True)
class Site:
    """A running site, which is served at several hosts."""

    home: Path
    urls: list[str]
    """The base URLs of the site, one for each host."""
    paths: list[str]

    def traffic(self) -> Traffic:
        """Return the traffic since the last call of ``traffic`` or ``requests``."""
        rows = self._take_log()
        return Traffic(
            requests=len(rows),
            not_modified=sum(status == "304" for status, _, _ in rows),
            body_bytes=sum(int(size) for _, size, _ in rows),
        )

    def requests(self) -> list[str]:
        """Return the paths requested since the last call of ``traffic`` or ``requests``."""
        return [path for _, _, path in self._take_log()]

    def _take_log(self) -> list[list[str]]:
        log = self.home / "access.log"
        rows = [line.split(maxsplit=2) for line in log.read_text().splitlines()]
        with log.open("w"):
            pass
        return rows


@contextmanager
def running_site(
    home: Path, pages: int, *, noise: int, validators: bool, ports: Sequence[int]
) -> Generator[Site]:
    """Write a site, and serve it until the block ends. Each port is a host of its own.

    Args:
        pages: the number of job pages.
        noise: the seed of some random values in the pages. They stand for the values that a real
            site changes in every response, such as nonces.
        validators: whether nginx sends ``ETag`` and ``Last-Modified``, and answers conditional
            requests with 304.

    Raises:
        ServerFailed: nginx is not installed, or it does not answer.
    """
    nginx = shutil.which("nginx")
    if nginx is None:
        raise ServerFailed("nginx", "is not installed (Debian: apt install nginx-light)", home)
    home.mkdir(exist_ok=True)
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    paths = write_site(home / "site", pages, base_url=urls[0], noise=noise)
    config = home / "nginx.conf"
    config.write_text(
        _CONFIG.format(
            home=home,
            listen=" ".join(f"listen 127.0.0.1:{port};" for port in ports),
            validators="" if validators else _NO_VALIDATORS,
            temporary=" ".join(
                f"{name}_temp_path {home}/{name};" for name in _TEMPORARY_DIRECTORIES
            ),
        )
    )
    # Let every user read the files, because the worker of an nginx that root started runs as
    # another user.
    for directory in (home.parent, home):
        directory.chmod(0o755)
    command = Command(
        argv=(nginx, "-p", str(home), "-c", str(config)), log=home / "nginx.log", cwd=home
    )
    with ServerProcess(command):
        site = Site(home=home, urls=urls, paths=paths)
        _await_answer(ports[0], command.log)
        site.traffic()
        yield site


def site_ports(count: int = 1) -> list[int]:
    """Return ``count`` free ports."""
    return [free_port() for _ in range(count)]


def _await_answer(port: int, log: Path) -> None:
    until = time.monotonic() + _START_TIMEOUT_SECONDS
    while time.monotonic() < until:
        if answers(port, "/robots.txt"):
            return
        time.sleep(0.05)
    raise ServerFailed("nginx", "does not answer", log)
