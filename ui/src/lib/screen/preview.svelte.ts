/** A small picture of a screen or window that is refreshed while somebody can see it. */
import type { Backend } from "../backend/backend";
import type { CommandError } from "../backend/bindings";
import { commandError } from "../backend/errors";

export class Preview {
  /** Address of the newest picture. */
  address = $state.raw<string | null>(null);
  /** Why there is no newer one. */
  problem = $state.raw<CommandError | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  readonly #shown = () => this.#look();

  /** `edge`: pixels of its longer side at most; `every`: milliseconds from one picture to the next. */
  constructor(
    readonly backend: Pick<Backend, "screenPreview">,
    readonly id: string,
    readonly edge: number,
    readonly every: number,
  ) {}

  start(): void {
    if (this.#running) return;
    this.#running = true;
    document.addEventListener("visibilitychange", this.#shown);
    this.#look();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#shown);
    this.#replace(null);
  }

  /** Begins to look again, or ceases where the window is hidden. */
  #look(): void {
    clearTimeout(this.#timer);
    if (this.#running && !document.hidden) void this.#take();
  }

  async #take(): Promise<void> {
    try {
      const picture = await this.backend.screenPreview(this.id, this.edge);
      if (!this.#running) return;
      this.#replace(URL.createObjectURL(new Blob([picture], { type: "image/jpeg" })));
      this.problem = null;
    } catch (error) {
      if (!this.#running) return;
      this.problem = commandError(error);
    }
    clearTimeout(this.#timer);
    if (!document.hidden) this.#timer = setTimeout(() => void this.#take(), this.every);
  }

  #replace(address: string | null): void {
    if (this.address !== null) URL.revokeObjectURL(this.address);
    this.address = address;
  }
}
