import { memo, useEffect, useRef, useState } from "react";
import { clock } from "../ui/format";
import { Failed } from "../ui/Notice";
import styles from "./LogTail.module.css";
import { useLogTail } from "./useLogTail";

interface Props {
  readonly runId: number;
  readonly ended: boolean;
  /** True if the run can have log lines. */
  readonly live: boolean;
  /** True if the log is closed at first, so that it is only read when the user opens it. */
  readonly closed?: boolean;
}

const SHOWN = 200;
/** Lines that Airflow logs for each task, and that say nothing about the run. */
const NOISE = /^Done\. Returned value was/;

/** The latest lines that the run's tasks have logged in Airflow. */
export const LogTail = memo(function LogTail({ runId, ended, live, closed = false }: Props) {
  const [open, setOpen] = useState(!closed);
  return (
    <details
      className={`card ${styles.panel}`}
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <h2 className={styles.heading}>Log</h2>
      </summary>
      {open && <Lines runId={runId} ended={ended} live={live} />}
    </details>
  );
});

function Lines({ runId, ended, live }: Props) {
  const { lines: all, error } = useLogTail(runId, live && !ended, ended);
  const lines = all === null ? null : all.filter(({ message }) => !NOISE.test(message));
  const box = useRef<HTMLElement>(null);
  const last = lines?.length ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are what it scrolls for
  useEffect(() => {
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [last]);
  return (
    <div className="stack">
      {error !== null && <Failed error={error} what="Airflow's log can't be read now" />}
      {lines === null && error === null && <p className="muted">Loading the log…</p>}
      {lines !== null && lines.length === 0 && <p className="muted">Nothing is logged yet.</p>}
      {lines !== null && lines.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <section ref={box} className={styles.lines} tabIndex={0} aria-label="Lines of the log">
          {lines.slice(-SHOWN).map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own
            <div key={`${line.at} ${index}`} data-level={line.level}>
              <span className={styles.about}>
                {clock(line.at)} {line.task}
              </span>{" "}
              {line.message}
            </div>
          ))}
        </section>
      )}
    </div>
  );
}
