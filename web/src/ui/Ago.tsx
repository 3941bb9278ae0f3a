import { ago, dayAndTime } from "./format";
import { useNow } from "./useNow";

/** The time in milliseconds between two updates of the text. */
const REFRESH_EVERY = 20_000;

/** The time since an event, such as `3 minutes ago`. The element's title has the exact time. */
export function Ago({ time }: { readonly time: string }) {
  const now = useNow(true, REFRESH_EVERY);
  return (
    <time dateTime={time} title={dayAndTime(time)}>
      {ago(time, now)}
    </time>
  );
}
