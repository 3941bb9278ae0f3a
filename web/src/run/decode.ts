/** Decodes the events of the progress stream into the events that `fold` takes. */

import type { RunStatus, StreamEvents } from "../api/types";
import type { RunEvent } from "./fold";
import type { WatchedJob } from "./jobTable";

/** Returns the decoded event. Returns null if its name is unknown, because the API may add events.
 */
export function decode(name: string, content: string, at: number): RunEvent | null {
  switch (name as keyof StreamEvents) {
    case "status":
      return { at, type: "status", status: content as RunStatus };
    case "all_jobs":
      return { at, type: "all_jobs", jobs: listed(parsed<"all_jobs">(content)) };
    case "update":
      return { at, type: "update", changes: parsed<"update">(content) };
    case "titles":
      return { at, type: "titles", titles: parsed<"titles">(content) };
    case "progress":
      return { at, type: "progress", report: parsed<"progress">(content) };
    default:
      return null;
  }
}

function parsed<Name extends keyof StreamEvents>(content: string): StreamEvents[Name] {
  return JSON.parse(content);
}

function listed(companies: StreamEvents["all_jobs"]): WatchedJob[] {
  return Object.entries(companies).flatMap(([company, jobs]) =>
    jobs.map(({ job_id, external_id, title, status }) => ({
      jobId: job_id,
      company,
      externalId: external_id,
      title,
      status,
    })),
  );
}
