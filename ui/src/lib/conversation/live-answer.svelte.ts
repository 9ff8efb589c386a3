/** An answer while it is being written: its stage, and its text as blocks, refreshed once per frame. */
import type { Notice, Stage } from "../backend/bindings";
import { MarkdownDocument, type Block } from "../markdown/document";
import { prepare, prepared } from "../markdown/extras";

export class LiveAnswer {
  stage = $state.raw<Stage | null>(null);
  retrying = $state.raw<{ notice: Notice; since: number } | null>(null);
  blocks = $state.raw<Block[]>([]);
  #document = new MarkdownDocument();
  #frame: number | null = null;

  constructor(text: string) {
    if (text !== "") this.append(text);
  }

  get text(): string {
    return this.#document.text;
  }

  append(text: string): void {
    this.stage = null;
    this.retrying = null;
    this.#document.append(text);
    // Loaded long before in practice: the window does it when it is idle.
    if (!prepared(text)) void prepare([text]);
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.blocks = this.#document.blocks();
    });
  }

  /** The final blocks. */
  finish(): Block[] {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
    return this.#document.finish();
  }
}
