import { useQuery } from "@tanstack/react-query";
import { companiesQuery, type RunFilters } from "../api/queries";
import { RUN_LABELS } from "../run/states";
import { Choice } from "../ui/Choice";
import styles from "./HistoryFilters.module.css";

interface Props {
  readonly filters: RunFilters;
  readonly onChange: (filters: RunFilters) => void;
}

export function HistoryFilters({ filters, onChange }: Props) {
  const companies = useQuery(companiesQuery);
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
        options={(companies.data ?? []).map(({ slug, display_name }) => [slug, display_name])}
        onChange={(company) => onChange({ ...filters, company })}
      />
    </fieldset>
  );
}
