import { createElement, Fragment, type ReactNode, useMemo } from "react";
import { OutsideLink } from "../ui/OutsideLink";
import styles from "./Description.module.css";

/**
 * The elements that are rendered, each with the element that replaces it. All other elements are
 * replaced by their content. Headings get a lower rank than the headings of the page.
 */
const RENDERED_AS: Readonly<Record<string, string>> = {
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
  /**
   * The description as HTML, which the server has sanitised. In addition, the page renders only its
   * text, its links and the elements of `RENDERED_AS`.
   */
  readonly html: string;
  /** The description as plain text. */
  readonly text: string;
}

/** The description of a job, as its employer wrote it. */
export function Description({ html, text }: Props) {
  // The HTML is parsed in a separate document, in which no script runs and nothing is fetched.
  const body = useMemo(() => new DOMParser().parseFromString(html, "text/html").body, [html]);
  if (html === "")
    return <p className={styles.text}>{text || "The posting has no description."}</p>;
  return <div className={styles.html}>{toReact(body)}</div>;
}

function toReact(parent: Node): ReactNode[] {
  return [...parent.childNodes].map((node, index) => {
    if (node.nodeType === Node.TEXT_NODE) return node.textContent;
    if (!(node instanceof Element)) return null;
    const inside = toReact(node);
    const url = node.tagName === "A" ? node.getAttribute("href") : null;
    if (url !== null) {
      return (
        // biome-ignore lint/suspicious/noArrayIndexKey: the text is drawn once and never changes
        <OutsideLink key={index} url={url}>
          {inside}
        </OutsideLink>
      );
    }
    const name = RENDERED_AS[node.tagName] ?? Fragment;
    return createElement(name, { key: index }, ...(name === "br" ? [] : inside));
  });
}
