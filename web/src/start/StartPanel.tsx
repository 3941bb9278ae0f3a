import { useState } from "react";
import { Link, useLocation } from "wouter";
import { ApiProblem } from "../api/client";
import { useStart } from "../api/queries";
import type { Company } from "../api/types";
import { plural } from "../ui/format";
import { Failed, Notice } from "../ui/Notice";
import styles from "./StartPanel.module.css";

interface Props {
  readonly chosen: readonly Company[];
  /** Whether these are all one follows, also those that will be followed by then. */
  readonly all: boolean;
}

export function StartPanel({ chosen, all }: Props) {
  const [, navigate] = useLocation();
  const [force, setForce] = useState(false);
  const start = useStart();

  function begin(): void {
    const companies = all ? {} : { companies: chosen.map((each) => each.slug) };
    start.mutate(
      { ...companies, force },
      { onSuccess: ({ run_id }) => navigate(`/runs/${run_id}`) },
    );
  }

  return (
    <section className={`card stack ${styles.panel}`} aria-labelledby="run">
      <h2 id="run">Run</h2>
      <p className="muted">
        {chosen.length === 0
          ? "Choose at least one company."
          : `${plural(chosen.length, "company", "companies")} will be listed.`}
      </p>
      <label className={styles.option}>
        <input
          type="checkbox"
          checked={force}
          onChange={(event) => setForce(event.target.checked)}
        />
        <span>
          Read unchanged postings too
          <small>Slower; for when what is read from a page has improved.</small>
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

function NotStarted({ error }: { readonly error: Error }) {
  const active = error instanceof ApiProblem ? error.members.run_id : undefined;
  if (typeof active !== "number") return <Failed error={error} what="The run did not start" />;
  return (
    <Notice tone="red">
      Run {active} is still going on. <Link href={`/runs/${active}`}>Watch it</Link>
    </Notice>
  );
}
