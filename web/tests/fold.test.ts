import { describe, expect, test } from "vitest";
import type { JobStatus } from "../src/api/types";
import { UNKNOWN_RUN, type WatchedRun } from "../src/run/fold";
import { jobAt, jobsOf } from "../src/run/jobTable";
import { countAll, countFinal, JOB_STATUSES } from "../src/run/states";
import { allJobs, event, folded, report } from "./runs";

function statuses(run: WatchedRun): Record<string, JobStatus> {
  return Object.fromEntries(
    [...jobsOf(run.jobs)].map((job) => [`${job.company}/${job.externalId}`, job.status]),
  );
}

function counted(run: WatchedRun): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const job of jobsOf(run.jobs)) counts[job.status] = (counts[job.status] ?? 0) + 1;
  return counts;
}

describe("the jobs of a run", () => {
  test("are unknown, not none, before they are named", () => {
    const run = folded([event("status", "pending"), event("status", "ingesting")]);
    expect(run.listed).toBe(false);
    expect(folded([allJobs({})], run).listed).toBe(true);
  });

  test("change as an update says, and no others do", () => {
    const run = folded([
      allJobs({ acme: { a: "pending", b: "pending" }, globex: { a: "pending" } }),
      event("update", { acme: { b: "ready" } }),
    ]);
    expect(statuses(run)).toEqual({
      "acme/a": "pending",
      "acme/b": "ready",
      "globex/a": "pending",
    });
    expect(run.tally).toMatchObject({ pending: 2, ready: 1 });
  });

  test("are replaced by all_jobs", () => {
    const run = folded([allJobs({ acme: { a: "pending" } }), allJobs({ acme: { b: "ready" } })]);
    expect(statuses(run)).toEqual({ "acme/b": "ready" });
    expect(countAll(run.tally)).toBe(1);
  });

  test("that nobody has named join with their id alone", () => {
    const run = folded([
      allJobs({ acme: { a: "pending" } }),
      event("update", { acme: { a: "ready", z: "pending" } }),
    ]);
    expect(statuses(run)).toEqual({ "acme/a": "ready", "acme/z": "pending" });
    expect(jobAt(run.jobs, 1)).toMatchObject({ externalId: "z", title: "" });
  });

  test("may bear names that objects have of their own", () => {
    const named = '{"__proto__":[{"external_id":"constructor","title":"t","status":"pending"}]}';
    const updated = '{"__proto__":{"constructor":"failed"}}';
    const run = folded([
      event("all_jobs", JSON.parse(named)),
      event("update", JSON.parse(updated)),
    ]);
    expect(statuses(run)).toEqual({ "__proto__/constructor": "failed" });
  });

  test("take the titles that are read, and keep their place and status", () => {
    const before = folded([allJobs({ acme: { a: "pending", b: "ready" } })]);
    const run = folded([event("titles", { acme: { b: "Baker", z: "Nobody" } })], before);
    expect([...jobsOf(run.jobs)]).toEqual([
      { jobId: 1, company: "acme", externalId: "a", title: "Title of a", status: "pending" },
      { jobId: 2, company: "acme", externalId: "b", title: "Baker", status: "ready" },
    ]);
    expect(jobAt(before.jobs, 1)?.title).toBe("Title of b");
    expect(folded([event("titles", { acme: { b: "Baker" } })], run).jobs).toBe(run.jobs);
  });

  test("of an earlier state stay as they were", () => {
    const before = folded([allJobs({ acme: { a: "pending", b: "pending" } })]);
    folded([event("update", { acme: { a: "failed" } })], before);
    expect(statuses(before)).toEqual({ "acme/a": "pending", "acme/b": "pending" });
    expect(before.tally.pending).toBe(2);
  });

  test("share all chunks but those that change", () => {
    const many = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, number) => [`j${number}`, "pending" as const]),
    );
    const before = folded([allJobs({ acme: many })]);
    const after = folded([event("update", { acme: { j5000: "ready", j5001: "ready" } })], before);
    const copied = after.jobs.chunks.filter((chunk, at) => chunk !== before.jobs.chunks[at]);
    expect(copied).toHaveLength(1);
    expect(after.jobs.places).toBe(before.jobs.places);
  });

  test("are the same table when an update says nothing new", () => {
    const before = folded([allJobs({ acme: { a: "ready" } })]);
    const after = folded([event("update", { acme: { a: "ready" } })], before);
    expect(after.jobs).toBe(before.jobs);
    expect(after.log).toBe(before.log);
  });
});

test("updates add up to what all_jobs would have said, whatever their order and size", () => {
  let seed = 20_260_101;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  for (let round = 0; round < 50; round += 1) {
    const truth: Record<string, Record<string, JobStatus>> = {};
    for (let job = random(400); job >= 0; job -= 1) {
      const company = `c${random(5)}`;
      truth[company] = { ...truth[company], [`j${job}`]: "pending" };
    }
    let run = folded([allJobs(truth)]);
    for (let step = random(20); step >= 0; step -= 1) {
      const changes: Record<string, Record<string, JobStatus>> = {};
      for (const [company, jobs] of Object.entries(truth)) {
        for (const externalId of Object.keys(jobs)) {
          if (random(4) > 0) continue;
          const status = JOB_STATUSES[random(JOB_STATUSES.length)] ?? "pending";
          jobs[externalId] = status;
          changes[company] = { ...changes[company], [externalId]: status };
        }
      }
      run = folded([event("update", changes)], run);
    }
    expect(statuses(run)).toEqual(statuses(folded([allJobs(truth)])));
    const known = Object.fromEntries(Object.entries(run.tally).filter(([, number]) => number > 0));
    expect(known).toEqual(counted(run));
  }
});

describe("the status of a run", () => {
  test("is unknown at first and then the latest word", () => {
    expect(UNKNOWN_RUN.status).toBeNull();
    expect(folded([event("status", "pending"), event("status", "ingesting")]).status).toBe(
      "ingesting",
    );
  });

  test("stays as it ended, whatever comes late", () => {
    expect(folded([event("status", "aborted"), event("status", "ingesting")]).status).toBe(
      "aborted",
    );
  });
});

test("jobs that ended in any way are settled", () => {
  const run = folded([
    allJobs({
      acme: { a: "ready", b: "skipped", c: "failed", d: "expired", e: "crawling", f: "pending" },
    }),
  ]);
  expect(countFinal(run.tally)).toBe(4);
});

describe("the event log", () => {
  test("tells what changed, each with the time it came", () => {
    const run = folded([
      event("status", "ingesting", 5),
      allJobs({ acme: { a: "pending" } }),
      event("update", { acme: { a: "ready" } }, 7),
    ]);
    expect(run.log.entries).toEqual([
      { id: 0, at: 5, kind: "run", status: "ingesting" },
      { id: 1, at: 0, kind: "jobs", count: 1, companies: 1 },
      { id: 2, at: 7, kind: "job", company: "acme", title: "Title of a", status: "ready" },
    ]);
  });

  test("tells of a company once for each step of its listing", () => {
    const company = {
      company: "acme",
      source: "lever",
      listed: 3,
      counts: report().counts,
      failures: {},
      gone: 0,
      error: null,
      checked_at: null,
      adopted: false,
    };
    const run = folded([
      event("progress", report({ companies: [{ ...company, status: "waiting" }] })),
      event("progress", report({ companies: [{ ...company, status: "complete" }] })),
      event("progress", report({ companies: [{ ...company, status: "complete" }] })),
    ]);
    expect(run.log.entries.map((entry) => entry.kind === "company" && entry.status)).toEqual([
      "complete",
    ]);
  });

  test("counts what is too much to be named", () => {
    const jobs = (status: JobStatus, length: number) =>
      Object.fromEntries(Array.from({ length }, (_, number) => [`j${number}`, status]));
    const run = folded([
      allJobs({ acme: jobs("pending", 30), bolt: { b: "pending" } }),
      event("update", { acme: { ...jobs("ready", 30), j0: "failed" }, bolt: { b: "ready" } }),
    ]);
    expect(run.log.entries.slice(1)).toEqual([
      { id: 1, at: 0, kind: "many", company: "acme", status: "failed", count: 1 },
      { id: 2, at: 0, kind: "many", company: "acme", status: "ready", count: 29 },
      { id: 3, at: 0, kind: "many", company: "bolt", status: "ready", count: 1 },
    ]);
  });

  test("keeps the latest only, and gives no id twice", () => {
    const moves = Array.from({ length: 2_000 }, (_, number) =>
      event("update", { acme: { a: number % 2 === 0 ? "crawling" : "extracting" } }),
    );
    const run = folded([
      allJobs({ acme: { a: "pending" } }),
      ...moves,
      event("update", { acme: { a: "failed" } }),
    ]);
    const ids = run.log.entries.map((entry) => entry.id);
    expect(ids.length).toBeLessThanOrEqual(300);
    expect(new Set(ids).size).toBe(ids.length);
    expect(run.log.entries.at(-1)).toMatchObject({ kind: "job", status: "failed" });
  });
});
