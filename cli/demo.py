"""Run the demo: ingest the sample career sites in two runs, on two consecutive simulated days.

The demo compares the second run with the changes that the sample sites report.

Between the two days, a second user who follows the same companies starts a run. It ends at once,
because it uses the checks of the first user's run. The second user exists only in the demo, and
follows the companies through the API like any user.

The state of the stack is kept between demos. The next demo continues with the following days.
"""

import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console

from cli import terminal
from cli.client import IngestionApi
from cli.connection import Connection
from cli.errors import ApiRefused
from cli.outcome import Figures, Outcome
from cli.sample_days import Expected, SampleSites, expected_on
from cli.summary import COLUMNS, figures_table, headline, print_problems, print_summary
from cli.watch import watch_run
from include.core.runs.run_state import RunStatus
from include.settings import Settings
from local.home import StackInfo

SECOND_USER = "second"
_CHECK_ALL_NOW = timedelta(0)
_SECOND_USER_MAX_AGE = timedelta(hours=1)
"""The maximum age of a check that the second user's run uses.

All checks of the first user's run are younger, so the second user's run uses all of them.
"""


@dataclass(frozen=True, kw_only=True)
class SharedRun:
    """The second user's run, which uses the checks of the first user's run."""

    outcome: Outcome
    seconds: float
    """The time in seconds from the start of the run until the demo has read its outcome."""
    requests: int
    """The number of requests that the sample sites received during the run."""
    expected: int
    """The number of postings that the first user's run listed."""

    @property
    def went_well(self) -> bool:
        return (
            _went_well(self.outcome)
            and self.requests == 0
            and self.outcome.total.listed == self.expected
            and all(company.adopted for company in self.outcome.run.companies)
        )

    def __str__(self) -> str:
        sites = "no site was asked again" if self.requests == 0 else "the sites were asked again"
        return (
            f"A second user who follows the same companies: {self.outcome.total.listed} postings,"
            f" ready in {self.seconds:.1f} s, {sites}"
        )


@dataclass(frozen=True, kw_only=True)
class DemoResult:
    """The outcome of the demo: two runs, one simulated day apart, and the shared run."""

    day: int
    """The simulated day of the first run. The second run is on the next day."""
    first: Outcome
    shared: SharedRun
    second: Outcome
    expected: Expected
    """The changes that the second run should find, computed from the sample sites."""

    @property
    def differences(self) -> list[str]:
        """Return a line for each figure in which the second run and the sample sites disagree.

        Only companies that belong to the sample sites and that the user follows are compared.
        """
        differences: list[str] = []
        for company, figures in self.second.by_company.items():
            expected = self.expected.by_company.get(company)
            if expected is None:
                continue
            for column in COLUMNS:
                found_number, expected_number = getattr(figures, column), getattr(expected, column)
                if found_number != expected_number:
                    differences.append(
                        f"{company}: {column} {found_number},"
                        f" but the sample sites say {expected_number}"
                    )
        return differences

    @property
    def went_well(self) -> bool:
        runs_went_well = _went_well(self.first) and _went_well(self.second)
        return runs_went_well and self.shared.went_well and not self.differences


def demo_settings(settings: Settings) -> Settings:
    """Return the settings of the demo's stack.

    The demo reads every page in each run, unless the user has set ``JOBHUNT_REREAD_AFTER``. By
    default a page is read again only after some days. The second run would then miss edited pages.
    The two days of the demo are only seconds apart, and not every listing shows that a page was
    edited.
    """
    if "reread_after" in settings.model_fields_set:
        return settings
    return settings.model_copy(update={"reread_after": timedelta(0)})


def run_demo(info: StackInfo, *, second_token: str, as_json: bool) -> bool:
    """Run the demo on a running stack. Return True if everything went as expected.

    Args:
        second_token: the API token of ``SECOND_USER``.
        as_json: True to print one JSON document instead of the tables.

    Raises:
        CommandError: a run could not be started or watched, or the sample sites did not answer.
    """
    sites = SampleSites(info.demo_sites_url)
    out = terminal.results()
    terminal.say(f"watch it in a browser: {info.page_url}")
    with IngestionApi(Connection(api_url=info.api_url, token=info.token)) as api:
        day = sites.day()
        first = _run_for_first_user(api, day)
        if first.run.status is not RunStatus.FINISHED:
            print_summary(out, first, now=datetime.now(UTC))
            return False
        second_user = Connection(api_url=info.api_url, token=second_token)
        shared = _run_for_second_user(api, second_user, sites, first)
        sites.set_day(day + 1)
        second = _run_for_first_user(api, day + 1)
    result = DemoResult(
        day=day, first=first, shared=shared, second=second, expected=expected_on(day + 1)
    )
    if as_json:
        terminal.print_json(_json_document(result))
    else:
        print_demo(out, result)
        print(where_to_look(info), flush=True)
    return result.went_well


def print_demo(console: Console, result: DemoResult) -> None:
    first, second = result.first, result.second
    console.print(f"\n[bold]Day {result.day} → day {result.day + 1}[/bold]")
    table = figures_table()
    for company in sorted(first.by_company.keys() | second.by_company.keys()):
        before = first.by_company.get(company, Figures())
        after = second.by_company.get(company, Figures())
        table.add_row(terminal.printable(company), *_before_and_after(before, after))
    table.add_section()
    table.add_row("total", *_before_and_after(first.total, second.total))
    console.print(table)
    for outcome in (first, second):
        print_problems(console, outcome)
    times = (
        f"day {result.day}: {headline(first)}",
        str(result.shared),
        f"day {result.day + 1}: {headline(second)}",
    )
    for line in (*times, _comparison_line(result), *result.differences):
        console.print(line, markup=False, soft_wrap=True)


def where_to_look(info: StackInfo) -> str:
    return f"""
make up       runs the same stack until Ctrl-C; its page shows these runs and starts new ones:
              {info.page_url}
              API {info.api_url}/docs, Airflow {info.airflow_url}, and .venv/bin/jobhunt
make demo     continues with the following days
make clean    deletes all data of the stack
"""


def _run_for_first_user(api: IngestionApi, day: int) -> Outcome:
    run_id = _start(api, max_age=_CHECK_ALL_NOW)
    terminal.say(f"day {day} of the sample sites: run {run_id}")
    outcome = watch_run(api, run_id)
    terminal.say(headline(outcome))
    return outcome


def _run_for_second_user(
    api: IngestionApi, second_user: Connection, sites: SampleSites, first_run: Outcome
) -> SharedRun:
    companies = [company for company in api.companies() if company.slug in first_run.by_company]
    with IngestionApi(second_user) as second_api:
        for company in companies:
            second_api.put_company(company)
        requests_before = sites.requests()
        began = time.monotonic()
        run_id = _start(
            second_api, companies=[each.slug for each in companies], max_age=_SECOND_USER_MAX_AGE
        )
        outcome = watch_run(second_api, run_id)
        shared = SharedRun(
            outcome=outcome,
            seconds=time.monotonic() - began,
            requests=sites.requests() - requests_before,
            expected=first_run.total.listed,
        )
    terminal.say(str(shared))
    return shared


def _start(api: IngestionApi, **options: Any) -> int:
    """Start a run and return its id.

    If another run is active, first watch that run until it ends.
    """
    try:
        return api.start(**options)
    except ApiRefused as refused:
        active_run_id = refused.problem.get("run_id")
        if refused.status != 409 or not isinstance(active_run_id, int):
            raise
        terminal.say(
            f"run {active_run_id} was started before and is still active: watching it first"
        )
        watch_run(api, active_run_id)
        return api.start(**options)


def _went_well(outcome: Outcome) -> bool:
    return outcome.run.status is RunStatus.FINISHED and not outcome.total.failed


def _before_and_after(before: Figures, after: Figures) -> list[str]:
    return [f"{getattr(before, column)} → {getattr(after, column)}" for column in COLUMNS]


def _comparison_line(result: DemoResult) -> str:
    total, gone = result.expected.total, result.expected.gone
    verdict = "not what" if result.differences else "as"
    return (
        f"day {result.day + 1} is {verdict} the sample sites say: {total.new} new,"
        f" {total.changed} edited, {total.expired - gone} removed, {gone} gone,"
        f" {total.unchanged} unchanged"
    )


def _json_document(result: DemoResult) -> dict[str, Any]:
    return {
        "days": [
            {
                "day": day,
                "run": outcome.run.model_dump(mode="json"),
                "companies": {slug: asdict(each) for slug, each in outcome.by_company.items()},
            }
            for day, outcome in ((result.day, result.first), (result.day + 1, result.second))
        ],
        "second_user": {
            "run": result.shared.outcome.run.model_dump(mode="json"),
            "seconds": round(result.shared.seconds, 3),
            "requests": result.shared.requests,
        },
        "differences": result.differences,
    }
