/** The requests that the pages send to the API, and the keys under which responses are cached. */

import {
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { call } from "./client";
import type {
  ChangedJobs,
  Company,
  CompanySettings,
  Detected,
  JobDetail,
  JobList,
  JobReport,
  JobStatus,
  NewCompany,
  Page,
  RunPreview,
  RunReport,
  SavedSearch,
  ShownRun,
  StartedRun,
  Throughput,
  Tracking,
  TrackingChanges,
} from "./types";

const RUNS_KEY = ["runs"];
const COMPANIES_KEY = ["companies"];
const JOBS_KEY = ["jobs"];

export const companiesQuery = queryOptions({
  queryKey: COMPANIES_KEY,
  queryFn: ({ signal }) => call<Page<Company>>("/companies", { signal }),
  select: (page) => page.items,
});

export const latestRunQuery = queryOptions({
  queryKey: [...RUNS_KEY, "latest"],
  queryFn: ({ signal }) => call<Page<RunReport>>("/history", { query: { limit: 1 }, signal }),
  select: (page) => page.items[0] ?? null,
  staleTime: 0,
});

/** The filters of the list of runs. A filter whose value is "" matches every run. */
export interface RunFilters {
  readonly status: string;
  readonly trigger: string;
  readonly company: string;
}

export function historyQuery(filters: RunFilters) {
  return infiniteQueryOptions({
    queryKey: [...RUNS_KEY, "history", filters],
    queryFn: ({ signal, pageParam }) =>
      call<Page<RunReport>>("/history", {
        query: { ...filters, limit: 50, cursor: pageParam },
        signal,
      }),
    placeholderData: keepPreviousData,
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    select: ({ pages }) => pages.flatMap((page) => page.items),
    staleTime: 0,
  });
}

export function runQuery(runId: number) {
  return queryOptions({
    queryKey: [...RUNS_KEY, runId],
    queryFn: ({ signal }) => call<ShownRun>(`/runs/${runId}`, { signal }),
  });
}

export function changesQuery(runId: number) {
  return infiniteQueryOptions({
    queryKey: [...RUNS_KEY, runId, "changes"],
    queryFn: ({ signal, pageParam }) =>
      call<ChangedJobs>(`/runs/${runId}/changes`, {
        query: { limit: 50, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    select: ({ pages }) => ({
      total: pages[0]?.total ?? 0,
      items: pages.flatMap((page) => page.items),
    }),
  });
}

export function throughputQuery(runId: number) {
  return queryOptions({
    queryKey: [...RUNS_KEY, runId, "throughput"],
    queryFn: ({ signal }) => call<Throughput>(`/runs/${runId}/throughput`, { signal }),
  });
}

export interface RunJobsFilters {
  readonly status: string | null;
  readonly company: string | null;
  readonly added: string | null;
  readonly listed: string | null;
  /** The failure codes of which a job must have one. If empty, every job matches. */
  readonly error: readonly string[];
}

/** Requests the jobs of a run that match `filters`, 100 for each page. */
export function allRunJobsQuery(runId: number, filters: RunJobsFilters) {
  return infiniteQueryOptions({
    queryKey: [...RUNS_KEY, runId, "jobs", filters],
    queryFn: ({ signal, pageParam }) =>
      call<Page<JobReport>>(`/runs/${runId}/jobs`, {
        query: { ...filters, limit: 100, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    select: ({ pages }) => pages.flatMap((page) => page.items),
  });
}

/**
 * Requests at most 200 jobs of a run that have this status. If `key` changes, they are requested
 * again.
 */
export function runJobsQuery(runId: number, status: JobStatus, key: unknown = null) {
  return queryOptions({
    queryKey: [...RUNS_KEY, runId, "jobs", status, key],
    queryFn: ({ signal }) =>
      call<Page<JobReport>>(`/runs/${runId}/jobs`, { query: { status, limit: 200 }, signal }),
    placeholderData: keepPreviousData,
  });
}

/** The parameters of a search that the search form has a field for. */
export const FILTERS = [
  "q",
  "place",
  "company",
  "country",
  "workplace",
  "employment_type",
  "source",
  "pay_min",
  "posted_since",
  "seen_since",
  "deadline_passed",
  "language",
  "unknown",
  "new",
  "open",
  "tracking",
  "hidden",
  "scope",
  "sort",
] as const;
export type JobFilter = (typeof FILTERS)[number];
export type JobFilters = Readonly<Record<JobFilter, string>>;
/** The parameters of a search. A parameter whose value is a list is sent once for each element. */
export type JobSearch = Readonly<Record<string, string | readonly string[]>>;

export function jobsQuery(filters: JobSearch) {
  return infiniteQueryOptions({
    queryKey: [...JOBS_KEY, filters],
    queryFn: ({ signal, pageParam }) =>
      call<JobList>("/jobs", { query: { ...filters, limit: 100, cursor: pageParam }, signal }),
    placeholderData: keepPreviousData,
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    select: ({ pages }) => ({
      counts: pages[0] as JobList,
      items: pages.flatMap((page) => page.items),
    }),
  });
}

export function jobQuery(jobId: number) {
  return queryOptions({
    queryKey: [...JOBS_KEY, jobId],
    queryFn: ({ signal }) => call<JobDetail>(`/jobs/${jobId}`, { signal }),
  });
}

/**
 * Requests the saved searches. Their cache key begins with `JOBS_KEY`, so that a change of a
 * posting also reloads the searches. Each search shows how many postings it finds, and the change
 * can alter that number.
 */
export const searchesQuery = queryOptions({
  queryKey: [...JOBS_KEY, "searches"],
  queryFn: ({ signal }) => call<Page<SavedSearch>>("/searches", { signal }),
  select: (page) => page.items,
});

export interface StartOptions {
  readonly companies?: readonly string[];
  readonly force?: boolean;
  /**
   * The maximum time in seconds since the end of a check that the run may use instead of a new one.
   * With 0, every company is checked now.
   */
  readonly max_age?: number;
}

export function useStart() {
  return useRunMutation((options: StartOptions) =>
    call<StartedRun>("/start", { method: "POST", body: options }),
  );
}

export function useRetry(runId: number) {
  return useRunMutation(() => call<StartedRun>(`/runs/${runId}/retry`, { method: "POST" }));
}

export function useAbort(runId: number) {
  return useRunMutation(() => call<unknown>(`/runs/${runId}/abort`, { method: "POST" }));
}

export function usePreview() {
  return useMutation({
    mutationFn: (companies: readonly string[]) =>
      call<RunPreview>("/preview", { method: "POST", body: { companies } }),
  });
}

export function useDetect() {
  return useMutation({
    mutationFn: (url: string) =>
      call<Detected>("/companies/detect", { method: "POST", body: { url } }),
  });
}

export function useFollow() {
  return useCompanyMutation((company: NewCompany) =>
    call<Company>("/companies", { method: "POST", body: company }),
  );
}

export function useChangeCompany() {
  return useCompanyMutation(
    ({ slug, settings }: { readonly slug: string; readonly settings: CompanySettings }) =>
      call<Company>(`/companies/${encodeURIComponent(slug)}`, { method: "PUT", body: settings }),
  );
}

export function useUnfollow() {
  return useCompanyMutation((slug: string) =>
    call<void>(`/companies/${encodeURIComponent(slug)}`, { method: "DELETE" }),
  );
}

export interface BulkChange {
  readonly companies: readonly Company[];
  readonly to: "pause" | "resume" | "remove";
}

/** Sends the same change for several companies, one after the other. */
export function useBulkChange() {
  return useCompanyMutation(async ({ companies, to }: BulkChange) => {
    for (const company of companies) {
      const path = `/companies/${encodeURIComponent(company.slug)}`;
      const body = { ...settingsOf(company), enabled: to === "resume" };
      await call<unknown>(path, to === "remove" ? { method: "DELETE" } : { method: "PUT", body });
    }
  });
}

/** Returns the settings of the company, without the fields that the API adds to them. */
function settingsOf(company: Company): CompanySettings {
  const {
    checked_at: _,
    display_name: __,
    health: ___,
    schedule: ____,
    slug: _____,
    ...settings
  } = company;
  return settings as CompanySettings;
}

export interface TrackingChange {
  readonly jobId: number;
  readonly changes: TrackingChanges;
}

export function useTrack() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ jobId, changes }: TrackingChange) =>
      call<Tracking>(`/jobs/${jobId}/tracking`, { method: "PUT", body: changes }),
    onSettled: () => invalidate(client, JOBS_KEY),
  });
}

/** Follows the company of a posting. */
export function useFollowFrom(jobId: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call<unknown>(`/jobs/${jobId}/follow`, { method: "POST" }),
    onSettled: () => Promise.all([invalidate(client, JOBS_KEY), invalidate(client, COMPANIES_KEY)]),
  });
}

/** Marks all new postings as seen. */
export function useVisit() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call<unknown>("/visits", { method: "POST" }),
    onSettled: () => invalidate(client, JOBS_KEY),
  });
}

export interface NewSearch {
  readonly name: string;
  /** The parameters of the search, encoded as in the address of the page *Jobs*. */
  readonly query: string;
}

export function useSaveSearch() {
  return useSearchMutation((search: NewSearch) =>
    call<SavedSearch>("/searches", { method: "POST", body: search }),
  );
}

export function useRenameSearch(searchId: number) {
  return useSearchMutation((name: string) =>
    call<SavedSearch>(`/searches/${searchId}`, { method: "PATCH", body: { name } }),
  );
}

export function useDeleteSearch(searchId: number) {
  return useSearchMutation((_: undefined) =>
    call<void>(`/searches/${searchId}`, { method: "DELETE" }),
  );
}

function useSearchMutation<Variables, Result>(
  mutationFn: (variables: Variables) => Promise<Result>,
) {
  const client = useQueryClient();
  const { queryKey } = searchesQuery;
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey }) });
}

function useRunMutation<Variables, Result>(mutationFn: (variables: Variables) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSettled: () => invalidate(client, RUNS_KEY) });
}

function useCompanyMutation<Variables, Result>(
  mutationFn: (variables: Variables) => Promise<Result>,
) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSettled: () => invalidate(client, COMPANIES_KEY) });
}

function invalidate(client: QueryClient, queryKey: readonly string[]): Promise<void> {
  return client.invalidateQueries({ queryKey });
}
