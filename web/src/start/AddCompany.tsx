import { type FormEvent, useState } from "react";
import { ApiProblem } from "../api/client";
import { useDetect } from "../api/queries";
import { Failed, Notice } from "../ui/Notice";
import styles from "./AddCompany.module.css";
import { addressOf } from "./companyFields";
import { FollowDetected } from "./FollowDetected";

/** A form that detects the source of a company's postings from an address, and then offers to
 * follow the company. */
export function AddCompany({ taken }: { readonly taken: readonly string[] }) {
  const [url, setUrl] = useState("");
  const detect = useDetect();

  function submit(event: FormEvent): void {
    event.preventDefault();
    detect.mutate(addressOf(url));
  }

  function done(): void {
    setUrl("");
    detect.reset();
  }

  return (
    <section className="card stack" aria-labelledby="add">
      <h2 id="add">Add a company</h2>
      <form className={styles.ask} onSubmit={submit}>
        <label className="field">
          <span>Address of its career site, or of any of its postings</span>
          <input
            className="input"
            inputMode="url"
            required
            placeholder="https://boards.greenhouse.io/acme"
            value={url}
            onChange={(event) => setUrl(event.target.value)}
          />
        </label>
        <button type="submit" className="button" disabled={detect.isPending}>
          {detect.isPending ? "Searching…" : "Find jobs"}
        </button>
      </form>
      <div aria-live="polite">
        {detect.isPending && (
          <p className="muted">Listing its postings. This may take some seconds.</p>
        )}
        {detect.error && <NotFound error={detect.error} />}
        {detect.data && (
          <FollowDetected key={url} detected={detect.data} taken={taken} onDone={done} />
        )}
      </div>
    </section>
  );
}

/** Says why no postings were found, and lists every address that was tried. */
function NotFound({ error }: { readonly error: Error }) {
  const tried = error instanceof ApiProblem ? error.members.tried : null;
  if (error instanceof ApiProblem && error.status === 429) {
    return <Failed error={error} what="Wait a minute before you search again" />;
  }
  if (!Array.isArray(tried)) return <Failed error={error} what="No postings were found" />;
  return (
    <Notice tone="red">
      No postings were found there.
      <ul>
        {tried.map((each) => (
          <li key={String(each)}>{String(each)}</li>
        ))}
      </ul>
    </Notice>
  );
}
