import { type FormEvent, useState } from "react";
import { useChangeCompany } from "../api/queries";
import type { Company } from "../api/types";
import { Dialog } from "../ui/Dialog";
import dialog from "../ui/Dialog.module.css";
import { Failed, Notice } from "../ui/Notice";
import { configOf, configText, titlesOf } from "./companyFields";

interface Props {
  readonly company: Company;
  readonly onClose: () => void;
}

export function EditCompany({ company, onClose }: Props) {
  const change = useChangeCompany();
  const [unreadable, setUnreadable] = useState<string | null>(null);

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (name: string) => String(given.get(name) ?? "");
    try {
      const config = configOf(text("config"));
      setUnreadable(null);
      change.mutate(
        {
          ...company,
          source: text("source").trim(),
          config,
          include_titles: titlesOf(text("include")),
          exclude_titles: titlesOf(text("exclude")),
          enabled: given.has("enabled"),
        },
        { onSuccess: onClose },
      );
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      setUnreadable(error.message);
    }
  }

  return (
    <Dialog title={`Edit ${company.slug}`} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <label className="row">
          <input type="checkbox" name="enabled" defaultChecked={company.enabled ?? true} />
          <span>Listed by every run</span>
        </label>
        <Field
          name="include"
          label="Only titles with"
          hint="Words or phrases, with commas between them. Nothing means all."
          value={company.include_titles?.join(", ") ?? ""}
        />
        <Field
          name="exclude"
          label="No titles with"
          value={company.exclude_titles?.join(", ") ?? ""}
        />
        <Field name="source" label="Source" value={company.source} />
        <label className="field">
          <span>How it is listed</span>
          <textarea
            className="input"
            name="config"
            rows={4}
            spellCheck={false}
            defaultValue={configText(company.config)}
          />
          <small>One “key = value” a line.</small>
        </label>
        {unreadable !== null && <Notice tone="red">{unreadable}</Notice>}
        {change.error && <Failed error={change.error} what="Nothing was changed" />}
        <div className={dialog.actions}>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button" data-kind="primary" disabled={change.isPending}>
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
}

function Field({ name, label, value, hint }: FieldProps) {
  return (
    <label className="field">
      <span>{label}</span>
      <input className="input" name={name} defaultValue={value} spellCheck={false} />
      {hint !== undefined && <small>{hint}</small>}
    </label>
  );
}
