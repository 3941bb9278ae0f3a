/** The states of runs and jobs: their order, their labels, and which of them are final. */

import type { JobStatus, RunStatus } from "../api/types";

export const JOB_STATUSES = [
  "pending",
  "crawling",
  "extracting",
  "ready",
  "skipped",
  "expired",
  "failed",
] as const satisfies readonly JobStatus[];

export const JOB_LABELS: Readonly<Record<JobStatus, string>> = {
  pending: "Waiting",
  crawling: "Fetching",
  extracting: "Reading",
  ready: "Ready",
  skipped: "Unchanged",
  expired: "Expired",
  failed: "Failed",
};

export const RUN_LABELS: Readonly<Record<RunStatus, string>> = {
  pending: "Waiting to begin",
  initializing: "Listing companies",
  ingesting: "Reading postings",
  finished: "Finished",
  error: "Ended in error",
  aborted: "Aborted",
};

const ENDED_STATUSES: ReadonlySet<RunStatus> = new Set(["finished", "error", "aborted"]);
const FINAL_STATUSES: readonly JobStatus[] = ["ready", "skipped", "expired", "failed"];

export type Tally = Readonly<Record<JobStatus, number>>;

export const NO_TALLY: Tally = {
  pending: 0,
  crawling: 0,
  extracting: 0,
  ready: 0,
  skipped: 0,
  expired: 0,
  failed: 0,
};

export function hasEnded(status: RunStatus | null): boolean {
  return status !== null && ENDED_STATUSES.has(status);
}

/** Returns whether a failure code means that the run ended before it read the posting. */
export function isNotReached(code: string): boolean {
  return code === "aborted" || code === "unfinished";
}

/** Returns the number of failed postings that the run did not reach. */
export function notReached(failures: Readonly<Record<string, number>>): number {
  return Object.entries(failures).reduce(
    (sum, [code, number]) => (isNotReached(code) ? sum + number : sum),
    0,
  );
}

/** Returns the query of the failed postings that the run reached. If `reached` is false, returns
 * the query of the failed postings that it did not reach. */
export function failedQuery(failures: Readonly<Record<string, number>>, reached: boolean): string {
  const codes = Object.keys(failures).filter((code) => isNotReached(code) !== reached);
  return codes.map((code) => `error=${encodeURIComponent(code)}`).join("&");
}

/** Returns the number of jobs that have a final status, such as ready or failed. */
export function countFinal(tally: Tally): number {
  return FINAL_STATUSES.reduce((sum, status) => sum + tally[status], 0);
}

/** Returns the number of all jobs, whatever their status is. */
export function countAll(tally: Tally): number {
  return JOB_STATUSES.reduce((sum, status) => sum + tally[status], 0);
}
