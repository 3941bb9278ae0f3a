import { type FormEvent, useState } from "react";
import { PageTitle } from "../ui/PageTitle";
import styles from "./SignIn.module.css";
import { claimsOf, signIn } from "./session";

/** For whoever came without a signed-in link, or whose token is no longer accepted. */
export function SignIn() {
  const [wrong, setWrong] = useState(false);

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
        <p className="muted">
          Follow the signed-in link that <code>make up</code> prints, or paste a token;{" "}
          <code>jobhunt token</code> makes one.
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
            This is no token: a token has three parts with dots between them.
          </p>
        )}
        <button type="submit" className="button" data-kind="primary">
          Sign in
        </button>
      </form>
    </main>
  );
}
