"""Compute the Prometheus names of Airflow's statsd metrics by the rules of ``statsd.yml``.

The rules work as in the statsd exporter (its README, "Metric Mapping and Configuration"). The first
rule that matches the whole name applies. ``*`` matches the text between two dots. If no rule
matches, the name keeps its words, separated by underscores.
"""

import re
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

_RULES = yaml.safe_load(
    (Path(__file__).parents[2] / "deploy/observability/statsd.yml").read_text()
)["mappings"]


@dataclass(frozen=True, kw_only=True)
class Metric:
    name: str
    labels: dict[str, str] = field(default_factory=dict)


def in_prometheus(statsd_name: str) -> Metric:
    """Return the name and the labels that the metric ``statsd_name`` has in Prometheus."""
    for rule in _RULES:
        found = re.fullmatch(_pattern(rule), statsd_name)
        if found:
            labels = {name: _filled(text, found) for name, text in rule["labels"].items()}
            return Metric(name=_plain(_filled(rule["name"], found)), labels=labels)
    return Metric(name=_plain(statsd_name))


def _pattern(rule: dict[str, str]) -> str:
    return re.escape(rule["match"]).replace(r"\*", r"([^.]*)")


def _filled(text: str, found: re.Match[str]) -> str:
    return re.sub(r"\$(\d)", lambda group: found[int(group[1])], text)


def _plain(name: str) -> str:
    return re.sub(r"[^a-zA-Z0-9_:]", "_", name)


@contextmanager
def listening() -> Generator[tuple[int, set[str]]]:
    """Yield a UDP port, and the set of the statsd names that it has received so far."""
    names: set[str] = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(0.2)
        closing = threading.Event()
        listener = threading.Thread(target=_receive, args=(receiver, names, closing))
        listener.start()
        try:
            yield receiver.getsockname()[1], names
        finally:
            closing.set()
            listener.join()


def _receive(receiver: socket.socket, names: set[str], closing: threading.Event) -> None:
    while not closing.is_set():
        try:
            datagram = receiver.recv(65536).decode()
        except TimeoutError:
            continue
        names.update(line.partition(":")[0] for line in datagram.splitlines())
