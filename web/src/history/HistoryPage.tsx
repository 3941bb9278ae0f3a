import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { historyQuery } from "../api/queries";
import { More } from "../ui/More";
import { Failed } from "../ui/Notice";
import { PageTitle } from "../ui/PageTitle";
import { ALL_RUNS, filtered, HistoryFilters } from "./HistoryFilters";
import styles from "./HistoryPage.module.css";
import { RunRow } from "./RunRow";
import { Trend } from "./Trend";

/** The page with past runs, newest first. */
export function HistoryPage() {
  const [filters, setFilters] = useState(ALL_RUNS);
  const history = useInfiniteQuery(historyQuery);
  const runs = history.data ?? [];
  const shown = filtered(runs, filters);
  return (
    <div className={styles.page}>
      <PageTitle title="Runs" />
      {history.error && <Failed error={history.error} what="The runs can't be shown" />}
      {history.isPending && <p className="muted">Loading runs…</p>}
      {history.isSuccess && runs.length === 0 && (
        <p className="muted">
          No run yet. <Link href="/companies">Start the first</Link>
        </p>
      )}
      {runs.length > 0 && (
        <>
          <Trend runs={runs} />
          <HistoryFilters filters={filters} onChange={setFilters} runs={runs} />
          {shown.length === 0 && <p className="muted">No matching runs.</p>}
          <ul className={styles.list}>
            {shown.map((run) => (
              <RunRow key={run.run_id} run={run} />
            ))}
          </ul>
        </>
      )}
      <More list={history} label="Show earlier runs" />
    </div>
  );
}
