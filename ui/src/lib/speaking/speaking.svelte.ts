/** Answers read aloud: one at a time, on request or by themselves, and what keeps a voice from it. */
import type { Backend } from "../backend/backend";
import type {
  CommandError,
  CommandErrorCode,
  Message,
  MessageId,
  Settings,
  SpeakingEvent,
  SpeakingSettings,
  SpokenVoices,
} from "../backend/bindings";
import { commandError } from "../backend/errors";
import type { Voice } from "../voice/voice.svelte";
import { readsByItself } from "./automatic";

interface Host {
  backend: Backend;
  settings: Settings;
  voice: Voice;
  attempt: (action: () => Promise<void>) => Promise<boolean>;
  saveSettings: (change: Partial<Settings>) => Promise<boolean>;
}

export class Speaking {
  /** The answer that is read, from the wish for it to its end. */
  answer = $state.raw<MessageId | null>(null);
  /** The voice that says a sentence to be chosen by. */
  trying = $state.raw<string | null>(null);
  /** The voice is being loaded. */
  loading = $state(false);
  /** What is heard now. */
  sentence = $state.raw<string | null>(null);
  /** Nothing here speaks the language of an answer, and the person has not put that aside yet. */
  voiceless = $state(false);
  /** What can read aloud; `null` until somebody looks. */
  voices = $state.raw<SpokenVoices | null>(null);
  /** Something is spoken, or about to be. */
  readonly active = $derived(this.answer !== null || this.trying !== null);
  /** What keeps answers from being read by themselves is said once, not with each of them. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is shown from it
  readonly #told = new Set<CommandErrorCode>();
  /** Counts what was begun or stopped: what still comes of an earlier one is about nothing that is shown. */
  #turn = 0;

  constructor(readonly host: Host) {}

  /** Reads an answer. Resolves when it was said to its end or stopped; rejects with a `CommandError`. */
  async read(id: MessageId): Promise<void> {
    const { backend, voice, attempt } = this.host;
    // It keeps its place, unlike one that is drowned out.
    void attempt(() => voice.player.stop());
    const turn = this.#begin(id, null);
    try {
      await backend.speakAnswer(id, (event) => turn === this.#turn && this.#happened(event));
    } finally {
      if (turn === this.#turn) this.#end();
    }
  }

  /** Reads an answer because the person wants it, or no longer. */
  async toggle(id: MessageId): Promise<void> {
    if (this.answer === id) await this.stop();
    else await this.#readOr(id, (error) => this.#say(error));
  }

  /** An answer begins that is not there to be continued: reads it where the settings want it. */
  begun(question: Message, answer: Message): void {
    const { settings, voice } = this.host;
    // The microphone would hear it.
    if (voice.current || !readsByItself(settings.speaking.automatic, question, voice.recorded)) return;
    void this.#readOr(answer.id, (error) => {
      if (this.#told.has(error.code)) return;
      this.#told.add(error.code);
      this.#say(error);
    });
  }

  /** Says a sentence with a voice, or no longer. */
  async try(voice: string): Promise<void> {
    if (this.trying === voice) return this.stop();
    const { backend, settings, attempt } = this.host;
    const turn = this.#begin(null, voice);
    await attempt(async () => {
      try {
        await backend.tryVoice(voice, settings.speaking.speed);
      } finally {
        if (turn === this.#turn) this.#end();
      }
    });
  }

  /** Silence, at once. */
  async stop(): Promise<void> {
    if (!this.active) return;
    this.#turn += 1;
    this.#end();
    await this.host.attempt(() => this.host.backend.stopSpeaking());
  }

  /** Learns what can read aloud. */
  async learn(): Promise<void> {
    await this.host.attempt(async () => {
      this.voices = await this.host.backend.spokenVoices();
    });
  }

  /** Something was fetched or deleted: learns it anew, where somebody looked before. */
  async refresh(): Promise<void> {
    if (this.voices) await this.learn();
  }

  async save(change: Partial<SpeakingSettings>): Promise<boolean> {
    return this.host.saveSettings({ speaking: { ...this.host.settings.speaking, ...change } });
  }

  #begin(answer: MessageId | null, voice: string | null): number {
    this.#end();
    this.voiceless = false;
    this.answer = answer;
    this.trying = voice;
    this.#turn += 1;
    return this.#turn;
  }

  #end(): void {
    this.answer = null;
    this.trying = null;
    this.loading = false;
    this.sentence = null;
  }

  #happened(event: SpeakingEvent): void {
    this.loading = event.type === "loading";
    if (event.type === "sentence") this.sentence = event.text;
  }

  async #readOr(id: MessageId, failed: (error: CommandError) => void): Promise<void> {
    try {
      await this.read(id);
    } catch (error) {
      failed(commandError(error));
    }
  }

  #say(error: CommandError): void {
    if (error.code === "no-voice") this.voiceless = true;
    else if (error.code !== "cancelled") void this.host.attempt(() => Promise.reject(error));
  }
}
