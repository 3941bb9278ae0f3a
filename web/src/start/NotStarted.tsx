import { Link } from "wouter";
import { ApiProblem } from "../api/client";
import { Failed, Notice } from "../ui/Notice";

/** A message with the reason why a run was not started, usually another active run. */
export function NotStarted({ error }: { readonly error: Error }) {
  const active = error instanceof ApiProblem ? error.members.run_id : undefined;
  if (typeof active !== "number") return <Failed error={error} what="The run did not start" />;
  return (
    <Notice tone="red">
      Run {active} is still going on. <Link href={`/runs/${active}`}>Watch it</Link>
    </Notice>
  );
}
