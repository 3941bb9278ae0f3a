import { useLocation } from "wouter";
import { useStart } from "../api/queries";
import type { CompanyReport } from "../api/types";
import { useClaims } from "../session/useToken";
import { NotStarted } from "../start/NotStarted";
import { count, plural } from "../ui/format";
import { Notice } from "../ui/Notice";

/** A message that says for how many companies a run used an earlier check. Its button starts a run
 * that checks these companies now. */
export function CheckNow({ companies }: { readonly companies: readonly CompanyReport[] }) {
  const [, navigate] = useLocation();
  const isReadOnly = useClaims()?.onlyRun != null;
  const start = useStart();
  const adopted = companies.filter((each) => each.adopted).map((each) => each.company);
  if (adopted.length === 0) return null;

  function check(): void {
    start.mutate(
      { companies: adopted, max_age: 0 },
      { onSuccess: ({ run_id }) => navigate(`/runs/${run_id}`) },
    );
  }

  return (
    <Notice tone="neutral">
      <div className="stack" data-testid="check-now">
        <p>{adoptedText(adopted.length, companies.length)}</p>
        {!isReadOnly && (
          <div className="row">
            <button type="button" className="button" disabled={start.isPending} onClick={check}>
              {start.isPending ? "Starting…" : "Check now"}
            </button>
            <span className="small">
              Starts a run that asks {adopted.length === 1 ? "this site" : "these sites"} again. It
              reads only the pages that may have changed.
            </span>
          </div>
        )}
        {start.error && <NotStarted error={start.error} />}
      </div>
    </Notice>
  );
}

function adoptedText(adopted: number, all: number): string {
  const before = "had been checked shortly before, so their sites were not asked again";
  if (adopted < all)
    return `${count(adopted)} of ${plural(all, "company", "companies")} ${before}.`;
  if (all === 1)
    return "The company had been checked shortly before, so its site was not asked again.";
  return `All ${count(all)} companies ${before}.`;
}
