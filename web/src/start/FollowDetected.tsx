import { type FormEvent, useState } from "react";
import { useFollow } from "../api/queries";
import type { Detected } from "../api/types";
import { count, plural } from "../ui/format";
import { Failed } from "../ui/Notice";
import styles from "./AddCompany.module.css";
import { slugOf } from "./companyFields";

interface Props {
  readonly detected: Detected;
  /** The slugs of the companies that the user follows. */
  readonly taken: readonly string[];
  readonly onDone: () => void;
}

/** A form that shows the titles of some postings found at an address, and follows their company
 * under the name that the user enters. */
export function FollowDetected({ detected, taken, onDone }: Props) {
  const [name, setName] = useState(detected.name);
  const follow = useFollow();
  const { source, config, sample } = detected;
  const more = detected.count - sample.length;

  function submit(event: FormEvent): void {
    event.preventDefault();
    follow.mutate(
      { slug: slugOf(name, taken), name: name.trim(), source, config },
      { onSuccess: onDone },
    );
  }

  return (
    <form className={styles.found} onSubmit={submit}>
      <p>
        <strong>
          {detected.complete ? "" : "At least "}
          {plural(detected.count, "posting")}
        </strong>{" "}
        listed by <code>{source}</code>, found by {detected.found_by}
      </p>
      <ul className={styles.sample} aria-label="Some of its titles">
        {sample.map((title, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: titles repeat, and the list never changes
          <li key={index} className="wrap-anywhere">
            {title}
          </li>
        ))}
      </ul>
      {more > 0 && <p className="muted small">and {count(more)} more</p>}
      <label className="field">
        <span>Name</span>
        <input
          className="input"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      {follow.error && <Failed error={follow.error} what="Couldn’t follow it" />}
      <button type="submit" className="button" data-kind="primary" disabled={follow.isPending}>
        Follow {name}
      </button>
    </form>
  );
}
