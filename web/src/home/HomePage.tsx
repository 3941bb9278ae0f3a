import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { companiesQuery, jobsQuery, latestRunQuery } from "../api/queries";
import { MarkAllSeen } from "../jobs/MarkAllSeen";
import { PostingList } from "../jobs/PostingList";
import { hasEnded } from "../run/states";
import { SavedSearches } from "../searches/SavedSearches";
import { More } from "../ui/More";
import { Failed, Notice } from "../ui/Notice";
import { PageTitle } from "../ui/PageTitle";
import { FirstSteps } from "./FirstSteps";
import styles from "./HomePage.module.css";
import { NewByCompany } from "./NewByCompany";
import { TrackedNews } from "./TrackedNews";

/** The page *New*: the saved searches, the postings that are new since the user's last visit, and
 * the tracked postings that changed. */
export function HomePage() {
  const companies = useQuery(companiesQuery);
  const latest = useQuery(latestRunQuery);
  const jobs = useInfiniteQuery(jobsQuery({ new: "true", sort: "newest" }));
  const counts = jobs.data?.counts;
  const followed = companies.data?.length ?? 0;
  const run = latest.data ?? null;
  const isFirstVisit = companies.isSuccess && latest.isSuccess && (followed === 0 || run === null);
  const error = companies.error ?? latest.error ?? jobs.error;

  return (
    <div className={styles.page}>
      <PageTitle title="New since your last visit" />
      {error && (
        <Failed
          error={error}
          what="Your new postings can’t be shown"
          onRetry={() => Promise.all([companies.refetch(), latest.refetch(), jobs.refetch()])}
        />
      )}
      {isFirstVisit && <FirstSteps followed={followed} />}
      {run !== null && !hasEnded(run.status) && (
        <Notice tone="neutral">
          <Link href={`/runs/${run.run_id}`}>Run {run.run_id}</Link> is looking for new postings.
        </Notice>
      )}
      <SavedSearches />
      {jobs.isPending && <p className="muted">Loading your new postings…</p>}
      {counts && counts.count > 0 && (
        <>
          <div className="row" data-spread>
            <NewByCompany counts={counts} />
            <MarkAllSeen />
          </div>
          <PostingList jobs={jobs.data?.items ?? []} busy={jobs.isFetching} />
          <More list={jobs} />
        </>
      )}
      {counts?.count === 0 && !isFirstVisit && (
        <p className="muted">Nothing new. The companies you follow are checked daily.</p>
      )}
      <TrackedNews />
    </div>
  );
}
