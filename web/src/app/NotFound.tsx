import { Link } from "wouter";
import { PageTitle } from "../ui/PageTitle";

export function NotFound() {
  return (
    <div className="stack">
      <PageTitle title="There is no such page" />
      <p>
        <Link href="/">Go to the start</Link>
      </p>
    </div>
  );
}
