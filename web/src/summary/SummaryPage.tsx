import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { runQuery } from "../api/queries";
import type { ShownRun } from "../api/types";
import { Failures } from "../progress/Failures";
import { LogTail } from "../progress/LogTail";
import { hasEnded, notReached } from "../run/states";
import { RunBadge } from "../ui/Badge";
import { amounts } from "../ui/format";
import { Failed, Notice } from "../ui/Notice";
import { OutsideLink } from "../ui/OutsideLink";
import { PageTitle } from "../ui/PageTitle";
import { RunFacts } from "../ui/RunFacts";
import { Changes } from "./Changes";
import { CheckNow } from "./CheckNow";
import { Figures } from "./Figures";
import { OutcomeChart } from "./OutcomeChart";
import { SlaMisses } from "./SlaMisses";
import styles from "./SummaryPage.module.css";
import { ThroughputChart } from "./ThroughputChart";

/** The page with the results of one run. */
export function SummaryPage({ runId }: { readonly runId: number }) {
  const run = useQuery(runQuery(runId));
  return (
    <div className={styles.page}>
      <PageTitle title={`Run ${runId}`}>
        {run.data && <RunBadge status={run.data.status} hasProblems={run.data.has_problems} />}
      </PageTitle>
      {run.isPending && <p className="muted">Loading run…</p>}
      {run.error && (
        <Failed error={run.error} what="The run can’t be shown" onRetry={() => run.refetch()} />
      )}
      {run.data &&
        (hasEnded(run.data.status) ? <Ended run={run.data} /> : <StillActive runId={runId} />)}
    </div>
  );
}

function StillActive({ runId }: { readonly runId: number }) {
  return (
    <Notice tone="neutral">
      The run is still going on. <Link href={`/runs/${runId}`}>Watch it</Link>
    </Notice>
  );
}

function Ended({ run }: { readonly run: ShownRun }) {
  // The throughput and the log are hidden if the run only used earlier checks, because it has none.
  const hasOwnChecks = run.companies.length === 0 || run.companies.some((each) => !each.adopted);
  return (
    <>
      <div className="row" data-spread>
        <RunFacts run={run} />
        {hasOwnChecks && run.airflow_url !== null && (
          <OutsideLink url={run.airflow_url}>Open in Airflow</OutsideLink>
        )}
      </div>
      {run.error !== null && <Notice tone="red">{run.error.message}</Notice>}
      <CheckNow companies={run.companies} />
      <Figures run={run} />
      <SlaMisses misses={run.sla_misses} />
      {run.counts.failed > 0 && (
        <Failures
          runId={run.run_id}
          failed={run.counts.failed}
          unread={notReached(run.failures)}
          reasons={amounts(run.failures)}
          ended
        />
      )}
      <div className={styles.charts}>
        <OutcomeChart runId={run.run_id} companies={run.companies} />
        {hasOwnChecks && <ThroughputChart runId={run.run_id} />}
      </div>
      <Changes runId={run.run_id} />
      {hasOwnChecks && <LogTail runId={run.run_id} ended live={false} closed />}
    </>
  );
}
