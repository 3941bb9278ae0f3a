import type { Company } from "../api/types";
import { Ago } from "../ui/Ago";
import { day } from "../ui/format";

/** The time and the result of the last check of a company's board. Any user may have started it. */
export function LastChecked({ company }: { readonly company: Company }) {
  const { checked_at, enabled, health, schedule } = company;
  const { failing_since, listing, problem } = health;
  return (
    <>
      {!enabled && "Paused · "}
      {checked_at === null ? (
        "not checked yet"
      ) : (
        <>
          checked <Ago time={checked_at} />
        </>
      )}
      {schedule === null && " · nobody follows it with checking on"}
      {failing_since !== null && (
        <strong data-tone="red">
          {` · fails since ${day(failing_since)}: ${problem ?? "the reason is unknown"}`}
        </strong>
      )}
      {failing_since === null && listing === "partial" && ` · only listed in part: ${problem}`}
      {failing_since === null &&
        listing === "held" &&
        " · some postings are missing; the next check confirms it"}
    </>
  );
}
