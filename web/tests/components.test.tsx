// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Company, CompanyReport, FoundPosting, JobDetail, RunReport } from "../src/api/types";
import { HistoryPage } from "../src/history/HistoryPage";
import { FirstSteps } from "../src/home/FirstSteps";
import { Facts } from "../src/jobs/Facts";
import { JobPage } from "../src/jobs/JobPage";
import { JobsPage } from "../src/jobs/JobsPage";
import { withoutVariants } from "../src/jobs/PostingList";
import { TrackedPage } from "../src/jobs/TrackedPage";
import { AbortButton } from "../src/progress/AbortButton";
import { CompanyCards } from "../src/progress/CompanyCards";
import { Failures } from "../src/progress/Failures";
import { JobList } from "../src/progress/JobList";
import { Overview } from "../src/progress/Overview";
import { ProgressPage } from "../src/progress/ProgressPage";
import { SignIn } from "../src/session/SignIn";
import { currentToken, endRefusedSession, reasonOfEnd, signIn } from "../src/session/session";
import { CompanyList } from "../src/start/CompanyList";
import { StartPanel } from "../src/start/StartPanel";
import { OutcomeChart } from "../src/summary/OutcomeChart";
import { SummaryPage } from "../src/summary/SummaryPage";
import { allJobs, event, folded, NO_COUNTS, report } from "./runs";

const COOK = {
  job_id: 1,
  title: "Cook",
  company_name: "Acme",
  location: "Berlin",
  workplace: "hybrid",
  employment_types: ["FULL_TIME"],
  salary: { raw: "€ 3,000" },
  first_seen_at: "2026-03-02T00:00:00Z",
  posted_at: null,
  valid_through: "2026-04-01T12:00:00Z",
  last_change: null,
  state: "new",
  tracking: null,
  variants: [],
} as unknown as FoundPosting;
const COUNTS = {
  count: 1,
  exact: true,
  unknown: { pay: 4, place: 0, posted_at: 0, workplace: 0 },
  facets: {
    company: { Acme: 1 },
    country: { DE: 7 },
    workplace: {},
    employment_type: {},
    source: {},
  },
};
let asked: string[];
let sent: unknown[];

beforeEach(() => {
  asked = [];
  sent = [];
  sessionStorage.clear();
  localStorage.clear();
  vi.stubGlobal("fetch", async (address: string, { body, method }: RequestInit) => {
    asked.push(`${method} ${address}`);
    if (typeof body === "string") sent.push(JSON.parse(body));
    const items = address.startsWith("/api/ingestion/jobs") ? [COOK] : [];
    return Response.json({ items, next_cursor: null, run_id: 8, ...COUNTS });
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

function company(
  name: string,
  status: CompanyReport["status"] = "complete",
  given: Partial<CompanyReport> = {},
): CompanyReport {
  return {
    company: name,
    source: "lever",
    status,
    listed: 0,
    counts: NO_COUNTS,
    failures: {},
    gone: 0,
    error: null,
    checked_at: null,
    adopted: false,
    ...given,
  };
}

function followed(slug: string, given: Partial<Company> = {}): Company {
  return {
    slug,
    source: "lever",
    config: {},
    include_titles: [],
    exclude_titles: [],
    include_locations: [],
    exclude_locations: [],
    workplaces: [],
    enabled: true,
    checked_at: null,
    schedule: "0 5 * * *",
    display_name: slug,
    health: {
      open: 0,
      new: 0,
      listing: "complete",
      problem: null,
      failing_since: null,
    },
    ...given,
  };
}

function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}

/** Returns a run that ended, as `GET /runs/7` returns it. `given` replaces some of its values. */
function endedRun(given: Partial<RunReport> = {}) {
  return {
    run_id: 7,
    status: "finished",
    counts: NO_COUNTS,
    failures: {},
    gone: 0,
    companies: [],
    sla_misses: [],
    error: null,
    airflow_url: null,
    created_at: "2026-03-02T00:00:00Z",
    ...given,
  };
}

/** Answers requests for run 7 with `run`, and all others with an empty result. */
function answerWithRun(run: unknown): void {
  const nothing = { items: [], next_cursor: null, total: 0, step_seconds: 1, steps: [], run_id: 8 };
  vi.stubGlobal("fetch", async (address: string, { body, method }: RequestInit) => {
    asked.push(`${method} ${address}`);
    if (typeof body === "string") sent.push(JSON.parse(body));
    return Response.json(address.endsWith("/runs/7") ? run : nothing);
  });
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
      <Failures runId={7} failed={2} unread={0} reasons="" ended />
    </>,
  );
  expect(screen.queryAllByRole("button")).toEqual([]);
});

test("a run that ended says what its failures were, and which postings their pages had closed", async () => {
  answerWithRun(
    endedRun({
      counts: { ...NO_COUNTS, failed: 3, expired: 5 },
      failures: { timeout: 2, http_5xx: 1 },
      gone: 4,
    }),
  );
  show(<SummaryPage runId={7} />);
  const reasons = await screen.findByTestId("failure-reasons");
  expect(reasons.textContent).toBe("2 timeout, 1 http_5xx");
  expect(screen.getByTestId("count-expired").parentElement?.textContent).toBe(
    "Expired54 closed, say their pages",
  );
});

test("failures are tried again when the run has ended, and not before", async () => {
  const user = userEvent.setup();
  const client = new QueryClient();
  const failures = (ended: boolean) => (
    <QueryClientProvider client={client}>
      <Failures runId={7} failed={2} unread={0} reasons="2 timeout" ended={ended} />
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
  await user.type(screen.getByRole("searchbox", { name: "Search" }), "nurse");
  const searches = () => asked.filter((each) => each.includes("q="));
  await waitFor(() => expect(searches()).toEqual([expect.stringContaining("q=nurse&")]));
  expect(found.isConnected).toBe(true);
  expect(location.search).toBe("?q=nurse");
});

test("a row says what the posting is, and its state is noted with the keyboard", async () => {
  const user = userEvent.setup();
  show(<JobsPage />);
  const row = await screen.findByTestId("job");
  expect(row.textContent).toContain("Acme · Berlin · Hybrid · Full time · € 3,000");
  expect(row.textContent).toContain("closes Apr 1, 2026");
  await user.selectOptions(screen.getByLabelText("Your state of Cook"), "Applied");
  screen.getByRole("button", { name: "Hide Cook" }).focus();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(sent).toEqual([{ state: "applied" }, { hidden: true }]));
  expect(asked.filter((each) => each.startsWith("PUT"))).toEqual(
    Array(2).fill("PUT /api/ingestion/jobs/1/tracking"),
  );
});

test("a filter offers its values with their numbers, and what it cannot tell about", async () => {
  const user = userEvent.setup();
  history.replaceState(null, "", "?");
  show(<JobsPage />);
  const germany = await screen.findByRole("option", { name: "Germany (7)" });
  expect(screen.queryByRole("button", { name: /state no pay/ })).toBeNull();
  await user.selectOptions(screen.getByLabelText("Country"), germany);
  await user.type(screen.getByLabelText("Yearly pay at least"), "5");
  await user.click(await screen.findByRole("button", { name: "Include 4 that state no pay" }));
  expect(location.search).toBe("?country=DE&pay_min=5&unknown=pay");
});

test("a tracked posting is moved by the field on it", async () => {
  const user = userEvent.setup();
  show(<TrackedPage />);
  const [field] = await screen.findAllByLabelText("Your state of Cook");
  await user.selectOptions(field as HTMLElement, "Offered");
  await waitFor(() => expect(sent).toEqual([{ state: "offered" }]));
});

test("of many companies those in trouble are shown first", () => {
  const many = Array.from({ length: 30 }, (_, number) => company(`c${number}`));
  show(<CompanyCards companies={[...many, company("held", "held"), company("broken", "error")]} />);
  const names = screen.getAllByRole("heading", { level: 3 }).map((each) => each.textContent);
  expect(names.slice(0, 3)).toEqual(["broken", "held", "c0"]);
  expect(names).toHaveLength(12);
});

test("a company that a run has not come to before its end was not listed", () => {
  render(
    <OutcomeChart runId={7} companies={[company("acme", "sourcing"), company("bolt", "held")]} />,
  );
  const [acme, bolt] = screen
    .getAllByRole("listitem")
    .filter((each) => /Not|Held/.test(each.textContent));
  expect(acme?.textContent).toContain("Not listed");
  expect(bolt?.textContent).toContain("Held back");
});

test("history is filtered by all that is chosen, in the API", async () => {
  const user = userEvent.setup();
  const acme = followed("acme", { display_name: "Acme Clinics" });
  vi.stubGlobal("fetch", async (address: string) => {
    asked.push(address);
    const items = address.includes("/companies")
      ? [acme]
      : address.includes("status=error")
        ? []
        : [endedRun({ trigger: "api", last_heartbeat: "2026-03-02T00:00:00Z" })];
    return Response.json({ items, next_cursor: null });
  });
  show(<HistoryPage />);
  await user.selectOptions(
    await screen.findByLabelText("Company"),
    await screen.findByRole("option", { name: "Acme Clinics" }),
  );
  await user.selectOptions(screen.getByLabelText("Status"), "error");
  expect(await screen.findByText("No matching runs.")).toBeTruthy();
  const { searchParams } = new URL(asked.at(-1) ?? "", "http://h");
  expect(Object.fromEntries(searchParams)).toEqual({
    ...{ status: "error", company: "acme", limit: "50" },
  });
});

test("the next page of a list is loaded when its end comes near the screen, and by its button", async () => {
  const user = userEvent.setup();
  let come: (entries: { isIntersecting: boolean }[]) => void = () => {};
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(callback: typeof come) {
        come = callback;
      }
      observe() {}
      disconnect() {}
    },
  );
  vi.stubGlobal("fetch", async (address: string) => {
    asked.push(address);
    const page = Number(new URL(address, "http://h").searchParams.get("cursor") ?? 1);
    const items = [{ ...COOK, job_id: page, title: `Cook ${page}` }];
    return Response.json({ ...COUNTS, items, next_cursor: page < 3 ? String(page + 1) : null });
  });
  history.replaceState(null, "", "?");
  show(<JobsPage />);
  await screen.findByText("Cook 1");
  act(() => come([{ isIntersecting: false }]));
  expect(asked).toHaveLength(1);
  act(() => come([{ isIntersecting: true }]));
  await screen.findByText("Cook 2");
  await user.click(screen.getByRole("button", { name: "Show more" }));
  await screen.findByText("Cook 3");
  expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
});

test("a company says when it was last checked, and since when and why it fails", () => {
  const failing = { listing: "error", problem: "returned 503" } as const;
  const { health } = followed("failing");
  const companies = [
    followed("recent", { checked_at: minutesAgo(3) }),
    followed("paused", { enabled: false, schedule: null }),
    followed("failing", {
      checked_at: minutesAgo(120),
      health: { ...health, ...failing, failing_since: "2026-03-02T12:00:00Z" },
    }),
  ];
  show(<CompanyList companies={companies} deselected={new Set()} onChoose={() => {}} />);
  const said = screen.getAllByTestId("last-checked").map((each) => each.textContent);
  expect(said).toEqual([
    "checked 3 minutes ago",
    "Paused · not checked yet · nobody follows it with checking on",
    "checked 2 hours ago · fails since Mar 2, 2026: returned 503",
  ]);
  const time = screen.getByText("3 minutes ago");
  expect(time.title).not.toBe("");
});

test("a run checks every company now when it is asked to, and only then", async () => {
  const user = userEvent.setup();
  show(<StartPanel chosen={[followed("acme")]} all />);
  await user.click(screen.getByRole("button", { name: "Start run" }));
  await waitFor(() => expect(sent).toEqual([{ force: false }]));
  await user.click(screen.getByRole("checkbox", { name: /Check every company now/ }));
  await user.click(screen.getByRole("button", { name: "Start run" }));
  await waitFor(() => expect(sent.slice(1)).toEqual([{ force: false, max_age: 0 }]));
});

test("a run that used earlier checks offers to check those companies now", async () => {
  const user = userEvent.setup();
  const adopted = { adopted: true, checked_at: minutesAgo(4) };
  answerWithRun(
    endedRun({ companies: [company("acme", "complete", adopted), company("bolt", "complete")] }),
  );
  show(<SummaryPage runId={7} />);
  const offer = await screen.findByTestId("check-now");
  expect(offer.textContent).toContain("1 of 2 companies had been checked shortly before");
  expect(screen.getAllByText("4 minutes ago")).toHaveLength(1);
  expect(screen.getByRole("heading", { name: "Throughput" })).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Check now" }));
  await waitFor(() => expect(sent).toEqual([{ companies: ["acme"], max_age: 0 }]));
  expect(asked).toContain("POST /api/ingestion/start");
  expect(location.pathname).toBe("/runs/8");
});

test("a run that checked all its companies itself offers no further check", async () => {
  answerWithRun(endedRun({ companies: [company("acme")] }));
  show(<SummaryPage runId={7} />);
  await screen.findByTestId("count-total");
  expect(screen.queryByTestId("check-now")).toBeNull();
});

test("who may look at one run only is told of earlier checks, and offered none", async () => {
  signInFor(7);
  const adopted = { adopted: true, checked_at: minutesAgo(4) };
  answerWithRun(endedRun({ companies: [company("acme", "complete", adopted)] }));
  show(<SummaryPage runId={7} />);
  expect((await screen.findByTestId("check-now")).textContent).toContain("shortly before");
  expect(screen.queryByRole("button", { name: "Check now" })).toBeNull();
  // The run only used an earlier check, so it has no throughput to show.
  expect(screen.queryByRole("heading", { name: "Throughput" })).toBeNull();
});

test("a card says how long ago the check was that its run used", () => {
  const adopted = { adopted: true, checked_at: minutesAgo(125) };
  const own = { checked_at: minutesAgo(1) };
  show(
    <CompanyCards
      companies={[company("acme", "complete", adopted), company("bolt", "complete", own)]}
    />,
  );
  const [acme, bolt] = screen.getAllByTestId("company-card");
  expect(acme?.textContent).toContain("checked 2 hours ago");
  expect(bolt?.textContent).not.toContain("checked");
});

test("companies are found by words, and all that are found are paused at once", async () => {
  const user = userEvent.setup();
  const companies = [followed("acme"), followed("bolt"), followed("bolt-labs")];
  show(<CompanyList companies={companies} deselected={new Set(["acme"])} onChoose={() => {}} />);
  await user.type(screen.getByRole("searchbox", { name: "Find companies" }), "bolt");
  expect(screen.getAllByTestId("company")).toHaveLength(2);
  expect(screen.getByRole("checkbox", { name: /Select all/ })).toHaveProperty("checked", true);
  await user.click(screen.getByRole("button", { name: "Pause" }));
  await waitFor(() => expect(sent).toHaveLength(2));
  expect(asked.filter((each) => each.startsWith("PUT"))).toEqual([
    "PUT /api/ingestion/companies/bolt",
    "PUT /api/ingestion/companies/bolt-labs",
  ]);
  expect(sent).toEqual(Array(2).fill(expect.objectContaining({ enabled: false })));
});

test("a run that half failed says so, and what it did not reach is no failure", async () => {
  const error = { code: "error", message: "returned 503" };
  answerWithRun(
    endedRun({
      has_problems: true,
      counts: { ...NO_COUNTS, total: 9, failed: 5, added: 2 },
      failures: { aborted: 4, timeout: 1 },
      companies: [company("acme", "error", { error })],
    }),
  );
  show(<SummaryPage runId={7} />);
  expect(await screen.findByText("Finished with problems")).toBeTruthy();
  expect(screen.getByTestId("count-failed").textContent).toBe("1");
  expect(screen.getByTestId("count-unread").textContent).toBe("4");
  const added = screen.getByTestId("count-added").querySelector("a");
  expect(added?.getAttribute("href")).toBe("/runs/7/jobs?added=true");
});

test("postings of one role are one row, and copies of other companies stay", () => {
  const other = (job_id: number, is_copy: boolean) => ({ job_id, is_copy });
  const jobs = [
    { job_id: 1, variants: [other(2, false), other(3, true)] },
    { job_id: 2, variants: [other(1, false), other(3, true)] },
    { job_id: 3, variants: [other(1, true), other(2, true)] },
  ] as unknown as FoundPosting[];
  expect(withoutVariants(jobs).map((job) => job.job_id)).toEqual([1, 3]);
});

test("a first visit names the step that comes next", () => {
  const { rerender } = render(<FirstSteps followed={0} />);
  const next = () =>
    screen.getAllByRole("listitem").find((each) => each.getAttribute("aria-current") === "step");
  expect(next()?.textContent).toContain("Add a company");
  rerender(<FirstSteps followed={2} />);
  expect(next()?.textContent).toContain("Start a run");
});

test("a session that the server refuses says why it ended, and another tab keeps a live one", () => {
  const token = (exp: number) => `head.${btoa(JSON.stringify({ sub: "ada", exp }))}.signature`;
  signIn(token(1));
  endRefusedSession();
  render(<SignIn />);
  expect(screen.getByText("Your sign-in has expired.")).toBeTruthy();
  signIn(token(4_102_444_800));
  sessionStorage.clear(); // Another tab has its own, empty sessionStorage.
  expect(currentToken()).not.toBeNull();
  endRefusedSession();
  expect(currentToken()).toBeNull();
  expect(reasonOfEnd()).toBe("The server no longer accepts your sign-in.");
});

test("a run that had ended before it was opened is shown by its summary at once", async () => {
  signInFor(7);
  history.replaceState(null, "", "/runs/7");
  const events = "event: all_jobs\ndata: {}\n\nevent: status\ndata: finished\n\n";
  vi.stubGlobal("fetch", async (address: string) =>
    address.includes("/progress/")
      ? new Response(events, { headers: { "Content-Type": "text/event-stream" } })
      : Response.json({ items: [], next_cursor: null }),
  );
  show(<ProgressPage runId={7} />);
  await waitFor(() => expect(location.pathname).toBe("/runs/7/summary"), { timeout: 1_000 });
});

test("a posting says since when its company is not checked, or how long ago it was", async () => {
  const job: Partial<JobDetail> = {
    ...COOK,
    last_seen_at: "2026-03-02T00:00:00Z",
    url: "https://example.test/",
    status: "ready",
    error: null,
    expired_at: null,
    extracted: true,
    external_id: "1",
    source: "lever",
    tenant: null,
    raw_key: null,
    checked_at: "2026-03-02T12:00:00Z",
    relisted: 2,
    versions: [{ run_id: null, changed_at: "2026-03-01T12:00:00Z", changes: {} }],
  };
  let answer = { ...job, is_checked: false };
  vi.stubGlobal("fetch", async () => Response.json(answer));
  const { unmount } = show(<JobPage jobId={1} />);
  expect((await screen.findByText(/Not checked since/)).textContent).toContain("Mar 2, 2026");
  expect(screen.queryByRole("link", { name: /run/ })).toBeNull();
  const evidence = screen.getByTestId("evidence").textContent;
  expect(evidence).toContain("Listed again after it was gone2 times");
  expect(evidence).toContain("Text changed1 time");
  expect(evidence).toContain("DeadlineApr 1, 2026");
  unmount();
  answer = { ...job, is_checked: true, checked_at: minutesAgo(60) };
  show(<JobPage jobId={1} />);
  expect(await screen.findByText("1 hour ago")).toBeTruthy();
  expect(screen.queryByText(/Not checked/)).toBeNull();
});

test("the pay for a year is shown with its assumption", () => {
  const salary = {
    raw: "€ 3.000 im Monat (14 Gehälter)",
    currency: "EUR",
    yearly: { min: 42_000, max: 42_000, assumption: "14 salaries a year, as stated" },
  };
  show(
    <Facts job={{ ...COOK, external_id: "1", source: "html", tenant: null, salary } as never} />,
  );

  expect(screen.getByText("42,000 EUR, at 14 salaries a year, as stated")).toBeDefined();
});
