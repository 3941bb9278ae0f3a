import { useInfiniteQuery } from "@tanstack/react-query";
import { type DragEvent, useState } from "react";
import { Link } from "wouter";
import { jobsQuery, useTrack } from "../api/queries";
import type { FoundPosting, TrackingState } from "../api/types";
import { day, plural } from "../ui/format";
import { More } from "../ui/More";
import { Failed } from "../ui/Notice";
import { PageTitle } from "../ui/PageTitle";
import { STATE_LABELS, TRACKING_LABELS, TRACKING_STATES } from "./labels";
import styles from "./TrackedPage.module.css";
import { Tracker } from "./Tracker";

const DRAG_TYPE = "text/x-job";

/** The page of the tracked postings, grouped by state. The user changes the state of a posting by
 * dragging it to another group, or with the field on it. */
export function TrackedPage() {
  const track = useTrack();
  return (
    <div className="stack">
      <PageTitle title="Tracked postings">
        <Link href="/jobs">All jobs</Link>
      </PageTitle>
      {track.error && <Failed error={track.error} what="The posting can't be moved" />}
      <div className={styles.board}>
        {TRACKING_STATES.map((state) => (
          <Column
            key={state}
            state={state}
            onDrop={(jobId) => track.mutate({ jobId, changes: { state } })}
          />
        ))}
      </div>
    </div>
  );
}

interface ColumnProps {
  readonly state: TrackingState;
  readonly onDrop: (jobId: number) => void;
}

function Column({ state, onDrop }: ColumnProps) {
  const jobs = useInfiniteQuery(jobsQuery({ tracking: state, open: "any" }));
  const [over, setOver] = useState(false);
  const found = jobs.data?.items ?? [];

  function drop(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    const jobId = Number(event.dataTransfer.getData(DRAG_TYPE));
    if (jobId > 0) onDrop(jobId);
  }

  return (
    <section
      className={`card ${styles.column}`}
      aria-labelledby={`state-${state}`}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <h2 id={`state-${state}`}>{TRACKING_LABELS[state]}</h2>
      {jobs.error && <Failed error={jobs.error} what="The postings can't be shown" />}
      <p className="muted small">{jobs.data && plural(jobs.data.counts.count, "posting")}</p>
      <ul className={styles.cards}>
        {found.map((job) => (
          <Card key={job.job_id} job={job} />
        ))}
      </ul>
      <More list={jobs} />
    </section>
  );
}

function Card({ job }: { readonly job: FoundPosting }) {
  const { tracking } = job;
  return (
    <li
      className={styles.card}
      draggable
      onDragStart={({ dataTransfer }) => dataTransfer.setData(DRAG_TYPE, String(job.job_id))}
    >
      <Link href={`/jobs/${job.job_id}`} className="wrap-anywhere">
        {job.title}
      </Link>
      <span className="muted small wrap-anywhere">
        {job.company_name}, {STATE_LABELS[job.state].toLowerCase()}
        {tracking?.remind_at && `, reminder ${day(tracking.remind_at)}`}
      </span>
      {tracking?.note && <span className="small wrap-anywhere">{tracking.note}</span>}
      <Tracker jobId={job.job_id} title={job.title} tracking={tracking} />
    </li>
  );
}
