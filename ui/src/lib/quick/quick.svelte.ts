/** The quick-ask window: one conversation at a time, which ends when the window was away for a while or the person asks anew. */
import type { App } from "../app.svelte";

/** Away for longer, in milliseconds, the next question begins a conversation of its own. */
export const FORGETS_AFTER = 60_000;

export class Quick {
  /** When it was put away; `null` while it is in front. */
  #hiddenAt: number | null = null;

  constructor(readonly app: App) {}

  /** Listens to the shell and to the window itself; the returned function ends it. */
  follow(): () => void {
    const stop = this.app.backend.onShell((event) => {
      if (event.type === "quick-shown") void this.shown();
    });
    // The shell may put the window away by itself.
    const visibility = () => {
      if (document.hidden) this.#hiddenAt ??= Date.now();
    };
    document.addEventListener("visibilitychange", visibility);
    return () => {
      stop();
      document.removeEventListener("visibilitychange", visibility);
    };
  }

  async shown(): Promise<void> {
    const { app } = this;
    const away = this.#hiddenAt === null ? 0 : Date.now() - this.#hiddenAt;
    this.#hiddenAt = null;
    if (away > FORGETS_AFTER && !app.busy) this.anew();
    app.focusRequests += 1;
    // Key, models and settings are changed in the main window.
    await app.attempt(async () => app.relearn(await app.backend.start()));
  }

  /** Begins another conversation; what is written and not asked yet stays. */
  anew(): void {
    const { app } = this;
    const from = app.draft;
    app.newConversation();
    const to = app.draft;
    if (from === to || from.isEmpty) return;
    to.text = to.text === "" ? from.text : `${from.text}\n${to.text}`;
    to.attachments = [...from.attachments, ...to.attachments];
    to.views = { ...from.views, ...to.views };
    from.text = "";
    from.attachments = [];
    from.views = {};
  }

  async hide(): Promise<void> {
    this.#hiddenAt = Date.now();
    await this.app.attempt(() => this.app.backend.hideQuick());
  }

  /** Stops what is being written, else puts the window away. */
  async escape(): Promise<void> {
    if (this.app.busy) await this.app.stop();
    else await this.hide();
  }

  /** Hands the conversation over to the main window. */
  async openInMain(): Promise<void> {
    const { app } = this;
    const id = app.thread?.conversation.id;
    if (id === undefined) return;
    if (!(await app.attempt(() => app.backend.openInMain(id)))) return;
    await this.hide();
    this.anew();
  }
}
