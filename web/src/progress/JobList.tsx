import { useDeferredValue, useMemo, useState } from "react";
import type { JobStatus } from "../api/types";
import type { WatchedRun } from "../run/fold";
import { type JobTable, jobsOf, type WatchedJob } from "../run/jobTable";
import { count, plural } from "../ui/format";
import { JobFilterBar } from "./JobFilterBar";
import styles from "./JobList.module.css";
import { JobRows } from "./JobRows";

/** All jobs of the run, with filters and a search. Only the visible rows are rendered. */
export function JobList({ run }: { readonly run: WatchedRun }) {
  const [status, setStatus] = useState<JobStatus | null>(null);
  const [words, setWords] = useState("");
  const searchedWords = useDeferredValue(words);
  const jobs = useMemo(
    () => find(run.jobs, status, searchedWords),
    [run.jobs, status, searchedWords],
  );
  return (
    <section className="stack" aria-labelledby="jobs">
      <div className="row" data-spread>
        <h2 id="jobs">Postings</h2>
        {run.listed && (
          <p className="muted small" data-testid="jobs-shown">
            {jobs.length === run.jobs.size
              ? plural(jobs.length, "posting")
              : `${count(jobs.length)} of ${plural(run.jobs.size, "posting")}`}
          </p>
        )}
      </div>
      <div className={`card ${styles.card}`}>
        <JobFilterBar
          tally={run.tally}
          status={status}
          onStatus={setStatus}
          words={words}
          onWords={setWords}
        />
        {jobs.length > 0 ? (
          <JobRows jobs={jobs} />
        ) : (
          <p className={styles.none}>
            {run.listed && run.jobs.size > 0
              ? "No matching postings."
              : "Postings appear here once the companies are listed."}
          </p>
        )}
      </div>
    </section>
  );
}

function find(table: JobTable, status: JobStatus | null, words: string): readonly WatchedJob[] {
  const all = [...jobsOf(table)];
  const text = words.trim().toLowerCase();
  if (status === null && text === "") return all;
  return all.filter(
    (job) =>
      (status === null || job.status === status) &&
      (text === "" ||
        job.title.toLowerCase().includes(text) ||
        job.company.toLowerCase().includes(text) ||
        job.externalId.toLowerCase().includes(text)),
  );
}
