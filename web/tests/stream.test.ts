import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Connection, openStream } from "../src/run/stream";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let answers: Answer[];
let asked: IncomingMessage[];

beforeEach(async () => {
  answers = [];
  asked = [];
  server = createServer((request, response) => {
    asked.push(request);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const network = globalThis.fetch;
  // The tests run without a browser, so the parts of a page that the stream uses are replaced.
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("document", Object.assign(new EventTarget(), { hidden: false }));
  vi.stubGlobal("navigator", { onLine: true });
  vi.stubGlobal("fetch", (path: string, init: RequestInit) =>
    network(`http://127.0.0.1:${port}${path}`, init),
  );
});

afterEach(async () => {
  vi.unstubAllGlobals();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function events(...texts: string[]): Answer {
  return (_, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.end(texts.join(""));
  };
}

function refusal(status: number, headers: Record<string, string> = {}): Answer {
  return (_, response) => response.writeHead(status, headers).end();
}

function event(id: number, name: string, content: string): string {
  return `id: ${id}\nevent: ${name}\ndata: ${content}\n\n`;
}

/** Reads the stream of run 7 until the run ends or a request is refused. Returns what arrived. */
async function followed(): Promise<{
  events: [string, string][];
  connections: Connection[];
  refused: string | null;
}> {
  const seen: [string, string][] = [];
  const connections: Connection[] = [];
  return new Promise((resolve) => {
    openStream(7, "a.b.c", {
      event(name, content) {
        seen.push([name, content]);
        return content !== "finished";
      },
      connection(state) {
        connections.push(state);
        if (state === "closed") resolve({ events: seen, connections, refused: null });
      },
      refused: (why) => resolve({ events: seen, connections, refused: why }),
    });
  });
}

const END = event(9, "status", "finished");

test("a run is followed to its end, and then nothing is asked any more", async () => {
  answers = [events(event(1, "status", "ingesting"), END, event(10, "status", "late"))];
  const run = await followed();
  expect(run.events).toEqual([
    ["status", "ingesting"],
    ["status", "finished"],
    ["status", "late"],
  ]);
  expect(run.connections).toEqual(["connecting", "live", "closed"]);
  expect(asked).toHaveLength(1);
});

test("the token goes in a header and never in the address", async () => {
  answers = [events(END)];
  await followed();
  expect(asked[0]?.headers.authorization).toBe("Bearer a.b.c");
  expect(asked[0]?.url).toBe("/api/ingestion/progress/7");
});

test("after a cut the stream goes on from the last event that came", async () => {
  answers = [events(event(3, "status", "ingesting"), event(5, "update", "{}")), events(END)];
  const run = await followed();
  expect(asked.map((request) => request.headers["last-event-id"])).toEqual([undefined, "5"]);
  expect(run.connections).toEqual(["connecting", "live", "reconnecting", "live", "closed"]);
});

test("an event cut in the middle is not taken for one", async () => {
  answers = [events("id: 4\nevent: status\nda"), events(END)];
  const run = await followed();
  expect(run.events).toEqual([["status", "finished"]]);
  expect(asked[1]?.headers["last-event-id"]).toBeUndefined();
});

test.each([429, 503])("%i is waited out, as long as the server asks", async (status) => {
  answers = [refusal(status, { "Retry-After": "1" }), events(END)];
  const began = performance.now();
  const run = await followed();
  expect(performance.now() - began).toBeGreaterThan(950);
  expect(run.connections.at(-1)).toBe("closed");
});

test("a server that is away is asked again until it is back", async () => {
  answers = [
    (request) => request.socket.destroy(),
    (request) => request.socket.destroy(),
    events(END),
  ];
  const run = await followed();
  expect(asked).toHaveLength(3);
  expect(run.connections.at(-1)).toBe("closed");
});

test.each([
  [401, "signed_out"],
  [404, "missing"],
])("%i ends it: nothing is asked again", async (status, why) => {
  answers = [refusal(status)];
  expect((await followed()).refused).toBe(why);
  expect(asked).toHaveLength(1);
});

test("a connection that has died without a word is noticed and replaced", async () => {
  const silent: Answer = (_, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(event(2, "status", "ingesting"));
  };
  const dead: Answer = (request, response) => {
    if (request.url === "/live") refusal(503)(request, response);
    else events(END)(request, response);
  };
  answers = [silent, dead];
  const run = await followed();
  expect(run.connections).toEqual(["connecting", "live", "reconnecting", "live", "closed"]);
});
