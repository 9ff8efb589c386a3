/** Asking by voice: one recording at a time, begun by holding, by a tap or hands-free, and what becomes of it. */
import { SvelteSet } from "svelte/reactivity";
import type { Backend } from "../backend/backend";
import type { Attachment, AttachmentId, Settings, SpeechRecogniser } from "../backend/bindings";
import type { Draft } from "../composer/drafts.svelte";
import { t } from "../i18n/i18n.svelte";
import { faultOf, type Fault } from "./faults";
import { Player } from "./player.svelte";
import { Recording } from "./recording.svelte";
import { Transcripts } from "./transcripts.svelte";

/** Whoever lets go sooner has tapped. */
export const HOLD_MS = 300;

interface Host {
  backend: Backend;
  settings: Settings;
  speechRecogniser: SpeechRecogniser | undefined;
  /** Where a recording goes. */
  draft: Draft;
  send: () => Promise<void>;
  attempt: (action: () => Promise<void>) => Promise<boolean>;
  announce: (text: string) => void;
  focusRequests: number;
  /** What reads answers aloud. */
  speaking: { stop: () => Promise<void> };
  /** Talking in turns, which has the microphone to itself. */
  conversing: { engaged: boolean };
  /** What records clips, which may have sound. */
  camera: { recording: boolean };
}

export class Voice {
  /** The question that is being spoken. */
  current = $state.raw<Recording | null>(null);
  /** A try of the microphone; nothing of it is kept. */
  test = $state.raw<Recording | null>(null);
  /** Whether it goes on only as long as the person holds. */
  held = $state(false);
  /** Why the last recording is not what it was meant to be. */
  fault = $state.raw<Fault | null>(null);
  testFault = $state.raw<Fault | null>(null);
  readonly transcripts: Transcripts;
  readonly player: Player;
  /** What was recorded in this window, other than files that were dropped. */
  readonly recorded = new SvelteSet<AttachmentId>();
  /** The microphone is open, for whatever. */
  readonly listening = $derived((this.current?.open ?? false) || (this.test?.open ?? false));
  #pressedAt: number | null = null;
  /** Where the recording that was told to end goes. */
  #target: Draft | null = null;
  #sends = false;

  constructor(readonly host: Host) {
    this.transcripts = new Transcripts(host.backend);
    this.player = new Player(host.backend);
  }

  /** Something else has the microphone. */
  get #taken(): boolean {
    return this.host.conversing.engaged || this.host.camera.recording;
  }

  /** The button or key went down: begins, or ends what a tap or hands-free began. */
  press(): void {
    if (this.#taken) return;
    if (this.current) {
      if (!this.held) this.finish(false);
      return;
    }
    this.#pressedAt = performance.now();
    this.held = true;
    void this.#record(false);
  }

  /** The button or key came up. After a short press the recording goes on until the next one. */
  release(): void {
    if (this.#pressedAt === null) return;
    const held = performance.now() - this.#pressedAt;
    this.#pressedAt = null;
    this.held = false;
    if (held >= HOLD_MS) this.finish(this.host.settings.voice.speakOnRelease);
  }

  /** The window cannot tell any more when the person lets go: what was said is kept and nothing is sent. */
  letGo(): void {
    if (this.#pressedAt === null) return;
    this.#pressedAt = null;
    this.held = false;
    this.finish(false);
  }

  /** Begins, or ends, without being held. */
  tap(): void {
    if (this.#taken) return;
    if (this.current) this.finish(false);
    else void this.#record(false);
  }

  handsFree(): void {
    if (!this.current && !this.#taken) void this.#record(true);
  }

  /** Ends the recording, to be sent at once or to be looked at first. */
  finish(send: boolean): void {
    const recording = this.current;
    if (!recording || recording.ending) return;
    this.#sends = send;
    this.#target = this.host.draft;
    void this.host.attempt(() => recording.stop());
  }

  discard(): void {
    const recording = this.current;
    if (recording) void this.host.attempt(() => recording.cancel());
  }

  async #record(handsFree: boolean): Promise<void> {
    const { host } = this;
    this.fault = null;
    this.#sends = false;
    this.#target = null;
    // The microphone would hear it.
    void host.attempt(() => this.player.stop());
    void host.speaking.stop();
    const transcribe = host.speechRecogniser?.state.type === "ready";
    const recording = new Recording(host.backend, { handsFree, transcribe, conversation: false }, this.endTest());
    this.current = recording;
    const recorded = await recording.done;
    this.current = null;
    this.held = false;
    this.#pressedAt = null;
    this.fault = faultOf(recorded);
    const { attachment, reason } = recorded;
    if (attachment) {
      const sends = this.#sends || (reason === "silence" && host.settings.voice.speakOnRelease);
      this.#keepOrSend(attachment, sends && this.fault === null);
    }
    host.focusRequests += 1;
  }

  /** Puts a recording into a question that is not asked yet. */
  keep(attachment: Attachment, draft: Draft): void {
    this.recorded.add(attachment.id);
    draft.add(attachment);
  }

  #keepOrSend(attachment: Attachment, send: boolean): void {
    const { host } = this;
    const draft = this.#target ?? host.draft;
    this.keep(attachment, draft);
    // The person has gone elsewhere meanwhile: it waits where it was spoken.
    if (send && draft === host.draft) void host.send();
    else host.announce(t("recordingKept"));
  }

  /** Opens the microphone to see how loud it is. */
  async beginTest(): Promise<void> {
    if (this.current || this.test || this.#taken) return;
    this.testFault = null;
    const test = new Recording(this.host.backend, { handsFree: false, transcribe: false, conversation: false });
    this.test = test;
    const recorded = await test.done;
    this.test = null;
    this.testFault = faultOf(recorded);
  }

  /** Closes it again; settles once it is closed. Nothing where there is no test. */
  endTest(): Promise<unknown> | undefined {
    const test = this.test;
    if (!test) return undefined;
    void this.host.attempt(() => test.cancel());
    return test.done;
  }
}
