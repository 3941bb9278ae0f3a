import { useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";
import { hasEnded, notReached } from "../run/states";
import { useWatchedRun } from "../run/useWatchedRun";
import { Announcer } from "../ui/Announcer";
import { amounts } from "../ui/format";
import { Notice } from "../ui/Notice";
import { PageTitle } from "../ui/PageTitle";
import { AbortButton } from "./AbortButton";
import { CompanyCards } from "./CompanyCards";
import { ConnectionBadge } from "./ConnectionBadge";
import { EventLogPanel } from "./EventLogPanel";
import { Failures } from "./Failures";
import { JobList } from "./JobList";
import { LogTail } from "./LogTail";
import { Overview } from "./Overview";
import styles from "./ProgressPage.module.css";
import { announcement } from "./phase";

/**
 * The time in milliseconds from the end of the run until the summary is shown. In this time, users
 * see the end and the last log lines. If the run had ended before the page was opened, the summary
 * is shown at once.
 */
const SUMMARY_DELAY_MS = 2_000;

/** The page of an active run. It shows what the progress stream sends. */
export function ProgressPage({ runId }: { readonly runId: number }) {
  const { run, connection, missing } = useWatchedRun(runId);
  const [, navigate] = useLocation();
  const ended = hasEnded(run.status);
  const wasActive = useRef(false);
  useEffect(() => {
    if (run.status !== null && !ended) wasActive.current = true;
    if (!ended) return;
    const showSummary = () => navigate(`/runs/${runId}/summary`, { replace: true });
    if (!wasActive.current) return showSummary();
    const timer = setTimeout(showSummary, SUMMARY_DELAY_MS);
    return () => clearTimeout(timer);
  }, [ended, navigate, run.status, runId]);

  if (missing) {
    return (
      <div className="stack">
        <PageTitle title={`Run ${runId}`} />
        <Notice tone="red">
          There is no such run. <Link href="/history">See all runs</Link>
        </Notice>
      </div>
    );
  }
  return (
    <div className={styles.page}>
      <PageTitle title={`Run ${runId}`}>
        <div className="row">
          <ConnectionBadge connection={connection} />
          {!ended && run.status !== null && <AbortButton runId={runId} />}
        </div>
      </PageTitle>
      <Announcer message={announcement(run, connection)} />
      <Overview run={run} ticking={connection === "live" && !ended} />
      {run.report !== null && <CompanyCards companies={run.report.companies} />}
      {run.tally.failed > 0 && (
        <Failures
          runId={runId}
          failed={run.tally.failed}
          unread={notReached(run.report?.failures ?? {})}
          reasons={amounts(run.report?.failures ?? {})}
          ended={ended}
        />
      )}
      <div className={styles.columns}>
        <JobList run={run} />
        <EventLogPanel log={run.log} />
      </div>
      <LogTail runId={runId} ended={ended} live={connection === "live"} />
    </div>
  );
}
