import { Link } from "wouter";
import { useClaims } from "../session/useToken";

interface Props {
  readonly jobId: number;
  readonly children: string;
}

/** A posting's name; a link for those who may see more than one run. */
export function JobLink({ jobId, children }: Props) {
  if (useClaims()?.onlyRun != null) return <span className="wrap-anywhere">{children}</span>;
  return (
    <Link href={`/jobs/${jobId}`} className="wrap-anywhere">
      {children}
    </Link>
  );
}
