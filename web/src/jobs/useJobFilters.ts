import { useSearchParams } from "wouter";
import { FILTERS, type JobFilter, type JobFilters } from "../api/queries";

/** Returns the search in the page's address, and a function that changes it there. */
export function useJobFilters(): [JobFilters, (name: JobFilter, value: string) => void] {
  const [params, setParams] = useSearchParams();
  const filters = Object.fromEntries(FILTERS.map((name) => [name, params.get(name) ?? ""]));

  function ask(name: JobFilter, value: string): void {
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === "") after.delete(name);
        else after.set(name, value);
        return after;
      },
      { replace: true },
    );
  }

  return [filters as JobFilters, ask];
}
