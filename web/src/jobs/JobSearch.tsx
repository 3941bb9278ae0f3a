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

const WITHIN: Options = [
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
/** The ISO 639 codes of the languages that the form offers. The address can have any other code. */
const LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv", "da", "ja", "zh"];
const countries = new Intl.DisplayNames("en", { type: "region" });
const languages = new Intl.DisplayNames("en", { type: "language" });

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
      {choice("posted_since", "Posted within", WITHIN)}
      {choice("seen_since", "First seen within", WITHIN)}
      {choice("deadline_passed", "Deadline", [
        ["false", "Not passed"],
        ["true", "Passed"],
      ])}
      {choice("language", "Language", languageOptions(filters.language))}
      {choice("new", "New to you", [["true", "Only new"]])}
      {choice("open", "Closed postings", [
        ["any", "Include closed"],
        ["false", "Only closed"],
      ])}
      {choice("tracking", "Tracked as", Object.entries(TRACKING_LABELS))}
      {choice("hidden", "Hidden postings", [["true", "Only hidden"]])}
      {choice("scope", "Companies", [["all", "All, not only followed"]])}
      {choice("sort", "Order", SORTS)}
    </search>
  );
}

function languageOptions(chosen: string): Options {
  const codes = chosen === "" || LANGUAGES.includes(chosen) ? LANGUAGES : [chosen, ...LANGUAGES];
  return codes.map((code) => [code, languageName(code)]);
}

/** Returns the English name of a language. A text that is no code of a language is returned. */
function languageName(code: string): string {
  try {
    return languages.of(code) ?? code;
  } catch {
    return code;
  }
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
