/** The number of unchanged characters that are shown before and after the part that differs. */
const CONTEXT_LENGTH = 60;
/** The maximum length in characters of a text that is shown as a whole. */
const MAX_WHOLE_LENGTH = 240;

export interface Difference {
  readonly before: string;
  readonly after: string;
}

/** Returns the two texts. If they are long and similar, only the part that differs is returned. */
export function differing(before: string, after: string): Difference {
  if (before.length <= MAX_WHOLE_LENGTH && after.length <= MAX_WHOLE_LENGTH)
    return { before, after };
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return { before: excerpt(before, start, end), after: excerpt(after, start, end) };
}

function excerpt(text: string, start: number, end: number): string {
  const from = Math.max(0, start - CONTEXT_LENGTH);
  const to = Math.min(text.length, text.length - end + CONTEXT_LENGTH);
  const cut = text.slice(from, Math.min(to, from + 4 * MAX_WHOLE_LENGTH));
  return `${from > 0 ? "…" : ""}${cut}${from + cut.length < text.length ? "…" : ""}`;
}
