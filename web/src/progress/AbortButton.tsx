import { useState } from "react";
import { useAbort } from "../api/queries";
import { useClaims } from "../session/useToken";
import { ConfirmDialog } from "../ui/Dialog";
import { Failed } from "../ui/Notice";

export function AbortButton({ runId }: { readonly runId: number }) {
  const isReadOnly = useClaims()?.onlyRun != null;
  const [isConfirming, setConfirming] = useState(false);
  const abort = useAbort(runId);
  if (isReadOnly) return null;
  return (
    <>
      <button
        type="button"
        className="button"
        data-kind="danger"
        disabled={abort.isPending || abort.isSuccess}
        onClick={() => setConfirming(true)}
      >
        {abort.isPending || abort.isSuccess ? "Aborting…" : "Abort run"}
      </button>
      {abort.error && <Failed error={abort.error} what="The run was not aborted" />}
      {isConfirming && (
        <ConfirmDialog
          title="Abort this run?"
          action="Abort the run"
          onConfirm={() => abort.mutate()}
          onClose={() => setConfirming(false)}
        >
          Postings that were read so far stay; the rest of this run is given up. The next run starts
          afresh.
        </ConfirmDialog>
      )}
    </>
  );
}
