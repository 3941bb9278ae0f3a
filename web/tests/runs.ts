/** Makes events of the progress stream for tests, in the form in which the API sends them. */

import type { Counts, JobStatus, ProgressReport, RunStatus } from "../src/api/types";
import { decode } from "../src/run/decode";
import { fold, type RunEvent, UNKNOWN_RUN, type WatchedRun } from "../src/run/fold";

export const NO_COUNTS: Counts = {
  total: 0,
  added: 0,
  pending: 0,
  crawling: 0,
  extracting: 0,
  ready: 0,
  skipped: 0,
  failed: 0,
  expired: 0,
};

export function event(name: string, content: unknown, at = 0): RunEvent {
  const text = name === "status" ? String(content) : JSON.stringify(content);
  const decoded = decode(name, text, at);
  if (decoded === null) throw new Error(`${name} is no event of the stream`);
  return decoded;
}

export function folded(events: readonly RunEvent[], from: WatchedRun = UNKNOWN_RUN): WatchedRun {
  return events.reduce(fold, from);
}

/** Returns an `all_jobs` event for statuses by company and job, such as `{acme: {a1: "ready"}}`. */
export function allJobs(
  companies: Readonly<Record<string, Readonly<Record<string, JobStatus>>>>,
): RunEvent {
  const listed = Object.entries(companies).map(([company, jobs]) => [
    company,
    Object.entries(jobs).map(([external_id, status], index) => ({
      job_id: index + 1,
      external_id,
      title: `Title of ${external_id}`,
      status,
    })),
  ]);
  return event("all_jobs", Object.fromEntries(listed));
}

export function report(
  given: Partial<ProgressReport> & { status?: RunStatus } = {},
): ProgressReport {
  return {
    status: "ingesting",
    counts: NO_COUNTS,
    failures: {},
    gone: 0,
    elapsed_seconds: 10,
    eta_seconds: null,
    companies: [],
    waiting_for: null,
    ...given,
  };
}
