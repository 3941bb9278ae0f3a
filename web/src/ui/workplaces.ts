import type { Workplace } from "../api/types";

export const WORKPLACE_LABELS: Readonly<Record<Workplace, string>> = {
  remote: "Remote",
  hybrid: "Hybrid",
  onsite: "On site",
};

export const WORKPLACES = Object.keys(WORKPLACE_LABELS) as readonly Workplace[];
