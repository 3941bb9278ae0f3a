import type { Connection } from "../run/stream";
import { Badge, type Tone } from "../ui/Badge";

const BADGES: Readonly<Record<Connection, { label: string; tone: Tone }>> = {
  connecting: { label: "Connecting", tone: "neutral" },
  live: { label: "Live", tone: "green" },
  reconnecting: { label: "Reconnecting", tone: "amber" },
  offline: { label: "Offline", tone: "red" },
  closed: { label: "Complete", tone: "slate" },
};

/** A badge that shows the state of the connection, and thereby whether the page is up to date. */
export function ConnectionBadge({ connection }: { readonly connection: Connection }) {
  const { label, tone } = BADGES[connection];
  return (
    <span data-testid="connection" data-state={connection}>
      <Badge tone={tone}>
        <span className="visually-hidden">Connection: </span>
        {label}
      </Badge>
    </span>
  );
}
