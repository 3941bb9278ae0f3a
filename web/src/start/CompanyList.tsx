import { useState } from "react";
import type { Company } from "../api/types";
import { count, plural } from "../ui/format";
import { BulkActions } from "./BulkActions";
import styles from "./CompanyList.module.css";
import { CompanyRow } from "./CompanyRow";

interface Props {
  readonly companies: readonly Company[];
  /** The slugs of the companies that the user has deselected. All others are selected. */
  readonly deselected: ReadonlySet<string>;
  readonly onChoose: (slugs: readonly string[], isSelected: boolean) => void;
}

/** The companies that the user follows. The user can search them, select some, and pause, resume
 * or remove all that are selected. */
export function CompanyList({ companies, deselected, onChoose }: Props) {
  const [words, setWords] = useState("");
  const shown = companies.filter((company) => matches(company, words));
  const selected = companies.filter((company) => !deselected.has(company.slug));
  const allSelected = shown.every((company) => !deselected.has(company.slug));
  if (companies.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="followed">
      <div className="row" data-spread>
        <h2 id="followed">Companies you follow</h2>
        <span className="muted small">{plural(companies.length, "company", "companies")}</span>
      </div>
      <div className="row" data-spread>
        <label className="row">
          <input
            type="checkbox"
            checked={allSelected && shown.length > 0}
            onChange={({ target }) =>
              onChoose(
                shown.map((company) => company.slug),
                target.checked,
              )
            }
          />
          Select all ({count(selected.length)} selected)
        </label>
        <input
          type="search"
          className={`input ${styles.search}`}
          aria-label="Find companies"
          placeholder="Find companies"
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      </div>
      <BulkActions companies={selected} />
      {shown.length === 0 && <p className="muted">No matching companies.</p>}
      <ul className="card rows compact">
        {shown.map((company) => (
          <CompanyRow
            key={company.slug}
            company={company}
            selected={!deselected.has(company.slug)}
            onChoose={(isSelected) => onChoose([company.slug], isSelected)}
          />
        ))}
      </ul>
    </section>
  );
}

function matches({ slug, source, display_name }: Company, words: string): boolean {
  const text = `${display_name} ${slug} ${source}`.toLowerCase();
  return text.includes(words.trim().toLowerCase());
}
