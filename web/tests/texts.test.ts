import { describe, expect, test } from "vitest";
import { asText } from "../src/ui/asText";
import { differing } from "../src/ui/differing";
import { ago, amounts, describeSchedule, duration, range, stopwatch } from "../src/ui/format";

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

  test("since something happened, in its largest whole unit", () => {
    const now = Date.parse("2026-03-05T12:00:00Z");
    const said = (time: string) => ago(time, now);
    expect(said("2026-03-05T11:59:30Z")).toBe("just now");
    expect(said("2026-03-05T12:00:30Z")).toBe("just now");
    expect(said("2026-03-05T11:58:01Z")).toBe("1 minute ago");
    expect(said("2026-03-05T09:30:00Z")).toBe("2 hours ago");
    expect(said("2026-03-02T12:00:00Z")).toBe("3 days ago");
  });

  test("that is left is rounded to what a guess is worth, and never to nothing", () => {
    expect(range(7, 12)).toBe("5–15 s");
    expect(range(0, 1)).toBe("0–5 s");
    expect(range(125, 170)).toBe("2–3 min");
  });
});

test("a schedule is told in words where it is a plain daily one", () => {
  expect(describeSchedule("0 5 * * *")).toBe("daily at 05:00 UTC");
  expect(describeSchedule("30 17 * * *")).toBe("daily at 17:30 UTC");
  expect(describeSchedule("0 5 * * 1")).toBe("on the schedule 0 5 * * 1 (cron, UTC)");
  expect(describeSchedule("*/5 5 * * *")).toBe("on the schedule */5 5 * * * (cron, UTC)");
});
