import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { companiesQuery, latestRunQuery } from "../api/queries";
import { hasEnded } from "../run/states";
import { Failed, Notice } from "../ui/Notice";
import { PageTitle } from "../ui/PageTitle";
import { AddCompany } from "./AddCompany";
import { CompanyList } from "./CompanyList";
import { ImportCompanies } from "./ImportCompanies";
import { Preview } from "./Preview";
import { Schedule } from "./Schedule";
import styles from "./StartPage.module.css";
import { StartPanel } from "./StartPanel";

/** The page *Companies*: the companies that the user follows, a preview of the next run, and the
 * button that starts the run. */
export function StartPage() {
  const companies = useQuery(companiesQuery);
  const latest = useQuery(latestRunQuery);
  const [deselected, setDeselected] = useState<ReadonlySet<string>>(new Set());
  const followed = companies.data ?? [];
  const selected = followed.filter((each) => !deselected.has(each.slug));
  const chosen = selected.filter((each) => each.enabled);
  const active = latest.data && !hasEnded(latest.data.status) ? latest.data : null;

  function choose(slugs: readonly string[], isSelected: boolean): void {
    const changed = new Set(deselected);
    for (const slug of slugs) {
      if (isSelected) changed.delete(slug);
      else changed.add(slug);
    }
    setDeselected(changed);
  }

  return (
    <div className={styles.page}>
      <PageTitle title="Companies" />
      <p className={styles.lead}>
        A run lists the open postings of the companies you follow, and reads what is new or has
        changed.
      </p>
      {followed.length > 0 && <Schedule companies={followed} />}
      {active && (
        <Notice tone="amber">
          Run {active.run_id} is going on. <Link href={`/runs/${active.run_id}`}>Watch it</Link>
        </Notice>
      )}
      {companies.error && <Failed error={companies.error} what="Your companies can't be shown" />}
      <div className={styles.columns}>
        <StartPanel chosen={chosen} all={deselected.size === 0} />
        <div className="stack">
          <AddCompany taken={followed.map((each) => each.slug)} />
          <ImportCompanies />
          {companies.isPending && <p className="muted">Loading companies…</p>}
          {companies.isSuccess && followed.length === 0 && (
            <p className="card muted">
              You follow no company yet. Give the address of a career site to add the first.
            </p>
          )}
          <CompanyList companies={followed} deselected={deselected} onChoose={choose} />
        </div>
      </div>
      <Preview chosen={chosen.map((each) => each.slug)} />
    </div>
  );
}
