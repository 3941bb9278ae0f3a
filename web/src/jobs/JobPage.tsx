import { useQuery } from "@tanstack/react-query";
import { jobQuery, useFollowFrom } from "../api/queries";
import type { JobDetail } from "../api/types";
import { Badge } from "../ui/Badge";
import { day } from "../ui/format";
import { Failed, Notice } from "../ui/Notice";
import { OutsideLink } from "../ui/OutsideLink";
import { PageTitle } from "../ui/PageTitle";
import { Description } from "./Description";
import { Evidence } from "./Evidence";
import { Facts } from "./Facts";
import styles from "./JobPage.module.css";
import { STATE_LABELS, STATE_TONES } from "./labels";
import { Notes } from "./Notes";
import { RawPage } from "./RawPage";
import { Tracker } from "./Tracker";
import { Variants } from "./Variants";
import { Versions } from "./Versions";

/** The page of one posting: its content, how each field was read, and its changes. */
export function JobPage({ jobId }: { readonly jobId: number }) {
  const { data: job, error, isPending, refetch } = useQuery(jobQuery(jobId));
  if (job) return <Posting job={job} />;
  return (
    <div className="stack">
      <PageTitle title={`Posting ${jobId}`} />
      {isPending && <p className="muted">Loading posting…</p>}
      {error && (
        <Failed error={error} what="The posting can’t be shown" onRetry={() => refetch()} />
      )}
    </div>
  );
}

function Posting({ job }: { readonly job: JobDetail }) {
  return (
    <article className={styles.page}>
      <PageTitle title={job.title}>
        <Badge tone={STATE_TONES[job.state]}>{STATE_LABELS[job.state]}</Badge>
      </PageTitle>
      <p className={styles.about}>
        {[job.company_name, ...(job.location ? [job.location] : [])].join(" · ")}
      </p>
      <div className="row">
        {job.state === "closed" ? (
          <OutsideLink url={job.url}>Open the posting</OutsideLink>
        ) : (
          <OutsideLink url={job.apply_url ?? job.url} button>
            {job.apply_url === null ? "Open the posting" : "Apply"}
          </OutsideLink>
        )}
        <Tracker jobId={job.job_id} title={job.title} tracking={job.tracking} />
        {!job.followed && <Follow jobId={job.job_id} company={job.company_name} />}
        <RawPage jobId={job.job_id} kept={job.raw_key !== null} />
      </div>
      <Variants variants={job.variants} />
      {job.error !== null && (
        <Notice tone="red">
          The last try failed: <code title={job.error.meaning}>{job.error.code}</code>{" "}
          {job.error.message}
        </Notice>
      )}
      {job.expired_at !== null && (
        <Notice tone="amber">
          Closed {day(job.expired_at)}:{" "}
          {job.expire_reason === "gone"
            ? "its page says so."
            : job.expire_reason === "deadline"
              ? "its deadline has passed."
              : "it left the listing."}
        </Notice>
      )}
      {!job.is_checked && (
        <Notice tone="amber">
          Not checked{job.checked_at === null ? "" : ` since ${day(job.checked_at)}`}: nobody
          follows this company with checking on, so the posting may be gone by now.
        </Notice>
      )}
      {!job.extracted && <Notice tone="neutral">Not processed yet.</Notice>}
      <div className={styles.columns}>
        <section className="stack" aria-labelledby="text">
          <h2 id="text">Description</h2>
          <Description html={job.description_html ?? ""} text={job.description_text ?? ""} />
        </section>
        <div className="stack">
          <Evidence job={job} />
          <Facts job={job} />
        </div>
      </div>
      <Notes job={job} />
      <Versions versions={job.versions} />
    </article>
  );
}

interface FollowProps {
  readonly jobId: number;
  readonly company: string;
}

function Follow({ jobId, company }: FollowProps) {
  const follow = useFollowFrom(jobId);
  return (
    <>
      <button
        type="button"
        className="button"
        data-size="small"
        disabled={follow.isPending}
        onClick={() => follow.mutate()}
      >
        Follow {company}
      </button>
      {follow.error && <Failed error={follow.error} what="It can't be followed" />}
    </>
  );
}
