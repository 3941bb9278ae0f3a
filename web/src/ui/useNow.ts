import { useEffect, useState } from "react";

/** Returns the time in milliseconds. It is updated every `every` milliseconds while `ticking`. */
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
