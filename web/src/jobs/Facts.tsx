import type { JobDetail } from "../api/types";
import { asText } from "../ui/asText";
import { count, day } from "../ui/format";
import { WORKPLACE_LABELS } from "../ui/workplaces";
import styles from "./Facts.module.css";
import { EMPLOYMENT_LABELS } from "./labels";

const languages = new Intl.DisplayNames("en", { type: "language" });
/** The text that is shown for each way in which a field can be read. */
const ORIGINS: Readonly<Record<string, string>> = {
  api: "from the source’s API",
  jsonld: "from the page’s data",
  microdata: "from the page’s data",
  text: "found in the text",
};

function originOf(origin: string): string {
  return ORIGINS[origin] ?? `from ${origin}`;
}

function employmentOf({ employment_types = [] }: JobDetail): string {
  return employment_types.map((kind) => EMPLOYMENT_LABELS[kind]).join(", ");
}

/** Returns a field name, a label and a text for each fact. The text of an unknown fact is empty. */
function factsOf(job: JobDetail): readonly (readonly [string, string, string])[] {
  const date = (time: string | null | undefined) => (time ? day(time) : "");
  return [
    ["employer", "Employer", job.employer ?? ""],
    ["department", "Department", job.department ?? ""],
    ["team", "Team", job.team ?? ""],
    ["locations", "Places", asText(job.locations)],
    ["workplace", "Workplace", job.workplace ? WORKPLACE_LABELS[job.workplace] : ""],
    ["employment_types", "Employment", job.employment_type_raw ?? employmentOf(job)],
    ["salary", "Salary", asText(job.salary)],
    ["yearly", "Salary for a year", yearly(job.salary)],
    ["requirements", "Requirements", (job.requirements ?? []).join("\n")],
    ["language", "Language", job.language ? (languages.of(job.language) ?? job.language) : ""],
    ["posted_at", "Posted", date(job.posted_at)],
    ["valid_through", "Closes", date(job.valid_through)],
    ["requisition_id", "Requisition", job.requisition_id ?? ""],
    ["external_id", "Source ID", job.external_id],
    ["source", "Source", [job.source, job.tenant].filter((part) => part !== null).join(": ")],
  ];
}

/**
 * Returns the yearly pay and the assumption by which it was computed. Returns an empty text if the
 * posting has no pay or nothing was assumed.
 */
function yearly(salary: JobDetail["salary"]): string {
  const pay = salary?.yearly;
  if (!pay?.assumption) return "";
  const ends = [pay.min, pay.max].filter((end) => typeof end === "number").map(count);
  const amount = [[...new Set(ends)].join(" – "), salary?.currency].filter(Boolean).join(" ");
  return `${amount}, at ${pay.assumption}`;
}

/** The facts of the posting. Each fact names the way in which it was read. */
export function Facts({ job }: { readonly job: JobDetail }) {
  const provenance = job.provenance ?? {};
  return (
    <section className="card stack" aria-labelledby="facts">
      <h2 id="facts">Facts</h2>
      <dl className={styles.facts}>
        {factsOf(job)
          .filter(([, , text]) => text !== "")
          .map(([field, label, text]) => (
            <div key={field}>
              <dt>
                {label}
                {provenance[field] !== undefined && (
                  <span className={styles.origin}> {originOf(provenance[field] ?? "")}</span>
                )}
              </dt>
              <dd className="wrap-anywhere">{text}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}
