import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

/** The distance in pixels below the screen at which the next page is loaded. */
const AHEAD = 800;

interface Props {
  readonly list: Pick<
    UseInfiniteQueryResult,
    "hasNextPage" | "isFetchingNextPage" | "isError" | "fetchNextPage"
  >;
  readonly label?: string;
  /** Loads the next page when the end of the list comes near the screen. Use it only if nothing
   * follows the list on its page. */
  readonly auto?: boolean;
}

/** A button that loads the next page of a list, if there is one. */
export function More({ list, label = "Show more", auto = false }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = list;
  const isWaiting = auto && hasNextPage && !isFetchingNextPage && !isError;
  useEffect(() => {
    if (!isWaiting || button.current === null) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) void fetchNextPage();
      },
      { rootMargin: `0px 0px ${AHEAD}px` },
    );
    observer.observe(button.current);
    return () => observer.disconnect();
  }, [isWaiting, fetchNextPage]);

  if (!hasNextPage) return null;
  return (
    <button
      ref={button}
      type="button"
      className="button"
      disabled={isFetchingNextPage}
      onClick={() => fetchNextPage()}
    >
      {isFetchingNextPage ? "Loading more…" : label}
    </button>
  );
}
