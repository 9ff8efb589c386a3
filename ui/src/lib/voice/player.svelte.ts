/** What plays, and where in every sound the person is. One plays at a time. */
import { SvelteMap } from "svelte/reactivity";
import type { Backend } from "../backend/backend";
import type { AttachmentId } from "../backend/bindings";

export class Player {
  playing = $state.raw<AttachmentId | null>(null);
  /** Milliseconds. */
  readonly #positions = new SvelteMap<AttachmentId, number>();
  /** Counts what was begun or stopped: what still comes of an earlier one is about nothing that is shown. */
  #turn = 0;
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  position(id: AttachmentId): number {
    return this.#positions.get(id) ?? 0;
  }

  /** Plays from where the person is. Resolves when it ends or is stopped; rejects with a `CommandError`. */
  async play(id: AttachmentId, from = this.position(id)): Promise<void> {
    const turn = ++this.#turn;
    this.playing = id;
    this.#positions.set(id, from);
    try {
      await this.#backend.playSound(id, from, (position) => {
        if (turn === this.#turn) this.#positions.set(id, position);
      });
      // It came to its end: the next time it begins anew.
      if (turn === this.#turn) this.#positions.set(id, 0);
    } finally {
      if (turn === this.#turn) this.playing = null;
    }
  }

  async stop(): Promise<void> {
    if (this.playing === null) return;
    this.#turn += 1;
    this.playing = null;
    await this.#backend.stopPlaying();
  }

  /** Goes to a place, and plays on from there where it played. */
  async seek(id: AttachmentId, to: number): Promise<void> {
    if (this.playing === id) await this.play(id, to);
    else this.#positions.set(id, to);
  }

  /** For a sound that leaves the composer. */
  async forget(id: AttachmentId): Promise<void> {
    if (this.playing === id) await this.stop();
    this.#positions.delete(id);
  }
}
