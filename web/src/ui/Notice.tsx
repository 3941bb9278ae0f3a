import type { ReactNode } from "react";
import { ApiProblem } from "../api/client";
import styles from "./Notice.module.css";

interface Props {
  readonly tone: "red" | "amber" | "neutral";
  readonly children: ReactNode;
}

/** A message about the state of the page or of its content, such as "Run 7 is going on". */
export function Notice({ tone, children }: Props) {
  return (
    <div className={styles.notice} data-tone={tone} role={tone === "red" ? "alert" : undefined}>
      {children}
    </div>
  );
}

interface FailedProps {
  readonly error: Error;
  /** The sentence that says what failed, such as "Your companies can't be shown". */
  readonly what: string;
  /** Sends the request again. If undefined, no button for this is shown. */
  readonly onRetry?: () => unknown;
}

/** A message that says why a request failed. It has a button to send the request again if `onRetry`
 * is given. */
export function Failed({ error, what, onRetry }: FailedProps) {
  const reason = error instanceof ApiProblem ? error.message : "the server can't be reached";
  return (
    <Notice tone="red">
      {what}: {reason}
      {onRetry !== undefined && (
        <p>
          <button type="button" className="button" data-size="small" onClick={onRetry}>
            Retry
          </button>
        </p>
      )}
    </Notice>
  );
}
