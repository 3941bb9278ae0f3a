import type { ReactNode } from "react";
import { ApiProblem } from "../api/client";
import styles from "./Notice.module.css";

interface Props {
  readonly tone: "red" | "amber" | "neutral";
  readonly children: ReactNode;
}

/** Something to know before going on. */
export function Notice({ tone, children }: Props) {
  return (
    <div className={styles.notice} data-tone={tone} role={tone === "red" ? "alert" : undefined}>
      {children}
    </div>
  );
}

/** Why a request failed. */
export function Failed({ error, what }: { readonly error: Error; readonly what: string }) {
  const reason = error instanceof ApiProblem ? error.message : "the server can't be reached";
  return (
    <Notice tone="red">
      {what}: {reason}
    </Notice>
  );
}
