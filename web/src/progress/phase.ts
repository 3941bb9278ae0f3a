/** Describes the phase of a run in words. A number is named only once it is known. */

import type { WatchedRun } from "../run/fold";
import { countAll, countFinal } from "../run/states";
import type { Connection } from "../run/stream";
import { count, plural } from "../ui/format";

export interface Phase {
  readonly title: string;
  readonly detail: string;
}

export function phaseOf(run: WatchedRun): Phase {
  switch (run.status) {
    case null:
      return { title: "Connecting", detail: "Asking how far the run has come." };
    case "pending":
      return { title: "Waiting to begin", detail: waiting(run) };
    case "initializing":
      return { title: "Listing companies", detail: listing(run) };
    case "ingesting":
      return { title: "Reading postings", detail: reading(run) };
    case "finished":
      return { title: "Finished", detail: reading(run) };
    case "aborted":
      return { title: "Aborted", detail: "What was done so far is kept." };
    case "error":
      return { title: "Ended in error", detail: "What was done so far is kept." };
  }
}

/** Returns the progress as a text for screen readers. The text names the share that is done in
 * steps of a tenth, so that it changes rarely. */
export function announcement(run: WatchedRun, connection: Connection): string {
  if (connection === "reconnecting" || connection === "offline") {
    return "The connection is lost; what is shown may be old.";
  }
  const { title } = phaseOf(run);
  const all = countAll(run.tally);
  if (run.status !== "ingesting" || all === 0) return title;
  const tenths = Math.floor((10 * countFinal(run.tally)) / all);
  return tenths === 0 ? title : `${title}, ${tenths * 10} percent done`;
}

function waiting({ report }: WatchedRun): string {
  return report?.waiting_for
    ? `Airflow has not taken the run yet: ${report.waiting_for}`
    : "Starting…";
}

function listing({ report }: WatchedRun): string {
  const companies = report?.companies ?? [];
  if (companies.length === 0) return "Asking which companies you follow.";
  const listed = companies.filter(({ status }) => !["waiting", "sourcing"].includes(status));
  if (listed.length === 0) return `Asking ${plural(companies.length, "company", "companies")}.`;
  return `${count(listed.length)} of ${plural(companies.length, "company", "companies")} listed`;
}

function reading(run: WatchedRun): string {
  const waitsFor = run.report?.waiting_for;
  return waitsFor ? `${amountRead(run)}; ${waitsFor}` : amountRead(run);
}

function amountRead({ tally, listed }: WatchedRun): string {
  if (!listed) return "Finding out which postings there are.";
  const all = countAll(tally);
  if (all === 0) return "No posting is listed.";
  const done = countFinal(tally);
  if (done === 0) return `${plural(all, "posting")} to process`;
  return `${count(done)} of ${plural(all, "posting")} done`;
}
