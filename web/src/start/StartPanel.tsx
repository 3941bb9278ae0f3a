import { useState } from "react";
import { useLocation } from "wouter";
import { useStart } from "../api/queries";
import type { Company } from "../api/types";
import { plural } from "../ui/format";
import { NotStarted } from "./NotStarted";
import styles from "./StartPanel.module.css";

interface Props {
  readonly chosen: readonly Company[];
  /** True if the user has deselected no company. The request to start then names no companies, so
   * that the run also checks companies that the user begins to follow in another tab. */
  readonly all: boolean;
}

export function StartPanel({ chosen, all }: Props) {
  const [, navigate] = useLocation();
  const [force, setForce] = useState(false);
  const [checksNow, setChecksNow] = useState(false);
  const start = useStart();

  function begin(): void {
    const companies = all ? {} : { companies: chosen.map((each) => each.slug) };
    start.mutate(
      { ...companies, force, ...(checksNow ? { max_age: 0 } : {}) },
      { onSuccess: ({ run_id }) => navigate(`/runs/${run_id}`) },
    );
  }

  return (
    <section className={`card stack ${styles.panel}`} aria-labelledby="run">
      <h2 id="run">Run</h2>
      <p className="muted">
        {chosen.length === 0
          ? "Choose at least one company."
          : `${plural(chosen.length, "company", "companies")} will be checked.`}
      </p>
      <label className={styles.option}>
        <input
          type="checkbox"
          checked={checksNow || force}
          disabled={force}
          onChange={(event) => setChecksNow(event.target.checked)}
        />
        <span>
          Check every company now
          <small>
            Otherwise a company that was checked in the last few minutes, for you or for somebody
            else, is not asked again.
          </small>
        </span>
      </label>
      <label className={styles.option}>
        <input
          type="checkbox"
          checked={force}
          onChange={(event) => setForce(event.target.checked)}
        />
        <span>
          Re-read everything
          <small>Reads unchanged postings, too. This is slower.</small>
        </span>
      </label>
      {start.error && <NotStarted error={start.error} />}
      <button
        type="button"
        className="button"
        data-kind="primary"
        disabled={chosen.length === 0 || start.isPending}
        onClick={begin}
      >
        {start.isPending ? "Starting…" : "Start run"}
      </button>
    </section>
  );
}
