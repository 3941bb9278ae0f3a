import type { CompanyReport, Counts } from "../api/types";
import { countAll } from "../run/states";
import { Ago } from "../ui/Ago";
import { ListingBadge } from "../ui/Badge";
import { count } from "../ui/format";
import { OutcomeBar } from "../ui/OutcomeBar";
import styles from "./CompanyCards.module.css";

/** One company of a run: the result of its listing, and the outcomes of its postings. */
export function CompanyCard({ company }: { readonly company: CompanyReport }) {
  const { adopted, checked_at, counts, error, listed, status } = company;
  const isListed = status !== "waiting" && status !== "sourcing";
  return (
    <li className={`card ${styles.card}`} data-testid="company-card" data-company={company.company}>
      <h3 className="wrap-anywhere">{company.company}</h3>
      <div className="row">
        <ListingBadge status={status} />
        <span className="muted small wrap-anywhere">
          {isListed && status !== "error" ? `${count(listed)} · ${company.source}` : company.source}
        </span>
      </div>
      {adopted && checked_at !== null && (
        <p className="muted small">
          checked <Ago time={checked_at} />
        </p>
      )}
      {error !== null && <p className={styles.reason}>{error.message}</p>}
      {countAll(counts) > 0 && (
        <>
          <OutcomeBar tally={counts} />
          <ul className={styles.counts}>
            {outcomes(counts).map(([label, number, tone]) => (
              <li key={label} data-tone={tone}>
                {count(number)} {label}
              </li>
            ))}
          </ul>
        </>
      )}
    </li>
  );
}

function outcomes(counts: Counts): [string, number, string][] {
  const waiting = counts.pending + counts.crawling + counts.extracting;
  const all: [string, number, string][] = [
    ["to do", waiting, "neutral"],
    ["new", counts.added, "green"],
    ["ready", counts.ready, "green"],
    ["unchanged", counts.skipped, "slate"],
    ["expired", counts.expired, "amber"],
    ["failed", counts.failed, "red"],
  ];
  return all.filter(([, number]) => number > 0);
}
