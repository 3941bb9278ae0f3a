// @vitest-environment happy-dom
/** Tests of marking new postings as seen. */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { MarkAllSeen } from "../src/jobs/MarkAllSeen";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function pressed(answer: () => Response) {
  const sent: string[] = [];
  vi.stubGlobal("fetch", async (address: string, { method }: RequestInit) => {
    sent.push(`${method} ${address}`);
    return answer();
  });
  const user = userEvent.setup();
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MarkAllSeen />
    </QueryClientProvider>,
  );
  await user.click(screen.getByRole("button", { name: "Mark all as seen" }));
  await vi.waitFor(() => expect(sent).toEqual(["POST /api/ingestion/visits"]));
}

test("a visit is sent", async () => {
  await pressed(() => Response.json({ visited_at: "2026-03-02T12:00:00Z" }));
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a visit that is refused is reported", async () => {
  const problem = { type: "urn:jobhunt:problem:internal", title: "Error", status: 500 };
  await pressed(() => Response.json(problem, { status: 500 }));
  expect(await screen.findByText(/couldn’t be marked as seen/)).toBeTruthy();
});
