import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { jobsQuery } from "../api/queries";
import type { JobList } from "../api/types";
import { SaveSearch } from "../searches/SaveSearch";
import { count, fieldLabel, plural } from "../ui/format";
import { More } from "../ui/More";
import { Failed } from "../ui/Notice";
import { PageTitle } from "../ui/PageTitle";
import { useDebounced } from "../ui/useDebounced";
import { JobSearch } from "./JobSearch";
import styles from "./JobsPage.module.css";
import { MarkAllSeen } from "./MarkAllSeen";
import { PostingList } from "./PostingList";

import { useJobFilters } from "./useJobFilters";

/** The time in milliseconds between the last key that the user presses and the search. */
const DEBOUNCE_MS = 250;
/**
 * The filters that compare a value which some postings do not state. Each has the name of that
 * value.
 */
const NEEDED_VALUES = {
  pay_min: "pay",
  place: "place",
  country: "place",
  workplace: "workplace",
} as const;

/** The page *Jobs*: a list of postings. The page's address has the parameters of the search. */
export function JobsPage() {
  const { fields, search, extraNames, setParameter } = useJobFilters();
  const q = useDebounced(fields.q, DEBOUNCE_MS);
  const place = useDebounced(fields.place, DEBOUNCE_MS);
  const jobs = useInfiniteQuery(
    jobsQuery({
      ...search,
      ...(q === fields.q ? {} : { q }),
      ...(place === fields.place ? {} : { place }),
    }),
  );
  const counts = jobs.data?.counts;
  const found = jobs.data?.items ?? [];
  const needed = (Object.keys(NEEDED_VALUES) as (keyof typeof NEEDED_VALUES)[])
    .filter((filter) => fields[filter] !== "")
    .map((filter) => NEEDED_VALUES[filter]);

  return (
    <div className={styles.page}>
      <PageTitle title="Jobs">
        <Link href="/tracked">Tracked postings</Link>
      </PageTitle>
      <JobSearch filters={fields} facets={counts?.facets} onChange={setParameter} />
      <div className="row">
        <SaveSearch search={search} />
        {extraNames.map((name) => (
          <button
            key={name}
            type="button"
            className="button"
            data-size="small"
            onClick={() => setParameter(name, "")}
          >
            Remove {fieldLabel(name)}: {[search[name]].flat().join(", ")}
          </button>
        ))}
      </div>
      {jobs.error && (
        <Failed
          error={jobs.error}
          what="The postings can’t be shown"
          onRetry={() => jobs.refetch()}
        />
      )}
      {jobs.isPending && <p className="muted">Searching…</p>}
      {counts && (
        <div className="row" data-spread>
          <p role="status" className="muted">
            {countText(counts)}
          </p>
          {fields.unknown === "" && (
            <Unknown
              numbers={counts.unknown}
              needed={needed}
              onInclude={(value) => setParameter("unknown", value)}
            />
          )}
          <MarkAllSeen />
        </div>
      )}
      {jobs.isSuccess && found.length === 0 && (
        <p className="muted">
          No matching jobs. <Link href="/companies">Start a run</Link> to find more, or search all
          companies.
        </p>
      )}
      {found.length > 0 && <PostingList jobs={found} busy={jobs.isFetching} />}
      <More list={jobs} auto />
    </div>
  );
}

interface UnknownProps {
  readonly numbers: JobList["unknown"];
  /** The names of the values that the filters of this search need, such as "pay". */
  readonly needed: readonly string[];
  readonly onInclude: (value: string) => void;
}

/**
 * Buttons that include the postings which do not state a value, such as the pay. These postings
 * pass all filters except the one that needs the value. Each button shows their number.
 */
function Unknown({ numbers, needed, onInclude }: UnknownProps) {
  return [...new Set(needed)]
    .filter((value) => (numbers[value] ?? 0) > 0)
    .map((value) => (
      <button
        key={value}
        type="button"
        className="button"
        data-size="small"
        onClick={() => onInclude(value)}
      >
        Include {count(numbers[value] ?? 0)} that state no {value}
      </button>
    ));
}

function countText({ count: number, exact }: JobList): string {
  return exact ? plural(number, "posting") : `More than ${count(number)} postings`;
}
