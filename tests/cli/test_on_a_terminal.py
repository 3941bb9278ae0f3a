"""Tests of watching a run on a real terminal. The console script runs in a process of its own."""

import os
import pty
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

import pytest

from tests.cli.fake_api import Answer, FakeApi, Stream, event
from tests.cli.runs import company, counts, run

pytestmark = pytest.mark.integration

HALF = company("acme", counts=counts(total=4, pending=2, ready=2, added=4))
HOLD = "retry: 600000\n\n"
"""The end of a stream. It makes the client wait ten minutes before it reconnects."""


@dataclass
class OnTerminal:
    process: subprocess.Popen[bytes]
    screen: int
    drawn: str = ""

    def draws(self, words: str) -> bool:
        """Read until ``words`` are on the screen. Return False if the process ends without them."""
        while words not in self.drawn:
            try:
                self.drawn += os.read(self.screen, 65536).decode(errors="replace")
            except OSError:  # the process has closed its side of the terminal
                break
        return words in self.drawn


@contextmanager
def terminal(*arguments: str) -> Iterator[OnTerminal]:
    screen, keyboard = pty.openpty()
    ioctl(keyboard, TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    command = [Path(sys.executable).with_name("jobhunt"), *arguments]
    # Set a handler for SIGINT, because the started command must not ignore that signal. A process
    # that a script starts in the background ignores SIGINT, and its child processes inherit this.
    # An exec resets a handler to the default, but keeps SIG_IGN.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        command,
        env={**os.environ, "TERM": "xterm-256color"},
        stdin=keyboard,
        stdout=keyboard,
        stderr=keyboard,
    ) as process:
        os.close(keyboard)
        try:
            yield OnTerminal(process, screen)
        finally:
            process.kill()
            os.close(screen)


def going_on(api: FakeApi) -> None:
    document = run(7, "ingesting", HALF)
    names = ("status", "counts", "elapsed_seconds", "companies")
    progress = {name: document[name] for name in names} | {"eta_seconds": None}
    api.answers("GET /runs/7", Answer(body=document))
    api.answers("GET /progress/7", Stream(text=HOLD + event("progress", progress, number=1)))


def test_ctrl_c_leaves_the_run_alone_and_says_how_to_come_back(api: FakeApi) -> None:
    going_on(api)
    with terminal("watch", "7") as watching:
        assert watching.draws("2/4")
        assert "━" in watching.drawn
        watching.process.send_signal(signal.SIGINT)
        assert watching.draws("`jobhunt watch 7` shows it again")
        assert watching.process.wait(10) == 130
    assert {asked.method for asked in api.asked} == {"GET"}


def test_ctrl_c_right_after_the_start_names_the_run_too(api: FakeApi) -> None:
    going_on(api)
    api.answers("POST /start", Answer(status=202, body={"run_id": 7}))
    with terminal("ingest", "--watch") as watching:
        assert watching.draws("2/4")
        watching.process.send_signal(signal.SIGINT)
        assert watching.draws("`jobhunt abort 7` ends it")
        assert watching.process.wait(10) == 130


def test_a_run_that_ends_leaves_its_table_where_the_bars_were(api: FakeApi) -> None:
    done = company("acme", counts=counts(total=4, ready=4, added=4))
    ended = run(7, "finished", done, recoveries=1, sla_misses=[{"deadline": "deadline"}])
    api.answers("GET /runs/7", Answer(body=run(7, "ingesting", HALF)), Answer(body=ended))
    api.answers("GET /progress/7", Stream(text=event("status", "finished", number=1)))
    with terminal("watch", "7") as watching:
        assert watching.draws("run 7 finished in 12.3 s, after 1 recovery, having missed its")
        assert watching.process.wait(10) == 0
    assert "\x1b[?25h" in watching.drawn, "the cursor is shown again"
