import { Link } from "wouter";
import type { RunReport } from "../api/types";
import { hasEnded } from "../run/states";
import { RunBadge } from "../ui/Badge";
import { count, plural } from "../ui/format";
import { OutcomeBar } from "../ui/OutcomeBar";
import { RunFacts } from "../ui/RunFacts";
import styles from "./RunRow.module.css";

export function RunRow({ run }: { readonly run: RunReport }) {
  const { run_id, status, companies, counts } = run;
  const href = hasEnded(status) ? `/runs/${run_id}/summary` : `/runs/${run_id}`;
  return (
    <li className={`card ${styles.row}`} data-testid="run">
      <div className="row" data-spread>
        <Link href={href} className={styles.name}>
          Run {run_id}
        </Link>
        <RunBadge status={status} />
      </div>
      <RunFacts run={run} />
      {counts.total + counts.expired > 0 && <OutcomeBar tally={counts} />}
      <p className="small">
        {[
          plural(companies.length, "company", "companies"),
          ...figures(counts),
          ...(run.sla_misses.length ? [plural(run.sla_misses.length, "missed deadline")] : []),
        ].join(" · ")}
      </p>
    </li>
  );
}

function figures(counts: RunReport["counts"]): string[] {
  const all: [number, string][] = [
    [counts.total, "listed"],
    [counts.added, "new"],
    [counts.skipped, "unchanged"],
    [counts.expired, "expired"],
    [counts.failed, "failed"],
  ];
  return all.filter(([number]) => number > 0).map(([number, label]) => `${count(number)} ${label}`);
}
