/**
 * The signed-in user, as a JWT. It is kept in the browser until it expires or the user signs out.
 * All tabs share it. A token for one run (Airflow's tab) is kept for its own tab only. A signed-in
 * link carries the token in its fragment, which browsers never send to a server. The token is
 * removed from the address at once.
 */

const KEY = "jobhunt.token";

type Listener = () => void;
const listeners = new Set<Listener>();
let endReason: string | null = null;

/**
 * Takes the token from the address. Call this before other code reads the address, and when its
 * fragment changes.
 */
export function adoptTokenFromAddress(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  signIn(token);
}

/** Follows other tabs that sign in or out. */
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
  /** Milliseconds since 1970. */
  readonly expiresAt: number | null;
}

/** Returns the unverified claims of a token; null if the text is not a JWT. */
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
