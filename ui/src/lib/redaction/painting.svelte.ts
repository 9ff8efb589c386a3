/** What is being painted over a picture, before it is painted into it. */
import type { Stroke } from "../backend/bindings";
import { commandError } from "../backend/errors";
import { errorSentence } from "../i18n/sentences";
import { BRUSHES, isEmpty, rectangle, type Brush, type Place } from "./strokes";

export type Tool = Brush | "rectangle";

export class Painting {
  tool = $state<Tool>("medium");
  strokes = $state.raw<Stroke[]>([]);
  /** The one under the pointer. */
  current = $state.raw<Stroke | null>(null);
  working = $state(false);
  problem = $state.raw<string | null>(null);
  #corner: Place = [0, 0];

  begin(place: Place): void {
    this.#corner = place;
    this.current =
      this.tool === "rectangle"
        ? rectangle(place, place)
        : { type: "brush", points: [place], width: BRUSHES[this.tool] };
  }

  move(places: Place[]): void {
    const last = places.at(-1);
    if (!this.current || !last) return;
    this.current =
      this.current.type === "rect"
        ? rectangle(this.#corner, last)
        : { ...this.current, points: [...this.current.points, ...places] };
  }

  end(): void {
    if (this.current && !isEmpty(this.current)) this.strokes = [...this.strokes, this.current];
    this.current = null;
  }

  undo(): void {
    if (this.current) this.current = null;
    else this.strokes = this.strokes.slice(0, -1);
  }

  clear(): void {
    this.strokes = [];
    this.current = null;
  }

  /** Whether it was painted into the picture; otherwise `problem` says why, and the strokes are kept. */
  async apply(paint: (strokes: Stroke[]) => Promise<void>): Promise<boolean> {
    this.end();
    if (this.strokes.length === 0 || this.working) return false;
    this.working = true;
    this.problem = null;
    try {
      await paint(this.strokes);
      return true;
    } catch (error) {
      this.problem = errorSentence(commandError(error));
      return false;
    } finally {
      this.working = false;
    }
  }
}
