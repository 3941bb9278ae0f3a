/**
 * Who is signed in: a JWT that lives as long as this tab. A signed-in link carries it in its
 * fragment, which browsers never send to a server; it leaves the address at once.
 */

const KEY = "jobhunt.token";

type Listener = () => void;
const listeners = new Set<Listener>();

/** Call before anything else reads the address. */
export function adoptTokenFromAddress(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null) return;
  sessionStorage.setItem(KEY, token);
  history.replaceState(history.state, "", location.pathname + location.search);
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

/** The `sub` of a token, to greet by; null for what is no JWT. Proves nothing. */
export function userOf(token: string): string | null {
  try {
    const claims = token.split(".")[1] ?? "";
    const bytes = Uint8Array.from(
      atob(claims.replaceAll("-", "+").replaceAll("_", "/")),
      (character) => character.charCodeAt(0),
    );
    const { sub }: { sub?: unknown } = JSON.parse(new TextDecoder().decode(bytes));
    return typeof sub === "string" ? sub : null;
  } catch {
    return null;
  }
}

function tell(): void {
  for (const listener of listeners) listener();
}
