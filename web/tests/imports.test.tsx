// @vitest-environment happy-dom
/** Tests of following many companies at once. */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { ImportCompanies } from "../src/start/ImportCompanies";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const CHOICE = { name: "Globex", source: "gem", config: { board: "globex" } };
const REPORT = {
  import_id: 7,
  created_at: "2026-03-02T12:00:00Z",
  finished: true,
  counts: { total: 2, waiting: 0, followed: 1, already_followed: 0, ambiguous: 1, not_found: 0 },
  entries: [
    { name: "Acme", address: null, status: "followed", company: "acme", reason: "x", choices: [] },
    {
      name: "Globex",
      address: null,
      status: "ambiguous",
      company: null,
      reason: "several boards may be meant",
      choices: [CHOICE],
    },
  ],
};

test("a pasted list is imported, and a choice of an ambiguous entry is followed", async () => {
  const sent: unknown[] = [];
  vi.stubGlobal("fetch", async (address: string, { body, method }: RequestInit) => {
    if (method === "POST") sent.push(JSON.parse(String(body)));
    if (address.includes("/imports/7")) return Response.json(REPORT);
    if (address.includes("/import")) return Response.json({ import_id: 7, total: 2 });
    return Response.json({ items: [], next_cursor: null });
  });
  const user = userEvent.setup();
  render(
    <QueryClientProvider client={new QueryClient()}>
      <ImportCompanies />
    </QueryClientProvider>,
  );

  await user.click(screen.getByText("Add many companies"));
  await user.type(screen.getByRole("textbox"), "Acme{enter}Globex");
  await user.click(screen.getByRole("button", { name: "Import" }));
  expect((await screen.findByRole("status")).textContent).toBe("2 of 2 resolved, 1 followed");
  await user.click(screen.getByRole("button", { name: "Follow" }));

  await vi.waitFor(() =>
    expect(sent).toEqual([{ document: "Acme\nGlobex" }, { slug: "globex", ...CHOICE }]),
  );
});
