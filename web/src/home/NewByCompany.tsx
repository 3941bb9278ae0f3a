import { Link } from "wouter";
import type { JobList } from "../api/types";
import { count } from "../ui/format";
import styles from "./HomePage.module.css";

/** The number of new postings of each company, as a link to these postings. */
export function NewByCompany({ counts }: { readonly counts: JobList }) {
  return (
    <p className={styles.chips} data-testid="new-by-company">
      <Link href="/jobs?new=true">
        {counts.exact ? "" : "More than "}
        {count(counts.count)} new
      </Link>
      {Object.entries(counts.facets.company).map(([name, number]) => (
        <Link key={name} href={`/jobs?new=true&company=${encodeURIComponent(name)}`}>
          {name} {count(number)}
        </Link>
      ))}
    </p>
  );
}
