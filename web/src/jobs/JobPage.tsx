import { PageTitle } from "../ui/PageTitle";

export function JobPage({ jobId }: { readonly jobId: number }) {
  return <PageTitle title={`JobPage ${jobId}`} />;
}
