import { ago, dayAndTime } from "./format";
import { useNow } from "./useNow";

/** Milliseconds between two updates of the text. */
const REFRESH_EVERY = 20_000;

/** The age of an event. The exact time is in the element's title. */
export function Ago({ time }: { readonly time: string }) {
  const now = useNow(true, REFRESH_EVERY);
  return (
    <time dateTime={time} title={dayAndTime(time)}>
      {ago(time, now)}
    </time>
  );
}
