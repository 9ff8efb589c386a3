/** What happens when somebody presses a time in an answer: which video or recording it is of, and going there. */
import type { Viewed } from "../app.svelte";
import type { Attachment, AttachmentId } from "../backend/bindings";
import type { Videos } from "./videos.svelte";

/** Numbers of files as answers call them: `video 2`, `视频 2`, `第 2 段视频`. */
const NUMBERED = /\b(?:videos?|clip)\s*#?\s*(\d{1,2})\b|视频\s*(\d{1,2})|第\s*(\d{1,2})\s*[段个条]视频/giu;
const SENTENCE_END = /[.!?](?=\s)|[。！？\n]/gu;

const withoutEnding = (name: string): string => name.replace(/\.[\p{L}\p{N}]{1,5}$/u, "");

/** The sentence around a place in a text. */
export function sentenceAround(text: string, place: number): string {
  let start = 0;
  for (const { index } of text.matchAll(SENTENCE_END)) {
    if (index >= place) return text.slice(start, index + 1);
    start = index + 1;
  }
  return text.slice(start);
}

interface Candidates {
  /** Videos and recordings before the answer, the oldest first. */
  files: Attachment[];
  numbers: ReadonlyMap<AttachmentId, number>;
  /** Milliseconds. */
  duration: (id: AttachmentId) => number;
}

/**
 * The file that a moment, in milliseconds, is of: the one its sentence names by name or number, else the newest video that is long
 * enough, else the newest recording. A question that was spoken is a recording, too; videos go before it.
 */
export function fileOf(at: number, sentence: string, { files, numbers, duration }: Candidates): Attachment | undefined {
  const covers = ({ id }: Attachment): boolean => Math.floor(at / 1000) <= Math.floor(duration(id) / 1000);
  const longEnough = files.filter(covers);
  const said = sentence.toLowerCase();
  const called = new Set([...sentence.matchAll(NUMBERED)].map(([, ...groups]) => Number(groups.find(Boolean))));
  // The longest name first: "trip 2.mp4" is not "trip.mp4".
  const named = longEnough
    .filter(({ name }) => withoutEnding(name).length > 2 && said.includes(withoutEnding(name).toLowerCase()))
    .sort((one, other) => other.name.length - one.name.length)[0];
  if (named) return named;
  const numbered = longEnough.find(({ id }) => called.has(numbers.get(id) ?? -1));
  return numbered ?? longEnough.findLast(({ kind }) => kind === "video") ?? longEnough.at(-1);
}

/** The moment that was pressed, and the sentence it stands in; `null` where something else was. */
export function pressedMoment(target: EventTarget | null): { at: number; sentence: string } | null {
  const button = (target as Element | null)?.closest<HTMLElement>("button.moment[data-at]");
  if (!button) return null;
  const at = Number(button.dataset["at"]);
  if (!Number.isFinite(at)) return null;
  const block = button.closest("p, li, td, th, h3, h4, h5, h6, blockquote, .block") ?? button;
  const before = document.createRange();
  before.setStart(block, 0);
  before.setEndBefore(button);
  return { at, sentence: sentenceAround(block.textContent ?? "", before.toString().length) };
}

interface Host {
  videos: Videos;
  thread: { videoNumbers: ReadonlyMap<AttachmentId, number> } | null;
  voice: { player: { play: (id: AttachmentId, from: number) => Promise<void> } };
  viewer: Viewed | null;
  attempt: (action: () => Promise<void>) => Promise<boolean>;
}

/** Opens the viewer at a moment of one of `files`, or plays a recording from there. */
export function jumpTo(host: Host, { at, sentence }: { at: number; sentence: string }, files: Attachment[]): void {
  const file = fileOf(at, sentence, {
    files,
    numbers: host.thread?.videoNumbers ?? new Map<AttachmentId, number>(),
    duration: (id) => host.videos.duration(id),
  });
  if (file?.kind === "video") host.viewer = { attachments: [file], index: 0, at };
  else if (file) void host.attempt(() => host.voice.player.play(file.id, at));
}
