import { Link } from "wouter";
import type { JobDetail } from "../api/types";
import { FieldChanges } from "../ui/FieldChanges";
import { dayAndTime } from "../ui/format";

/** The changes of the posting since it was first read, newest first. */
export function Versions({ versions }: { readonly versions: JobDetail["versions"] }) {
  if (versions.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="versions">
      <h2 id="versions">Changes</h2>
      {versions.map((version) => (
        <div key={version.changed_at} className="card">
          <h3>
            {dayAndTime(version.changed_at)}
            {version.run_id !== null && (
              <>
                , <Link href={`/runs/${version.run_id}/summary`}>run {version.run_id}</Link>
              </>
            )}
          </h3>
          <FieldChanges changes={version.changes} />
        </div>
      ))}
    </section>
  );
}
