/** Pictures of the screen: taken once, or of one that is kept open, whose picture of the moment each question takes along. */
import type { Backend } from "../backend/backend";
import type {
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
import { NotArrived, type Showing } from "../showing";
import { arrival } from "./arrival.svelte";

/** What is chosen from the picker. */
export type Purpose = "screen" | "window" | "keep";

/** Why a picture was not taken, and what the person can do about it. */
export interface Problem {
  error: CommandError;
  again: () => void;
}

/** How long a question waits for its picture, in milliseconds. */
export const ARRIVES_WITHIN = 10_000;

interface Host {
  backend: Backend;
  announce: (text: string) => void;
  focusRequests: number;
  removeAttachment: (draft: Draft, id: AttachmentId) => Promise<void>;
}

/** A screen or window that stays open beside the questions. */
export class KeptScreen implements Showing {
  along = $state(true);
  /** What was taken for a question that is not asked yet: a newer picture goes in its place. */
  #earlier: AttachmentId | null = null;

  constructor(
    readonly host: Host,
    readonly source: ScreenSource,
  ) {}

  get label(): string {
    return this.source.name;
  }

  async takeAlong(draft: Draft): Promise<void> {
    if (!this.along) return;
    const given = new AbortController();
    const capture = async (): Promise<void> => {
      if (!(await this.host.backend.captureScreen({ type: "source", id: this.source.id }))) throw new NotArrived();
    };
    try {
      const [picture] = await Promise.all([arrival(draft, ARRIVES_WITHIN, given.signal), capture()]);
      const earlier = this.#earlier;
      this.#earlier = picture.id;
      if (draft.attachments.some(({ id }) => id === earlier && id !== picture.id) && earlier !== null)
        await this.host.removeAttachment(draft, earlier);
    } finally {
      given.abort();
    }
  }

  asked(): void {
    this.along = true;
    this.#earlier = null;
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
      this.kept = new KeptScreen(this.host, source);
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
    this.host.focusRequests += 1;
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
