/** What can be chosen about understanding speech. */

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
