import type { Company } from "../api/types";
import { Ago } from "../ui/Ago";
import { day, rhythm } from "../ui/format";

/** When a company's listing was last checked, whoever asked for it, and when it will be again. */
export function LastChecked({ company }: { readonly company: Company }) {
  const { checked_at, schedule } = company;
  if (schedule === null) {
    const since = checked_at === null ? "" : ` since ${day(checked_at)}`;
    return `not checked${since}: nobody follows it with checking on`;
  }
  return (
    <>
      {checked_at === null ? (
        "not checked yet"
      ) : (
        <>
          checked <Ago moment={checked_at} />
        </>
      )}
      {` · ${rhythm(schedule)}`}
    </>
  );
}
