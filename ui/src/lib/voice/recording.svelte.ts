/** One recording, from the wish for it to what came of it. */
import type { Backend } from "../backend/backend";
import type { Attachment, CommandError, RecordingEnd, RecordingEvent, RecordOptions } from "../backend/bindings";
import { commandError } from "../backend/errors";

/** How many levels the meter shows: about two seconds. */
export const LEVELS = 40;
/** How long the reason may come after the recording itself: the two travel on ways of their own. */
const REASON_WITHIN_MS = 300;

/** What came of a recording. */
export interface Recorded {
  attachment: Attachment | null;
  /** `null` where it never began. */
  reason: RecordingEnd | null;
  error: CommandError | null;
}

export class Recording {
  /** The microphone is open. */
  open = $state(false);
  /** When it was opened. */
  since = $state<number | null>(null);
  /** How loud it was last, the newest at the end. */
  levels = $state.raw<readonly number[]>([]);
  /** Somebody speaks; hands-free only. */
  speaking = $state(false);
  /** What was understood so far. */
  transcript = $state("");
  /** It was told to end, and is kept. */
  ending = $state(false);
  /** Settles once the microphone is closed. Never rejects. */
  readonly done: Promise<Recorded>;
  #reason: RecordingEnd | null = null;
  #reasonCame: () => void = () => undefined;
  #cancelled = false;
  #begun = false;

  /** `after`: another use of the microphone that has to end first; `onSpeaking`: told when somebody begins or ceases to speak. */
  constructor(
    readonly backend: Backend,
    readonly options: RecordOptions,
    after?: Promise<unknown>,
    readonly onSpeaking: (speaking: boolean) => void = () => undefined,
  ) {
    this.done = this.#run(after);
  }

  async #run(after: Promise<unknown> | undefined): Promise<Recorded> {
    const reasonCame = new Promise<void>((resolve) => (this.#reasonCame = resolve));
    if (after) await after;
    if (this.#cancelled) return { attachment: null, reason: "cancelled", error: null };
    this.#begun = true;
    try {
      const attachment = await this.backend.record(this.options, (event) => this.#told(event));
      if (this.#reason === null) {
        await Promise.race([reasonCame, new Promise((resolve) => setTimeout(resolve, REASON_WITHIN_MS))]);
      }
      return { attachment, reason: this.#reason ?? this.#likely(attachment), error: null };
    } catch (error) {
      return { attachment: null, reason: null, error: commandError(error) };
    } finally {
      this.open = false;
    }
  }

  #likely(attachment: Attachment | null): RecordingEnd {
    if (attachment) return "stopped";
    return this.#cancelled ? "cancelled" : "nothing-heard";
  }

  #told(event: RecordingEvent): void {
    switch (event.type) {
      case "started":
        this.open = true;
        this.since = Date.now();
        break;
      case "level":
        this.levels = [...this.levels, event.level].slice(-LEVELS);
        break;
      case "speaking":
        this.speaking = event.speaking;
        this.onSpeaking(event.speaking);
        break;
      case "transcript":
        this.transcript = event.text;
        break;
      case "ended":
        this.open = false;
        this.#reason = event.reason;
        this.#reasonCame();
        break;
    }
  }

  /** Ends it and keeps it. */
  async stop(): Promise<void> {
    if (this.ending) return;
    this.ending = true;
    await this.backend.stopRecording();
  }

  /** Ends it and throws it away, also what was told to be kept and is not yet. */
  async cancel(): Promise<void> {
    if (this.#cancelled) return;
    this.#cancelled = true;
    if (this.#begun) await this.backend.cancelRecording();
  }
}
