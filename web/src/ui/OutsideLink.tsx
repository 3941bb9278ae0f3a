import type { ReactNode } from "react";

interface Props {
  readonly url: string;
  readonly children: ReactNode;
  /** True for a link that looks like the page's main button. */
  readonly button?: boolean;
}

/** A link to another site. The URL comes from that site and may be harmful, so a URL that is not
 * http(s) is not made a link. */
export function OutsideLink({ url, children, button = false }: Props) {
  if (!isWeb(url)) return <span className="wrap-anywhere">{children}</span>;
  return (
    <a
      href={url}
      target="_blank"
      rel="noopener noreferrer"
      className={button ? "button" : "wrap-anywhere"}
      data-kind={button ? "primary" : undefined}
    >
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
