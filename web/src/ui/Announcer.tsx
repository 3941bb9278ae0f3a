import { useEffect, useRef, useState } from "react";

/**
 * The time in milliseconds between two announcements, so that a screen reader can finish its
 * sentence.
 */
const INTERVAL_MS = 8_000;

/**
 * Announces `message` to screen readers. If messages come too fast, only the latest is announced.
 */
export function Announcer({ message }: { readonly message: string }) {
  const [said, setSaid] = useState(message);
  const announcedAt = useRef(Date.now());
  useEffect(() => {
    const wait = Math.max(0, announcedAt.current + INTERVAL_MS - Date.now());
    const timer = setTimeout(() => {
      announcedAt.current = Date.now();
      setSaid(message);
    }, wait);
    return () => clearTimeout(timer);
  }, [message]);
  return (
    <p role="status" className="visually-hidden">
      {said}
    </p>
  );
}
