/** What is known of videos and how long recordings are, for whoever shows them. Kept while the window lives. */
import { SvelteMap } from "svelte/reactivity";
import type { Backend } from "../backend/backend";
import type { Attachment, AttachmentId, CommandError, VideoInfo } from "../backend/bindings";
import { commandError } from "../backend/errors";

export type Known =
  { type: "video"; info: VideoInfo } | { type: "sound"; durationMs: number } | { type: "failed"; error: CommandError };

export class Videos {
  readonly #known = new SvelteMap<AttachmentId, Known>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is shown from it
  readonly #asked = new Set<AttachmentId>();
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  of(id: AttachmentId): Known | undefined {
    return this.#known.get(id);
  }

  info(id: AttachmentId): VideoInfo | undefined {
    const known = this.#known.get(id);
    return known?.type === "video" ? known.info : undefined;
  }

  /** Milliseconds; infinite where the file does not say it, 0 while nothing is known. */
  duration(id: AttachmentId): number {
    const known = this.#known.get(id);
    if (known?.type === "video") return known.info.durationMs ?? Infinity;
    return known?.type === "sound" ? known.durationMs : 0;
  }

  /** The longest of some files, in milliseconds; 0 where there is none. */
  longest(files: Attachment[]): number {
    return Math.max(0, ...files.map(({ id }) => this.duration(id)));
  }

  /** Asks what a video is, once. Never rejects. */
  async look(id: AttachmentId): Promise<void> {
    if (this.#asked.has(id)) return;
    this.#asked.add(id);
    try {
      this.#known.set(id, { type: "video", info: await this.#backend.videoInfo(id) });
    } catch (error) {
      this.#known.set(id, { type: "failed", error: commandError(error) });
      // Another look may find what was missing.
      this.#asked.delete(id);
    }
  }

  /** Whoever shows a recording has found out how long it is: it takes decoding all of it. */
  soundLasts(id: AttachmentId, durationMs: number): void {
    this.#known.set(id, { type: "sound", durationMs });
  }
}
