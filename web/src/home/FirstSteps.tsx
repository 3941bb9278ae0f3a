import { Link } from "wouter";
import styles from "./HomePage.module.css";

/** The three steps of a first visit: from an empty account to a first list of postings. */
export function FirstSteps({ followed }: { readonly followed: number }) {
  const step = followed === 0 ? 1 : 2;
  return (
    <section className="card stack" aria-labelledby="steps">
      <h2 id="steps">Three steps to your first list</h2>
      <ol className={styles.steps}>
        <li aria-current={step === 1 ? "step" : undefined}>
          <Link href="/companies">Add a company</Link> by the address of its career site.
        </li>
        <li aria-current={step === 2 ? "step" : undefined}>
          <Link href="/companies">Start a run</Link>, which lists and reads its postings.
        </li>
        <li>Come back here. This page shows the postings that are new to you.</li>
      </ol>
    </section>
  );
}
