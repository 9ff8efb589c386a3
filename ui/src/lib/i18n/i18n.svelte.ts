/** The language of the window, and `t`, which says a message in it. Components that call `t` follow a change by themselves. */
import { makeFormat, type Format, type Language } from "./format";
import { messages } from "./messages";

type Messages = typeof messages;
export type MessageKey = keyof Messages;
type Parameters<K extends MessageKey> = Messages[K]["en"] extends (parameters: infer P, format: Format) => string
  ? unknown extends P
    ? []
    : [parameters: P]
  : [];
/** Keys of the messages that take no parameters. */
export type PlainKey = { [K in MessageKey]: Parameters<K> extends [] ? K : never }[MessageKey];

class Locale {
  language = $state<Language>("en");
  format = $derived(makeFormat(this.language));

  /** Sets the language, also for the document and for the next start's first paint. */
  use(language: Language): void {
    this.language = language;
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    try {
      localStorage.setItem("castor.language", document.documentElement.lang);
    } catch {
      // Without storage the next start guesses from the system, as the first one did.
    }
  }
}

export const locale = new Locale();

export function t<K extends MessageKey>(key: K, ...parameters: Parameters<K>): string {
  const message = messages[key][locale.language] as string | ((parameters: unknown, format: Format) => string);
  return typeof message === "string" ? message : message((parameters as [unknown?])[0], locale.format);
}
