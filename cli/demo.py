"""The demo's story: the sample career sites on one day and on the next, as two runs, held against
what the sites themselves know.

The state of the stack is kept between demos; each goes on with the days that follow.
"""

from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console

from cli import terminal
from cli.client import IngestionApi
from cli.connection import Connection
from cli.errors import ApiRefused
from cli.outcome import Figures, Outcome
from cli.sample_days import Expected, SampleSites, expected_on
from cli.summary import COLUMNS, figures_table, headline, print_summary, print_troubles
from cli.watch import watch_run
from include.core.run_state import RunStatus
from local.home import StackInfo


@dataclass(frozen=True, kw_only=True)
class Story:
    """Two runs, a simulated day apart."""

    day: int
    """Of the first."""
    first: Outcome
    second: Outcome
    expected: Expected
    """Of the second."""

    @property
    def differences(self) -> list[str]:
        """Where the second run and the sites disagree, a line each. Of companies that the
        sites know and the user follows."""
        return [
            f"{company}: {column} {found}, but the sample sites say {right}"
            for company, figures in self.second.by_company.items()
            if (truth := self.expected.by_company.get(company))
            for column in COLUMNS
            if (found := getattr(figures, column)) != (right := getattr(truth, column))
        ]

    @property
    def went_well(self) -> bool:
        return not self.differences and all(map(_went_well, (self.first, self.second)))


def tell_story(info: StackInfo, *, as_json: bool) -> bool:
    """Runs the demo on a running stack; whether all went as it should.

    Raises:
        CommandError: a run could not be started or watched.
    """
    sites = SampleSites(info.demo_sites_url)
    out = terminal.results()
    terminal.say(f"watch it in a browser: {info.page_url}")
    with IngestionApi(Connection(api_url=info.api_url, token=info.token)) as api:
        day = sites.day()
        first = _ingest(api, day)
        if first.run.status is not RunStatus.FINISHED:
            print_summary(out, first)
            return False
        sites.turn_to(day + 1)
        second = _ingest(api, day + 1)
    story = Story(day=day, first=first, second=second, expected=expected_on(day + 1))
    if as_json:
        terminal.print_json(_document(story))
    else:
        print_story(out, story)
        print(where_to_look(info), flush=True)
    return story.went_well


def print_story(console: Console, story: Story) -> None:
    first, second = story.first, story.second
    console.print(f"\n[bold]Day {story.day} → day {story.day + 1}[/bold]")
    table = figures_table()
    for company in sorted(first.by_company.keys() | second.by_company.keys()):
        before = first.by_company.get(company, Figures())
        after = second.by_company.get(company, Figures())
        table.add_row(terminal.printable(company), *_cells(before, after))
    table.add_section()
    table.add_row("total", *_cells(first.total, second.total))
    console.print(table)
    for outcome in (first, second):
        print_troubles(console, outcome)
    times = (f"day {story.day}: {headline(first)}", f"day {story.day + 1}: {headline(second)}")
    for line in (*times, _expectation(story), *story.differences):
        console.print(line, markup=False, soft_wrap=True)


def where_to_look(info: StackInfo) -> str:
    return f"""
make up       the same stack, left running; its page shows these runs and starts more:
              {info.page_url}
              API {info.api_url}/docs, Airflow {info.airflow_url}, and .venv/bin/jobhunt
make demo     goes on with the days that follow
make clean    forgets it all
"""


def _ingest(api: IngestionApi, day: int) -> Outcome:
    try:
        run_id = api.start()
    except ApiRefused as refused:
        active = refused.problem.get("run_id")
        if refused.status != 409 or not isinstance(active, int):
            raise
        terminal.say(f"run {active} was started before and is not over yet: watching it first")
        watch_run(api, active)
        run_id = api.start()
    terminal.say(f"day {day} of the sample sites: run {run_id}")
    outcome = watch_run(api, run_id)
    terminal.say(headline(outcome))
    return outcome


def _went_well(outcome: Outcome) -> bool:
    return outcome.run.status is RunStatus.FINISHED and not outcome.total.failed


def _cells(before: Figures, after: Figures) -> list[str]:
    return [f"{getattr(before, column)} → {getattr(after, column)}" for column in COLUMNS]


def _expectation(story: Story) -> str:
    total, gone = story.expected.total, story.expected.gone
    verdict = "not what" if story.differences else "as"
    return (
        f"day {story.day + 1} is {verdict} the sample sites say: {total.new} new,"
        f" {total.changed} edited, {total.expired - gone} removed, {gone} gone,"
        f" {total.unchanged} unchanged"
    )


def _document(story: Story) -> dict[str, Any]:
    return {
        "days": [
            {
                "day": day,
                "run": outcome.run.model_dump(mode="json"),
                "companies": {slug: asdict(each) for slug, each in outcome.by_company.items()},
            }
            for day, outcome in ((story.day, story.first), (story.day + 1, story.second))
        ],
        "differences": story.differences,
    }
