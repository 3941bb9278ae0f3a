import { asText } from "./asText";
import { differing } from "./differing";
import styles from "./FieldChanges.module.css";

interface Props {
  /** `{field: [before, after]}`. */
  readonly changes: Readonly<Record<string, readonly unknown[]>>;
}

/** What a posting said before, and what it says now. */
export function FieldChanges({ changes }: Props) {
  return (
    <dl className={styles.fields}>
      {Object.entries(changes).map(([field, [before, after]]) => {
        const parts = differing(asText(before), asText(after));
        return (
          <div key={field} className={styles.field}>
            <dt>{field.replaceAll("_", " ")}</dt>
            <dd>
              <del className={styles.before}>{parts.before || "nothing"}</del>
              <ins className={styles.after}>{parts.after || "nothing"}</ins>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
