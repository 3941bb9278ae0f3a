/** Formats numbers, times and durations as text. */

const numbers = new Intl.NumberFormat("en");
const days = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const moments = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const ages = new Intl.RelativeTimeFormat("en", { numeric: "always" });
const clocks = new Intl.DateTimeFormat("en", { timeStyle: "medium", hourCycle: "h23" });

/** The units in which ages are stated, each with its length in seconds, the longest first. */
const AGE_UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

export function count(number: number): string {
  return numbers.format(number);
}

export function plural(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** Returns numbers by name as text: `{timeout: 3, http_5xx: 1}` becomes `3 timeout, 1 http_5xx`. */
export function amounts(numbers: Readonly<Record<string, number>>): string {
  return Object.entries(numbers)
    .map(([what, number]) => `${count(number)} ${what}`)
    .join(", ");
}

/** Returns the name of a posting's field as words: `valid_through_raw` becomes `valid through`. */
export function fieldLabel(field: string): string {
  return field.replace(/_raw$/, "").replaceAll("_", " ");
}

export function day(time: string): string {
  return days.format(new Date(time));
}

export function dayAndTime(time: string): string {
  return moments.format(new Date(time));
}

/** Returns an age such as `just now`, `3 minutes ago` or `2 days ago`. `now` is in milliseconds. */
export function ago(time: string, now: number): string {
  const seconds = (now - Date.parse(time)) / 1_000;
  const unit = AGE_UNITS.find(([, length]) => seconds >= length);
  if (unit === undefined) return "just now";
  const [name, length] = unit;
  return ages.format(-Math.floor(seconds / length), name);
}

/** Returns `daily at 05:00 UTC` for a daily schedule, and otherwise the cron expression. */
export function describeSchedule(cron: string): string {
  const [minute, hour, ...rest] = cron.split(/\s+/);
  if (!isNumber(minute) || !isNumber(hour) || rest.join(" ") !== "* * *") {
    return `on the schedule ${cron} (cron, UTC)`;
  }
  return `daily at ${two(Number(hour))}:${two(Number(minute))} UTC`;
}

/**
 * Returns the first time of a daily schedule after `now` (in milliseconds), in the format of RFC
 * 3339. Returns null if the schedule is not daily.
 */
export function nextDaily(cron: string, now: number): string | null {
  const [minute, hour, ...rest] = cron.split(/\s+/);
  if (!isNumber(minute) || !isNumber(hour) || rest.join(" ") !== "* * *") return null;
  const next = new Date(now);
  next.setUTCHours(Number(hour), Number(minute), 0, 0);
  if (next.getTime() <= now) next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString();
}

export function clock(time: string | number): string {
  return clocks.format(new Date(time));
}

/** Returns a duration such as `8.4 s`, `42 s`, `3 min 05 s` or `2 h 10 min`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** Returns a running duration such as `0:07`, `12:30` or `1:02:03`. */
export function stopwatch(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}

/** Returns a range of seconds as text, such as `5–15 s` or `2–4 min`. The ends are rounded. */
export function range(soonest: number, latest: number): string {
  const minutes = latest > 90;
  const step = minutes ? 60 : 5;
  const from = Math.floor(soonest / step);
  const to = Math.max(from + 1, Math.ceil(latest / step));
  return minutes ? `${from}–${to} min` : `${from * step}–${to * step} s`;
}

function isNumber(text: string | undefined): boolean {
  return text !== undefined && /^\d+$/.test(text);
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
