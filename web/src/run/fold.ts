/**
 * The state of a watched run, which a pure function computes from the run's events. `all_jobs`
 * replaces all jobs, `update` changes the statuses of the jobs that it names, and `titles` changes
 * the titles of the jobs that it names.
 */

import type { ProgressReport, RunStatus } from "../api/types";
import { withEstimate } from "./eta";
import { companyEvents, type EventLog, moveEvents, NOTHING_LOGGED, withEvents } from "./eventLog";
import {
  type JobTable,
  type Move,
  NO_JOBS,
  type StatusChanges,
  type Titles,
  tableOf,
  type WatchedJob,
  withStatuses,
  withTitles,
} from "./jobTable";
import { hasEnded, NO_TALLY, type Tally } from "./states";

export type RunEvent = { readonly at: number } & (
  | { readonly type: "status"; readonly status: RunStatus }
  | { readonly type: "all_jobs"; readonly jobs: readonly WatchedJob[] }
  | { readonly type: "update"; readonly changes: StatusChanges }
  | { readonly type: "titles"; readonly titles: Titles }
  | { readonly type: "progress"; readonly report: ProgressReport }
);

export interface WatchedRun {
  /** The run's status; null before the first event. */
  readonly status: RunStatus | null;
  /**
   * True after the first `all_jobs` event. Until then the jobs are unknown, so an empty table does
   * not mean that there are no jobs.
   */
  readonly listed: boolean;
  readonly jobs: JobTable;
  readonly tally: Tally;
  readonly report: ProgressReport | null;
  /**
   * The time at which `report` arrived, in milliseconds since 1970 on the browser's clock. 0 means
   * that no report has arrived.
   */
  readonly reportedAt: number;
  /** The latest estimates of the run's whole duration in seconds. */
  readonly estimates: readonly number[];
  readonly log: EventLog;
}

export const UNKNOWN_RUN: WatchedRun = {
  status: null,
  listed: false,
  jobs: NO_JOBS,
  tally: NO_TALLY,
  report: null,
  reportedAt: 0,
  estimates: [],
  log: NOTHING_LOGGED,
};

export function fold(run: WatchedRun, event: RunEvent): WatchedRun {
  switch (event.type) {
    case "status":
      return withStatus(run, event.status, event.at);
    case "all_jobs":
      return withAllJobs(run, event.jobs, event.at);
    case "update": {
      const { table, moves } = withStatuses(run.jobs, event.changes);
      return {
        ...run,
        jobs: table,
        tally: tallyAfter(run.tally, moves),
        log: withEvents(run.log, event.at, moveEvents(moves)),
      };
    }
    case "titles":
      return { ...run, jobs: withTitles(run.jobs, event.titles) };
    case "progress":
      return {
        ...run,
        report: event.report,
        reportedAt: event.at,
        estimates: withEstimate(run.estimates, event.report),
        log: withEvents(run.log, event.at, companyEvents(run.report, event.report)),
      };
  }
}

/** Returns the state after a `status` event. Once the run has ended, its status is not changed. */
function withStatus(run: WatchedRun, status: RunStatus, at: number): WatchedRun {
  if (run.status === status || hasEnded(run.status)) return run;
  return { ...run, status, log: withEvents(run.log, at, [{ kind: "run", status }]) };
}

function withAllJobs(run: WatchedRun, jobs: readonly WatchedJob[], at: number): WatchedRun {
  const table = tableOf(jobs);
  const tally = { ...NO_TALLY };
  for (const job of jobs) tally[job.status] += 1;
  const news =
    table.size === run.jobs.size
      ? []
      : [{ kind: "jobs" as const, count: table.size, companies: table.places.size }];
  return { ...run, listed: true, jobs: table, tally, log: withEvents(run.log, at, news) };
}

function tallyAfter(tally: Tally, moves: readonly Move[]): Tally {
  if (moves.length === 0) return tally;
  const after = { ...tally };
  for (const { before, job } of moves) {
    if (before !== null) after[before] -= 1;
    after[job.status] += 1;
  }
  return after;
}
