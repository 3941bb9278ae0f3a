import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { historyQuery, type RunFilters } from "../api/queries";
import { More } from "../ui/More";
import { Failed } from "../ui/Notice";
import { PageTitle } from "../ui/PageTitle";
import { HistoryFilters } from "./HistoryFilters";
import styles from "./HistoryPage.module.css";
import { RunRow } from "./RunRow";
import { Trend } from "./Trend";

const ALL_RUNS: RunFilters = { status: "", trigger: "", company: "" };

/** The page *Runs*: the user's runs, newest first, with filters. */
export function HistoryPage() {
  const [filters, setFilters] = useState(ALL_RUNS);
  const history = useInfiniteQuery(historyQuery(filters));
  const runs = history.data ?? [];
  const isFiltered = Object.values(filters).some((value) => value !== "");
  return (
    <div className={styles.page}>
      <PageTitle title="Runs" />
      {history.error && <Failed error={history.error} what="The runs can't be shown" />}
      {history.isPending && <p className="muted">Loading runs…</p>}
      {history.isSuccess && runs.length === 0 && !isFiltered && (
        <p className="muted">
          No run yet. <Link href="/companies">Start the first</Link>
        </p>
      )}
      {(runs.length > 0 || isFiltered) && (
        <>
          <Trend runs={runs} />
          <HistoryFilters filters={filters} onChange={setFilters} />
          {history.isSuccess && runs.length === 0 && <p className="muted">No matching runs.</p>}
          <ul className={styles.list}>
            {runs.map((run) => (
              <RunRow key={run.run_id} run={run} />
            ))}
          </ul>
        </>
      )}
      <More list={history} label="Show earlier runs" auto />
    </div>
  );
}
