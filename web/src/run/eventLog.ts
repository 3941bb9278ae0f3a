/** The log of a run's latest events. Each event is one line. */

import type { CompanyReport, JobStatus, ProgressReport, RunStatus } from "../api/types";
import type { Move } from "./jobTable";

export type LogEvent =
  | { readonly kind: "run"; readonly status: RunStatus }
  | { readonly kind: "jobs"; readonly count: number; readonly companies: number }
  | {
      readonly kind: "company";
      readonly company: string;
      readonly status: CompanyReport["status"];
      readonly listed: number;
    }
  | {
      readonly kind: "job";
      readonly company: string;
      readonly title: string;
      readonly status: JobStatus;
    }
  | {
      readonly kind: "many";
      readonly company: string;
      readonly status: JobStatus;
      readonly count: number;
    };

export type LogEntry = LogEvent & {
  readonly id: number;
  /** The time of the event on the browser's clock, in milliseconds since 1970. */
  readonly at: number;
};

export interface EventLog {
  /** The lines, oldest first. */
  readonly entries: readonly LogEntry[];
  /** The number of all lines so far, including those that are no longer kept. */
  readonly count: number;
}

const MAX_ENTRIES = 300;
/**
 * The maximum number of jobs of one update for which each job gets its own line. If more jobs
 * changed, the lines only count them.
 */
const MAX_NAMED_JOBS = 20;

export const NOTHING_LOGGED: EventLog = { entries: [], count: 0 };

export function withEvents(log: EventLog, at: number, events: readonly LogEvent[]): EventLog {
  if (events.length === 0) return log;
  const added = events.map((event, index) => ({ ...event, id: log.count + index, at }));
  return {
    entries: [...log.entries, ...added].slice(-MAX_ENTRIES),
    count: log.count + events.length,
  };
}

/** Returns an event for each job. If there are many jobs, returns events that count them. */
export function moveEvents(moves: readonly Move[]): readonly LogEvent[] {
  if (moves.length > MAX_NAMED_JOBS) return counted(moves);
  return moves.map(({ job: { company, externalId, status, title } }) => ({
    kind: "job",
    company,
    title: title || externalId,
    status,
  }));
}

function counted(moves: readonly Move[]): readonly LogEvent[] {
  const companies = Map.groupBy(moves, ({ job }) => job.company);
  return [...companies].flatMap(([company, companyMoves]) =>
    [...Map.groupBy(companyMoves, ({ job }) => job.status)].map(([status, { length }]) => ({
      kind: "many" as const,
      company,
      status,
      count: length,
    })),
  );
}

/** Returns an event for each company whose listing has another status than in `before`. */
export function companyEvents(
  before: ProgressReport | null,
  after: ProgressReport,
): readonly LogEvent[] {
  if (before?.companies === after.companies) return [];
  const statusBefore = new Map(before?.companies.map((each) => [each.company, each.status]));
  return after.companies
    .filter((each) => each.status !== "waiting" && statusBefore.get(each.company) !== each.status)
    .map((each) => ({
      kind: "company",
      company: each.company,
      status: each.status,
      listed: each.listed,
    }));
}
