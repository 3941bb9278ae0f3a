import type { PreviewedCompany as Found } from "../api/types";
import { Badge, type Tone } from "../ui/Badge";
import { count } from "../ui/format";
import { OutsideLink } from "../ui/OutsideLink";
import styles from "./Preview.module.css";

const MAX_SHOWN = 50;

interface Props {
  readonly slug: string;
  readonly company: Found;
}

export function PreviewedCompany({ slug, company }: Props) {
  const { changed, error, gone, status, unchanged } = company;
  const news = company.new.length + changed.length + gone.length;
  return (
    <li className={`card ${styles.company}`} data-testid="preview">
      <div className="row" data-spread>
        <h3 className="wrap-anywhere">{slug}</h3>
        <div className="row">
          <Count number={company.new.length} label="new" tone="green" />
          <Count number={changed.length} label="changed" tone="violet" />
          <Count number={gone.length} label="gone" tone="amber" />
          {status !== "error" && <span className="muted small">{count(unchanged)} unchanged</span>}
        </div>
      </div>
      {error !== null && (
        <p className={styles.reason}>
          {status === "error" ? "Not listed" : "Not the whole listing"}: {error}
        </p>
      )}
      {news > 0 && (
        <details>
          <summary>Details</summary>
          <ul className={styles.jobs}>
            {company.new.slice(0, MAX_SHOWN).map((job) => (
              <li key={job.external_id}>
                <Badge tone="green">New</Badge> <OutsideLink url={job.url}>{job.title}</OutsideLink>
              </li>
            ))}
            {changed.slice(0, MAX_SHOWN).map((job) => (
              <li key={job.external_id}>
                <Badge tone="violet">Changed</Badge>{" "}
                <OutsideLink url={job.url}>{job.title}</OutsideLink>{" "}
                <span className="muted">was {job.before}</span>
              </li>
            ))}
            {gone.slice(0, MAX_SHOWN).map((job) => (
              <li key={job.external_id}>
                <Badge tone="amber">Gone</Badge> {job.title}
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

interface CountProps {
  readonly number: number;
  readonly label: string;
  readonly tone: Tone;
}

function Count({ number, label, tone }: CountProps) {
  if (number === 0) return null;
  return (
    <Badge tone={tone}>
      {count(number)} {label}
    </Badge>
  );
}
