import { memo, useEffect, useRef, useState } from "react";
import { clock } from "../ui/format";
import { Failed } from "../ui/Notice";
import styles from "./LogTail.module.css";
import { useLogTail } from "./useLogTail";

interface Props {
  readonly runId: number;
  readonly ended: boolean;
  /** True while the progress stream is connected. Only then is the log of an active run read. */
  readonly live: boolean;
  /** True if the log is hidden at first. It is then read only when the user opens it. */
  readonly closed?: boolean;
}

const MAX_LINES_SHOWN = 200;
/** Matches lines that are hidden, because Airflow logs them for every task of every run. */
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
  // biome-ignore lint/correctness/useExhaustiveDependencies: the box scrolls when lines are added
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
          {lines.slice(-MAX_LINES_SHOWN).map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line has no other unique key
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
