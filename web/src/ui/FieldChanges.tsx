import { asText } from "./asText";
import { differing } from "./differing";
import styles from "./FieldChanges.module.css";
import { fieldLabel } from "./format";

interface Props {
  /** The changes as `{field: [before, after]}`. */
  readonly changes: Readonly<Record<string, readonly unknown[]>>;
}

/** The changed fields of a posting. Each shows its value before and after the change. */
export function FieldChanges({ changes }: Props) {
  return (
    <dl className={styles.fields}>
      {Object.entries(changes).map(([field, [before, after]]) => {
        const parts = differing(asText(before), asText(after));
        return (
          <div key={field} className={styles.field}>
            <dt>{fieldLabel(field)}</dt>
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
