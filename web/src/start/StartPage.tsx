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
import styles from "./StartPage.module.css";
import { StartPanel } from "./StartPanel";

/** The companies one follows, what a run would bring, and the button that starts it. */
export function StartPage() {
  const companies = useQuery(companiesQuery);
  const latest = useQuery(latestRunQuery);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const followed = companies.data ?? [];
  const chosen = followed.filter((each) => each.enabled && !left.has(each.slug));
  const active = latest.data && !hasEnded(latest.data.status) ? latest.data : null;

  function choose(slug: string, take: boolean): void {
    const rest = new Set(left);
    if (take) rest.delete(slug);
    else rest.add(slug);
    setLeft(rest);
  }

  return (
    <div className={styles.page}>
      <PageTitle title="Start a run" />
      <p className={styles.lead}>
        A run lists the open postings of the companies you follow, and reads what is new or has
        changed.
      </p>
      {active && (
        <Notice tone="amber">
          Run {active.run_id} is going on. <Link href={`/runs/${active.run_id}`}>Watch it</Link>
        </Notice>
      )}
      {companies.error && <Failed error={companies.error} what="Your companies can't be shown" />}
      <div className={styles.columns}>
        <StartPanel chosen={chosen} all={left.size === 0} />
        <div className="stack">
          {companies.isSuccess && (
            <CompanyList companies={followed} left={left} onChoose={choose} />
          )}
          {companies.isPending && <p className="muted">Asking which companies you follow…</p>}
          <AddCompany taken={followed.map((each) => each.slug)} />
          <ImportCompanies />
        </div>
      </div>
      <Preview chosen={chosen.map((each) => each.slug)} />
    </div>
  );
}
