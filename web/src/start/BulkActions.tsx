import { useState } from "react";
import { useBulkChange } from "../api/queries";
import type { Company } from "../api/types";
import { ConfirmDialog } from "../ui/Dialog";
import { plural } from "../ui/format";
import { Failed } from "../ui/Notice";

/** Buttons that pause, resume or remove all selected companies. */
export function BulkActions({ companies }: { readonly companies: readonly Company[] }) {
  const [removing, setRemoving] = useState(false);
  const change = useBulkChange();
  const paused = companies.filter((company) => !company.enabled);
  const checked = companies.filter((company) => company.enabled);
  const button = (label: string, of: readonly Company[], act: () => void) => (
    <button
      type="button"
      className="button"
      data-size="small"
      disabled={of.length === 0 || change.isPending}
      onClick={act}
    >
      {label}
    </button>
  );
  return (
    <>
      <fieldset className="row">
        <legend className="visually-hidden">Actions for the selected companies</legend>
        {button("Pause", checked, () => change.mutate({ companies: checked, to: "pause" }))}
        {button("Resume", paused, () => change.mutate({ companies: paused, to: "resume" }))}
        {button("Remove selected", companies, () => setRemoving(true))}
      </fieldset>
      {change.error && <Failed error={change.error} what="Not all companies were changed" />}
      {removing && (
        <ConfirmDialog
          title={`Stop following ${plural(companies.length, "company", "companies")}?`}
          action="Remove them"
          onConfirm={() => change.mutate({ companies, to: "remove" })}
          onClose={() => setRemoving(false)}
        >
          Their postings leave your list, except those that you keep track of. If you follow a
          company again under the same name, its postings come back with their history.
        </ConfirmDialog>
      )}
    </>
  );
}
