import type { Company } from "../api/types";
import { dayAndTime, describeSchedule, nextDaily } from "../ui/format";
import { useNow } from "../ui/useNow";

/** The time in milliseconds between two updates of the shown time of the next check. */
const REFRESH_EVERY = 60_000;

/** The time of the next daily check, and the number of paused companies, which are not checked. */
export function Schedule({ companies }: { readonly companies: readonly Company[] }) {
  const now = useNow(true, REFRESH_EVERY);
  const cron = companies.find((company) => company.schedule !== null)?.schedule;
  const paused = companies.filter((company) => !company.enabled).length;
  if (!cron) return <p className="muted">No company is checked daily.</p>;
  const next = nextDaily(cron, now);
  return (
    <p className="muted" data-testid="schedule">
      Checked {describeSchedule(cron)}
      {next !== null && `, next on ${dayAndTime(next)} in your time`}.
      {paused > 0 && ` ${paused} paused.`} To pause the schedule, select companies and press Pause.
    </p>
  );
}
