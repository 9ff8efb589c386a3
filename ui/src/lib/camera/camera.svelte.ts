/** The camera in the composer: whether it may be used, what is taken with it, and what of it goes with a question by itself. */
import { SvelteSet } from "svelte/reactivity";
import type { Backend } from "../backend/backend";
import type { Attachment, AttachmentId, CameraSettings, Consent, Settings } from "../backend/bindings";
import { commandError } from "../backend/errors";
import type { Draft } from "../composer/drafts.svelte";
import { t } from "../i18n/i18n.svelte";
import { errorSentence } from "../i18n/sentences";
import { arrival } from "../screen/arrival.svelte";
import { ARRIVES_WITHIN, inTime, NotArrived, type Along, type Showing } from "../showing";
import { HOLD_MS } from "../voice/voice.svelte";
import { Clip, clipOf, type Clipped } from "./clip.svelte";
import { timeInName } from "./picture";
import { Ring, RING } from "./ring";
import { CameraSource } from "./source.svelte";

/** Seconds until a picture is taken. */
export const TIMER = [0, 3, 10] as const;
const STILL_QUALITY = 0.92;
/** Marks the clip among the files that are being added; the app counts up from 0. */
const CLIP_TOKEN = -1;

/** What the person should know of a picture or clip that is not as they meant it. */
export interface CameraNote {
  code: string;
  text: string;
}

interface Host {
  backend: Backend;
  settings: Settings;
  /** The question that is being written. */
  draft: Draft;
  focusRequests: number;
  voice: { current: unknown; endTest: () => Promise<unknown> | undefined; player: { stop: () => Promise<void> } };
  conversing: { engaged: boolean };
  speaking: { stop: () => Promise<void> };
  saveSettings: (change: Partial<Settings>) => Promise<boolean>;
  removeAttachment: (draft: Draft, id: AttachmentId) => Promise<void>;
  sendWaiting: () => void;
  attempt: (action: () => Promise<void>) => Promise<boolean>;
  announce: (text: string) => void;
}

export class Camera implements Showing {
  /** Its panel is open. */
  shown = $state(false);
  /** The panel, while it is there. */
  panel: HTMLElement | null = null;
  /** Counts up when the panel should take the keyboard. */
  focusRequests = $state(0);
  /** Seconds until a picture is taken once it was asked for. */
  timer = $state<(typeof TIMER)[number]>(0);
  /** Seconds still to go. */
  counting = $state<number | null>(null);
  /** Counts up with each picture that is taken. */
  flashes = $state(0);
  /** Whether clips have sound. */
  sound = $state(true);
  /** The clip that is recorded, or being made. */
  clip = $state.raw<Clip | null>(null);
  /** What the person wants to go along. */
  choice = $state<Along>("picture");
  note = $state.raw<CameraNote | null>(null);
  readonly source: CameraSource;
  readonly #ring = new Ring();
  #stopRing: () => unknown = () => undefined;
  #ticking: ReturnType<typeof setInterval> | undefined;
  #pressedAt: number | null = null;
  /** Where the clip that was told to end goes. */
  #target: Draft | null = null;
  /** Settles once the camera that was asked for shows something, or has failed. */
  #starting: Promise<void> = Promise.resolve();
  /** Settles once what was taken last is in the composer. */
  #keeping: Promise<unknown> = Promise.resolve();
  /** What the person took themselves: a question that has it needs nothing else. */
  readonly #taken = new SvelteSet<AttachmentId>();
  /** What was taken for a question that is not asked yet: something newer goes in its place. */
  #earlier: AttachmentId | null = null;
  #lastName = { text: "", count: 0 };

  readonly state: "asking" | "denied" | "starting" | "live" | "failed" = $derived.by(() => {
    const { consent } = this.host.settings.camera;
    if (consent === "ask") return "asking";
    if (consent === "denied") return "denied";
    return this.source.state === "closed" ? "starting" : this.source.state;
  });
  /** A clip is recorded or being made: the microphone, and the one recorder of clips, are its. */
  readonly recording = $derived(this.clip !== null);
  /** The microphone is open for a clip. */
  readonly listening = $derived(this.clip !== null && this.clip.open && this.clip.sound);
  /** Whether a clip can be begun: one thing at a time listens. */
  readonly canRecord = $derived.by(
    () => this.source.state === "live" && this.host.voice.current === null && !this.host.conversing.engaged,
  );

  constructor(readonly host: Host) {
    this.source = new CameraSource(
      host.backend,
      () => this.#lost(),
      () => this.#begin(),
    );
  }

  // --- opening and closing ------------------------------------------------------------------------------------------

  /** Whether the panel has the keyboard. */
  get focused(): boolean {
    return this.panel?.contains(document.activeElement) ?? false;
  }

  toggle(): void {
    if (this.shown) this.close();
    else this.open();
  }

  open(): void {
    if (this.shown) return;
    this.shown = true;
    this.note = null;
    this.focusRequests += 1;
    if (this.host.settings.camera.consent === "allowed") this.#begin();
  }

  /** Tries it again. */
  retry(): void {
    this.focusRequests += 1;
    this.#begin();
  }

  #begin(): void {
    this.note = null;
    this.#starting = this.#start();
  }

  async #start(): Promise<void> {
    this.#forgetFrames();
    await this.source.start(this.host.settings.camera.device);
    if (this.source.state !== "live") return;
    // Another start may have come in between.
    this.#forgetFrames();
    this.#stopRing = this.source.frames(RING, (picture, takenAt) => {
      this.#ring.push({ picture, takenAt });
      return Promise.resolve();
    });
  }

  /** Lets the camera go and puts the panel away. A clip that is recorded is kept. */
  close(): void {
    if (!this.shown) return;
    this.cancelCount();
    this.stopClip();
    this.#forgetFrames();
    this.shown = false;
    this.note = null;
    void this.source.close();
    this.host.focusRequests += 1;
  }

  #forgetFrames(): void {
    void this.#stopRing();
    this.#ring.clear();
  }

  #lost(): void {
    this.cancelCount();
    this.#forgetFrames();
    if (!this.clip) return;
    this.note = { code: "camera-lost", text: t("errorCameraLost") };
    this.stopClip();
  }

  /** The person lets Castor use the camera: known to the app before the camera is asked for. */
  async allow(): Promise<void> {
    if ((await this.setConsent("allowed")) && this.shown) {
      this.focusRequests += 1;
      this.#begin();
    }
  }

  async setConsent(consent: Consent): Promise<boolean> {
    const saved = await this.#save({ consent });
    if (saved && consent !== "allowed") this.close();
    return saved;
  }

  /** Shows another camera, from now on. */
  async choose(device: string): Promise<void> {
    if (await this.#save({ device })) this.#begin();
  }

  async mirror(mirrored: boolean): Promise<void> {
    await this.#save({ mirrored });
  }

  #save(change: Partial<CameraSettings>): Promise<boolean> {
    return this.host.saveSettings({ camera: { ...this.host.settings.camera, ...change } });
  }

  // --- pictures -----------------------------------------------------------------------------------------------------

  /** Takes a picture, once the timer has run down. Pressed again meanwhile it stops the timer. */
  shoot(): void {
    if (this.source.state !== "live") return;
    if (this.counting !== null) return this.cancelCount();
    if (this.timer === 0) return void this.#still();
    this.counting = this.timer;
    this.#ticking = setInterval(() => {
      this.counting = (this.counting ?? 1) - 1;
      if (this.counting > 0) return;
      this.cancelCount();
      void this.#still();
    }, 1000);
  }

  cancelCount(): void {
    clearInterval(this.#ticking);
    this.counting = null;
  }

  async #still(): Promise<void> {
    this.note = null;
    const keeping = this.#keepPicture(this.host.draft);
    this.#keeping = keeping.catch(() => undefined);
    try {
      const { id } = await keeping;
      this.#taken.add(id);
      this.host.announce(t("cameraTaken"));
    } catch (error) {
      const why = error instanceof NotArrived ? null : errorSentence(commandError(error));
      this.note = { code: "not-taken", text: t("cameraNotTaken", { why }) };
    }
  }

  /** Takes a picture and waits until it is in `draft`. Rejects with a `CommandError` or {@link NotArrived}. */
  async #keepPicture(draft: Draft): Promise<Attachment> {
    const taking = this.source.grab(STILL_QUALITY);
    this.flashes += 1;
    const { picture } = await taking;
    const name = this.#pictureName();
    const given = new AbortController();
    try {
      const [attachment] = await Promise.all([
        arrival(draft, ARRIVES_WITHIN, given.signal, name),
        this.host.backend.keepPicture(picture, name),
      ]);
      return attachment;
    } finally {
      given.abort();
    }
  }

  /** No two alike: what arrives is told apart by it. */
  #pictureName(): string {
    const text = timeInName(Date.now());
    const count = this.#lastName.text === text ? this.#lastName.count + 1 : 1;
    this.#lastName = { text, count };
    return t("cameraPictureName", { time: count === 1 ? text : `${text} (${String(count)})` });
  }

  // --- clips --------------------------------------------------------------------------------------------------------

  /** The record button went down: begins, or ends what a tap began. */
  press(): void {
    if (this.clip) return this.stopClip();
    if (!this.canRecord) return;
    this.#pressedAt = performance.now();
    void this.#record();
  }

  /** The record button came up: a clip that was held for ends, one that was tapped goes on. */
  release(): void {
    if (this.#pressedAt === null) return;
    const held = performance.now() - this.#pressedAt;
    this.#pressedAt = null;
    if (held >= HOLD_MS) this.stopClip();
  }

  /** Begins, or ends, without being held. */
  tap(): void {
    if (this.clip) this.stopClip();
    else if (this.canRecord) void this.#record();
  }

  /** Ends the clip and keeps it. */
  stopClip(): void {
    const { clip } = this;
    if (!clip || clip.ending) return;
    const { draft } = this.host;
    this.#target = draft;
    // The question waits for it as for any file that is being added.
    draft.adding = [...draft.adding, { token: CLIP_TOKEN, name: t("clipName") }];
    void this.host.attempt(() => clip.stop());
  }

  discardClip(): void {
    const { clip } = this;
    if (clip) void this.host.attempt(() => clip.cancel());
  }

  async #record(): Promise<void> {
    const { host } = this;
    this.cancelCount();
    this.note = null;
    this.#target = null;
    if (this.sound) {
      // The microphone would hear them.
      void host.attempt(() => host.voice.player.stop());
      void host.speaking.stop();
      void host.voice.endTest();
    }
    const clip = new Clip(host.backend, this.source, this.sound);
    this.clip = clip;
    const keeping = clip.done.then((clipped) => this.#recorded(clipped));
    this.#keeping = keeping;
    await keeping;
  }

  #recorded(clipped: Clipped): void {
    const { host } = this;
    const { attachment } = clipped;
    this.clip = null;
    this.#pressedAt = null;
    const draft = this.#target ?? host.draft;
    draft.adding = draft.adding.filter(({ token }) => token !== CLIP_TOKEN);
    if (attachment) {
      draft.add(attachment);
      this.#taken.add(attachment.id);
      host.announce(t("clipKept"));
    }
    // That the camera went away says more than that the clip ended.
    this.note ??= noteOf(clipped);
    // Without it the person decides again.
    if (attachment) host.sendWaiting();
    else draft.sendWhenReady = false;
  }

  // --- what goes along by itself ------------------------------------------------------------------------------------

  /** What goes with the next question. */
  readonly alongNow: Along = $derived.by(() => {
    const own = this.host.draft.attachments.some(({ id }) => this.#taken.has(id));
    return this.source.state === "live" && !own && !this.recording ? this.choice : "nothing";
  });

  get label(): string {
    return t("camera");
  }

  get along(): boolean {
    return this.alongNow !== "nothing";
  }

  async takeAlong(draft: Draft): Promise<void> {
    // What the person took a moment ago, or is recording, is what they ask about.
    this.stopClip();
    await this.#keeping;
    if (this.state === "starting") await inTime(this.#starting);
    const along = this.alongNow;
    if (along === "nothing") return;
    const { id } = await this.#take(along, draft);
    const earlier = this.#earlier;
    this.#earlier = id;
    if (earlier !== null && draft.attachments.some((one) => one.id === earlier))
      await this.host.removeAttachment(draft, earlier);
  }

  asked(): void {
    this.#earlier = null;
  }

  async #take(along: Exclude<Along, "nothing">, draft: Draft): Promise<Attachment> {
    const frames = along === "picture" ? [] : this.#ring.last(along);
    // Just opened: there are no seconds yet.
    if (frames.length === 0) return this.#keepPicture(draft);
    const clip = await inTime(clipOf(this.host.backend, frames, RING.rate));
    if (!clip) throw new NotArrived();
    draft.add(clip);
    return clip;
  }
}

/** `null` where a clip ended as the person meant it. */
function noteOf({ attachment, reason, error }: Clipped): CameraNote | null {
  if (error) {
    return error.code === "cancelled"
      ? null
      : { code: error.code, text: t("clipFailedBecause", { why: errorSentence(error) }) };
  }
  switch (reason) {
    case "full":
      return { code: reason, text: t("clipFull") };
    case "disk-full":
      return { code: reason, text: t(attachment ? "clipDiskFullKept" : "clipDiskFull") };
    case "no-frames":
      return { code: reason, text: t("clipNoFrames") };
    case "failed":
      return { code: reason, text: t(attachment ? "clipFailedKept" : "clipFailed") };
    default:
      return null;
  }
}
