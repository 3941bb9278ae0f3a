import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { searchesQuery, useDeleteSearch, useRenameSearch } from "../api/queries";
import type { SavedSearch } from "../api/types";
import { ConfirmDialog } from "../ui/Dialog";
import { count } from "../ui/format";
import { Failed } from "../ui/Notice";
import { NameSearch } from "./NameSearch";
import styles from "./SavedSearches.module.css";

/** The saved searches. Each shows how many postings it finds and how many of them are new. These
 * numbers are links to the postings. */
export function SavedSearches() {
  const searches = useQuery(searchesQuery);
  if (searches.error) {
    return (
      <Failed
        error={searches.error}
        what="Your saved searches can’t be shown"
        onRetry={() => searches.refetch()}
      />
    );
  }
  if (!searches.data?.length) return null;
  return (
    <section className="stack" aria-labelledby="saved-searches">
      <h2 id="saved-searches">Saved searches</h2>
      <ul className="card rows compact">
        {searches.data.map((search) => (
          <Row key={search.search_id} search={search} />
        ))}
      </ul>
    </section>
  );
}

function Row({ search }: { readonly search: SavedSearch }) {
  const { search_id, name, query, counts } = search;
  const [open, setOpen] = useState<"rename" | "delete" | null>(null);
  const rename = useRenameSearch(search_id);
  const remove = useDeleteSearch(search_id);
  const button = (label: string, opens: "rename" | "delete") => (
    <button
      type="button"
      className="button"
      data-kind="quiet"
      data-size="small"
      aria-label={`${label} ${name}`}
      onClick={() => {
        rename.reset();
        setOpen(opens);
      }}
    >
      {label}
    </button>
  );
  return (
    <li data-testid="saved-search">
      <span className={`${styles.name} wrap-anywhere`}>{name}</span>
      {counts === null ? (
        <Link href={`/jobs?${query}`} className={styles.number}>
          can’t be used any more
        </Link>
      ) : (
        <>
          {counts.new > 0 && (
            <Link href={`/jobs?${withNew(query)}`} className={styles.number}>
              {atLeast(counts.new, counts.exact || counts.new < counts.count)} new
            </Link>
          )}
          <Link href={`/jobs?${query}`} className={styles.number}>
            {atLeast(counts.count, counts.exact)} in all
          </Link>
        </>
      )}
      <div className="row">
        {button("Rename", "rename")}
        {button("Delete", "delete")}
      </div>
      {remove.error && <Failed error={remove.error} what={`Couldn’t delete ${name}`} />}
      {open === "rename" && (
        <NameSearch
          title={`Rename ${name}`}
          name={name}
          error={rename.error}
          isPending={rename.isPending}
          onSave={(wanted) => rename.mutate(wanted, { onSuccess: () => setOpen(null) })}
          onClose={() => setOpen(null)}
        />
      )}
      {open === "delete" && (
        <ConfirmDialog
          title={`Delete ${name}?`}
          action="Delete the search"
          onConfirm={() => remove.mutate(undefined)}
          onClose={() => setOpen(null)}
        >
          The postings that it finds stay as they are.
        </ConfirmDialog>
      )}
    </li>
  );
}

function withNew(query: string): string {
  return query === "" ? "new=true" : `${query}&new=true`;
}

function atLeast(number: number, exact: boolean): string {
  return exact ? count(number) : `More than ${count(number)}`;
}
