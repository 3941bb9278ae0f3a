import type { UseInfiniteQueryResult } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

/** The distance in pixels below the screen at which the next page is loaded. */
const PRELOAD_DISTANCE = 800;

interface Props {
  readonly list: Pick<
    UseInfiniteQueryResult,
    "hasNextPage" | "isFetchingNextPage" | "isError" | "fetchNextPage"
  >;
  readonly label?: string;
  /** True if the next page is loaded as soon as the end of the list is near the screen. Use this
   * only if nothing follows the list, because users could not reach what follows. */
  readonly auto?: boolean;
}

/** A button that loads the next page of a list. It is not shown if there is no next page. */
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
      { rootMargin: `0px 0px ${PRELOAD_DISTANCE}px` },
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
