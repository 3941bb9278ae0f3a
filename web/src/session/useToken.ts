import { useSyncExternalStore } from "react";
import { type Claims, claimsOf, currentToken, onSessionChange } from "./session";

export function useToken(): string | null {
  return useSyncExternalStore(onSessionChange, currentToken);
}

export function useClaims(): Claims | null {
  return claimsOf(useToken() ?? "");
}
