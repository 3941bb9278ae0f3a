import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ChangeEvent, type FormEvent, useEffect, useState } from "react";
import { companiesQuery } from "../api/queries";
import { Failed } from "../ui/Notice";
import { slugOf } from "./companyFields";
import { type ImportEntry, importQuery, useFollowChoice, useImport } from "./imports";

const LABELS: Readonly<Record<ImportEntry["status"], string>> = {
  waiting: "Waiting",
  followed: "Followed",
  already_followed: "Already followed",
  ambiguous: "Several boards",
  not_found: "Not found",
};

/** A form that follows up to 500 companies from a pasted list or a file, and shows the result for
 * each company. */
export function ImportCompanies() {
  const [text, setText] = useState("");
  const start = useImport();

  function submit(event: FormEvent): void {
    event.preventDefault();
    start.mutate(text);
  }

  async function readFile(event: ChangeEvent<HTMLInputElement>): Promise<void> {
    const file = event.target.files?.[0];
    if (file) setText(await file.text());
  }

  return (
    <details className="card">
      <summary>Add many companies</summary>
      <form className="stack" onSubmit={submit}>
        <label className="field">
          <span>Addresses or names, one per line, or the text of a CSV or OPML file</span>
          <textarea
            className="input"
            rows={6}
            required
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <label className="field">
          <span>Or a file</span>
          <input type="file" accept=".csv,.txt,.opml,.xml" onChange={readFile} />
        </label>
        {start.error && <Failed error={start.error} what="The list was not imported" />}
        <button type="submit" className="button" disabled={start.isPending}>
          Import
        </button>
      </form>
      {start.data && <Results key={start.data.import_id} importId={start.data.import_id} />}
    </details>
  );
}

function Results({ importId }: { readonly importId: number }) {
  const client = useQueryClient();
  const report = useQuery(importQuery(importId));
  const done = (report.data?.counts.total ?? 0) - (report.data?.counts.waiting ?? 0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each entry may follow a company
  useEffect(() => {
    void client.invalidateQueries({ queryKey: companiesQuery.queryKey });
  }, [client, done]);

  if (report.error) return <Failed error={report.error} what="The import can’t be shown" />;
  if (!report.data) return <p className="muted">Loading…</p>;
  const { counts, entries } = report.data;
  return (
    <div className="stack">
      <p role="status">
        {done} of {counts.total} resolved, {counts.followed} followed
      </p>
      <progress value={done} max={counts.total} aria-label="Resolved entries" />
      <ul>
        {entries.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries repeat, and keep their order
          <li key={index} className="wrap-anywhere">
            <strong>{LABELS[entry.status]}</strong>: {entry.name ?? entry.address}
            {entry.reason && entry.status !== "followed" && (
              <span className="muted small"> {entry.reason}</span>
            )}
            {entry.status === "ambiguous" && <Choices entry={entry} />}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The boards that an ambiguous entry may mean. Each has a button that follows it. */
function Choices({ entry }: { readonly entry: ImportEntry }) {
  const followed = useQuery(companiesQuery);
  const follow = useFollowChoice();
  const taken = (followed.data ?? []).map((company) => company.slug);
  const choices = entry.choices as unknown as readonly Choice[];
  return (
    <ul>
      {choices.map(({ name, source, config }) => (
        <li key={`${source} ${JSON.stringify(config)}`}>
          {name} ({source}){" "}
          <button
            type="button"
            className="button"
            disabled={follow.isPending || follow.isSuccess}
            onClick={() => follow.mutate({ slug: slugOf(name, taken), name, source, config })}
          >
            Follow
          </button>
        </li>
      ))}
      {follow.error && <Failed error={follow.error} what="It was not followed" />}
    </ul>
  );
}

interface Choice {
  readonly name: string;
  readonly source: string;
  readonly config: Readonly<Record<string, unknown>>;
}
