import { useSearchParams } from "wouter";
import { FILTERS, type JobFilter, type JobFilters, type JobSearch } from "../api/queries";

interface AddressSearch {
  /** The value of each field of the form. If the address has several values, it is the first. */
  readonly fields: JobFilters;
  /** All parameters of the page's address, each with all its values. */
  readonly search: JobSearch;
  /** The names of parameters that have no field, or more values than their field can show. */
  readonly extraNames: readonly string[];
  /** Sets a parameter in the address. An empty value removes the parameter. */
  readonly setParameter: (name: string, value: string) => void;
}

/** Returns the search in the page's address, and a function that changes it there. */
export function useJobFilters(): AddressSearch {
  const [params, setParams] = useSearchParams();
  const fields = Object.fromEntries(FILTERS.map((name) => [name, params.get(name) ?? ""]));
  const names = [...new Set(params.keys())];

  function setParameter(name: string, value: string): void {
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

  return {
    fields: fields as JobFilters,
    search: Object.fromEntries(names.map((name) => [name, params.getAll(name)])),
    extraNames: names.filter(
      (name) => !FILTERS.includes(name as JobFilter) || params.getAll(name).length > 1,
    ),
    setParameter,
  };
}
