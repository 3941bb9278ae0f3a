/** The stream's events as the fold takes them. */

import type { JobStatus, ProgressReport, RunStatus } from "../api/types";
import type { RunEvent } from "./fold";
import type { StatusChanges, WatchedJob } from "./jobTable";

interface ListedJob {
  readonly external_id: string;
  readonly title: string;
  readonly status: JobStatus;
}

/** Null for events of other names: the API may add some. */
export function decode(name: string, content: string, at: number): RunEvent | null {
  switch (name) {
    case "status":
      return { at, type: "status", status: content as RunStatus };
    case "all_jobs":
      return { at, type: "all_jobs", jobs: listed(JSON.parse(content)) };
    case "update":
      return { at, type: "update", changes: JSON.parse(content) as StatusChanges };
    case "progress":
      return { at, type: "progress", report: JSON.parse(content) as ProgressReport };
    default:
      return null;
  }
}

function listed(companies: Readonly<Record<string, readonly ListedJob[]>>): WatchedJob[] {
  return Object.entries(companies).flatMap(([company, jobs]) =>
    jobs.map(({ external_id, title, status }) => ({
      company,
      externalId: external_id,
      title,
      status,
    })),
  );
}
