/** What is said in recordings, and the transcriptions under way. Kept while the window lives; what lasts is the backend's. */
import { SvelteMap } from "svelte/reactivity";
import type { Backend } from "../backend/backend";
import type { AttachmentId, CommandError, TranscribeEvent, Transcript, TranscriptSegment } from "../backend/bindings";
import { commandError } from "../backend/errors";

export type Hearing =
  /** Nobody has listened yet, or it was stopped. */
  | { type: "none" }
  /** `fraction` from 0 to 1, of loading the recogniser or of listening. */
  | { type: "running"; loading: boolean; fraction: number; segments: TranscriptSegment[] }
  | { type: "heard"; transcript: Transcript }
  /** The recogniser is not on this computer. */
  | { type: "missing" }
  | { type: "failed"; error: CommandError };

export class Transcripts {
  readonly #hearings = new SvelteMap<AttachmentId, Hearing>();
  /** Counts for each recording: what still comes of an earlier call is about nothing that is shown. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is shown from it
  readonly #turns = new Map<AttachmentId, number>();
  readonly #backend: Backend;
  /** A change that is being saved; a question must not overtake it. */
  #saving: Promise<unknown> | null = null;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  of(id: AttachmentId): Hearing | undefined {
    return this.#hearings.get(id);
  }

  /** Settles once every change is saved; `null` where none is under way. */
  get saving(): Promise<unknown> | null {
    return this.#saving;
  }

  /** Asks for a transcript that is there already, unless one is known. Never rejects: without one it can be made. */
  async look(id: AttachmentId): Promise<void> {
    const known = this.#hearings.get(id)?.type;
    if (known !== undefined && known !== "none") return;
    const turn = this.#begin(id);
    const transcript = await this.#backend.transcript(id).catch(() => null);
    if (turn === this.#turns.get(id))
      this.#hearings.set(id, transcript ? { type: "heard", transcript } : { type: "none" });
  }

  /** Finds out what is said, or joins in where that is under way. Never rejects. */
  async transcribe(id: AttachmentId): Promise<void> {
    if (this.#hearings.get(id)?.type === "running") return;
    const turn = this.#begin(id);
    const show = (hearing: Hearing) => {
      if (turn === this.#turns.get(id)) this.#hearings.set(id, hearing);
    };
    show({ type: "running", loading: false, fraction: 0, segments: [] });
    try {
      const transcript = await this.#backend.transcribe(id, (event) => {
        const now = this.#hearings.get(id);
        if (now?.type === "running") show(after(now, event));
      });
      show({ type: "heard", transcript });
    } catch (rejection) {
      const error = commandError(rejection);
      if (error.code === "speech-recogniser-missing") show({ type: "missing" });
      else show(error.code === "cancelled" ? { type: "none" } : { type: "failed", error });
    }
  }

  /** It ends once the backend has stopped it. */
  async stop(id: AttachmentId): Promise<void> {
    if (this.#hearings.get(id)?.type === "running") await this.#backend.stopTranscribing(id);
  }

  /** Keeps the words as the person wrote them. Rejects with a `CommandError`. */
  async edit(id: AttachmentId, text: string): Promise<void> {
    const turn = this.#begin(id);
    const edited = this.#backend.editTranscript(id, text);
    const saving = edited.then(
      () => undefined,
      () => undefined,
    );
    const all = Promise.all([this.#saving, saving]);
    this.#saving = all;
    try {
      const transcript = await edited;
      if (turn === this.#turns.get(id)) this.#hearings.set(id, { type: "heard", transcript });
    } finally {
      if (this.#saving === all) this.#saving = null;
    }
  }

  /** For a recording that leaves the composer. */
  forget(id: AttachmentId): void {
    // A failure to stop changes nothing for anybody: the result is not waited for.
    void this.stop(id).catch(() => undefined);
    this.#begin(id);
    this.#hearings.delete(id);
  }

  /** The recogniser has come: recordings that waited for it can be listened to. */
  recogniserCame(): void {
    for (const [id, hearing] of this.#hearings)
      if (hearing.type === "missing") this.#hearings.set(id, { type: "none" });
  }

  #begin(id: AttachmentId): number {
    const turn = (this.#turns.get(id) ?? 0) + 1;
    this.#turns.set(id, turn);
    return turn;
  }
}

function after(now: Hearing & { type: "running" }, event: TranscribeEvent): Hearing {
  switch (event.type) {
    case "loading":
      return { ...now, loading: true, fraction: event.percent / 100 };
    case "progress":
      return { ...now, loading: false, fraction: event.percent / 100 };
    case "segment":
      return { ...now, loading: false, segments: [...now.segments, event.segment] };
  }
}
