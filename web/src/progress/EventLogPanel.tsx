import type { EventLog, LogEntry } from "../run/eventLog";
import { JOB_LABELS, RUN_LABELS } from "../run/states";
import { LISTING_LABELS } from "../ui/Badge";
import { clock, plural } from "../ui/format";
import styles from "./EventLogPanel.module.css";

const MAX_SHOWN = 60;

/** The latest events of the run, newest first. */
export function EventLogPanel({ log }: { readonly log: EventLog }) {
  const latest = log.entries.slice(-MAX_SHOWN).reverse();
  return (
    <section className="stack" aria-labelledby="events">
      <h2 id="events">Just now</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keyboards must reach what scrolls */}
      <section className={`card ${styles.card}`} tabIndex={0} aria-label="Latest events">
        {latest.length === 0 && <p className="muted">Nothing has happened yet.</p>}
        <ol>
          {latest.map((entry) => (
            <li key={entry.id} className={styles.entry}>
              <time className={styles.time} dateTime={new Date(entry.at).toISOString()}>
                {clock(entry.at)}
              </time>
              <span className="wrap-anywhere">{sentence(entry)}</span>
            </li>
          ))}
        </ol>
      </section>
    </section>
  );
}

function sentence(entry: LogEntry): string {
  switch (entry.kind) {
    case "run":
      return `Run: ${RUN_LABELS[entry.status].toLowerCase()}`;
    case "jobs":
      return `${plural(entry.count, "posting")} of ${plural(entry.companies, "company", "companies")}`;
    case "company":
      return entry.status === "sourcing"
        ? `${entry.company}: asking for its list`
        : `${entry.company}: ${LISTING_LABELS[entry.status].toLowerCase()}, ${plural(entry.listed, "posting")} listed`;
    case "many":
      return `${entry.company}: ${plural(entry.count, "posting")} ${JOB_LABELS[entry.status].toLowerCase()}`;
    case "job":
      return `${entry.title}: ${JOB_LABELS[entry.status].toLowerCase()}`;
  }
}
