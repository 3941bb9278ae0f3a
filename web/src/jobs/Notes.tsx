import { type FormEvent, useId } from "react";
import { useTrack } from "../api/queries";
import type { JobDetail } from "../api/types";
import { day } from "../ui/format";
import { Failed } from "../ui/Notice";
import { TRACKING_LABELS, TRACKING_STATES } from "./labels";

/** The user's note on a posting, the day of its reminder, and the dates of its states. */
export function Notes({ job }: { readonly job: JobDetail }) {
  const track = useTrack();
  const title = useId();
  const { tracking } = job;

  function save(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const reminder = String(form.get("remind_at"));
    track.mutate({
      jobId: job.job_id,
      changes: {
        note: String(form.get("note")),
        remind_at: reminder === "" ? null : new Date(`${reminder}T09:00`).toISOString(),
      },
    });
  }

  return (
    <section className="card stack" aria-labelledby={title}>
      <h2 id={title}>Your notes</h2>
      <p className="muted small">
        {TRACKING_STATES.flatMap((state) => {
          const since = tracking?.dates[state];
          return since === undefined ? [] : [`${TRACKING_LABELS[state]} ${day(since)}`];
        }).join(" · ")}
      </p>
      <form className="stack" onSubmit={save}>
        <label className="field">
          <span>Note</span>
          <textarea className="input" name="note" rows={3} defaultValue={tracking?.note ?? ""} />
        </label>
        <label className="field">
          <span>Reminder</span>
          <input
            className="input"
            type="date"
            name="remind_at"
            defaultValue={tracking?.remind_at?.slice(0, 10) ?? ""}
          />
        </label>
        <div className="row">
          <button type="submit" className="button" disabled={track.isPending}>
            Save notes
          </button>
          {track.isSuccess && <span role="status">Saved</span>}
        </div>
        {track.error && <Failed error={track.error} what="The notes can't be saved" />}
      </form>
    </section>
  );
}
