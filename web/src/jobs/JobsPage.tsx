import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "wouter";
import { companiesQuery, type JobFilters, jobsQuery } from "../api/queries";
import { JOB_LABELS, JOB_STATUSES } from "../run/states";
import { Choice } from "../ui/Choice";
import { Failed } from "../ui/Notice";
import { PageTitle } from "../ui/PageTitle";
import { useSettled } from "../ui/useSettled";
import { JobRow } from "./JobRow";
import styles from "./JobsPage.module.css";

const NAMES = ["q", "company", "status", "workplace"] as const;
/** Milliseconds without a key, after which what is typed is searched. */
const TYPED = 250;

/** All postings ever seen, searched and filtered; what is asked for stands in the address. */
export function JobsPage() {
  const [params, setParams] = useSearchParams();
  const asked = Object.fromEntries(
    NAMES.map((name) => [name, params.get(name) ?? ""]),
  ) as unknown as JobFilters;
  const q = useSettled(asked.q, TYPED);
  const companies = useQuery(companiesQuery);
  const jobs = useInfiniteQuery(jobsQuery({ ...asked, q }));
  const found = jobs.data ?? [];

  function ask(name: (typeof NAMES)[number], value: string): void {
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === "") after.delete(name);
        else after.set(name, value);
        return after;
      },
      { replace: true },
    );
  }

  return (
    <div className={styles.page}>
      <PageTitle title="Jobs" />
      <search className={styles.filters}>
        <label className="field">
          <span>Search</span>
          <input
            type="search"
            className="input"
            placeholder='nurse "night shift" -intern'
            value={asked.q}
            onChange={(event) => ask("q", event.target.value)}
          />
        </label>
        <Choice
          label="Company"
          value={asked.company}
          options={(companies.data ?? []).map(({ slug }) => [slug, slug])}
          onChange={(value) => ask("company", value)}
        />
        <Choice
          label="Status"
          value={asked.status}
          options={JOB_STATUSES.map((status) => [status, JOB_LABELS[status]])}
          onChange={(value) => ask("status", value)}
        />
        <Choice
          label="Workplace"
          value={asked.workplace}
          options={[
            ["remote", "Remote"],
            ["hybrid", "Hybrid"],
            ["onsite", "On site"],
          ]}
          onChange={(value) => ask("workplace", value)}
        />
      </search>
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
      {jobs.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={jobs.isFetchingNextPage}
          onClick={() => jobs.fetchNextPage()}
        >
          Show more
        </button>
      )}
    </div>
  );
}
