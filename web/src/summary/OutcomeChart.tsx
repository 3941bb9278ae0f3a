import { useState } from "react";
import type { CompanyReport } from "../api/types";
import { countAll } from "../run/states";
import { Ago } from "../ui/Ago";
import { ListingBadge } from "../ui/Badge";
import { count, plural } from "../ui/format";
import { OutcomeBar } from "../ui/OutcomeBar";
import { NumberLink } from "./NumberLink";
import styles from "./OutcomeChart.module.css";

/** The number of bars that are shown at first, and added at each press of the button. */
const STEP = 20;

const LEGEND = [
  { label: "Ready", tone: "green" },
  { label: "Unchanged", tone: "slate" },
  { label: "Expired", tone: "amber" },
  { label: "Failed", tone: "red" },
] as const;

interface Props {
  readonly runId: number;
  readonly companies: readonly CompanyReport[];
}

/** A chart with one bar for each company. The bar shows the outcomes of the company's postings. */
export function OutcomeChart({ runId, companies }: Props) {
  const [shown, setShown] = useState(STEP);
  if (companies.length === 0) return null;
  const most = Math.max(1, ...companies.map((each) => countAll(each.counts)));
  const largestFirst = companies.toSorted((a, b) => countAll(b.counts) - countAll(a.counts));
  const hidden = companies.length - shown;
  return (
    <section className="card stack" aria-labelledby="outcomes">
      <h2 id="outcomes">Outcomes by company</h2>
      <ul className={styles.key} aria-hidden="true">
        {LEGEND.map(({ label, tone }) => (
          <li key={label} data-tone={tone}>
            {label}
          </li>
        ))}
      </ul>
      <ul className={styles.bars}>
        {largestFirst.slice(0, shown).map((company) => (
          <Row key={company.company} runId={runId} company={company} most={most} />
        ))}
      </ul>
      {hidden > 0 && (
        <button type="button" className="button" onClick={() => setShown(shown + STEP)}>
          Show more ({plural(hidden, "company", "companies")} not shown)
        </button>
      )}
    </section>
  );
}

/** Returns whether the run ended before it listed the company. */
function neverListed(status: CompanyReport["status"]): boolean {
  return status === "waiting" || status === "sourcing";
}

interface RowProps {
  readonly runId: number;
  readonly company: CompanyReport;
  /** The number of postings that a bar of the whole width stands for. */
  readonly most: number;
}

function Row({ runId, company, most }: RowProps) {
  const { adopted, checked_at, counts, error, status } = company;
  return (
    <li className={styles.company}>
      <div className={styles.name}>
        <span className="wrap-anywhere">{company.company}</span>
        {status === "complete" ? (
          <NumberLink runId={runId} query={`company=${encodeURIComponent(company.company)}`}>
            {count(countAll(counts))}
          </NumberLink>
        ) : (
          <ListingBadge status={neverListed(status) ? "error" : status} />
        )}
      </div>
      <OutcomeBar tally={counts} of={most} />
      <p className="visually-hidden">
        {counts.ready} ready, {counts.skipped} unchanged, {counts.expired} expired, {counts.failed}{" "}
        failed
      </p>
      {adopted && checked_at !== null && (
        <p className="muted small">
          checked <Ago time={checked_at} />
        </p>
      )}
      {error !== null && <p className={styles.reason}>{error.message}</p>}
    </li>
  );
}
