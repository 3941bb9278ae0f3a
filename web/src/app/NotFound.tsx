import { Link } from "wouter";
import { PageTitle } from "../ui/PageTitle";

export function NotFound() {
  return (
    <div className="stack">
      <PageTitle title="Page not found" />
      <p>
        <Link href="/">Go to your new postings</Link>
      </p>
    </div>
  );
}
