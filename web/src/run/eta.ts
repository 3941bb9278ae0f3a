/** Computes the expected remaining time of a run as a range of the latest estimates. A single
 * estimate varies too much to be shown. */

import type { ProgressReport } from "../api/types";

const MAX_ESTIMATES = 8;
/** The minimum number of estimates from which a range is computed. */
const MIN_ESTIMATES = 3;
/** The share of the remaining time by which the range is widened on each side. */
const RELATIVE_ERROR = 0.15;
/** A range that ends within this time in seconds is shown however wide it is. */
const SHORT_SECONDS = 60;
/** The maximum ratio of the end to the beginning of a range that ends after `SHORT_SECONDS`. */
const MAX_RATIO = 4;

export interface EtaRange {
  /** The bounds of the remaining time in seconds. */
  readonly soonest: number;
  readonly latest: number;
}

/**
 * Returns `estimates` with the estimate of `report` added. Each estimate is the run's whole
 * duration in seconds. Only the last `MAX_ESTIMATES` estimates are returned.
 */
export function withEstimate(
  estimates: readonly number[],
  report: ProgressReport,
): readonly number[] {
  const { elapsed_seconds: elapsed, eta_seconds: left } = report;
  if (report.status !== "ingesting" || elapsed === null || left === null) return estimates;
  return [...estimates, elapsed + left].slice(-MAX_ESTIMATES);
}

/**
 * Returns the range of the remaining time after `elapsed` seconds. Returns null if there are fewer
 * than `MIN_ESTIMATES`, less than a second is left, or the range is too wide to be useful.
 */
export function etaRange(estimates: readonly number[], elapsed: number): EtaRange | null {
  if (estimates.length < MIN_ESTIMATES) return null;
  const soonest = (Math.min(...estimates) - elapsed) * (1 - RELATIVE_ERROR);
  const latest = (Math.max(...estimates) - elapsed) * (1 + RELATIVE_ERROR);
  const useful = latest <= SHORT_SECONDS || latest <= MAX_RATIO * soonest;
  return latest < 1 || !useful ? null : { soonest: Math.max(0, soonest), latest };
}
