import { useEffect, useState } from "react";

/**
 * Returns the latest `value` that did not change for `after` milliseconds. While a user types, this
 * is the text before the user began to type.
 */
export function useDebounced<T>(value: T, after: number): T {
  const [debounced, setDebounced] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setDebounced(value), after);
    return () => clearTimeout(timer);
  }, [value, after]);
  return debounced;
}
