import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { Route, Switch } from "wouter";
import { ApiProblem } from "../api/client";
import { HistoryPage } from "../history/HistoryPage";
import { HomePage } from "../home/HomePage";
import { JobPage } from "../jobs/JobPage";
import { JobsPage } from "../jobs/JobsPage";
import { TrackedPage } from "../jobs/TrackedPage";
import { ProgressPage } from "../progress/ProgressPage";
import { SignIn } from "../session/SignIn";
import { useToken } from "../session/useToken";
import { StartPage } from "../start/StartPage";
import { RunJobsPage } from "../summary/RunJobsPage";
import { SummaryPage } from "../summary/SummaryPage";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";

function newQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // A browser that is offline can still reach a server on its own machine.
      mutations: { networkMode: "always" },
      queries: {
        networkMode: "always",
        staleTime: 2_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: true,
        // A refused request would be refused again, but a lost connection may come back.
        retry: (failures, error) =>
          failures < 3 && (!(error instanceof ApiProblem) || error.status === 503),
      },
    },
  });
}

export function App() {
  const token = useToken();
  // The cache is cleared, so that the next user does not see data of this one.
  return token === null ? <SignIn /> : <Pages key={token} />;
}

function Pages() {
  const [queries] = useState(newQueries);
  return (
    <QueryClientProvider client={queries}>
      <Shell>
        <Switch>
          <Route path="/" component={HomePage} />
          <Route path="/companies" component={StartPage} />
          <Route path="/start" component={StartPage} />
          <Route path="/runs/:id">{({ id }) => <ProgressPage key={id} runId={Number(id)} />}</Route>
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
      </Shell>
    </QueryClientProvider>
  );
}
