import { PageTitle } from "../ui/PageTitle";

export function SummaryPage({ runId }: { readonly runId: number }) {
  return <PageTitle title={`SummaryPage ${runId}`} />;
}
