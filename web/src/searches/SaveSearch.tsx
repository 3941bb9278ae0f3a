import { useState } from "react";
import { Link } from "wouter";
import { type JobSearch, useSaveSearch } from "../api/queries";
import { NameSearch } from "./NameSearch";

/** A button that saves the search in the page's address under a name. */
export function SaveSearch({ search }: { readonly search: JobSearch }) {
  const [isOpen, setOpen] = useState(false);
  const save = useSaveSearch();
  // The parameter `new` is not saved. A saved search is shown with two numbers: all postings that
  // it finds, and those of them that are new.
  const kept = Object.entries(search)
    .filter(([name]) => name !== "new")
    .flatMap(([name, values]) => [values].flat().map((value) => [name, value]));
  const query = new URLSearchParams(kept).toString();
  const values = kept.map(([, value]) => value).join(", ");

  return (
    <>
      <button
        type="button"
        className="button"
        data-size="small"
        onClick={() => {
          save.reset();
          setOpen(true);
        }}
      >
        Save this search
      </button>
      {save.data?.query === query && (
        <span role="status" className="muted small">
          Saved as “{save.data.name}” on the page <Link href="/">New</Link>
        </span>
      )}
      {isOpen && (
        <NameSearch
          title="Save this search"
          name={values.slice(0, 100)}
          error={save.error}
          isPending={save.isPending}
          onSave={(name) => save.mutate({ name, query }, { onSuccess: () => setOpen(false) })}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
