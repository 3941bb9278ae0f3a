import type { JobDetail } from "../api/types";
import { asText } from "../ui/asText";
import { count, day } from "../ui/format";
import styles from "./Facts.module.css";

/** Each fact with the field whose provenance is its own. */
function factsOf(job: JobDetail): readonly (readonly [string, string, string])[] {
  const date = (moment: string | null | undefined) => (moment ? day(moment) : "");
  return [
    ["employer", "Employer", job.employer ?? ""],
    ["department", "Department", job.department ?? ""],
    ["team", "Team", job.team ?? ""],
    ["locations", "Places", asText(job.locations)],
    ["workplace", "Workplace", job.workplace ?? ""],
    ["employment_types", "Employment", job.employment_type_raw ?? asText(job.employment_types)],
    ["salary", "Salary", asText(job.salary)],
    ["yearly", "Salary for a year", yearly(job.salary)],
    ["requirements", "Requirements", (job.requirements ?? []).join("\n")],
    ["language", "Language", job.language ?? ""],
    ["posted_at", "Posted", date(job.posted_at)],
    ["valid_through", "Closes", date(job.valid_through)],
    ["requisition_id", "Requisition", job.requisition_id ?? ""],
    ["external_id", "Id at its source", job.external_id],
    ["source", "Source", [job.source, job.tenant].filter((part) => part !== null).join(": ")],
  ];
}

/** The pay for a year and its assumption; empty if the pay is stated for a year. */
function yearly(salary: JobDetail["salary"]): string {
  const pay = salary?.yearly;
  if (!pay?.assumption) return "";
  const ends = [pay.min, pay.max].filter((end) => typeof end === "number").map(count);
  const amount = [[...new Set(ends)].join(" – "), salary?.currency].filter(Boolean).join(" ");
  return `${amount}, at ${pay.assumption}`;
}

/** What the posting states, and how each was read. */
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
                  <span className={styles.origin}> from {provenance[field]}</span>
                )}
              </dt>
              <dd className="wrap-anywhere">{text}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}
