import { useInfiniteQuery } from "@tanstack/react-query";
import { changesQuery } from "../api/queries";
import type { ShownRun } from "../api/types";
import type { Tone } from "../ui/Badge";
import { count } from "../ui/format";
import styles from "./Figures.module.css";

/** What a run did, in numbers. */
export function Figures({ run }: { readonly run: ShownRun }) {
  const changes = useInfiniteQuery(changesQuery(run.run_id));
  const { counts, gone } = run;
  const byPage = gone > 0 ? `${count(gone)} by their own page` : "";
  return (
    <dl className={`card ${styles.figures}`} aria-label="Outcome">
      <Figure name="added" label="New" value={counts.added} tone="green" />
      <Figure name="changed" label="Updated" value={changes.data?.total ?? null} tone="violet" />
      <Figure name="skipped" label="Unchanged" value={counts.skipped} tone="slate" />
      <Figure name="expired" label="Expired" value={counts.expired} tone="amber" more={byPage} />
      <Figure name="failed" label="Failed" value={counts.failed} tone="red" />
      <Figure name="ready" label="Read" value={counts.ready} tone="blue" />
      <Figure name="total" label="Listed" value={counts.total} tone="neutral" />
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly label: string;
  /** Null until it is known. */
  readonly value: number | null;
  readonly tone: Tone;
  /** A word more. */
  readonly more?: string;
}

function Figure({ name, label, value, tone, more }: FigureProps) {
  return (
    <div className={styles.figure} data-tone={tone} data-none={value === 0}>
      <dt>{label}</dt>
      <dd data-testid={`count-${name}`}>{value === null ? "…" : count(value)}</dd>
      {more && <dd className={styles.more}>{more}</dd>}
    </div>
  );
}
