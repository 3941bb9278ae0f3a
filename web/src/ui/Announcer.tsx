import { useEffect, useRef, useState } from "react";

/**
 * The time in milliseconds between two announcements, so that a screen reader can finish its
 * sentence.
 */
const EVERY = 8_000;

/**
 * Announces `message` to screen readers. If messages come too fast, only the latest is announced.
 */
export function Announcer({ message }: { readonly message: string }) {
  const [said, setSaid] = useState(message);
  const saidAt = useRef(Date.now());
  useEffect(() => {
    const wait = Math.max(0, saidAt.current + EVERY - Date.now());
    const timer = setTimeout(() => {
      saidAt.current = Date.now();
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
