/** A copy button's short confirmation. */
import type { App } from "../app.svelte";

const SHOWN_FOR = 1600;

export class Copying {
  /** What was copied last, while it is confirmed. */
  copied = $state.raw<string | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  async copy(app: App, text: string): Promise<void> {
    if (!(await app.copy(text))) return;
    this.copied = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.copied = null), SHOWN_FOR);
  }
}
