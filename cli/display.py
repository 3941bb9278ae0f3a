"""Show the progress of a run: as bars on a terminal, and as plain lines in any other output."""

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
_MIN_BARS = 4
_LINES_AROUND_BARS = 4
"""The number of the terminal's lines that the bars leave free."""


@contextmanager
def run_display(console: Console) -> Generator[Display]:
    """Yield the display that suits the console: bars on a terminal, lines on anything else."""
    if not console.is_terminal:
        yield Lines(console)
        return
    with Live(console=console, transient=True, refresh_per_second=4) as live:
        yield Bars(console, live)


class Bars:
    """A display of one bar for each company, as many as fit on the terminal.

    If there is not enough room, finished companies are left out first.
    """

    def __init__(self, console: Console, live: Live):
        self._console = console
        self._live = live

    def show(self, progress: RunProgress) -> None:
        max_bars = max(self._console.height - _LINES_AROUND_BARS, _MIN_BARS)
        self._live.update(bars(progress, max_bars))


class Lines:
    """A display that prints the phase of the run as a line.

    It prints at most one line a second, and never the same line twice in a row.
    """

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic):
        self._console = console
        self._clock = clock
        self._last_line = ""
        self._printed_at = float("-inf")

    def show(self, progress: RunProgress) -> None:
        now, line = self._clock(), phase(progress)
        if line == self._last_line or now - self._printed_at < 1:
            return
        self._last_line, self._printed_at = line, now
        elapsed = progress.elapsed_seconds or 0.0
        self._console.print(f"{elapsed:5.0f} s  {line}", markup=False, soft_wrap=True)


def bars(progress: RunProgress, max_bars: int) -> RenderableType:
    """Return the phase of the run and the bars of at most ``max_bars`` companies, one line each."""
    unfinished_first = sorted(progress.companies, key=is_done)
    companies = sorted(unfinished_first[:max_bars], key=lambda company: company.company)
    grid = Table.grid(padding=(0, 2, 0, 0))
    for company in companies:
        grid.add_row(plain(company.company), _bar(company), _figures(company), _remark(company))
    lines: list[RenderableType] = [plain(phase(progress), "bold"), grid]
    if hidden := len(unfinished_first) - len(companies):
        lines.append(plain(f"and {hidden} more companies", "dim"))
    return Group(*lines)


def _bar(company: CompanyRun) -> ProgressBar:
    done_jobs, total = company.counts.done, company.counts.all
    if total == 0:
        done_jobs, total = int(is_done(company)), 1
    # The colours are set, because rich's default colours become grey on a terminal that has only 16
    # colours.
    return ProgressBar(
        total=total,
        completed=done_jobs,
        width=_BAR_WIDTH,
        style="bright_black",
        complete_style="cyan",
        finished_style="green",
    )


def _figures(company: CompanyRun) -> str:
    """Return the numbers of done and of all jobs, such as ``3/10``.

    Return an empty text as long as the company has no jobs to count.
    """
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
            return plain("waiting to be listed", "dim")
        case CompanyStatus.SOURCING:
            return plain("being listed", "dim")
        case other_status:
            reason = f": {printable(company.error.message)}" if company.error else ""
            return plain(f"listing {other_status}{reason}", "yellow")
