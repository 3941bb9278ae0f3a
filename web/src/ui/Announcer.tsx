import { useEffect, useRef, useState } from "react";

/** Milliseconds between two announcements: a screen reader must get to the end of its sentence. */
const EVERY = 8_000;

/** Says `message` to screen readers, the latest of those that came too fast. */
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
