/** An answer's parts as they stand on the page: neighbouring text is one text, neighbouring thoughts are one thought. */
import type { Part } from "../backend/bindings";
import type { Block } from "../markdown/document";

export type WholePart = Exclude<Part, { type: "text" } | { type: "thought" }>;
export type Segment = { type: "text" | "thought"; text: string } | { type: "part"; part: WholePart };
/** A segment with its text rendered. */
export type ShownSegment =
  { type: "text" | "thought"; text: string; blocks: Block[] } | { type: "part"; part: WholePart };

export function segmentsOf(parts: Part[]): Segment[] {
  const segments: Segment[] = [];
  for (const part of parts) {
    if (part.type !== "text" && part.type !== "thought") {
      segments.push({ type: "part", part });
      continue;
    }
    const last = segments.at(-1);
    if (last?.type === part.type) last.text += part.text;
    else if (part.text !== "") segments.push({ type: part.type, text: part.text });
  }
  return segments;
}
