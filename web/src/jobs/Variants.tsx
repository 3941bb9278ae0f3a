import { Link } from "wouter";
import type { Variant } from "../api/types";
import { plural } from "../ui/format";
import styles from "./JobRow.module.css";

/** Links to the other postings of a role, in two sections that the user can open. The first has the
 * postings of the same company, the second has copies by other companies. */
export function Variants({ variants }: { readonly variants: readonly Variant[] }) {
  const own = variants.filter((each) => !each.is_copy);
  const copies = variants.filter((each) => each.is_copy);
  return (
    <>
      <VariantList variants={own} title={`Also in ${plural(own.length, "other posting")}`} />
      <VariantList
        variants={copies}
        title={`The same text from ${plural(copies.length, "other company", "other companies")}`}
      />
    </>
  );
}

function VariantList({
  variants,
  title,
}: {
  readonly variants: readonly Variant[];
  readonly title: string;
}) {
  if (variants.length === 0) return null;
  return (
    <details className={styles.variants}>
      <summary>{title}</summary>
      <ul>
        {variants.map((each) => (
          <li key={each.job_id}>
            <Link href={`/jobs/${each.job_id}`} className="wrap-anywhere">
              {each.title}
            </Link>{" "}
            <span className="muted">
              {[each.is_copy ? each.company_name : null, each.location]
                .filter((part) => part !== null)
                .join(", ")}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
