/** What can be chosen about understanding speech and about reading aloud. */
import type { SpokenVoice } from "../backend/bindings";

/** Languages a person can name, as ISO 639-1 has them. */
export const SPEECH_LANGUAGES = ["zh", "en", "ja", "ko", "de", "fr", "es", "it", "pt", "ru", "ar", "hi"];

/** A language by its own name: whoever speaks it reads it. */
export function languageName(code: string): string {
  if (code === "zh") return "中文";
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}

/** The silence that may end a hands-free recording, in milliseconds. */
export const LEAST_SILENCE_MS = 500;
export const MOST_SILENCE_MS = 3000;
export const SILENCE_STEP_MS = 100;

/** How fast answers are read: 1 is the voice's own speed. */
export const SLOWEST = 0.5;
export const FASTEST = 2;
export const SPEED_STEP = 0.1;

const languageOf = ({ language }: SpokenVoice): string => language.split("-")[0] ?? language;
const regionOf = ({ language }: SpokenVoice): string | undefined =>
  language.split("-").find((part) => /^[A-Z]{2}$/.test(part));

/** The voices of a language, given in ISO 639-1. */
export const voicesFor = (voices: SpokenVoice[], language: string): SpokenVoice[] =>
  voices.filter((voice) => languageOf(voice) === language);

/** The one that reads where none is chosen: a neural voice before the system's. */
export const bestVoice = (voices: SpokenVoice[]): SpokenVoice | undefined =>
  voices.find(({ kind, ready }) => ready && kind === "neural") ?? voices.find(({ ready }) => ready);

/** Where a voice is from, for people who speak `language`; nothing where all are from one place. */
export function factsOf(voice: SpokenVoice, among: SpokenVoice[], language: string): string[] {
  const region = regionOf(voice);
  if (region === undefined || new Set(among.map(regionOf)).size < 2) return [];
  return [new Intl.DisplayNames([language], { type: "region", style: "short" }).of(region) ?? region];
}
