/** When a run may be done, as a range: its guesses wander, and a single number would lie. */

import type { ProgressReport } from "../api/types";

const KEPT = 8;
/** Fewer guesses than this are no range. */
const ENOUGH = 3;
/** Seconds by which even guesses that agree may be wrong, as a share of what is left. */
const DOUBT = 0.15;

export interface EtaRange {
  /** Seconds. */
  readonly soonest: number;
  readonly latest: number;
}

/** `estimates`, each of the whole duration in seconds, with that of one more report. */
export function withEstimate(
  estimates: readonly number[],
  report: ProgressReport,
): readonly number[] {
  const { elapsed_seconds: elapsed, eta_seconds: left } = report;
  if (report.status !== "ingesting" || elapsed === null || left === null) return estimates;
  return [...estimates, elapsed + left].slice(-KEPT);
}

/** Null while there is nothing to go by, or nothing left to guess. */
export function etaRange(estimates: readonly number[], elapsed: number): EtaRange | null {
  if (estimates.length < ENOUGH) return null;
  const soonest = (Math.min(...estimates) - elapsed) * (1 - DOUBT);
  const latest = (Math.max(...estimates) - elapsed) * (1 + DOUBT);
  return latest < 1 ? null : { soonest: Math.max(0, soonest), latest };
}
