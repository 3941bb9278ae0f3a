/** When a run may be done, as a range: its guesses wander, and a single number would lie. */

import type { ProgressReport } from "../api/types";

const KEPT = 8;
/** Fewer guesses than this are no range. */
const ENOUGH = 3;
/** Seconds by which even guesses that agree may be wrong, as a share of what is left. */
const DOUBT = 0.15;
/** Seconds above which a range must not end later than so many times its beginning. */
const VAGUE = 60;
const WIDEST = 4;

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

/** Null while there is nothing to go by, nothing left to guess, or too much to be of use. */
export function etaRange(estimates: readonly number[], elapsed: number): EtaRange | null {
  if (estimates.length < ENOUGH) return null;
  const soonest = (Math.min(...estimates) - elapsed) * (1 - DOUBT);
  const latest = (Math.max(...estimates) - elapsed) * (1 + DOUBT);
  const useful = latest <= VAGUE || latest <= WIDEST * soonest;
  return latest < 1 || !useful ? null : { soonest: Math.max(0, soonest), latest };
}
