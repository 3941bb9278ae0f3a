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
  const length = data?.step_seconds ?? 1;
  const all = steps.reduce((sum, step) => sum + step, 0);
  return (
    <section className="card stack" aria-labelledby="throughput">
      <h2 id="throughput">Throughput</h2>
      {error && <Failed error={error} what="The pace can't be shown" />}
      {data && all === 0 && <p className="muted">No posting was looked at.</p>}
      {all > 0 && (
        <figure>
          <p className={styles.peak}>
            up to {count(Math.max(...steps) / length)} postings a second
          </p>
          <Columns
            values={steps}
            labels={steps.map(
              (step, at) => `${plural(step, "posting")} at ${stopwatch(at * length)}`,
            )}
            title={`${plural(all, "posting")} in ${duration(steps.length * length)}`}
          />
          <figcaption className={styles.axis}>
            <span>start</span>
            <span>{stopwatch(steps.length * length)}</span>
          </figcaption>
        </figure>
      )}
    </section>
  );
}
