import { createElement, Fragment, type ReactNode, useMemo } from "react";
import { OutsideLink } from "../ui/OutsideLink";
import styles from "./Description.module.css";

/** What is drawn as it is; any other element gives way to what is in it. Headings keep below the
 * page's own. */
const DRAWN: Readonly<Record<string, string>> = {
  P: "p",
  UL: "ul",
  OL: "ol",
  LI: "li",
  STRONG: "strong",
  B: "strong",
  EM: "em",
  I: "em",
  BLOCKQUOTE: "blockquote",
  BR: "br",
  H1: "h3",
  H2: "h3",
  H3: "h3",
  H4: "h4",
  H5: "h4",
  H6: "h4",
  DIV: "div",
};

interface Props {
  /** Sanitised by the server, and yet nothing of it but text and the elements above is used. */
  readonly html: string;
  /** The same without its structure. */
  readonly text: string;
}

/** The description of a job, as its employer wrote it. */
export function Description({ html, text }: Props) {
  // parsed in a document of its own, in which nothing runs and nothing is fetched
  const body = useMemo(() => new DOMParser().parseFromString(html, "text/html").body, [html]);
  if (html === "")
    return <p className={styles.text}>{text || "The posting has no description."}</p>;
  return <div className={styles.html}>{drawn(body)}</div>;
}

function drawn(parent: Node): ReactNode[] {
  return [...parent.childNodes].map((node, index) => {
    if (node.nodeType === Node.TEXT_NODE) return node.textContent;
    if (!(node instanceof Element)) return null;
    const inside = drawn(node);
    const url = node.tagName === "A" ? node.getAttribute("href") : null;
    if (url !== null) {
      return (
        // biome-ignore lint/suspicious/noArrayIndexKey: the text is drawn once and never changes
        <OutsideLink key={index} url={url}>
          {inside}
        </OutsideLink>
      );
    }
    const name = DRAWN[node.tagName] ?? Fragment;
    return createElement(name, { key: index }, ...(name === "br" ? [] : inside));
  });
}
