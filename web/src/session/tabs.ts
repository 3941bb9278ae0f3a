/**
 * Tabs of one browser are signed in and out together: a tab that was opened beside a signed-in one
 * is signed in by it. Only pages of this origin hear each other here, and nothing outlives the
 * last tab.
 */

import { claimsOf, currentToken, signIn, signOut } from "./session";

type Message =
  | { readonly kind: "asked" | "left" }
  | { readonly kind: "told"; readonly token: string };

const channel = new BroadcastChannel("jobhunt.session");

export function shareSignIn(): void {
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    const token = currentToken();
    if (data.kind === "left") signOut();
    else if (data.kind === "told" && token === null) signIn(data.token);
    else if (data.kind === "asked" && token !== null && claimsOf(token)?.onlyRun === null) {
      channel.postMessage({ kind: "told", token } satisfies Message);
    }
  };
  if (currentToken() === null) channel.postMessage({ kind: "asked" } satisfies Message);
}

export function signOutEverywhere(): void {
  channel.postMessage({ kind: "left" } satisfies Message);
  signOut();
}
