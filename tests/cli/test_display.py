"""Tests of the progress bars and lines of an active run."""

import io

from rich.console import Console

from cli.display import Lines, bars
from cli.progress import RunProgress, phase
from tests.cli.runs import company, counts, run


def progress(status: str, *companies: dict, **some: object) -> RunProgress:
    return RunProgress.model_validate({**run(7, status, *companies), **some})


def drawn(shown: RunProgress, *, max_bars: int = 10) -> list[str]:
    console = Console(file=io.StringIO(), width=120)
    console.print(bars(shown, max_bars))
    return console.file.getvalue().splitlines()


def test_each_phase_says_how_far_it_is() -> None:
    listed, waiting = company("a", counts=counts(total=3, pending=3)), company("b", "waiting")
    half = company("a", counts=counts(total=4, pending=1, ready=1, skipped=2))

    assert "waiting for Airflow" in phase(progress("pending"))
    assert (
        phase(progress("initializing", listed, waiting)) == "initializing: 1 of 2 companies listed"
    )
    assert phase(progress("ingesting", half, eta_seconds=4.2)) == (
        "ingesting: 3 of 4 jobs done (1 extracted, 2 unchanged), about 4 s left"
    )
    slow = "3 postings wait for jobs.example: the host is slow"
    assert phase(progress("ingesting", half, waiting_for=slow)).endswith(f"; {slow}")
    early = company("a", counts=counts(total=99, pending=98, ready=1))
    assert "left" not in phase(progress("ingesting", early, eta_seconds=1470.0))
    assert phase(progress("initializing")) == "initializing: choosing companies"
    assert phase(progress("finished", half)).startswith("finished: 3 of 4")


def test_each_company_has_a_bar_with_its_figures() -> None:
    half = company("acme", counts=counts(total=4, pending=2, ready=1, failed=1))
    held = company("globex", "held", error={"code": "held", "message": "down from 90 to 2"})

    _, acme, globex = drawn(progress("ingesting", half, held))

    assert acme.startswith("acme ")
    assert "2/4" in acme
    assert "1 extracted, 1 failed" in acme
    assert "listing held: down from 90 to 2" in globex


def test_a_company_has_no_figures_before_it_has_jobs() -> None:
    waiting, listing = company("acme", "waiting"), company("globex", "sourcing")

    _, *lines = drawn(progress("initializing", waiting, listing, company("hollow")))

    acme, globex, hollow = (line.rstrip() for line in lines)
    assert acme.endswith("  waiting to be listed")
    assert globex.endswith("  being listed")
    assert not any(character.isdigit() for character in acme + globex)
    assert hollow.endswith("0/0")


def test_more_companies_than_lines_show_those_not_done_first() -> None:
    done = [company(f"done-{n}", counts=counts(total=1, ready=1)) for n in range(50)]
    busy = [company(f"busy-{n}", counts=counts(total=1, crawling=1)) for n in range(3)]

    lines = drawn(progress("ingesting", *done, *busy), max_bars=4)

    assert [line.split()[0] for line in lines[1:4]] == ["busy-0", "busy-1", "busy-2"]
    assert lines[-1].strip() == "and 49 more companies"


def test_lines_come_at_most_once_a_second() -> None:
    now = [0.0]
    console = Console(file=io.StringIO(), width=120)
    lines = Lines(console, clock=lambda: now[0])

    for tick in range(40):
        now[0] = tick / 10
        done = counts(total=40, ready=tick, pending=40 - tick)
        lines.show(progress("ingesting", company("acme", counts=done)))

    assert len(console.file.getvalue().splitlines()) == 4


def test_lines_repeat_nothing() -> None:
    now = [0.0]
    console = Console(file=io.StringIO(), width=120)
    lines = Lines(console, clock=lambda: now[0])

    for now[0] in (0.0, 5.0, 10.0):
        lines.show(progress("pending"))

    assert len(console.file.getvalue().splitlines()) == 1
