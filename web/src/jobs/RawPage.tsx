import { useMutation } from "@tanstack/react-query";
import { download } from "../api/client";
import { Failed } from "../ui/Notice";

interface Props {
  readonly jobId: number;
  /** False if the raw page was deleted or never stored. Then there is no button. */
  readonly kept: boolean;
}

/** A button that saves the raw page as a file. The raw page is not opened in the browser, because
 * the browser would show another site's page as part of this site. */
export function RawPage({ jobId, kept }: Props) {
  const save = useMutation({
    mutationFn: () => download(`/jobs/${jobId}/page`),
    onSuccess: ({ name, content }) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(content);
      link.download = name;
      link.click();
      URL.revokeObjectURL(link.href);
    },
  });
  if (!kept) return null;
  return (
    <>
      <button
        type="button"
        className="button"
        data-kind="quiet"
        data-size="small"
        disabled={save.isPending}
        onClick={() => save.mutate()}
      >
        Download raw page
      </button>
      {save.error && <Failed error={save.error} what="Couldn’t download the page" />}
    </>
  );
}
