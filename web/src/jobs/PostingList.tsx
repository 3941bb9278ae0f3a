import type { FoundPosting } from "../api/types";
import { JobRow } from "./JobRow";

interface Props {
  readonly jobs: readonly FoundPosting[];
  readonly busy: boolean;
}

/** A list of postings. The postings of one role share one row: the first is shown with a list of
 * the others. */
export function PostingList({ jobs, busy }: Props) {
  return (
    <ul className="card rows" aria-busy={busy}>
      {withoutVariants(jobs).map((job) => (
        <JobRow key={job.job_id} job={job} />
      ))}
    </ul>
  );
}

/** Returns the postings that are not variants of an earlier one. Copies of other companies stay. */
export function withoutVariants(jobs: readonly FoundPosting[]): readonly FoundPosting[] {
  const named = new Set<number>();
  return jobs.filter(({ job_id, variants }) => {
    if (named.has(job_id)) return false;
    for (const each of variants) if (!each.is_copy) named.add(each.job_id);
    return true;
  });
}
