import { type FormEvent, useState } from "react";
import { useDetect } from "../api/queries";
import { Failed } from "../ui/Notice";
import styles from "./AddCompany.module.css";
import { FollowDetected } from "./FollowDetected";

/** An address is enough: which source lists the postings behind it is found out by asking. */
export function AddCompany({ taken }: { readonly taken: readonly string[] }) {
  const [url, setUrl] = useState("");
  const detect = useDetect();

  function look(event: FormEvent): void {
    event.preventDefault();
    detect.mutate(url.trim());
  }

  function done(): void {
    setUrl("");
    detect.reset();
  }

  return (
    <section className="card stack" aria-labelledby="add">
      <h2 id="add">Add a company</h2>
      <form className={styles.ask} onSubmit={look}>
        <label className="field">
          <span>Address of its career site, or of any of its postings</span>
          <input
            className="input"
            type="url"
            required
            placeholder="https://boards.greenhouse.io/acme"
            value={url}
            onChange={(event) => setUrl(event.target.value)}
          />
        </label>
        <button type="submit" className="button" disabled={detect.isPending}>
          {detect.isPending ? "Looking…" : "Look"}
        </button>
      </form>
      <div aria-live="polite">
        {detect.isPending && (
          <p className="muted">Listing its postings; this may take some seconds.</p>
        )}
        {detect.error && <Failed error={detect.error} what="No postings were found there" />}
        {detect.data && (
          <FollowDetected key={url} detected={detect.data} taken={taken} onDone={done} />
        )}
      </div>
    </section>
  );
}
