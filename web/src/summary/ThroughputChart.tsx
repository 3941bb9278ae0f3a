import { useQuery } from "@tanstack/react-query";
import { throughputQuery } from "../api/queries";
import { Columns } from "../ui/Columns";
import { count, duration, plural, stopwatch } from "../ui/format";
import { Failed } from "../ui/Notice";
import styles from "./ThroughputChart.module.css";

/** A chart of the run's throughput. Each column is the number of postings that the run completed in
 * one step of time. */
export function ThroughputChart({ runId }: { readonly runId: number }) {
  const { data, error } = useQuery(throughputQuery(runId));
  const steps = data?.steps ?? [];
  const stepSeconds = data?.step_seconds ?? 1;
  const total = steps.reduce((sum, step) => sum + step, 0);
  return (
    <section className="card stack" aria-labelledby="throughput">
      <h2 id="throughput">Throughput</h2>
      {error && <Failed error={error} what="The throughput can't be shown" />}
      {data && total === 0 && <p className="muted">No posting was processed.</p>}
      {total > 0 && (
        <figure>
          <p className={styles.peak}>
            up to {count(Math.max(...steps) / stepSeconds)} postings a second
          </p>
          <Columns
            values={steps}
            labels={steps.map(
              (step, index) => `${plural(step, "posting")} at ${stopwatch(index * stepSeconds)}`,
            )}
            title={`${plural(total, "posting")} in ${duration(steps.length * stepSeconds)}`}
          />
          <figcaption className={styles.axis}>
            <span>start</span>
            <span>{stopwatch(steps.length * stepSeconds)}</span>
          </figcaption>
        </figure>
      )}
    </section>
  );
}
