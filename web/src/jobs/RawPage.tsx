import { useMutation } from "@tanstack/react-query";
import { download } from "../api/client";
import { Failed } from "../ui/Notice";

interface Props {
  readonly jobId: number;
  readonly kept: boolean;
}

/** Downloads the page as it was fetched. It is saved as a file, because a browser must not show
 * another site's page as one of ours. */
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
