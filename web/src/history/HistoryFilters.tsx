import type { RunReport } from "../api/types";
import { RUN_LABELS } from "../run/states";
import { Choice } from "../ui/Choice";
import styles from "./HistoryFilters.module.css";

export interface RunFilters {
  readonly status: string;
  readonly trigger: string;
  readonly company: string;
}

export const ALL_RUNS: RunFilters = { status: "", trigger: "", company: "" };

export function filtered(
  runs: readonly RunReport[],
  { status, trigger, company }: RunFilters,
): readonly RunReport[] {
  return runs.filter(
    (run) =>
      (status === "" || run.status === status) &&
      (trigger === "" || run.trigger === trigger) &&
      (company === "" || run.companies.some((each) => each.company === company)),
  );
}

interface Props {
  readonly filters: RunFilters;
  readonly onChange: (filters: RunFilters) => void;
  /** The runs whose values the user can choose. */
  readonly runs: readonly RunReport[];
}

export function HistoryFilters({ filters, onChange, runs }: Props) {
  const companies = new Set(runs.flatMap((run) => run.companies.map((each) => each.company)));
  return (
    <fieldset className={styles.filters}>
      <legend className="visually-hidden">Show only</legend>
      <Choice
        label="Status"
        value={filters.status}
        options={Object.entries(RUN_LABELS)}
        onChange={(status) => onChange({ ...filters, status })}
      />
      <Choice
        label="Started by"
        value={filters.trigger}
        options={[
          ["api", "this page"],
          ["cli", "terminal"],
          ["schedule", "schedule"],
          ["airflow", "Airflow"],
        ]}
        onChange={(trigger) => onChange({ ...filters, trigger })}
      />
      <Choice
        label="Company"
        value={filters.company}
        options={[...companies].sort().map((slug) => [slug, slug])}
        onChange={(company) => onChange({ ...filters, company })}
      />
    </fieldset>
  );
}
