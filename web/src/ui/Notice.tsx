import type { ReactNode } from "react";
import { ApiProblem } from "../api/client";
import styles from "./Notice.module.css";

interface Props {
  readonly tone: "red" | "amber" | "neutral";
  readonly children: ReactNode;
}

/** A message about the state of the page or of what it shows. */
export function Notice({ tone, children }: Props) {
  return (
    <div className={styles.notice} data-tone={tone} role={tone === "red" ? "alert" : undefined}>
      {children}
    </div>
  );
}

interface FailedProps {
  readonly error: Error;
  /** The sentence that says what was not done or can't be shown. */
  readonly what: string;
  /** Sends the request again. */
  readonly onRetry?: () => unknown;
}

/** Says why a request failed, and offers to send it again. */
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
