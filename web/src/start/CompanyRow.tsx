import { useState } from "react";
import { useUnfollow } from "../api/queries";
import type { Company } from "../api/types";
import { ConfirmDialog } from "../ui/Dialog";
import { Failed } from "../ui/Notice";
import styles from "./CompanyList.module.css";
import { EditCompany } from "./EditCompany";
import { LastChecked } from "./LastChecked";

interface Props {
  readonly company: Company;
  readonly taken: boolean;
  readonly onChoose: (take: boolean) => void;
}

export function CompanyRow({ company, taken, onChoose }: Props) {
  const { slug, enabled } = company;
  const [open, setOpen] = useState<"edit" | "remove" | null>(null);
  const unfollow = useUnfollow();
  return (
    <li className={styles.row} data-testid="company">
      <label className={styles.choice}>
        <input
          type="checkbox"
          checked={taken}
          disabled={!enabled}
          onChange={(event) => onChoose(event.target.checked)}
        />
        <span className={styles.names}>
          <strong className="wrap-anywhere">{slug}</strong>
          <span className="muted small wrap-anywhere">{about(company)}</span>
          <span className="muted small" data-testid="last-checked">
            <LastChecked company={company} />
          </span>
        </span>
      </label>
      <div className={styles.actions}>
        <button
          type="button"
          className="button"
          data-kind="quiet"
          data-size="small"
          aria-label={`Edit ${slug}`}
          onClick={() => setOpen("edit")}
        >
          Edit
        </button>
        <button
          type="button"
          className="button"
          data-kind="quiet"
          data-size="small"
          aria-label={`Remove ${slug}`}
          onClick={() => setOpen("remove")}
        >
          Remove
        </button>
      </div>
      {unfollow.error && <Failed error={unfollow.error} what={`${slug} is still followed`} />}
      {open === "edit" && <EditCompany company={company} onClose={() => setOpen(null)} />}
      {open === "remove" && (
        <ConfirmDialog
          title={`Stop following ${slug}?`}
          action={`Remove ${slug}`}
          onConfirm={() => unfollow.mutate(slug)}
          onClose={() => setOpen(null)}
        >
          Your runs leave it out and its postings leave your list. Follow it again, and they come
          back with their history.
        </ConfirmDialog>
      )}
    </li>
  );
}

function about({ source, enabled, ...filters }: Company): string {
  const only = [...filters.include_titles, ...filters.include_locations, ...filters.workplaces];
  const without = [...filters.exclude_titles, ...filters.exclude_locations];
  const parts = [source];
  if (!enabled) parts.push("checking is off");
  if (only.length > 0) parts.push(`only ${only.join(", ")}`);
  if (without.length > 0) parts.push(`without ${without.join(", ")}`);
  return parts.join(" · ");
}
