import { useQuery } from "@tanstack/react-query";
import { companiesQuery, type JobFilters } from "../api/queries";
import { JOB_LABELS, JOB_STATUSES } from "../run/states";
import { Choice } from "../ui/Choice";
import { WORKPLACE_LABELS } from "../ui/workplaces";
import styles from "./JobSearch.module.css";

interface Props {
  readonly filters: JobFilters;
  readonly onChange: (name: keyof JobFilters, value: string) => void;
}

/** What to look for among all postings. */
export function JobSearch({ filters, onChange }: Props) {
  const companies = useQuery(companiesQuery);
  return (
    <search className={styles.filters}>
      <label className="field">
        <span>Search</span>
        <input
          type="search"
          className="input"
          placeholder='nurse "night shift" -intern'
          value={filters.q}
          onChange={(event) => onChange("q", event.target.value)}
        />
      </label>
      <Choice
        label="Company"
        value={filters.company}
        options={(companies.data ?? []).map(({ slug }) => [slug, slug])}
        onChange={(value) => onChange("company", value)}
      />
      <Choice
        label="Status"
        value={filters.status}
        options={JOB_STATUSES.map((status) => [status, JOB_LABELS[status]])}
        onChange={(value) => onChange("status", value)}
      />
      <Choice
        label="Workplace"
        value={filters.workplace}
        options={Object.entries(WORKPLACE_LABELS)}
        onChange={(value) => onChange("workplace", value)}
      />
    </search>
  );
}
