import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { jobsQuery } from "../api/queries";
import { More } from "../ui/More";
import { Failed } from "../ui/Notice";
import { PageTitle } from "../ui/PageTitle";
import { useSettled } from "../ui/useSettled";
import { JobRow } from "./JobRow";
import { JobSearch } from "./JobSearch";
import styles from "./JobsPage.module.css";
import { useJobFilters } from "./useJobFilters";

/** Milliseconds without a key, after which what is typed is searched. */
const TYPED = 250;

/** All postings ever seen, searched and filtered; what is asked for stands in the address. */
export function JobsPage() {
  const [asked, ask] = useJobFilters();
  const q = useSettled(asked.q, TYPED);
  const jobs = useInfiniteQuery(jobsQuery({ ...asked, q }));
  const found = jobs.data ?? [];

  return (
    <div className={styles.page}>
      <PageTitle title="Jobs" />
      <JobSearch filters={asked} onChange={ask} />
      {jobs.error && <Failed error={jobs.error} what="The postings can't be shown" />}
      {jobs.isPending && <p className="muted">Searching…</p>}
      {jobs.isSuccess && found.length === 0 && (
        <p className="muted">
          No posting is like this. <Link href="/">Start a run</Link> to find more.
        </p>
      )}
      {found.length > 0 && (
        <ul className={`card ${styles.list}`} aria-busy={jobs.isFetching}>
          {found.map((job) => (
            <JobRow key={job.job_id} job={job} />
          ))}
        </ul>
      )}
      <More list={jobs} />
    </div>
  );
}
