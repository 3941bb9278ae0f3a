import { describe, expect, test } from "vitest";
import { etaRange, withEstimate } from "../src/run/eta";
import { report } from "./runs";

describe("when a run may be done", () => {
  test("is not known from the first guesses", () => {
    expect(etaRange([], 10)).toBeNull();
    expect(etaRange([60, 60], 10)).toBeNull();
  });

  test("is as wide as the guesses wander", () => {
    const steady = etaRange([60, 60, 60], 10);
    const unstable = etaRange([50, 60, 90], 10);
    expect(steady?.soonest).toBeLessThan(50);
    expect(steady?.latest).toBeGreaterThan(50);
    expect(unstable?.soonest).toBeLessThan(steady?.soonest ?? 0);
    expect(unstable?.latest).toBeGreaterThan(steady?.latest ?? 0);
  });

  test("is not known from guesses so far apart that they say nothing", () => {
    expect(etaRange([400, 1_000, 5_000], 60)).toBeNull();
    expect(etaRange([400, 450, 1_000], 60)).not.toBeNull();
    expect(etaRange([61, 62, 100], 60)).not.toBeNull();
  });

  test("is never in the past, and nothing once all guesses are", () => {
    expect(etaRange([50, 60, 90], 70)?.soonest).toBe(0);
    expect(etaRange([50, 60, 70], 80)).toBeNull();
  });
});

describe("a guess", () => {
  test("is what has passed and what is left together", () => {
    expect(withEstimate([], report({ elapsed_seconds: 10, eta_seconds: 5 }))).toEqual([15]);
  });

  test("is not made from a report that has none", () => {
    expect(withEstimate([15], report({ eta_seconds: null }))).toEqual([15]);
    expect(withEstimate([15], report({ status: "finished", eta_seconds: 0 }))).toEqual([15]);
  });
});
