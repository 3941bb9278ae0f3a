import { type FormEvent, useState } from "react";
import { Notice } from "../ui/Notice";
import { PageTitle } from "../ui/PageTitle";
import styles from "./SignIn.module.css";
import { claimsOf, reasonOfEnd, signIn } from "./session";

/** A form that asks for a token, and says why the last session ended. */
export function SignIn() {
  const [wrong, setWrong] = useState(false);
  const ended = reasonOfEnd();

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const given = new FormData(event.currentTarget).get("token");
    const token = typeof given === "string" ? given.trim() : "";
    if (claimsOf(token) === null) setWrong(true);
    else signIn(token);
  }

  return (
    <main className={styles.page}>
      <form className={`card stack ${styles.card}`} onSubmit={submit}>
        <PageTitle title="Sign in" />
        {ended !== null && <Notice tone="amber">{ended}</Notice>}
        <p className="muted">
          Open the signed-in link that you were given, or paste a token. On your own machine,{" "}
          <code>make up</code> prints the link, and <code>jobhunt token</code> prints a token.
        </p>
        <label className="field">
          <span>Token</span>
          <input
            className="input"
            name="token"
            type="password"
            autoComplete="off"
            spellCheck={false}
            required
            aria-describedby={wrong ? "wrong" : undefined}
            aria-invalid={wrong}
          />
        </label>
        {wrong && (
          <p id="wrong" role="alert" className={styles.wrong}>
            That isn’t a valid token. A token has three parts with dots between them.
          </p>
        )}
        <button type="submit" className="button" data-kind="primary">
          Sign in
        </button>
      </form>
    </main>
  );
}
