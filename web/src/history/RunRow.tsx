import { Link } from "wouter";
import type { RunReport } from "../api/types";
import { failedQuery, hasEnded, notReached } from "../run/states";
import { NumberLink } from "../summary/NumberLink";
import { RunBadge } from "../ui/Badge";
import { count, plural } from "../ui/format";
import { OutcomeBar } from "../ui/OutcomeBar";
import { RunFacts } from "../ui/RunFacts";
import styles from "./RunRow.module.css";

/** One run of the list: its numbers, which are links, and the reasons for its problems. */
export function RunRow({ run }: { readonly run: RunReport }) {
  const { run_id, status, companies, counts } = run;
  const href = hasEnded(status) ? `/runs/${run_id}/summary` : `/runs/${run_id}`;
  return (
    <li className={`card ${styles.row}`} data-testid="run">
      <div className="row" data-spread>
        <Link href={href} className={styles.name}>
          Run {run_id}
        </Link>
        <RunBadge status={status} hasProblems={run.has_problems} />
      </div>
      <RunFacts run={run} />
      {counts.total + counts.expired > 0 && <OutcomeBar tally={counts} />}
      <p className={`small ${styles.figures}`}>
        <span>{plural(companies.length, "company", "companies")}</span>
        {figures(run).map(([number, label, query]) => (
          <NumberLink key={label} runId={run_id} query={query}>
            {count(number)} {label}
          </NumberLink>
        ))}
        {run.sla_misses.length > 0 && (
          <span>{plural(run.sla_misses.length, "missed deadline")}</span>
        )}
      </p>
      {run.has_problems && (
        <ul className="small">
          {companies
            .filter((each) => each.error !== null && each.status !== "held")
            .map((each) => (
              <li key={each.company} className="wrap-anywhere">
                {each.company}: {each.error?.message}
              </li>
            ))}
        </ul>
      )}
    </li>
  );
}

/**
 * Returns the numbers of a run that are not 0. Each number has a label, and the query of the
 * postings that it counts.
 */
function figures({ counts, failures }: RunReport): readonly [number, string, string][] {
  const unread = notReached(failures);
  const all: [number, string, string][] = [
    [counts.total, "listed", "listed=true"],
    [counts.added, "new", "added=true"],
    [counts.skipped, "unchanged", "status=skipped"],
    [counts.expired, "expired", "status=expired"],
    [counts.failed - unread, "failed", failedQuery(failures, true)],
    [unread, "not reached", failedQuery(failures, false)],
  ];
  return all.filter(([number]) => number > 0);
}
