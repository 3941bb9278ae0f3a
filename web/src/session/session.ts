/**
 * The session of the signed-in user, which is a JWT. The browser stores the token until the
 * user signs out or the server refuses the token. All tabs share the token, except a token for
 * one run (Airflow's tab), which is stored for its own tab only. A link that signs the user in
 * carries the token in its fragment, which browsers never send to a server. The token is removed
 * from the address at once.
 */

const KEY = "jobhunt.token";

type Listener = () => void;
const listeners = new Set<Listener>();
let endReason: string | null = null;

/**
 * Moves the token from the address into the browser's storage. Call this before other code reads
 * the address, and whenever the fragment of the address changes.
 */
export function adoptTokenFromAddress(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  signIn(token);
}

/** Signs this tab in or out whenever another tab of the browser signs in or out. */
export function followOtherTabs(): void {
  window.addEventListener("storage", ({ key }) => {
    if (key === KEY || key === null) notifyListeners();
  });
}

export function currentToken(): string | null {
  return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY);
}

export function signIn(token: string): void {
  endReason = null;
  const store = claimsOf(token)?.onlyRun == null ? localStorage : sessionStorage;
  store.setItem(KEY, token);
  notifyListeners();
}

export function signOut(): void {
  sessionStorage.removeItem(KEY);
  localStorage.removeItem(KEY);
  notifyListeners();
}

/** Signs out because the server refused the token, and keeps the reason for `reasonOfEnd`. */
export function endRefusedSession(): void {
  const expires = claimsOf(currentToken() ?? "")?.expiresAt ?? null;
  endReason =
    expires !== null && expires <= Date.now()
      ? "Your sign-in has expired."
      : "The server no longer accepts your sign-in.";
  signOut();
}

/** Returns the reason why the last session ended; null if the user signed out. */
export function reasonOfEnd(): string | null {
  return endReason;
}

export function onSessionChange(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export interface Claims {
  readonly user: string;
  /** The id of the only run that the token allows reading; null if it allows everything. */
  readonly onlyRun: number | null;
  /** The time at which the token expires, in milliseconds since 1970; null if it states none. */
  readonly expiresAt: number | null;
}

/** Returns the claims of a token, without verifying its signature; null if it is not a JWT. */
export function claimsOf(token: string): Claims | null {
  try {
    const encoded = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    const claims: { sub?: unknown; only_run?: unknown; exp?: unknown } = JSON.parse(
      new TextDecoder().decode(bytes),
    );
    if (typeof claims.sub !== "string") return null;
    return {
      user: claims.sub,
      onlyRun: typeof claims.only_run === "number" ? claims.only_run : null,
      expiresAt: typeof claims.exp === "number" ? claims.exp * 1_000 : null,
    };
  } catch {
    return null;
  }
}

function notifyListeners(): void {
  for (const listener of listeners) listener();
}
