/** An answer while it is being written: its stage, and its parts as they come, refreshed once per frame. */
import type { Notice, Part, Sources, Stage } from "../backend/bindings";
import { MarkdownDocument, type Block } from "../markdown/document";
import { prepare, prepared } from "../markdown/extras";
import { segmentsOf, type ShownSegment, type WholePart } from "./segments";

type Growing =
  { type: "text" | "thought"; document: MarkdownDocument; final: Block[] | null } | { type: "part"; part: WholePart };

export class LiveAnswer {
  stage = $state.raw<Stage | null>(null);
  retrying = $state.raw<{ notice: Notice; since: number } | null>(null);
  sources = $state.raw<Sources | null>(null);
  segments = $state.raw<ShownSegment[]>([]);
  readonly #growing: Growing[] = [];
  #longest = 0;
  #frame: number | null = null;

  constructor(parts: Part[]) {
    for (const segment of segmentsOf(parts)) {
      if (segment.type === "part") this.add(segment.part);
      else this.append(segment.text, segment.type);
    }
  }

  append(text: string, type: "text" | "thought" = "text"): void {
    this.#came();
    const last = this.#growing.at(-1);
    let document = last?.type === type ? last.document : undefined;
    if (!document) {
      document = this.#document();
      this.#growing.push({ type, document, final: null });
    }
    document.append(text);
    // Loaded long before in practice: the window does it when it is idle.
    if (!prepared(text)) void prepare([text]);
    this.#show();
  }

  add(part: WholePart): void {
    this.#came();
    this.#growing.push({ type: "part", part });
    if (part.type === "code") void prepare(["```"]);
    this.#show();
  }

  /** How long the longest video or recording before the answer is, in milliseconds: times in the text are moments of it. */
  get longest(): number {
    return this.#longest;
  }

  /** Known from the first word on as a rule; what was written before is drawn anew. */
  set longest(longest: number) {
    if (longest === this.#longest) return;
    this.#longest = longest;
    for (const growing of this.#growing) {
      if (growing.type === "part") continue;
      const document = this.#document();
      document.append(growing.document.text);
      growing.document = document;
      growing.final = null;
    }
    if (this.#growing.length > 0) this.#show();
  }

  #document(): MarkdownDocument {
    return new MarkdownDocument(undefined, this.#longest);
  }

  #came(): void {
    this.stage = null;
    this.retrying = null;
  }

  #show(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      const open = this.#growing.length - 1;
      this.segments = this.#growing.map((segment, index) => {
        if (segment.type === "part") return segment;
        const { type, document } = segment;
        // What something else followed is whole.
        if (index < open) segment.final ??= document.finish();
        return { type, text: document.text, blocks: segment.final ?? document.blocks() };
      });
    });
  }

  /** All of it with its final blocks. */
  finish(): ShownSegment[] {
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
    return this.#growing.map((segment) => {
      if (segment.type === "part") return segment;
      const { type, document } = segment;
      return { type, text: document.text, blocks: (segment.final ??= document.finish()) };
    });
  }
}
