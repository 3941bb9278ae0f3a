import type { JobFilter, JobFilters } from "../api/queries";
import type { JobList } from "../api/types";
import { Choice } from "../ui/Choice";
import { count } from "../ui/format";
import { WORKPLACE_LABELS } from "../ui/workplaces";
import styles from "./JobSearch.module.css";
import { EMPLOYMENT_LABELS, TRACKING_LABELS } from "./labels";

interface Props {
  readonly filters: JobFilters;
  /** The number of postings for each value of each filter; undefined until the first response. */
  readonly facets: JobList["facets"] | undefined;
  readonly onChange: (name: JobFilter, value: string) => void;
}

type Options = readonly (readonly [string, string])[];

const POSTED: Options = [
  ["1d", "A day"],
  ["7d", "A week"],
  ["30d", "A month"],
];
const SORTS: Options = [
  ["newest", "Newest"],
  ["relevance", "Relevance"],
  ["pay", "Pay"],
  ["company", "Company"],
];
const countries = new Intl.DisplayNames("en", { type: "region" });

/** The filters and the order of the list of postings. */
export function JobSearch({ filters, facets, onChange }: Props) {
  const choice = (name: JobFilter, label: string, options: Options) => (
    <Choice
      label={label}
      value={filters[name]}
      options={options}
      onChange={(value) => onChange(name, value)}
    />
  );
  const facet = (name: keyof JobList["facets"], label: string, text: (value: string) => string) =>
    choice(name, label, counted(facets?.[name] ?? {}, filters[name], text));
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
      <label className="field">
        <span>Place</span>
        <input
          type="search"
          className="input"
          placeholder="Berlin"
          value={filters.place}
          onChange={(event) => onChange("place", event.target.value)}
        />
      </label>
      {facet("company", "Company", (name) => name)}
      {facet("country", "Country", (code) => countries.of(code) ?? code)}
      {facet("workplace", "Workplace", (value) => labelOf(WORKPLACE_LABELS, value))}
      {facet("employment_type", "Employment", (value) => labelOf(EMPLOYMENT_LABELS, value))}
      {facet("source", "Source", (name) => name)}
      <label className="field">
        <span>Yearly pay at least</span>
        <input
          type="number"
          min="0"
          step="1000"
          className="input"
          value={filters.pay_min}
          onChange={(event) => onChange("pay_min", event.target.value)}
        />
      </label>
      {choice("posted_since", "Posted within", POSTED)}
      {choice("new", "New to you", [["true", "Only new"]])}
      {choice("open", "Closed ones", [
        ["any", "Show, too"],
        ["false", "Only closed"],
      ])}
      {choice("tracking", "You noted", Object.entries(TRACKING_LABELS))}
      {choice("hidden", "Hidden ones", [["true", "Only hidden"]])}
      {choice("scope", "Companies", [["all", "All, not only followed"]])}
      {choice("sort", "Order", SORTS)}
    </search>
  );
}

/**
 * Returns the options of a filter. The label of each value includes its number of postings. The
 * chosen value is always an option.
 */
function counted(
  numbers: Readonly<Record<string, number>>,
  chosen: string,
  text: (value: string) => string,
): Options {
  const values = { ...(chosen === "" ? {} : { [chosen]: 0 }), ...numbers };
  return Object.entries(values).map(([value, number]) => [
    value,
    `${text(value)} (${count(number)})`,
  ]);
}

function labelOf(labels: Readonly<Record<string, string>>, value: string): string {
  return labels[value] ?? value;
}
