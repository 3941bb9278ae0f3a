import { Link } from "wouter";
import { ApiProblem } from "../api/client";
import { Failed, Notice } from "../ui/Notice";

/** A message that says why a run was not started. The usual reason is another active run, to which
 * the message then has a link. */
export function NotStarted({ error }: { readonly error: Error }) {
  const active = error instanceof ApiProblem ? error.members.run_id : undefined;
  if (typeof active !== "number") return <Failed error={error} what="The run did not start" />;
  return (
    <Notice tone="red">
      Run {active} is still going on. <Link href={`/runs/${active}`}>Watch it</Link>
    </Notice>
  );
}
