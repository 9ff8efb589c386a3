/** What was read in pictures on this computer, and the readings under way. Kept while the window lives; what lasts is the backend's. */
import { SvelteMap } from "svelte/reactivity";
import type { Backend } from "../backend/backend";
import type { AttachmentId, CommandError, PictureReading } from "../backend/bindings";
import { commandError } from "../backend/errors";

export type Reading =
  /** `fraction` from 0 to 1. */
  | { type: "reading"; fraction: number }
  | ({ type: "read" } & PictureReading)
  /** The recognisers are not on this computer. */
  | { type: "missing" }
  | { type: "stopped" }
  | { type: "failed"; error: CommandError };

/** One call of the backend; `reading` is set in the same breath as it is begun. */
interface Run {
  reading: Promise<Reading> | null;
}

export class Readings {
  readonly #readings = new SvelteMap<AttachmentId, Reading>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is shown from it
  readonly #running = new Map<AttachmentId, Run>();
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  of(id: AttachmentId): Reading | undefined {
    return this.#readings.get(id);
  }

  /** Reads a picture unless it was read already; joins a reading that is under way. Never rejects. */
  read(id: AttachmentId): Promise<Reading> {
    const known = this.#readings.get(id);
    if (known?.type === "read") return Promise.resolve(known);
    const running = this.#running.get(id)?.reading;
    if (running) return running;
    this.#readings.set(id, { type: "reading", fraction: 0 });
    const run: Run = { reading: null };
    this.#running.set(id, run);
    // Not once the picture was forgotten: what still comes is about nothing that is shown.
    const counts = () => this.#running.get(id) === run;
    run.reading = this.#ask(id, (fraction) => {
      if (counts()) this.#readings.set(id, { type: "reading", fraction });
    }).then((result) => {
      if (counts()) {
        this.#running.delete(id);
        this.#readings.set(id, result);
      }
      return result;
    });
    return run.reading;
  }

  async #ask(id: AttachmentId, onProgress: (fraction: number) => void): Promise<Reading> {
    try {
      return { type: "read", ...(await this.#backend.readPicture(id, onProgress)) };
    } catch (rejection) {
      const error = commandError(rejection);
      if (error.code === "recognisers-missing") return { type: "missing" };
      if (error.code === "cancelled") return { type: "stopped" };
      return { type: "failed", error };
    }
  }

  /** The reading ends as stopped once the backend has stopped it. */
  async stop(id: AttachmentId): Promise<void> {
    if (this.#running.has(id)) await this.#backend.stopReading(id);
  }

  /** For a picture that leaves the composer: a reading under way is of no use any more. */
  forget(id: AttachmentId): void {
    // A failure to stop changes nothing for anybody: the result is not waited for.
    void this.stop(id).catch(() => undefined);
    this.#running.delete(id);
    this.#readings.delete(id);
  }

  /** The recognisers have come: pictures that waited for them can be read. */
  recognisersCame(): void {
    for (const [id, reading] of this.#readings) if (reading.type === "missing") this.#readings.delete(id);
  }
}
