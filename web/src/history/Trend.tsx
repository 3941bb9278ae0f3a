import { useState } from "react";
import type { RunReport } from "../api/types";
import { hasEnded } from "../run/states";
import { Choice } from "../ui/Choice";
import { Columns } from "../ui/Columns";
import { count, day, duration } from "../ui/format";
import styles from "./Trend.module.css";

const MAX_RUNS = 40;

interface Measure {
  readonly label: string;
  readonly of: (run: RunReport) => number;
  readonly text: (value: number) => string;
}

const MEASURES = {
  listed: { label: "Postings listed", of: (run) => run.counts.total, text: count },
  added: { label: "New postings", of: (run) => run.counts.added, text: count },
  failed: { label: "Failures", of: (run) => run.counts.failed, text: count },
  duration: { label: "Duration", of: (run) => run.elapsed_seconds ?? 0, text: duration },
} as const satisfies Record<string, Measure>;

/** A chart that compares the latest runs by a measure that the user selects, oldest run first. */
export function Trend({ runs }: { readonly runs: readonly RunReport[] }) {
  const [name, setName] = useState<keyof typeof MEASURES>("listed");
  const ended = runs
    .filter((run) => hasEnded(run.status))
    .slice(0, MAX_RUNS)
    .reverse();
  if (ended.length < 2) return null;
  const measure: Measure = MEASURES[name];
  const values = ended.map(measure.of);
  return (
    <section className="card stack" aria-labelledby="trend">
      <div className="row" data-spread>
        <h2 id="trend">Trend</h2>
        <Choice
          label="Show"
          required
          value={name}
          options={Object.entries(MEASURES).map(([key, { label }]) => [key, label])}
          onChange={(chosen) => setName(chosen as keyof typeof MEASURES)}
        />
      </div>
      <figure>
        <Columns
          values={values}
          labels={ended.map(
            (run, index) =>
              `Run ${run.run_id}, ${day(run.created_at)}: ${measure.text(values[index] ?? 0)}`,
          )}
          title={`${measure.label} of the latest ${ended.length} runs: ${measure.text(
            Math.min(...values),
          )} to ${measure.text(Math.max(...values))}, last ${measure.text(values.at(-1) ?? 0)}`}
        />
        <figcaption className={styles.axis}>
          <span>{day(ended[0]?.created_at ?? "")}</span>
          <span>
            last: {measure.text(values.at(-1) ?? 0)} · most: {measure.text(Math.max(...values))}
          </span>
        </figcaption>
      </figure>
    </section>
  );
}
