/** Sends requests to the API. Each request carries the token of the signed-in user. */

import { currentToken, endRefusedSession } from "../session/session";

const BASE = "/api/ingestion";

/** An error response of the API, as a problem document (RFC 9457). */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";

  constructor(
    readonly status: number,
    /** The stable code of the error, such as `run_active`. */
    readonly code: string,
    detail: string,
    /** All members of the problem document. */
    readonly members: Readonly<Record<string, unknown>>,
  ) {
    super(detail);
  }
}

type ParameterValue = string | number | boolean | null | undefined;
/**
 * The query parameters of a request. A parameter whose value is a list is sent once for each
 * element. A parameter whose value is null, undefined or "" is not sent.
 */
type Query = Readonly<Record<string, ParameterValue | readonly string[]>>;

export interface Request {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly query?: Query;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Sends a request and returns the JSON of the response, or undefined if it has no content. Throws
 * ApiProblem for an error response, and TypeError if the server cannot be reached.
 */
export async function call<T>(path: string, request: Request = {}): Promise<T> {
  const response = await send(path, request);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Downloads a file, and returns its name and content. Throws the same errors as `call`. */
export async function download(path: string): Promise<{ name: string; content: Blob }> {
  const response = await send(path, {});
  const disposition = response.headers.get("Content-Disposition") ?? "";
  const name = /filename="([^"]+)"/.exec(disposition)?.[1] ?? "page.txt";
  return { name, content: await response.blob() };
}

async function send(path: string, request: Request): Promise<Response> {
  const { method = "GET", query = {}, body, headers = {}, signal } = request;
  const response = await fetch(`${BASE}${path}${queryString(query)}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
      Authorization: `Bearer ${currentToken() ?? ""}`,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.ok) return response;
  if (response.status === 401) endRefusedSession();
  throw await problemOf(response);
}

function queryString(query: Query): string {
  const parameters = Object.entries(query)
    .flatMap(([name, value]) => [value].flat().map((each) => [name, each] as const))
    .filter(([, value]) => value != null && value !== "");
  if (parameters.length === 0) return "";
  return `?${new URLSearchParams(parameters.map(([name, value]) => [name, String(value)]))}`;
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const members = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const { type, detail } = members;
  return new ApiProblem(
    response.status,
    typeof type === "string" ? type.replace(/^.*:/, "") : "unknown",
    typeof detail === "string"
      ? detail.replace(/^(body|query)\./, "")
      : `the server answered ${response.status}`,
    members,
  );
}
