import { useSearchParams } from "wouter";
import type { JobFilters } from "../api/queries";

/** What is searched for, which stands in the address, and what changes it there. */
export function useJobFilters(): [JobFilters, (name: keyof JobFilters, value: string) => void] {
  const [params, setParams] = useSearchParams();
  const asked = (name: keyof JobFilters) => params.get(name) ?? "";
  const filters = {
    q: asked("q"),
    company: asked("company"),
    status: asked("status"),
    workplace: asked("workplace"),
  };

  function ask(name: keyof JobFilters, value: string): void {
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

  return [filters, ask];
}
