import { type ReactNode, useEffect, useRef } from "react";

interface Props {
  readonly title: string;
  /** Beside the title. */
  readonly children?: ReactNode;
}

/** The page's one heading. It takes the focus when the page comes, so that a screen reader says
 * where one is, and Tab goes on from there. */
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
