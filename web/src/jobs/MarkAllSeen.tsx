import { useVisit } from "../api/queries";
import { Failed } from "../ui/Notice";

/** A button that marks all new postings as seen. If the request fails, the reason is shown. */
export function MarkAllSeen() {
  const visit = useVisit();
  return (
    <>
      <button
        type="button"
        className="button"
        data-size="small"
        disabled={visit.isPending}
        onClick={() => visit.mutate()}
      >
        Mark all as seen
      </button>
      {visit.error && <Failed error={visit.error} what="The postings couldn’t be marked as seen" />}
    </>
  );
}
