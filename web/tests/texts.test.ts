import { describe, expect, test } from "vitest";
import { asText } from "../src/ui/asText";
import { differing } from "../src/ui/differing";
import { amounts, duration, range, stopwatch } from "../src/ui/format";

describe("what differs", () => {
  test("is shown whole when it is short", () => {
    expect(differing("Cook", "Chef")).toEqual({ before: "Cook", after: "Chef" });
  });

  test("is shown with a little around it when the rest is long and the same", () => {
    const same = "x".repeat(1_000);
    const { before, after } = differing(`${same}old${same}`, `${same}new${same}`);
    expect(before).toMatch(/^…x{60}oldx{60}…$/);
    expect(after).toMatch(/^…x{60}newx{60}…$/);
  });

  test("is nothing on one side when something was added", () => {
    const same = "x".repeat(1_000);
    expect(differing(same, `${same}, and more`).after).toContain("and more");
    expect(differing("", "y".repeat(300)).before).toBe("");
  });

  test("may be repeated letters without being counted twice", () => {
    const { before, after } = differing("a".repeat(300), "a".repeat(301));
    expect(before.length).toBeLessThan(200);
    expect(after.length).toBe(before.length + 1);
  });
});

test("a field's value is read as a person would put it", () => {
  expect(asText(null)).toBe("");
  expect(asText([{ raw: "Bern", country: "CH" }, { raw: "Basel" }])).toBe("Bern, Basel");
  expect(asText({ min: 1, max: null })).toBe("min 1");
  expect(asText(true)).toBe("true");
});

test("amounts are told with what they are of", () => {
  expect(amounts({ timeout: 1_200, http_5xx: 1 })).toBe("1,200 timeout, 1 http_5xx");
  expect(amounts({})).toBe("");
});

describe("time", () => {
  test("that has passed", () => {
    expect([8.44, 59.6, 185, 7_800].map(duration)).toEqual([
      "8.4 s",
      "1 min 00 s",
      "3 min 05 s",
      "2 h 10 min",
    ]);
    expect([-1, 7.9, 750, 3_723].map(stopwatch)).toEqual(["0:00", "0:07", "12:30", "1:02:03"]);
  });

  test("that is left is rounded to what a guess is worth, and never to nothing", () => {
    expect(range(7, 12)).toBe("5–15 s");
    expect(range(0, 1)).toBe("0–5 s");
    expect(range(125, 170)).toBe("2–3 min");
  });
});
