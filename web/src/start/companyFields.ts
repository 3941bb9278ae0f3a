/** What a company's form holds, to and from what the API takes. */

import type { Company, Detected } from "../api/types";

export type Config = Company["config"];

/** `{"board": "acme"}` as the lines `board = acme`, one a key; what is no text as JSON. */
export function configText(config: Config): string {
  return Object.entries(config)
    .map(([key, value]) => `${key} = ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("\n");
}

/** Throws SyntaxError, which names the line that is none. */
export function configOf(text: string): Config {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const [, key, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      if (key === undefined || value === undefined) {
        throw new SyntaxError(`“${line.trim()}” is not of the form key = value`);
      }
      return [key, parsed(value)];
    }),
  );
}

/** One word or phrase a line. */
export function wordsOf(text: string): string[] {
  return text
    .split("\n")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

/** A name for a company nobody has named yet, that is none of `taken`. */
export function suggestSlug(
  { source, config }: Pick<Detected, "source" | "config">,
  taken: readonly string[],
): string {
  const names = Object.values(config).filter((value) => typeof value === "string");
  const first = (names[0] ?? source).replace(/^https?:\/\//, "").replace(/^www\./, "");
  const base = first
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const slug = base.slice(0, 60) || source;
  if (!taken.includes(slug)) return slug;
  let number = 2;
  while (taken.includes(`${slug}-${number}`)) number += 1;
  return `${slug}-${number}`;
}

/** Objects and lists are written as JSON, and so are true and false; all else is text. */
function parsed(text: string): unknown {
  if (!/^([[{].*[\]}]|true|false)$/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
