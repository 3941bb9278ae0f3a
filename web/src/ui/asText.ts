/** Returns the value of a posting's field as text for the user. An unknown value gives "". */
export function asText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(asText).join(", ");
  if (typeof value === "object") {
    if ("raw" in value && typeof value.raw === "string") return value.raw;
    return Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([name, inner]) => `${name} ${asText(inner)}`)
      .join(", ");
  }
  return String(value);
}
