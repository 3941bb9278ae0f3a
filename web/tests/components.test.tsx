// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CompanyReport, RunReport } from "../src/api/types";
import { ALL_RUNS, filtered, HistoryFilters } from "../src/history/HistoryFilters";
import { JobsPage } from "../src/jobs/JobsPage";
import { AbortButton } from "../src/progress/AbortButton";
import { CompanyCards } from "../src/progress/CompanyCards";
import { Failures } from "../src/progress/Failures";
import { JobList } from "../src/progress/JobList";
import { Overview } from "../src/progress/Overview";
import { OutcomeChart } from "../src/summary/OutcomeChart";
import { SummaryPage } from "../src/summary/SummaryPage";
import { allJobs, event, folded, NO_COUNTS, report } from "./runs";

const COOK = {
  job_id: 1,
  title: "Cook",
  company: "acme",
  status: "ready",
  first_seen_at: "2026-03-02T00:00:00Z",
};
let asked: string[];

beforeEach(() => {
  asked = [];
  sessionStorage.clear();
  vi.stubGlobal("fetch", async (address: string, { method }: RequestInit) => {
    asked.push(`${method} ${address}`);
    const items = address.startsWith("/api/ingestion/jobs") ? [COOK] : [];
    return Response.json({ items, next_cursor: null, run_id: 8 });
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function show(component: ReactElement) {
  return render(<QueryClientProvider client={new QueryClient()}>{component}</QueryClientProvider>);
}

function signInFor(onlyRun: number): void {
  const claims = btoa(JSON.stringify({ sub: "ada", only_run: onlyRun }));
  sessionStorage.setItem("jobhunt.token", `head.${claims}.signature`);
}

function company(name: string, status: CompanyReport["status"] = "complete"): CompanyReport {
  return {
    company: name,
    source: "lever",
    status,
    listed: 0,
    counts: NO_COUNTS,
    failures: {},
    gone: 0,
    error: null,
  };
}

test("a run is aborted once it is confirmed, and not before", async () => {
  const user = userEvent.setup();
  show(<AbortButton runId={7} />);
  await user.click(screen.getByRole("button", { name: "Abort run" }));
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  expect(asked).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Abort run" }));
  await user.click(screen.getByRole("button", { name: "Abort the run" }));
  await waitFor(() => expect(asked).toEqual(["POST /api/ingestion/runs/7/abort"]));
  expect(screen.getByRole("button", { name: "Aborting…" })).toHaveProperty("disabled", true);
});

test("who may look at one run only can't abort it or try its failures again", () => {
  signInFor(7);
  show(
    <>
      <AbortButton runId={7} />
      <Failures runId={7} failed={2} reasons="" ended />
    </>,
  );
  expect(screen.queryAllByRole("button")).toEqual([]);
});

test("a run that ended says what its failures were, and which postings their pages had closed", async () => {
  const run = {
    run_id: 7,
    status: "finished",
    counts: { ...NO_COUNTS, failed: 3, expired: 5 },
    failures: { timeout: 2, http_5xx: 1 },
    gone: 4,
    companies: [],
    sla_misses: [],
    error: null,
    airflow_url: null,
    created_at: "2026-03-02T00:00:00Z",
  };
  const nothing = { items: [], next_cursor: null, total: 0, step_seconds: 1, steps: [] };
  vi.stubGlobal("fetch", async (address: string) =>
    Response.json(address.endsWith("/runs/7") ? run : nothing),
  );
  show(<SummaryPage runId={7} />);
  const reasons = await screen.findByTestId("failure-reasons");
  expect(reasons.textContent).toBe("2 timeout, 1 http_5xx");
  expect(screen.getByTestId("count-expired").parentElement?.textContent).toBe(
    "Expired54 by their own page",
  );
});

test("failures are tried again when the run has ended, and not before", async () => {
  const user = userEvent.setup();
  const client = new QueryClient();
  const failures = (ended: boolean) => (
    <QueryClientProvider client={client}>
      <Failures runId={7} failed={2} reasons="2 timeout" ended={ended} />
    </QueryClientProvider>
  );
  const { rerender } = render(failures(false));
  await user.click(screen.getByRole("button", { name: "Retry failed" }));
  rerender(failures(true));
  expect(asked.filter((each) => each.startsWith("POST"))).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Retry failed" }));
  await waitFor(() => expect(asked).toContain("POST /api/ingestion/runs/7/retry"));
  expect(location.pathname).toBe("/runs/8");
});

test("the clock stands still while nobody knows whether time goes on", () => {
  vi.useFakeTimers();
  const run = folded([event("progress", report({ elapsed_seconds: 10 }), Date.now())]);
  const { rerender } = render(<Overview run={run} ticking />);
  const clock = () => screen.getByRole("timer").textContent;
  const pass = (seconds: number) => act(() => vi.advanceTimersByTime(seconds * 1_000));
  pass(5);
  expect(clock()).toBe("0:15");
  rerender(<Overview run={run} ticking={false} />);
  pass(60);
  expect(clock()).toBe("0:15");
  rerender(<Overview run={run} ticking />);
  expect(clock()).toBe("1:15");
});

test("no number of postings is shown before they are known", () => {
  const { rerender } = render(<Overview run={folded([event("status", "ingesting")])} ticking />);
  expect(screen.getByTestId("phase-detail").textContent).toBe(
    "Finding out which postings there are.",
  );
  expect(screen.getByRole("progressbar").getAttribute("aria-valuetext")).toBe("not known yet");
  const listed = folded([
    event("status", "ingesting"),
    allJobs({ acme: { a: "ready", b: "pending" } }),
  ]);
  rerender(<Overview run={listed} ticking />);
  expect(screen.getByTestId("phase-detail").textContent).toBe("1 of 2 postings done");
});

test("postings are found by status and by words together", async () => {
  const user = userEvent.setup();
  const jobs = { a1: "failed", a2: "ready", b1: "failed" } as const;
  show(<JobList run={folded([allJobs({ acme: jobs })])} />);
  const shown = () => screen.getByTestId("jobs-shown").textContent;
  expect(shown()).toBe("3 postings");
  await user.click(screen.getByRole("button", { name: /Failed/ }));
  expect(shown()).toBe("2 of 3 postings");
  await user.type(screen.getByRole("searchbox"), "title of A");
  expect(shown()).toBe("1 of 3 postings");
  await user.click(screen.getByRole("button", { name: /Failed/ }));
  await user.clear(screen.getByRole("searchbox"));
  expect(shown()).toBe("3 postings");
});

test("what is typed is searched once, and what was found stays until then", async () => {
  const user = userEvent.setup();
  show(<JobsPage />);
  const found = await screen.findByText("Cook");
  await user.type(screen.getByRole("searchbox"), "nurse");
  const searches = () => asked.filter((each) => each.includes("q="));
  await waitFor(() => expect(searches()).toEqual([expect.stringContaining("q=nurse&")]));
  expect(found.isConnected).toBe(true);
  expect(location.search).toBe("?q=nurse");
});

test("of many companies those in trouble are shown first", () => {
  const many = Array.from({ length: 30 }, (_, number) => company(`c${number}`));
  show(<CompanyCards companies={[...many, company("held", "held"), company("broken", "error")]} />);
  const names = screen.getAllByRole("heading", { level: 3 }).map((each) => each.textContent);
  expect(names.slice(0, 3)).toEqual(["broken", "held", "c0"]);
  expect(names).toHaveLength(12);
});

test("a company that a run has not come to before its end was not listed", () => {
  render(<OutcomeChart companies={[company("acme", "sourcing"), company("bolt", "held")]} />);
  const [acme, bolt] = screen
    .getAllByRole("listitem")
    .filter((each) => /Not|Held/.test(each.textContent));
  expect(acme?.textContent).toContain("Not listed");
  expect(bolt?.textContent).toContain("Held back");
});

test("history is filtered by all that is chosen", async () => {
  const user = userEvent.setup();
  const run = (run_id: number, given: Partial<RunReport>) =>
    ({
      run_id,
      status: "finished",
      trigger: "api",
      companies: [],
      ...given,
    }) as unknown as RunReport;
  const runs = [
    run(1, { companies: [company("acme")] }),
    run(2, { status: "error", companies: [company("acme")] }),
    run(3, { status: "error", trigger: "cli", companies: [company("bolt")] }),
  ];
  const found = (filters: typeof ALL_RUNS) => filtered(runs, filters).map((each) => each.run_id);
  let chosen = ALL_RUNS;
  const filters = () => (
    <HistoryFilters
      filters={chosen}
      runs={runs}
      onChange={(filters) => {
        chosen = filters;
      }}
    />
  );
  const { rerender } = render(filters());
  expect(found(chosen)).toEqual([1, 2, 3]);
  await user.selectOptions(screen.getByLabelText("Status"), "error");
  rerender(filters());
  expect(found(chosen)).toEqual([2, 3]);
  await user.selectOptions(screen.getByLabelText("Company"), "acme");
  expect(found(chosen)).toEqual([2]);
});
