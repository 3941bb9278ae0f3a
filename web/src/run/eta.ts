/** The expected remaining time of a run as a range, because single estimates vary too much. */

import type { ProgressReport } from "../api/types";

const KEPT = 8;
/** The minimum number of estimates for a range. */
const MIN_ESTIMATES = 3;
/** The error that is assumed if all estimates agree, as a share of the remaining time. */
const RELATIVE_ERROR = 0.15;
/** The maximum ratio of the end of a range to its beginning, for long times. */
const SHORT_SECONDS = 60;
const MAX_RATIO = 4;

export interface EtaRange {
  /** The bounds of the remaining time in seconds. */
  readonly soonest: number;
  readonly latest: number;
}

/**
 * Returns `estimates` with the estimate of one more report added. Each is the run's whole duration
 * in seconds.
 */
export function withEstimate(
  estimates: readonly number[],
  report: ProgressReport,
): readonly number[] {
  const { elapsed_seconds: elapsed, eta_seconds: left } = report;
  if (report.status !== "ingesting" || elapsed === null || left === null) return estimates;
  return [...estimates, elapsed + left].slice(-KEPT);
}

/**
 * Returns the range; null if there are too few estimates, no time is left, or the range is too
 * wide.
 */
export function etaRange(estimates: readonly number[], elapsed: number): EtaRange | null {
  if (estimates.length < MIN_ESTIMATES) return null;
  const soonest = (Math.min(...estimates) - elapsed) * (1 - RELATIVE_ERROR);
  const latest = (Math.max(...estimates) - elapsed) * (1 + RELATIVE_ERROR);
  const useful = latest <= SHORT_SECONDS || latest <= MAX_RATIO * soonest;
  return latest < 1 || !useful ? null : { soonest: Math.max(0, soonest), latest };
}
