import { useMutation } from "@tanstack/react-query";
import { download } from "../api/client";
import { Failed } from "../ui/Notice";

interface Props {
  readonly jobId: number;
  readonly kept: boolean;
}

/** The page as it was fetched, as a file: a stranger's page is never shown as one of ours. */
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
        data-size="small"
        disabled={save.isPending}
        onClick={() => save.mutate()}
      >
        Download raw page
      </button>
      {save.error && <Failed error={save.error} what="It can't be had" />}
    </>
  );
}
