import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { signOut } from "../session/session";
import { useClaims } from "../session/useToken";
import icon from "./icon.svg";
import styles from "./Shell.module.css";
import { ThemeToggle } from "./ThemeToggle";

const NAVIGATION = [
  { href: "/", label: "New", prefix: "/new" },
  { href: "/jobs", label: "Jobs", prefix: "/jobs" },
  { href: "/tracked", label: "Tracked", prefix: "/tracked" },
  { href: "/companies", label: "Companies", prefix: "/start" },
  { href: "/history", label: "Runs", prefix: "/runs" },
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
          <Navigation />
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

function Navigation() {
  const [location] = useLocation();
  return (
    <nav aria-label="Main" className={styles.places}>
      {NAVIGATION.map(({ href, label, prefix }) => {
        const isCurrent = location === href || location.startsWith(prefix);
        return (
          <Link key={href} href={href} aria-current={isCurrent ? "page" : undefined}>
            {label}
          </Link>
        );
      })}
    </nav>
  );
}
