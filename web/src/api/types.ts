/** Short names for the types of the API. The types are generated from its OpenAPI document. */

import type { components } from "./schema";

type Schemas = components["schemas"];

export type RunStatus = Schemas["RunStatus"];
export type JobStatus = Schemas["JobStatus"];
export type Workplace = Schemas["Workplace"];
export type RunReport = Schemas["RunReport"];
export type ShownRun = Schemas["ShownRun"];
export type CompanyReport = Schemas["CompanyReport"];
export type Counts = Schemas["Counts"];
export type JobReport = Schemas["JobReport"];
export type JobList = Schemas["JobList"];
export type FoundPosting = Schemas["FoundJob"];
export type Variant = Schemas["Variant"];
export type Tracking = Schemas["Tracking"];
export type TrackingState = Schemas["TrackingState"];
/** The fields of the tracking to change. A field that is absent is not changed. */
export type TrackingChanges = Partial<Schemas["TrackingChanges"]>;
export type SavedSearch = Schemas["ShownSearch"];
export type JobDetail = Schemas["JobDetail"];
export type Company = Schemas["ShownCompany"];
/** All settings of a company, as the request to change the company needs them. */
export type CompanySettings = Omit<Required<Schemas["PutCompany"]>, "slug">;
/** A company to follow. A field that has a default in the API may be absent. */
export type NewCompany = Partial<Schemas["NewCompany"]> &
  Pick<Schemas["NewCompany"], "slug" | "source" | "config">;
export type Detected = Schemas["Detected"];
export type StartedRun = Schemas["StartedRun"];
export type ChangedJob = Schemas["ChangedJob"];
export type ChangedJobs = Schemas["ChangedJobs"];
export type Throughput = Schemas["Throughput"];
export type RunPreview = Schemas["RunPreview"];
export type PreviewedCompany = Schemas["PreviewedCompany"];
export type LogLine = Schemas["LogLine"];

export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/** The payload of each event of the progress stream, by its name. */
export type StreamEvents = Schemas["StreamEvents"];
export type ProgressReport = Schemas["ProgressReport"];
