import type { Company } from "../api/types";
import { plural } from "../ui/format";
import styles from "./CompanyList.module.css";
import { CompanyRow } from "./CompanyRow";

interface Props {
  readonly companies: readonly Company[];
  /** Slugs of those the next run leaves out. */
  readonly left: ReadonlySet<string>;
  readonly onChoose: (slug: string, take: boolean) => void;
}

export function CompanyList({ companies, left, onChoose }: Props) {
  return (
    <section className="stack" aria-labelledby="followed">
      <div className="row" data-spread>
        <h2 id="followed">Companies you follow</h2>
        {companies.length > 0 && (
          <span className="muted small">{plural(companies.length, "company", "companies")}</span>
        )}
      </div>
      {companies.length === 0 ? (
        <p className={`card ${styles.none}`}>
          You follow no company yet. Give the address of a career site below to add the first.
        </p>
      ) : (
        <ul className={`card ${styles.list}`}>
          {companies.map((company) => (
            <CompanyRow
              key={company.slug}
              company={company}
              taken={company.enabled && !left.has(company.slug)}
              onChoose={(take) => onChoose(company.slug, take)}
            />
          ))}
        </ul>
      )}
    </section>
  );
}
