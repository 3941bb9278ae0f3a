import { useEffect, useState } from "react";

/**
 * Returns the latest `value` that did not change for `after` milliseconds, for example while a user
 * types.
 */
export function useSettled<T>(value: T, after: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), after);
    return () => clearTimeout(timer);
  }, [value, after]);
  return settled;
}
