import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { signOut } from "../session/session";
import { useClaims } from "../session/useToken";
import icon from "./icon.svg";
import styles from "./Shell.module.css";
import { ThemeToggle } from "./ThemeToggle";

const PLACES = [
  { href: "/", label: "New", also: "/new" },
  { href: "/jobs", label: "Jobs", also: "/jobs" },
  { href: "/tracked", label: "Tracked", also: "/tracked" },
  { href: "/companies", label: "Companies", also: "/start" },
  { href: "/history", label: "Runs", also: "/runs" },
] as const;

/** Shows a page below the header, which has the navigation and the account. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const claims = useClaims();
  // There is no navigation in Airflow's tab, because the token there allows reading only one run.
  if (claims?.onlyRun != null) return <main className={styles.main}>{children}</main>;
  return (
    <>
      <a className={styles.skip} href="#content">
        Skip to content
      </a>
      <header className={styles.header}>
        <div className={styles.bar}>
          <Link href="/" className={styles.brand} aria-label="Jobhunt, to the start">
            <img src={icon} alt="" width="26" height="26" />
            <span className={styles.name}>Jobhunt</span>
          </Link>
          <Places />
          <div className={styles.account}>
            <ThemeToggle />
            <button
              type="button"
              className="button"
              data-kind="quiet"
              data-size="small"
              title={claims === null ? undefined : `Signed in as ${claims.user}`}
              onClick={signOut}
            >
              Sign out
            </button>
          </div>
        </div>
      </header>
      <main id="content" className={styles.main} tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

function Places() {
  const [location] = useLocation();
  return (
    <nav aria-label="Main" className={styles.places}>
      {PLACES.map(({ href, label, also }) => {
        const here = location === href || location.startsWith(also);
        return (
          <Link key={href} href={href} aria-current={here ? "page" : undefined}>
            {label}
          </Link>
        );
      })}
    </nav>
  );
}
