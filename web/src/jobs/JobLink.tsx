import { Link } from "wouter";
import { useClaims } from "../session/useToken";

interface Props {
  readonly jobId: number;
  readonly children: string;
}

/** The title of a posting. If the token only allows reading one run, the title is not a link. */
export function JobLink({ jobId, children }: Props) {
  if (useClaims()?.onlyRun != null) return <span className="wrap-anywhere">{children}</span>;
  return (
    <Link href={`/jobs/${jobId}`} className="wrap-anywhere">
      {children}
    </Link>
  );
}
