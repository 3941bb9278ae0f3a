import { useSyncExternalStore } from "react";
import { currentToken, onSessionChange } from "./session";

export function useToken(): string | null {
  return useSyncExternalStore(onSessionChange, currentToken);
}
