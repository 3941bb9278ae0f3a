import type { RunReport } from "../api/types";
import { dayAndTime, duration, plural } from "./format";

const TRIGGERS: Readonly<Record<RunReport["trigger"], string>> = {
  api: "started here",
  cli: "started in a terminal",
  schedule: "started by the schedule",
  airflow: "started in Airflow",
};

/** One line of text with the time, the duration and the trigger of a run. */
export function RunFacts({ run }: { readonly run: RunReport }) {
  const parts = [
    dayAndTime(run.started_at ?? run.created_at),
    ...(run.elapsed_seconds === null ? [] : [duration(run.elapsed_seconds)]),
    TRIGGERS[run.trigger],
    ...(run.recoveries > 0 ? [`recovered ${plural(run.recoveries, "time")}`] : []),
  ];
  return <p className="muted">{parts.join(" · ")}</p>;
}
