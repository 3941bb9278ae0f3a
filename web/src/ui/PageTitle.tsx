import { type ReactNode, useEffect, useRef } from "react";

interface Props {
  readonly title: string;
  /** The content beside the title. */
  readonly children?: ReactNode;
}

/**
 * The main heading of the page. The heading gets the focus when the page is shown. Screen readers
 * then announce the page, and the next Tab key moves to the first control after the heading.
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
