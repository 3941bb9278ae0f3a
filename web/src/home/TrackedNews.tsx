import { useInfiniteQuery } from "@tanstack/react-query";
import { jobsQuery } from "../api/queries";
import type { FoundPosting } from "../api/types";
import { TRACKING_STATES } from "../jobs/labels";
import { PostingList } from "../jobs/PostingList";
import { Failed } from "../ui/Notice";

/** The time in milliseconds for which a changed posting is shown: 14 days. */
const RECENT_MS = 14 * 86_400_000;

/** The tracked postings that closed, or that changed in the last two weeks. */
export function TrackedNews() {
  const tracked = useInfiniteQuery(jobsQuery({ tracking: TRACKING_STATES, open: "any" }));
  const news = tracked.data?.items.filter(isNews) ?? [];
  if (tracked.error) {
    return <Failed error={tracked.error} what="Your tracked postings can’t be shown" />;
  }
  if (news.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="tracked-news">
      <h2 id="tracked-news">Closed or changed among those you track</h2>
      <PostingList jobs={news} busy={tracked.isFetching} />
    </section>
  );
}

function isNews({ last_change, state }: FoundPosting): boolean {
  const changedAt = last_change === null ? 0 : Date.parse(last_change.changed_at);
  return state === "closed" || Date.now() - changedAt < RECENT_MS;
}
