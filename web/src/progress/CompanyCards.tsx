import { memo, useState } from "react";
import type { CompanyReport } from "../api/types";
import { plural } from "../ui/format";
import { CompanyCard } from "./CompanyCard";
import styles from "./CompanyCards.module.css";

/** The number of cards that are shown at first, and added at each press of the button. A user may
 * follow thousands of companies, so not all are shown at once. */
const STEP = 12;

const URGENCY: Readonly<Record<CompanyReport["status"], number>> = {
  error: 0,
  held: 1,
  partial: 2,
  sourcing: 3,
  waiting: 4,
  complete: 4,
};

export const CompanyCards = memo(function CompanyCards({
  companies,
}: {
  readonly companies: readonly CompanyReport[];
}) {
  const [shown, setShown] = useState(STEP);
  if (companies.length === 0) return null;
  const byUrgency = companies.toSorted((a, b) => URGENCY[a.status] - URGENCY[b.status]);
  const hidden = companies.length - shown;
  return (
    <section className="stack" aria-labelledby="companies">
      <h2 id="companies">Companies</h2>
      <ul className={styles.cards}>
        {(hidden > 0 ? byUrgency.slice(0, shown) : companies).map((company) => (
          <CompanyCard key={company.company} company={company} />
        ))}
      </ul>
      {hidden > 0 && (
        <button type="button" className="button" onClick={() => setShown(shown + STEP)}>
          Show more ({plural(hidden, "company", "companies")} not shown)
        </button>
      )}
    </section>
  );
});
