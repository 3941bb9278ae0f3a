import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { Route, Switch } from "wouter";
import { ApiProblem } from "../api/client";
import { HomePage } from "../home/HomePage";
import { SignIn } from "../session/SignIn";
import { useToken } from "../session/useToken";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";

const loadPages = () => import("./pages");
const HistoryPage = lazy(async () => ({ default: (await loadPages()).HistoryPage }));
const JobPage = lazy(async () => ({ default: (await loadPages()).JobPage }));
const JobsPage = lazy(async () => ({ default: (await loadPages()).JobsPage }));
const TrackedPage = lazy(async () => ({ default: (await loadPages()).TrackedPage }));
const ProgressPage = lazy(async () => ({ default: (await loadPages()).ProgressPage }));
const StartPage = lazy(async () => ({ default: (await loadPages()).StartPage }));
const RunJobsPage = lazy(async () => ({ default: (await loadPages()).RunJobsPage }));
const SummaryPage = lazy(async () => ({ default: (await loadPages()).SummaryPage }));

function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // Requests are sent even if the browser is offline, because the server may run on the same
      // machine as the browser.
      mutations: { networkMode: "always" },
      queries: {
        networkMode: "always",
        staleTime: 2_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: true,
        // Lost connections and 503 are retried, because they may be temporary. Any other error
        // response would be the same again.
        retry: (failures, error) =>
          failures < 3 && (!(error instanceof ApiProblem) || error.status === 503),
      },
    },
  });
}

export function App() {
  const token = useToken();
  // `key` renders the pages anew for each token, with an empty cache. Otherwise the next user could
  // see data of the user before.
  return token === null ? <SignIn /> : <Pages key={token} />;
}

function Pages() {
  const [queries] = useState(newQueryClient);
  useEffect(() => {
    // A failure does not matter yet. It is reported when one of the pages is opened.
    loadPages().catch(() => undefined);
  }, []);
  return (
    <QueryClientProvider client={queries}>
      <Shell>
        <Suspense fallback={<p className="muted">Loading the page…</p>}>
          <Switch>
            <Route path="/" component={HomePage} />
            <Route path="/companies" component={StartPage} />
            <Route path="/start" component={StartPage} />
            <Route path="/runs/:id">
              {({ id }) => <ProgressPage key={id} runId={Number(id)} />}
            </Route>
            <Route path="/runs/:id/summary">
              {({ id }) => <SummaryPage key={id} runId={Number(id)} />}
            </Route>
            <Route path="/runs/:id/jobs">
              {({ id }) => <RunJobsPage key={id} runId={Number(id)} />}
            </Route>
            <Route path="/history" component={HistoryPage} />
            <Route path="/jobs" component={JobsPage} />
            <Route path="/tracked" component={TrackedPage} />
            <Route path="/jobs/:id">{({ id }) => <JobPage key={id} jobId={Number(id)} />}</Route>
            <Route component={NotFound} />
          </Switch>
        </Suspense>
      </Shell>
    </QueryClientProvider>
  );
}
