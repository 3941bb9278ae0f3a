import { expect, test } from "vitest";
import { claimsOf } from "../src/session/session";

function token(claims: unknown): string {
  return `head.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.signature`;
}

test("a token tells whose it is, in any script", () => {
  expect(claimsOf(token({ sub: "Zoë 朝" }))).toEqual({
    user: "Zoë 朝",
    onlyRun: null,
    expiresAt: null,
  });
});

test("a token for one run says which", () => {
  expect(claimsOf(token({ sub: "ada", only_run: 7 }))?.onlyRun).toBe(7);
});

test.each(["", "abc", "a.b.c", token(null), token({ sub: 7 })])("%j is no token", (text) => {
  expect(claimsOf(text)).toBeNull();
});
