/** Converts between the texts in a company's form and the values in requests to the API. */

import type { Company } from "../api/types";

export type Config = Company["config"];

/**
 * Returns the config as text, with one line for each key: `{"board": "acme"}` becomes
 * `board = acme`. Values that are not text are written as JSON.
 */
export function configText(config: Config): string {
  return Object.entries(config)
    .map(([key, value]) => `${key} = ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("\n");
}

/** Returns the config that the lines of `text` state. Throws SyntaxError for the first line that
 * cannot be parsed, and names this line. */
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

/** Returns the words or phrases in `text`. Each line has one. */
export function wordsOf(text: string): string[] {
  return text
    .split("\n")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

/** Returns the typed address, with `https://` if it has no scheme. */
export function addressOf(typed: string): string {
  const text = typed.trim();
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
}

/** Returns a slug that is made from the name of a company and is not among `taken`. */
export function slugOf(name: string, taken: readonly string[]): string {
  const base = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const slug = base.slice(0, 60) || "company";
  if (!taken.includes(slug)) return slug;
  let number = 2;
  while (taken.includes(`${slug}-${number}`)) number += 1;
  return `${slug}-${number}`;
}

/** Returns the value that `text` states. Objects, lists, true and false are parsed as JSON. Any
 * other value is returned as text. */
function parsed(text: string): unknown {
  if (!/^([[{].*[\]}]|true|false)$/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
