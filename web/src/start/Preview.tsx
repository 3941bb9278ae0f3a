import { usePreview } from "../api/queries";
import { plural } from "../ui/format";
import { Failed } from "../ui/Notice";
import styles from "./Preview.module.css";
import { PreviewedCompany } from "./PreviewedCompany";

/** A button that lists the chosen companies. Below it, the postings are shown that a run would find
 * new, changed and gone. Nothing is stored. */
export function Preview({ chosen }: { readonly chosen: readonly string[] }) {
  const preview = usePreview();
  const found = Object.entries(preview.data?.companies ?? {});
  return (
    <section className="stack" aria-labelledby="preview">
      <div className="row" data-spread>
        <h2 id="preview">Preview</h2>
        <button
          type="button"
          className="button"
          disabled={chosen.length === 0 || preview.isPending}
          onClick={() => preview.mutate(chosen)}
        >
          {preview.isPending ? "Listing…" : "Preview a run"}
        </button>
      </div>
      <p className="muted">
        Lists {plural(chosen.length, "company", "companies")} now and compares titles with what is
        known. Changes inside a page show only when a run fetches it.
      </p>
      <div role="status">
        {preview.isPending && <p className="muted">This takes up to 20 seconds.</p>}
      </div>
      {preview.error && <Failed error={preview.error} what="Preview failed" />}
      {found.length > 0 && (
        <ul className={styles.list}>
          {found.map(([slug, company]) => (
            <PreviewedCompany key={slug} slug={slug} company={company} />
          ))}
        </ul>
      )}
    </section>
  );
}
