/** Made-up screens, windows and keys over every application, for the backend in memory. */
import type {
  Attachment,
  CommandError,
  ConversationId,
  Region,
  RegionUse,
  ScreenSources,
  ScreenTarget,
  ShellEvent,
  ShortcutState,
} from "./bindings";

export class FakeScreen {
  readonly #calls: string[];
  readonly #listeners = new Set<(event: ShellEvent) => void>();
  problem: CommandError | null = null;
  /** Draws what a screen or window shows; nothing worth seeing unless a scenario says so. */
  draw: (id: string, edge: number) => Promise<ArrayBuffer> = () => Promise.resolve(new ArrayBuffer(4));
  /** Hands over a picture that was taken, as the shell does: by attachment events. */
  deliver: () => void = () => undefined;
  /** Why no seconds can be kept. */
  unwatchable: CommandError | null = null;
  /** Why no clip comes of them. */
  clipProblem: CommandError | null = null;
  /** The screen or window whose last seconds are kept. */
  watched: string | null = null;
  /** The clip of the last seconds; `null` where there are none yet. */
  clip: (seconds: number) => Attachment | null = () => null;
  /** Whether the person agrees in the system's own dialog. */
  agrees = true;
  sources: ScreenSources = { sources: [], portal: false };
  shortcuts: ShortcutState[] = [
    { action: "quick", state: "on" },
    { action: "region", state: "on" },
  ];

  constructor(calls: string[]) {
    this.#calls = calls;
  }

  #call(what: string): Promise<void> {
    this.#calls.push(what);
    return this.problem ? Promise.reject(this.problem) : Promise.resolve();
  }
  screenSources(): Promise<ScreenSources> {
    return this.problem ? Promise.reject(this.problem) : Promise.resolve(this.sources);
  }
  screenPreview(id: string, edge: number): Promise<ArrayBuffer> {
    return this.#call(`screenPreview ${id} ${String(edge)}`).then(() => this.draw(id, edge));
  }
  captureScreen(target: ScreenTarget): Promise<boolean> {
    return this.#call(`captureScreen ${target.type === "source" ? target.id : "portal"}`).then(() => {
      if (this.agrees) this.deliver();
      return this.agrees;
    });
  }
  watchScreen(id: string): Promise<void> {
    this.#calls.push(`watchScreen ${id}`);
    if (this.unwatchable) return Promise.reject(this.unwatchable);
    this.watched = id;
    return Promise.resolve();
  }
  unwatchScreen(): Promise<void> {
    this.#calls.push("unwatchScreen");
    this.watched = null;
    return Promise.resolve();
  }
  keepScreenClip(seconds: number): Promise<Attachment | null> {
    this.#calls.push(`keepScreenClip ${String(seconds)}`);
    if (this.clipProblem) return Promise.reject(this.clipProblem);
    return Promise.resolve(this.watched === null ? null : this.clip(seconds));
  }
  captureRegion(then: RegionUse): Promise<void> {
    return this.#call(`captureRegion ${then}`);
  }
  /** The frozen screen is drawn. */
  ready(): Promise<void> {
    return Promise.resolve();
  }
  regionShot(): Promise<ArrayBuffer> {
    return this.#call("regionShot").then(() => this.draw("shot", 0));
  }
  chooseRegion({ x, y, width, height }: Region): Promise<void> {
    return this.#call(`chooseRegion ${[x, y, width, height].join(" ")}`);
  }
  cancelRegion(): Promise<void> {
    return this.#call("cancelRegion");
  }
  showQuick(): Promise<void> {
    return this.#call("showQuick");
  }
  hideQuick(): Promise<void> {
    return this.#call("hideQuick");
  }
  openInMain(id: ConversationId): Promise<void> {
    return this.#call(`openInMain ${id}`);
  }
  shortcutStates(): Promise<ShortcutState[]> {
    return Promise.resolve(this.shortcuts);
  }
  onShell(listener: (event: ShellEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
  /** Tells the windows something, as the rest of Castor would. */
  emit(event: ShellEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
