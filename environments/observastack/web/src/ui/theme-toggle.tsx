import { chooseTheme, useTheme } from "../theme/theme.ts";
import { Icon } from "./icons.tsx";

export function ThemeToggle() {
  const other = useTheme() === "dark" ? "light" : "dark";
  const name = `Switch to ${other} theme`;
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={name}
      title={name}
      onClick={() => chooseTheme(other)}
    >
      <Icon name={other === "dark" ? "moon" : "sun"} />
    </button>
  );
}
