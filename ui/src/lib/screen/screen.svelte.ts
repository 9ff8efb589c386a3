/** Pictures of the screen: taken once, or of one that is kept open, whose picture of the moment or last seconds each question takes along. */
import type { Backend } from "../backend/backend";
import type {
  Attachment,
  AttachmentId,
  CommandError,
  RegionUse,
  ScreenSource,
  ScreenSources,
  ScreenTarget,
} from "../backend/bindings";
import { commandError } from "../backend/errors";
import type { Draft } from "../composer/drafts.svelte";
import { t } from "../i18n/i18n.svelte";
import { ARRIVES_WITHIN, inTime, NotArrived, type Along, type Showing } from "../showing";
import { arrival } from "./arrival.svelte";

/** What is chosen from the picker. */
export type Purpose = "screen" | "window" | "keep";

/** Why a picture was not taken, and what the person can do about it. */
export interface Problem {
  error: CommandError;
  again: () => void;
}

/** How long a question waits for the clip of the last seconds, in milliseconds: it is encoded only then. */
const MADE_WITHIN = 30_000;

interface Host {
  backend: Backend;
  announce: (text: string) => void;
  focusRequests: number;
  removeAttachment: (draft: Draft, id: AttachmentId) => Promise<void>;
}

/** A screen or window that stays open beside the questions. */
export class KeptScreen implements Showing {
  /** Why only its picture goes along where its last seconds were to. */
  note = $state.raw<CommandError | null>(null);
  /** What was taken for a question that is not asked yet: something newer goes in its place. */
  #earlier: AttachmentId[] = [];

  constructor(
    readonly screen: Screen,
    readonly source: ScreenSource,
  ) {}

  get label(): string {
    return this.source.name;
  }

  get along(): boolean {
    return this.screen.choice !== "nothing";
  }

  /** The picture, which is sharper than a clip, always goes; the last seconds go with it where they are wanted. */
  async takeAlong(draft: Draft): Promise<void> {
    const along = this.screen.choice;
    if (along === "nothing") return;
    const earlier = this.#earlier;
    const clip = along === "picture" ? null : this.#lastSeconds(along);
    const results = await Promise.allSettled([this.#picture(draft), clip]);
    const [picture, seconds] = results.map((result) => (result.status === "fulfilled" ? result.value : null));
    // The clip behind the picture, whichever came first.
    if (seconds) draft.add(seconds);
    const taken = [picture, seconds].flatMap((file) => (file ? [file.id] : []));
    const missing = results.find((result) => result.status === "rejected");
    this.#earlier = missing ? [...earlier, ...taken] : taken;
    if (missing) throw missing.reason;
    for (const id of earlier) {
      if (draft.attachments.some((file) => file.id === id)) await this.screen.host.removeAttachment(draft, id);
    }
  }

  asked(): void {
    this.#earlier = [];
  }

  /** Takes its picture and waits until it is in `draft`. Rejects with a `CommandError` or {@link NotArrived}. */
  async #picture(draft: Draft): Promise<Attachment> {
    const given = new AbortController();
    const capture = async (): Promise<void> => {
      const { backend } = this.screen.host;
      if (!(await backend.captureScreen({ type: "source", id: this.source.id }))) throw new NotArrived();
    };
    try {
      const [picture] = await Promise.all([arrival(draft, ARRIVES_WITHIN, given.signal), capture()]);
      return picture;
    } finally {
      given.abort();
    }
  }

  /** `null` where they are not kept, or not yet. */
  async #lastSeconds(seconds: number): Promise<Attachment | null> {
    await this.screen.attending;
    if (this.note) return null;
    try {
      return await inTime(this.screen.host.backend.keepScreenClip(seconds), MADE_WITHIN);
    } catch (error) {
      if (error instanceof NotArrived || commandError(error).code !== "video-tools-missing") throw error;
      this.note = commandError(error);
      return null;
    }
  }
}

export class Screen {
  picker = $state.raw<Purpose | null>(null);
  /** What the picker offers; `null` while it is looked for. */
  sources = $state.raw<ScreenSources | null>(null);
  /** Why there is nothing to choose from. */
  unlisted = $state.raw<CommandError | null>(null);
  /** Why the last picture was not taken. */
  problem = $state.raw<Problem | null>(null);
  kept = $state.raw<KeptScreen | null>(null);
  /** A picture is being taken. */
  taking = $state(false);
  /** What the person wants to go along. */
  choice = $state<Along>("picture");
  /** Settles once the seconds that are to be kept are, or cannot be, and no others. */
  attending: Promise<void> = Promise.resolve();
  /** The screen whose last seconds are to be kept. */
  #attended: KeptScreen | null = null;

  /** The last seconds of the screen that is open are kept. */
  readonly watched = $derived(typeof this.choice === "number" && this.kept !== null && this.kept.note === null);

  constructor(readonly host: Host) {}

  /** Lets the person drag over a part of the screen. */
  async region(use: RegionUse = "composer"): Promise<void> {
    await this.#take(
      () => this.host.backend.captureRegion(use),
      () => void this.region(use),
    );
  }

  /** The whole screen, at once where there is only one. */
  async whole(): Promise<void> {
    await this.#take(
      async () => {
        const { sources, portal } = await this.host.backend.screenSources();
        const [only, ...others] = sources.filter(({ kind }) => kind === "screen");
        if (portal) await this.#capture({ type: "portal" });
        else if (only && others.length === 0) await this.#capture({ type: "source", id: only.id });
        else await this.pick("screen");
      },
      () => void this.whole(),
    );
  }

  async window(): Promise<void> {
    await this.#take(
      async () => {
        const { portal } = await this.host.backend.screenSources();
        if (portal) await this.#capture({ type: "portal" });
        else await this.pick("window");
      },
      () => void this.window(),
    );
  }

  /** Has the system ask the person what Castor may see. */
  async ask(): Promise<void> {
    this.closePicker();
    await this.#take(
      () => this.#capture({ type: "portal" }),
      () => void this.ask(),
    );
  }

  /** Opens the picker, or looks again for what it offers. */
  async pick(purpose: Purpose): Promise<void> {
    this.picker = purpose;
    this.sources = null;
    this.unlisted = null;
    try {
      const sources = await this.host.backend.screenSources();
      if (this.picker === purpose) this.sources = sources;
    } catch (error) {
      if (this.picker === purpose) this.unlisted = commandError(error);
    }
  }

  closePicker(): void {
    this.picker = null;
    this.host.focusRequests += 1;
  }

  async choose(source: ScreenSource): Promise<void> {
    const purpose = this.picker;
    this.closePicker();
    if (purpose === "keep") {
      this.problem = null;
      this.kept = new KeptScreen(this, source);
      this.#attend();
      this.host.announce(t("screenShownHint", { name: source.name }));
      return;
    }
    await this.#take(
      () => this.#capture({ type: "source", id: source.id }),
      () => void this.pick(source.kind),
    );
  }

  close(): void {
    this.kept = null;
    this.#attend();
    this.host.focusRequests += 1;
  }

  /** What goes with each question from now on. */
  chooseAlong(choice: Along): void {
    this.choice = choice;
    this.#attend();
  }

  /** Tries again to keep the last seconds of the screen that is open. */
  watchAgain(): void {
    if (this.kept) this.kept.note = null;
    this.#attend();
  }

  /** Has the last seconds of the screen that is open kept while questions take them along, and no longer. In order: what was closed last is closed. */
  #attend(): void {
    const seconds = typeof this.choice === "number";
    const wanted = seconds ? this.kept : null;
    if (wanted === this.#attended) return;
    this.#attended = wanted;
    if (this.kept) this.kept.note = null;
    const { backend } = this.host;
    this.attending = this.attending.then(async () => {
      try {
        await (wanted ? backend.watchScreen(wanted.source.id) : backend.unwatchScreen());
      } catch (error) {
        if (!wanted) return;
        wanted.note = commandError(error);
        // The next time it is tried again.
        if (this.#attended === wanted) this.#attended = null;
      }
    });
  }

  async #capture(target: ScreenTarget): Promise<void> {
    if (await this.host.backend.captureScreen(target)) this.host.focusRequests += 1;
  }

  async #take(action: () => Promise<void>, again: () => void): Promise<void> {
    if (this.taking) return;
    this.taking = true;
    this.problem = null;
    try {
      await action();
    } catch (error) {
      const problem = commandError(error);
      // The person left the system's dialog or the region.
      if (problem.code !== "cancelled") this.problem = { error: problem, again };
    } finally {
      this.taking = false;
    }
  }
}
