/** All pages except the start page. They are one chunk, which is loaded in the
 * background. */
export { HistoryPage } from "../history/HistoryPage";
export { JobPage } from "../jobs/JobPage";
export { JobsPage } from "../jobs/JobsPage";
export { TrackedPage } from "../jobs/TrackedPage";
export { ProgressPage } from "../progress/ProgressPage";
export { StartPage } from "../start/StartPage";
export { RunJobsPage } from "../summary/RunJobsPage";
export { SummaryPage } from "../summary/SummaryPage";
