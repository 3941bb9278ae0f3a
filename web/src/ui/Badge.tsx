import type { ReactNode } from "react";
import type { CompanyReport, JobStatus, RunStatus } from "../api/types";
import { JOB_LABELS, RUN_LABELS } from "../run/states";
import styles from "./Badge.module.css";

export type Tone = "neutral" | "blue" | "violet" | "green" | "slate" | "amber" | "red";

export const JOB_TONES: Readonly<Record<JobStatus, Tone>> = {
  pending: "neutral",
  crawling: "blue",
  extracting: "violet",
  ready: "green",
  skipped: "slate",
  expired: "amber",
  failed: "red",
};

const RUN_TONES: Readonly<Record<RunStatus, Tone>> = {
  pending: "neutral",
  initializing: "blue",
  ingesting: "blue",
  finished: "green",
  error: "red",
  aborted: "amber",
};

type Listing = CompanyReport["status"];

export const LISTING_LABELS: Readonly<Record<Listing, string>> = {
  waiting: "Not listed yet",
  sourcing: "Listing…",
  complete: "Complete",
  partial: "Partial",
  held: "Held back",
  error: "Not listed",
};

const LISTING_TONES: Readonly<Record<Listing, Tone>> = {
  waiting: "neutral",
  sourcing: "blue",
  complete: "green",
  partial: "amber",
  held: "amber",
  error: "red",
};

interface Props {
  readonly tone: Tone;
  readonly children: ReactNode;
}

export function Badge({ tone, children }: Props) {
  return (
    <span className={styles.badge} data-tone={tone}>
      {children}
    </span>
  );
}

export function JobBadge({ status }: { readonly status: JobStatus }) {
  return <Badge tone={JOB_TONES[status]}>{JOB_LABELS[status]}</Badge>;
}

interface RunBadgeProps {
  readonly status: RunStatus;
  /** True if the run finished, but a posting failed or a company was not completely listed. */
  readonly hasProblems?: boolean;
}

export function RunBadge({ status, hasProblems = false }: RunBadgeProps) {
  if (hasProblems) return <Badge tone="amber">{RUN_LABELS[status]} with problems</Badge>;
  return <Badge tone={RUN_TONES[status]}>{RUN_LABELS[status]}</Badge>;
}

export function ListingBadge({ status }: { readonly status: Listing }) {
  return <Badge tone={LISTING_TONES[status]}>{LISTING_LABELS[status]}</Badge>;
}
