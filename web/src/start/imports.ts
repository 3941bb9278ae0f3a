/** Requests that follow many companies at once. */

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../api/client";
import { companiesQuery } from "../api/queries";
import type { components } from "../api/schema";

type Schemas = components["schemas"];
export type ImportReport = Schemas["ImportReport"];
export type ImportEntry = Schemas["EntryReport"];

const POLL_MS = 1_000;

/** Starts an import of companies from a pasted list, or from the text of a CSV or OPML file. */
export function useImport() {
  return useMutation({
    mutationFn: (document: string) =>
      call<Schemas["StartedImport"]>("/companies/import", { method: "POST", body: { document } }),
  });
}

/** Reads an import every second until it is finished. */
export function importQuery(importId: number) {
  return queryOptions({
    queryKey: ["imports", importId],
    queryFn: ({ signal }) => call<ImportReport>(`/companies/imports/${importId}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.finished ? false : POLL_MS),
  });
}

/** Follows the board that the user chose for an ambiguous entry. */
export function useFollowChoice() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (company: Pick<Schemas["NewCompany"], "slug" | "name" | "source" | "config">) =>
      call<unknown>("/companies", { method: "POST", body: company }),
    onSettled: () => client.invalidateQueries({ queryKey: companiesQuery.queryKey }),
  });
}
