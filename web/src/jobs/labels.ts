/** The labels of the values that the fields of a posting can have. */

import type { FoundPosting, TrackingState } from "../api/types";

export const TRACKING_LABELS: Readonly<Record<TrackingState, string>> = {
  saved: "Saved",
  applied: "Applied",
  interviewing: "Interviewing",
  offered: "Offered",
  rejected: "Rejected",
  withdrawn: "Withdrawn",
};

export const TRACKING_STATES = Object.keys(TRACKING_LABELS) as readonly TrackingState[];

export const STATE_LABELS: Readonly<Record<FoundPosting["state"], string>> = {
  new: "New",
  open: "Open",
  closed: "Closed",
};

export const STATE_TONES = { new: "green", open: "neutral", closed: "amber" } as const;

export const EMPLOYMENT_LABELS: Readonly<Record<FoundPosting["employment_types"][number], string>> =
  {
    FULL_TIME: "Full time",
    PART_TIME: "Part time",
    CONTRACTOR: "Contractor",
    TEMPORARY: "Temporary",
    INTERN: "Internship",
    VOLUNTEER: "Volunteer",
    PER_DIEM: "By the day",
    OTHER: "Other",
  };
