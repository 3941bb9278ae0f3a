import { type FormEvent, useState } from "react";
import { useChangeCompany } from "../api/queries";
import type { Company } from "../api/types";
import { Dialog } from "../ui/Dialog";
import dialog from "../ui/Dialog.module.css";
import { Failed, Notice } from "../ui/Notice";
import { WORKPLACE_LABELS, WORKPLACES } from "../ui/workplaces";
import { configOf, configText, wordsOf } from "./companyFields";
import { LinesField } from "./LinesField";

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
          slug: company.slug,
          settings: {
            source: text("source").trim(),
            config,
            include_titles: wordsOf(text("include")),
            exclude_titles: wordsOf(text("exclude")),
            include_locations: wordsOf(text("include_places")),
            exclude_locations: wordsOf(text("exclude_places")),
            workplaces: WORKPLACES.filter((each) => given.getAll("workplaces").includes(each)),
            enabled: given.has("enabled"),
            name: text("name").trim() || null,
          },
        },
        { onSuccess: onClose },
      );
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      setUnreadable(error.message);
    }
  }

  return (
    <Dialog title={`Edit ${company.display_name}`} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <label className="row">
          <input type="checkbox" name="enabled" defaultChecked={company.enabled} />
          <span>Include in every run</span>
        </label>
        <label className="field">
          <span>Name</span>
          <input
            className="input"
            name="name"
            maxLength={100}
            defaultValue={company.name ?? ""}
            placeholder={company.display_name}
          />
        </label>
        <LinesField
          name="include"
          label="Include titles"
          hint="One word, phrase or /regular expression/ per line. Empty means all."
          value={company.include_titles.join("\n")}
        />
        <LinesField
          name="exclude"
          label="Exclude titles"
          value={company.exclude_titles.join("\n")}
        />
        <LinesField
          name="include_places"
          label="Include places"
          value={company.include_locations.join("\n")}
        />
        <LinesField
          name="exclude_places"
          label="Exclude places"
          value={company.exclude_locations.join("\n")}
        />
        <fieldset className="row">
          <legend className="small">Workplaces; none means all</legend>
          {WORKPLACES.map((workplace) => (
            <label key={workplace} className="row">
              <input
                type="checkbox"
                name="workplaces"
                value={workplace}
                defaultChecked={company.workplaces.includes(workplace)}
              />
              {WORKPLACE_LABELS[workplace]}
            </label>
          ))}
        </fieldset>
        <details>
          <summary>Source settings</summary>
          <div className="stack">
            <label className="field">
              <span>Source</span>
              <input className="input" name="source" required defaultValue={company.source} />
            </label>
            <LinesField
              name="config"
              label="Settings"
              hint="One “key = value” per line."
              rows={3}
              value={configText(company.config)}
            />
          </div>
        </details>
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
