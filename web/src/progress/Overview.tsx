import { etaRange } from "../run/eta";
import type { WatchedRun } from "../run/fold";
import { countAll, countFinal, hasEnded } from "../run/states";
import { range, stopwatch } from "../ui/format";
import { useNow } from "../ui/useNow";
import styles from "./Overview.module.css";
import { ProgressBar } from "./ProgressBar";
import { phaseOf } from "./phase";

interface Props {
  readonly run: WatchedRun;
  /**
   * True if the shown elapsed time increases every second. It stands still after the end of the run
   * and while the connection is lost.
   */
  readonly ticking: boolean;
}

/** The progress of the run: its phase, a bar, and the expected end. */
export function Overview({ run, ticking }: Props) {
  const now = useNow(ticking);
  const { title, detail } = phaseOf(run);
  const elapsed = elapsedSeconds(run, now);
  const isWaiting = run.report?.waiting_for != null;
  const eta =
    run.status === "ingesting" && !isWaiting ? etaRange(run.estimates, elapsed ?? 0) : null;
  const all = countAll(run.tally);
  const ended = hasEnded(run.status);
  return (
    <section className={`card ${styles.overview}`} aria-label="Progress">
      <div className="row" data-spread>
        <h2 className={styles.phase} data-testid="phase">
          {title}
        </h2>
        {elapsed !== null && (
          <p className={styles.clock} role="timer" aria-label="Elapsed time" data-ticking={ticking}>
            {stopwatch(elapsed)}
          </p>
        )}
      </div>
      <ProgressBar
        done={run.listed && all > 0 ? countFinal(run.tally) : null}
        all={all}
        tally={run.tally}
        moving={ticking}
        ended={ended}
      />
      <div className="row" data-spread>
        <p data-testid="phase-detail" className="wrap-anywhere">
          {detail}
        </p>
        {eta !== null && (
          <p className="muted" data-testid="eta">
            {range(eta.soonest, eta.latest)} left
          </p>
        )}
      </div>
    </section>
  );
}

function elapsedSeconds(run: WatchedRun, now: number): number | null {
  const elapsed = run.report?.elapsed_seconds ?? null;
  if (elapsed === null || hasEnded(run.status)) return elapsed;
  return elapsed + Math.max(0, now - run.reportedAt) / 1_000;
}
