/**
 * A run's jobs as an immutable table of chunks. A change returns a new table, and copies only the
 * chunks that have changed jobs. Its cost therefore grows with the number of changed jobs instead
 * of the number of all jobs.
 */

import type { JobStatus, StreamEvents } from "../api/types";

export interface WatchedJob {
  /** The id of the posting in the API; null if `all_jobs` has not named the job yet. */
  readonly jobId: number | null;
  readonly company: string;
  readonly externalId: string;
  readonly title: string;
  readonly status: JobStatus;
}

type Places = ReadonlyMap<string, ReadonlyMap<string, number>>;

export interface JobTable {
  readonly size: number;
  readonly chunks: readonly (readonly WatchedJob[])[];
  /** The number of each job's row in the table, by company and external id. */
  readonly places: Places;
}

/** The new status of each changed job, by company and external id. */
export type StatusChanges = StreamEvents["update"];

/** The title of each job, by company and external id. */
export type Titles = StreamEvents["titles"];

export interface Move {
  /** The job's status before the move; null if the job was not in the table. */
  readonly before: JobStatus | null;
  readonly job: WatchedJob;
}

const CHUNK_SIZE = 128;

export const NO_JOBS: JobTable = { size: 0, chunks: [], places: new Map() };

export function tableOf(jobs: readonly WatchedJob[]): JobTable {
  const chunks: WatchedJob[][] = [];
  const places = new Map<string, Map<string, number>>();
  jobs.forEach((job, row) => {
    if (row % CHUNK_SIZE === 0) chunks.push([]);
    chunks.at(-1)?.push(job);
    const ofCompany = places.get(job.company) ?? new Map<string, number>();
    places.set(job.company, ofCompany.set(job.externalId, row));
  });
  return { size: jobs.length, chunks, places };
}

export function jobAt(table: JobTable, row: number): WatchedJob | undefined {
  return table.chunks[Math.floor(row / CHUNK_SIZE)]?.[row % CHUNK_SIZE];
}

export function* jobsOf(table: JobTable): Generator<WatchedJob> {
  for (const chunk of table.chunks) yield* chunk;
}

/**
 * Returns the table after `changes`, and one move for each job whose status changed. Jobs that are
 * not in the table are added with an empty title.
 */
export function withStatuses(
  table: JobTable,
  changes: StatusChanges,
): { table: JobTable; moves: readonly Move[] } {
  const moves: Move[] = [];
  const addedJobs: WatchedJob[] = [];
  const chunks = [...table.chunks];
  const copied = new Map<number, WatchedJob[]>();
  for (const [company, statuses] of Object.entries(changes)) {
    for (const [externalId, status] of Object.entries(statuses)) {
      const row = table.places.get(company)?.get(externalId);
      const known = row === undefined ? undefined : jobAt(table, row);
      if (row === undefined || known === undefined) {
        addedJobs.push({ jobId: null, company, externalId, title: "", status });
      } else if (known.status !== status) {
        const job = { ...known, status };
        writableChunk(chunks, copied, Math.floor(row / CHUNK_SIZE))[row % CHUNK_SIZE] = job;
        moves.push({ before: known.status, job });
      }
    }
  }
  const changed = { ...table, chunks };
  if (addedJobs.length === 0) return { table: moves.length ? changed : table, moves };
  const all = tableOf([...jobsOf(changed), ...addedJobs]);
  return { table: all, moves: [...moves, ...addedJobs.map((job) => ({ before: null, job }))] };
}

/** Returns the table after these titles are set. Titles of jobs outside the table are ignored. */
export function withTitles(table: JobTable, titles: Titles): JobTable {
  const chunks = [...table.chunks];
  const copied = new Map<number, WatchedJob[]>();
  for (const [company, ofCompany] of Object.entries(titles)) {
    for (const [externalId, title] of Object.entries(ofCompany)) {
      const row = table.places.get(company)?.get(externalId);
      const known = row === undefined ? undefined : jobAt(table, row);
      if (row === undefined || known === undefined || known.title === title) continue;
      writableChunk(chunks, copied, Math.floor(row / CHUNK_SIZE))[row % CHUNK_SIZE] = {
        ...known,
        title,
      };
    }
  }
  return copied.size > 0 ? { ...table, chunks } : table;
}

function writableChunk(
  chunks: (readonly WatchedJob[])[],
  copied: Map<number, WatchedJob[]>,
  index: number,
): WatchedJob[] {
  const copiedChunk = copied.get(index);
  if (copiedChunk) return copiedChunk;
  const copy = [...(chunks[index] ?? [])];
  copied.set(index, copy);
  chunks[index] = copy;
  return copy;
}
