import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
// These styles are imported before the components, so that the components' rules take precedence.
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import { App } from "./app/App";
import { ErrorBoundary } from "./app/ErrorBoundary";
import { applyTheme, chosenTheme } from "./app/theme";
import { adoptTokenFromAddress, followOtherTabs } from "./session/session";

applyTheme(chosenTheme());
adoptTokenFromAddress();
window.addEventListener("hashchange", adoptTokenFromAddress);
followOtherTabs();

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root");
createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      <App />
    </ErrorBoundary>
  </StrictMode>,
);
