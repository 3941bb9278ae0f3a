import { type ReactNode, useEffect, useRef } from "react";

interface Props {
  readonly title: string;
  /** The content beside the title. */
  readonly children?: ReactNode;
}

/**
 * The page's main heading. It gets the focus when the page is shown, so that screen readers
 * announce the page, and Tab continues from there.
 */
export function PageTitle({ title, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    document.title = `${title} · Jobhunt`;
  }, [title]);
  return (
    <div className="row" data-spread>
      <h1 ref={heading} tabIndex={-1} className="wrap-anywhere">
        {title}
      </h1>
      {children}
    </div>
  );
}
