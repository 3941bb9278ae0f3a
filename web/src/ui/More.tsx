import type { UseInfiniteQueryResult } from "@tanstack/react-query";

interface Props {
  readonly list: Pick<
    UseInfiniteQueryResult,
    "hasNextPage" | "isFetchingNextPage" | "fetchNextPage"
  >;
  readonly label?: string;
}

/** A button that loads the next page of a list, if there is one. */
export function More({ list, label = "Show more" }: Props) {
  if (!list.hasNextPage) return null;
  return (
    <button
      type="button"
      className="button"
      disabled={list.isFetchingNextPage}
      onClick={() => list.fetchNextPage()}
    >
      {label}
    </button>
  );
}
