import type { RunReport } from "../api/types";
import { clock } from "../ui/format";
import { Notice } from "../ui/Notice";

/** The deadlines that the run missed. If it missed none, nothing is shown. */
export function SlaMisses({ misses }: { readonly misses: RunReport["sla_misses"] }) {
  if (misses.length === 0) return null;
  return (
    <Notice tone="amber">
      <strong>Slower than it should be</strong>
      <ul>
        {misses.map((miss) => (
          <li key={`${miss.deadline} ${miss.attempt}`} className="wrap-anywhere">
            Deadline <code>{miss.deadline}</code> missed at {clock(miss.missed_at)}, attempt{" "}
            {miss.attempt}, while {miss.run_status}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
