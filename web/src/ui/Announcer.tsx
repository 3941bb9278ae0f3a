import { useEffect, useRef, useState } from "react";

/**
 * The minimum time in milliseconds between two announcements. It lets a screen reader finish
 * reading the first one.
 */
const INTERVAL_MS = 8_000;

/**
 * Announces `message` to screen readers. If several messages arrive within `INTERVAL_MS`, only the
 * latest is announced.
 */
export function Announcer({ message }: { readonly message: string }) {
  const [announced, setAnnounced] = useState(message);
  const announcedAt = useRef(Date.now());
  useEffect(() => {
    const wait = Math.max(0, announcedAt.current + INTERVAL_MS - Date.now());
    const timer = setTimeout(() => {
      announcedAt.current = Date.now();
      setAnnounced(message);
    }, wait);
    return () => clearTimeout(timer);
  }, [message]);
  return (
    <p role="status" className="visually-hidden">
      {announced}
    </p>
  );
}
