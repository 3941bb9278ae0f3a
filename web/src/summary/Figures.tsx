import { useInfiniteQuery } from "@tanstack/react-query";
import { changesQuery } from "../api/queries";
import type { ShownRun } from "../api/types";
import { failedQuery, notReached } from "../run/states";
import type { Tone } from "../ui/Badge";
import { count } from "../ui/format";
import styles from "./Figures.module.css";
import { NumberLink } from "./NumberLink";

/** The results of a run as numbers. Each number is a link to the postings that it counts. */
export function Figures({ run }: { readonly run: ShownRun }) {
  const changes = useInfiniteQuery(changesQuery(run.run_id));
  const { counts, gone, run_id: runId } = run;
  const unread = notReached(run.failures);
  const byPage = gone > 0 ? `${count(gone)} closed, say their pages` : "";
  const updated = changes.data?.total ?? null;
  return (
    <dl className={`card ${styles.figures}`} aria-label="Outcome">
      <Figure
        name="added"
        label="New"
        value={counts.added}
        tone="green"
        of={[runId, "added=true"]}
      />
      <Figure name="changed" label="Updated" value={updated} tone="violet" href="#changes" />
      <Figure
        name="skipped"
        label="Unchanged"
        value={counts.skipped}
        tone="slate"
        of={[runId, "status=skipped"]}
      />
      <Figure
        name="expired"
        label="Expired"
        value={counts.expired}
        tone="amber"
        more={byPage}
        of={[runId, "status=expired"]}
      />
      <Figure
        name="failed"
        label="Failed"
        value={counts.failed - unread}
        tone="red"
        of={[runId, failedQuery(run.failures, true)]}
      />
      {unread > 0 && (
        <Figure
          name="unread"
          label="Not reached"
          value={unread}
          tone="slate"
          of={[runId, failedQuery(run.failures, false)]}
        />
      )}
      <Figure
        name="ready"
        label="Read"
        value={counts.ready}
        tone="blue"
        of={[runId, "status=ready"]}
      />
      <Figure
        name="total"
        label="Listed"
        value={counts.total}
        tone="neutral"
        of={[runId, "listed=true"]}
      />
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly label: string;
  /** The number; null until it is known. */
  readonly value: number | null;
  readonly tone: Tone;
  /** A short remark that is shown below the number. */
  readonly more?: string;
  /** The id of the run, and the query of the postings that the number counts. */
  readonly of?: readonly [number, string];
  /** The link to the section of this page that shows the postings that the number counts. */
  readonly href?: string;
}

function Figure({ name, label, value, tone, more, of, href }: FigureProps) {
  const text = value === null ? "…" : count(value);
  return (
    <div className={styles.figure} data-tone={tone} data-none={value === 0}>
      <dt>{label}</dt>
      <dd data-testid={`count-${name}`}>
        {!value && text}
        {value !== null && value > 0 && href !== undefined && <a href={href}>{text}</a>}
        {value !== null && value > 0 && of !== undefined && (
          <NumberLink runId={of[0]} query={of[1]}>
            {text}
          </NumberLink>
        )}
      </dd>
      {more && <dd className={styles.more}>{more}</dd>}
    </div>
  );
}
