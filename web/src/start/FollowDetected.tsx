import { type FormEvent, useState } from "react";
import { useFollow } from "../api/queries";
import type { Detected } from "../api/types";
import { count, plural } from "../ui/format";
import { Failed } from "../ui/Notice";
import styles from "./AddCompany.module.css";
import { suggestSlug } from "./companyFields";

interface Props {
  readonly detected: Detected;
  readonly taken: readonly string[];
  readonly onDone: () => void;
}

/** What was found behind an address, and under which name to follow it. */
export function FollowDetected({ detected, taken, onDone }: Props) {
  const [slug, setSlug] = useState(() => suggestSlug(detected, taken));
  const follow = useFollow();
  const { source, config, sample } = detected;
  const more = detected.count - sample.length;

  function submit(event: FormEvent): void {
    event.preventDefault();
    follow.mutate({ slug, source, config }, { onSuccess: onDone });
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
        <span>Call it</span>
        <input
          className="input"
          required
          pattern="[A-Za-z0-9][A-Za-z0-9._\-]{0,99}"
          title="Letters, digits, dots, hyphens and underscores"
          value={slug}
          onChange={(event) => setSlug(event.target.value)}
        />
      </label>
      {follow.error && <Failed error={follow.error} what="It is not followed yet" />}
      <button type="submit" className="button" data-kind="primary" disabled={follow.isPending}>
        Follow {slug}
      </button>
    </form>
  );
}
