/**
 * Talking in turns: it listens, asks what was said as soon as the person pauses, and reads the answer aloud while it listens on. Who speaks
 * meanwhile interrupts it, and is heard to the end.
 */
import type { Backend } from "../backend/backend";
import type { Attachment, Message, MessageId, Model, Settings, SpeechRecogniser } from "../backend/bindings";
import { commandError } from "../backend/errors";
import type { Draft } from "../composer/drafts.svelte";
import { hears, modelName, textOf } from "../conversation/messages";
import { t } from "../i18n/i18n.svelte";
import { errorSentence, noticeSentence } from "../i18n/sentences";
import { faultOf } from "../voice/faults";
import { Recording, type Recorded } from "../voice/recording.svelte";
import type { Voice } from "../voice/voice.svelte";
import type { Speaking } from "./speaking.svelte";

/** How long it listens to nobody before it ends. */
export const QUIET_MS = 120_000;

export type ConversationState = "listening" | "thinking" | "speaking";
/** What the person should know while it goes on; `voices`: the settings of the voice help. */
export interface Word {
  text: string;
  voices: boolean;
}

interface Host {
  backend: Backend;
  settings: Settings;
  models: Model[];
  currentModel: Model | undefined;
  speechRecogniser: SpeechRecogniser | undefined;
  voice: Voice;
  speaking: Speaking;
  /** What records clips, which may have sound. */
  camera: { recording: boolean };
  draft: Draft;
  edited: Draft | null;
  problem: string | null;
  /** A question on its way that has no message yet. */
  sending: boolean;
  busy: boolean;
  focusRequests: number;
  /** Settles when the question asked last is answered, however that ended. */
  answered: Promise<void>;
  /** Whether a model can be asked; leads to where it is made so. */
  ready: (model: Model | undefined) => boolean;
  send: () => Promise<void>;
  stop: () => Promise<void>;
  cancelEdit: () => void;
  attempt: (action: () => Promise<void>) => Promise<boolean>;
  announce: (text: string) => void;
}

export class ConversationMode {
  on = $state(false);
  /** The person wants the microphone closed for a while. */
  muted = $state(false);
  /** What is being said. */
  recording = $state.raw<Recording | null>(null);
  word = $state.raw<Word | null>(null);
  /** A question is on its way, or its answer being written. */
  #asked = $state(false);
  /** The answer to what was asked last, once it has begun. */
  #answer: MessageId | null = null;
  /** The person interrupted before the answer began. */
  #hushed = false;
  /** Counts questions: what still comes of an earlier one is not about the last. */
  #turn = 0;
  /** Where a recording goes that ends after the mode. */
  #target: Draft | null = null;
  #quiet: ReturnType<typeof setTimeout> | undefined;

  /** The microphone is open. */
  readonly listening = $derived(this.recording?.open ?? false);
  /** The recorder is in use. */
  readonly engaged = $derived(this.on || this.recording !== null);
  readonly state: ConversationState = $derived.by(() => {
    if (this.recording?.speaking) return "listening";
    if (this.host.speaking.sentence !== null) return "speaking";
    return this.#asked || this.host.speaking.active ? "thinking" : "listening";
  });
  /** The model gets what is said as text, and nothing here writes it down. */
  readonly missing = $derived.by(() => {
    const { currentModel, speechRecogniser } = this.host;
    return currentModel !== undefined && !hears(currentModel) && speechRecogniser?.state.type !== "ready";
  });

  constructor(readonly host: Host) {}

  begin(): void {
    const { host } = this;
    const { voice, speaking } = host;
    if (this.engaged || voice.current || host.camera.recording || !host.ready(host.currentModel)) return;
    if (host.edited) host.cancelEdit();
    host.problem = null;
    voice.fault = null;
    this.word = null;
    this.muted = false;
    this.#asked = false;
    this.#answer = null;
    this.#target = null;
    this.on = true;
    void host.attempt(() => voice.player.stop());
    void speaking.stop();
    host.announce(t("conversationBegun"));
    this.listen(voice.endTest());
  }

  /** Ends it; what was said until now is kept. */
  end(): void {
    if (!this.on) return;
    const { host, recording } = this;
    this.#target = host.draft;
    this.on = false;
    this.word = null;
    clearTimeout(this.#quiet);
    void host.speaking.stop();
    if (recording) {
      const said = recording.speaking || recording.transcript !== "";
      void host.attempt(() => (said ? recording.stop() : recording.cancel()));
    }
    host.announce(t("conversationEnded"));
    host.focusRequests += 1;
  }

  /** Silences Castor and listens; ends the mode where it was silent. */
  escape(): void {
    if (this.state === "listening") this.end();
    else this.interrupt();
  }

  /** Silences Castor: what is spoken, and what is being written. */
  interrupt(): void {
    const { host } = this;
    void host.speaking.stop();
    if (!host.busy) return;
    this.#hushed = host.sending;
    void host.stop();
  }

  /** Closes the microphone, or opens it again. */
  mute(): void {
    this.muted = !this.muted;
    const { recording } = this;
    if (!this.muted) this.listen();
    else if (recording) void this.host.attempt(() => recording.cancel());
  }

  /** Listens, unless it does already or there is nothing to listen for. `after`: another use of the microphone that has to end first. */
  listen(after?: Promise<unknown>): void {
    if (!this.on || this.muted || this.missing || this.recording || (this.#asked && this.#answer === null)) return;
    const { backend, speechRecogniser } = this.host;
    const transcribe = speechRecogniser?.state.type === "ready";
    const options = { handsFree: true, transcribe, conversation: true };
    const recording = new Recording(backend, options, after, (speaks) => this.#heard(speaks));
    this.recording = recording;
    this.#awaitWords();
    void recording.done.then((recorded) => this.#recorded(recording, recorded));
  }

  /** An answer begins in the conversation that is shown; `spoken`: whether it is one to be read. Whether it was asked for here. */
  begun(answer: Message, spoken: boolean): boolean {
    if (!this.on) {
      // Ended meanwhile: nobody waits for its voice any more.
      const own = this.#asked && this.#answer === null;
      this.#asked = false;
      return own;
    }
    const hushed = this.#hushed;
    this.#hushed = false;
    this.#asked = true;
    this.#answer = answer.id;
    this.word = null;
    if (spoken && !hushed) void this.#say(answer.id);
    this.listen();
    return true;
  }

  finished(answer: Message): void {
    if (!this.on || answer.id !== this.#answer) return;
    this.#asked = false;
    this.#awaitWords();
    const { notice, status, model } = answer;
    if (!notice && status !== "failed") return;
    const name = model ? modelName(this.host.models, model) : "";
    this.word = { text: noticeSentence(notice?.code ?? "internal", name, textOf(answer) !== ""), voices: false };
  }

  /** The person began or ceased to speak. */
  #heard(speaks: boolean): void {
    if (!speaks) return this.#awaitWords();
    this.word = null;
    this.interrupt();
  }

  async #recorded(recording: Recording, recorded: Recorded): Promise<void> {
    const { host } = this;
    const { attachment } = recorded;
    this.recording = null;
    const fault = faultOf(recorded);
    if (attachment && this.on && !fault && (await this.#isWordless(recording, attachment))) {
      void host.attempt(() => host.backend.removeAttachment(attachment.id));
      this.word = { text: t("conversationNotUnderstood"), voices: false };
      return this.listen();
    }
    if (attachment) host.voice.keep(attachment, this.#target ?? host.draft);
    if (!this.on) {
      if (attachment) host.announce(t("recordingKept"));
    } else if (fault) {
      this.end();
      host.voice.fault = fault;
    } else if (attachment && !this.missing) await this.#ask();
    else this.listen();
  }

  /** A cough or a door is no question. */
  async #isWordless(recording: Recording, { id }: Attachment): Promise<boolean> {
    if (!recording.options.transcribe || recording.transcript !== "") return false;
    try {
      return (await this.host.backend.transcript(id))?.text === "";
    } catch {
      // Whoever answers will find out.
      return false;
    }
  }

  async #ask(): Promise<void> {
    const { host } = this;
    const { draft } = host;
    const turn = ++this.#turn;
    this.#asked = true;
    this.#answer = null;
    this.#hushed = false;
    // The one that was interrupted is kept first: the question follows it.
    await host.answered;
    if (this.on && host.draft === draft) await host.send();
    // Answered, and perhaps interrupted by the next question.
    if (turn !== this.#turn || this.#answer !== null) return;
    this.#asked = false;
    if (!this.on) return;
    // Nothing was saved, and what was said waits in the composer: to go with what is said next, or for the person to decide.
    if (draft.problem !== null) this.listen();
    else this.end();
  }

  async #say(answer: MessageId): Promise<void> {
    try {
      await this.host.speaking.read(answer);
    } catch (problem) {
      const error = commandError(problem);
      if (error.code === "no-voice") this.word = { text: t("conversationNoVoice"), voices: true };
      else if (error.code !== "cancelled") this.word = { text: errorSentence(error), voices: false };
    }
    this.#awaitWords();
  }

  /** From now on it waits for the person, but not for ever. */
  #awaitWords(): void {
    clearTimeout(this.#quiet);
    if (!this.on) return;
    this.#quiet = setTimeout(() => {
      if (this.state !== "listening" || this.recording?.speaking || !this.recording) return;
      this.end();
      this.host.problem = t("conversationQuiet");
    }, QUIET_MS);
  }
}
