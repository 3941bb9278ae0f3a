import { useState } from "react";
import { chooseTheme, chosenTheme, THEMES, type Theme } from "./theme";

const LABELS: Readonly<Record<Theme, string>> = { system: "Auto", light: "Light", dark: "Dark" };

/** A button that switches to the next theme. */
export function ThemeToggle() {
  const [theme, setTheme] = useState(chosenTheme);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  return (
    <button
      type="button"
      className="button"
      data-kind="quiet"
      data-size="small"
      aria-label={`Theme: ${LABELS[theme]}. Change to ${LABELS[next]}`}
      onClick={() => {
        chooseTheme(next);
        setTheme(next);
      }}
    >
      Theme: {LABELS[theme].toLowerCase()}
    </button>
  );
}
