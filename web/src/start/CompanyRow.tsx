import { useState } from "react";
import { Link } from "wouter";
import { useUnfollow } from "../api/queries";
import type { Company } from "../api/types";
import { ConfirmDialog } from "../ui/Dialog";
import { count } from "../ui/format";
import { Failed } from "../ui/Notice";
import styles from "./CompanyList.module.css";
import { EditCompany } from "./EditCompany";
import { LastChecked } from "./LastChecked";

interface Props {
  readonly company: Company;
  readonly selected: boolean;
  readonly onChoose: (isSelected: boolean) => void;
}

/** One company: its name, its health, its numbers of postings, and the buttons that change it. */
export function CompanyRow({ company, selected, onChoose }: Props) {
  const { slug, display_name: name, health } = company;
  const [open, setOpen] = useState<"edit" | "remove" | null>(null);
  const unfollow = useUnfollow();
  return (
    <li data-testid="company">
      <label className={styles.choice}>
        <input
          type="checkbox"
          checked={selected}
          onChange={(event) => onChoose(event.target.checked)}
        />
        <span className={styles.names}>
          <strong className="wrap-anywhere">{name}</strong>
          <span className="muted small wrap-anywhere">{about(company)}</span>
          <span className="muted small" data-testid="last-checked">
            <LastChecked company={company} />
          </span>
        </span>
      </label>
      <div className={styles.actions}>
        <Link href={jobsOf(slug)} className={styles.number}>
          {count(health.open)} open
        </Link>
        {health.new > 0 && (
          <Link href={`${jobsOf(slug)}&new=true`} className={styles.number}>
            {count(health.new)} new
          </Link>
        )}
        <button
          type="button"
          className="button"
          data-kind="quiet"
          data-size="small"
          aria-label={`Edit ${name}`}
          onClick={() => setOpen("edit")}
        >
          Edit
        </button>
        <button
          type="button"
          className="button"
          data-kind="quiet"
          data-size="small"
          aria-label={`Remove ${name}`}
          onClick={() => setOpen("remove")}
        >
          Remove
        </button>
      </div>
      {unfollow.error && <Failed error={unfollow.error} what={`Couldn’t remove ${name}`} />}
      {open === "edit" && <EditCompany company={company} onClose={() => setOpen(null)} />}
      {open === "remove" && (
        <ConfirmDialog
          title={`Stop following ${name}?`}
          action={`Remove ${name}`}
          onConfirm={() => unfollow.mutate(slug)}
          onClose={() => setOpen(null)}
        >
          Its postings leave your list, except those that you keep track of. If you follow it again
          under the same name, they come back with their history.
        </ConfirmDialog>
      )}
    </li>
  );
}

/** Returns the address of the list of the company's open postings. */
export function jobsOf(slug: string): string {
  return `/jobs?company=${encodeURIComponent(slug)}`;
}

function about({ slug, source, ...filters }: Company): string {
  const only = [...filters.include_titles, ...filters.include_locations, ...filters.workplaces];
  const without = [...filters.exclude_titles, ...filters.exclude_locations];
  const parts = [slug, source];
  if (only.length > 0) parts.push(`only ${only.join(", ")}`);
  if (without.length > 0) parts.push(`without ${without.join(", ")}`);
  return parts.join(" · ");
}
