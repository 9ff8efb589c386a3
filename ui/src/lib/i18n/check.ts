/** Holds both languages of a catalogue of messages to the same parameters. */
import type { Format } from "./format";

// `never` lets each message declare its own parameters; `check` below holds both languages to the same ones.
type Text = string | ((parameters: never, format: Format) => string);
type Entry = { en: Text; zh: Text };
type Checked<M> = {
  [K in keyof M]: M[K] extends { en: infer E; zh: infer Z }
    ? E extends string
      ? { en: string; zh: string }
      : { en: E; zh: Z extends E ? Z : E }
    : never;
};
export const check = <M extends Record<string, Entry>>(catalogue: M & Checked<M>): M => catalogue;
