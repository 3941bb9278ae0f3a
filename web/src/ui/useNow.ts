import { useEffect, useState } from "react";

/** Returns the current time in milliseconds since 1970. While `ticking`, it is updated each time
 * `every` milliseconds have passed. */
export function useNow(ticking: boolean, every = 1_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!ticking) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [ticking, every]);
  return now;
}
