/**
 * Who is signed in: a JWT that lives as long as this tab. A signed-in link carries it in its
 * fragment, which browsers never send to a server; it leaves the address at once.
 */

const KEY = "jobhunt.token";

type Listener = () => void;
const listeners = new Set<Listener>();

/** Call before anything else reads the address, and when its fragment changes. */
export function adoptTokenFromAddress(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  signIn(token);
}

export function currentToken(): string | null {
  return sessionStorage.getItem(KEY);
}

export function signIn(token: string): void {
  sessionStorage.setItem(KEY, token);
  tell();
}

export function signOut(): void {
  sessionStorage.removeItem(KEY);
  tell();
}

export function onSessionChange(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export interface Claims {
  readonly user: string;
  /** The one run that the token is good for, where it is not good for all. */
  readonly onlyRun: number | null;
}

/** What a token says of itself; null for what is no JWT. Proves nothing. */
export function claimsOf(token: string): Claims | null {
  try {
    const encoded = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    const claims: { sub?: unknown; only_run?: unknown } = JSON.parse(
      new TextDecoder().decode(bytes),
    );
    if (typeof claims.sub !== "string") return null;
    return {
      user: claims.sub,
      onlyRun: typeof claims.only_run === "number" ? claims.only_run : null,
    };
  } catch {
    return null;
  }
}

function tell(): void {
  for (const listener of listeners) listener();
}
