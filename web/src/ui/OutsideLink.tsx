import type { ReactNode } from "react";

interface Props {
  readonly url: string;
  readonly children: ReactNode;
}

/** A link to someone else's page. Addresses come from strangers: what is not http(s) is text. */
export function OutsideLink({ url, children }: Props) {
  if (!isWeb(url)) return <span className="wrap-anywhere">{children}</span>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" className="wrap-anywhere">
      {children}
    </a>
  );
}

function isWeb(url: string): boolean {
  try {
    return ["http:", "https:"].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}
