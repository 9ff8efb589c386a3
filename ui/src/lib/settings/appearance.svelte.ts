/** The theme on the page: the person's choice, or the system's, followed as it changes. */
import type { Theme } from "../backend/bindings";

export class Appearance {
  readonly #system = matchMedia("(prefers-color-scheme: dark)");
  #theme: Theme = "system";
  /** Whether the page is dark now. */
  dark = $state(false);

  constructor() {
    this.#system.addEventListener("change", () => this.#apply());
  }

  use(theme: Theme): void {
    this.#theme = theme;
    try {
      localStorage.setItem("castor.theme", theme);
    } catch {
      // Without storage the next start's first paint follows the system.
    }
    this.#apply();
  }

  #apply(): void {
    this.dark = this.#theme === "dark" || (this.#theme === "system" && this.#system.matches);
    document.documentElement.dataset["theme"] = this.dark ? "dark" : "light";
  }
}
