import type { ReactNode } from "react";
import { Link } from "wouter";
import { useClaims } from "../session/useToken";

interface Props {
  readonly runId: number;
  /** The query of the postings that the number counts, such as `status=expired`. */
  readonly query: string;
  readonly children: ReactNode;
}

/** A number of a run, as a link to the postings that the number counts. If the token only allows
 * reading one run, as in Airflow's tab, the number is not a link. */
export function NumberLink({ runId, query, children }: Props) {
  if (useClaims()?.onlyRun != null) return children;
  return <Link href={`/runs/${runId}/jobs?${query}`}>{children}</Link>;
}
