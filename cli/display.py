"""Two ways to show a run going on: bars on a terminal, plain lines anywhere else."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from cli.progress import Display, RunProgress, is_done, outcomes, phase
from cli.records import CompanyRun
from cli.terminal import plain, printable
from include.core.models import CompanyStatus

_BAR_WIDTH = 30
_LEAST_BARS = 4
_AROUND_BARS = 4
"""Lines of the terminal that bars leave free."""


@contextmanager
def run_display(console: Console) -> Generator[Display]:
    if not console.is_terminal:
        yield Lines(console)
        return
    with Live(console=console, transient=True, refresh_per_second=4) as live:
        yield Bars(console, live)


class Bars:
    """One a company, as many as fit; finished ones leave first."""

    def __init__(self, console: Console, live: Live):
        self._console = console
        self._live = live

    def show(self, progress: RunProgress) -> None:
        room = max(self._console.height - _AROUND_BARS, _LEAST_BARS)
        self._live.update(bars(progress, room))


class Lines:
    """At most one a second, and none that says what the one before said."""

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic):
        self._console = console
        self._clock = clock
        self._said = ""
        self._said_at = float("-inf")

    def show(self, progress: RunProgress) -> None:
        now, line = self._clock(), phase(progress)
        if line == self._said or now - self._said_at < 1:
            return
        self._said, self._said_at = line, now
        elapsed = progress.elapsed_seconds or 0.0
        self._console.print(f"{elapsed:5.0f} s  {line}", markup=False, soft_wrap=True)


def bars(progress: RunProgress, room: int) -> RenderableType:
    """``room`` is in lines, one a company."""
    by_need = sorted(progress.companies, key=is_done)
    shown = sorted(by_need[:room], key=lambda company: company.company)
    grid = Table.grid(padding=(0, 2, 0, 0))
    for company in shown:
        grid.add_row(plain(company.company), _bar(company), _figures(company), _remark(company))
    lines: list[RenderableType] = [plain(phase(progress), "bold"), grid]
    if hidden := len(by_need) - len(shown):
        lines.append(plain(f"and {hidden} more companies", "dim"))
    return Group(*lines)


def _bar(company: CompanyRun) -> ProgressBar:
    done, total = company.counts.done, company.counts.all
    if total == 0:
        done, total = int(is_done(company)), 1
    # rich's own colours turn to grey where there are but sixteen
    return ProgressBar(
        total=total,
        completed=done,
        width=_BAR_WIDTH,
        style="bright_black",
        complete_style="cyan",
        finished_style="green",
    )


def _figures(company: CompanyRun) -> str:
    """Nothing before there is something to count."""
    if company.counts.all == 0 and not is_done(company):
        return ""
    return f"{company.counts.done}/{company.counts.all}"


def _remark(company: CompanyRun) -> RenderableType:
    match company.status:
        case CompanyStatus.COMPLETE if company.adopted:
            return plain(f"already checked: {outcomes(company.counts)}", "dim")
        case CompanyStatus.COMPLETE:
            return plain(outcomes(company.counts) if company.counts.done else "", "dim")
        case CompanyStatus.WAITING:
            return plain("waits to be listed", "dim")
        case CompanyStatus.SOURCING:
            return plain("being listed", "dim")
        case unusual:
            reason = f": {printable(company.error.message)}" if company.error else ""
            return plain(f"listing {unusual}{reason}", "yellow")
