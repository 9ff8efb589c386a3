/** Made-up voices that read aloud, for the backend in memory. */
import type { CommandError, ModelState, SpeakingEvent, SpokenVoice, SpokenVoices } from "./bindings";

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

const neural = (id: string, name: string, language: string, gender: SpokenVoice["gender"]): SpokenVoice => ({
  id: `kokoro:${id}`,
  name,
  kind: "neural",
  language,
  gender,
  ready: true,
});
const system = (id: string, name: string, language: string): SpokenVoice => ({
  id: `system:${id}`,
  name,
  kind: "system",
  language,
  gender: null,
  ready: true,
});

/** What is said of an answer so far: without the marks of Markdown, without code. */
function sentencesOf(text: string): string[] {
  const plain = text.replace(/```[\s\S]*?(```|$)/g, "\n").replace(/^\|.*$/gm, "");
  return plain
    .split(/(?<=[.!?:])\s+|(?<=[。！？：])|\n+/)
    .map((sentence) => sentence.replace(/[*_#`>$\\]+/g, "").trim())
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
}

export class FakeSpeaking {
  /** What every answer is refused with. */
  problem: CommandError | null = null;
  /** Milliseconds a sentence takes; 0: tests tell what happens. */
  pace = 0;
  /** The voice is being loaded for ever. */
  loads = false;
  voices: SpokenVoice[] = [
    neural("af_heart", "Heart", "en-US", "female"),
    neural("am_michael", "Michael", "en-US", "male"),
    neural("bf_emma", "Emma", "en-GB", "female"),
    neural("zf_001", "Xiaoyi", "zh-CN", "female"),
    neural("zm_009", "Yunxi", "zh-CN", "male"),
    system("espeak-en", "English (America)", "en-US"),
    system("espeak-cmn", "Chinese (Mandarin)", "zh-CN"),
  ];
  neural: SpokenVoices["neural"] = { id: "kokoro", name: "Kokoro", bytes: 163_000_000, state: { type: "ready" } };
  readonly #calls: string[];
  #spoken: { tell: (event: SpeakingEvent) => void; end: () => void } | null = null;

  constructor(calls: string[]) {
    this.#calls = calls;
  }

  /** The neural voice is not on this computer yet. */
  withoutNeural(): void {
    this.setNeural({ type: "not-fetched", bytes: this.neural.bytes, have: 0 });
  }
  withoutSystem(): void {
    this.voices = this.voices.filter(({ kind }) => kind !== "system");
  }
  setNeural(state: ModelState): void {
    this.neural = { ...this.neural, state };
    const ready = state.type === "ready";
    this.voices = this.voices.map((voice) => (voice.kind === "neural" ? { ...voice, ready } : voice));
  }

  spokenVoices(): Promise<SpokenVoices> {
    this.#calls.push("spokenVoices");
    const { voices, neural } = this;
    return Promise.resolve({ voices, neural, system: voices.some(({ kind }) => kind === "system") });
  }

  /** `read`: what of the answer is there, and whether it is all. */
  async speakAnswer(
    id: string,
    read: () => { text: string; whole: boolean },
    onEvent: (event: SpeakingEvent) => void,
  ): Promise<void> {
    this.#calls.push(`speakAnswer ${id}`);
    if (this.problem) throw this.problem;
    const running = this.#begin(onEvent);
    if (this.pace > 0) {
      void this.#follow(read, running, onEvent);
      onEvent({ type: "loading" });
    }
    await running.ended;
  }
  tryVoice(voice: string, speed: number): Promise<void> {
    this.#calls.push(`tryVoice ${voice} ${speed}`);
    if (this.problem) return Promise.reject(this.problem);
    const running = this.#begin(() => undefined);
    if (this.pace > 0) setTimeout(running.end, this.pace);
    return running.ended;
  }
  stopSpeaking(): Promise<void> {
    this.#calls.push("stopSpeaking");
    this.saidAll();
    return Promise.resolve();
  }

  /** What happens to what is spoken now. */
  tell(event: SpeakingEvent): void {
    this.#spoken?.tell(event);
  }
  /** It came to its end. */
  saidAll(): void {
    this.#spoken?.end();
  }
  get isSpeaking(): boolean {
    return this.#spoken !== null;
  }

  #begin(tell: (event: SpeakingEvent) => void): { ended: Promise<void>; end: () => void; over: boolean } {
    this.saidAll();
    let resolve: () => void = () => undefined;
    const ended = new Promise<void>((settle) => (resolve = settle));
    const running = {
      ended,
      over: false,
      end: () => {
        running.over = true;
        if (this.#spoken === spoken) this.#spoken = null;
        resolve();
      },
    };
    const spoken = { tell, end: running.end };
    this.#spoken = spoken;
    return running;
  }

  async #follow(
    read: () => { text: string; whole: boolean },
    running: { over: boolean; end: () => void },
    onEvent: (event: SpeakingEvent) => void,
  ): Promise<void> {
    await pause(this.loads ? 3_600_000 : 500);
    for (let said = 0; !running.over;) {
      const { text, whole } = read();
      const sentences = sentencesOf(text);
      // The last one may not be all there yet.
      const sentence = said < sentences.length - (whole ? 0 : 1) ? sentences[said] : undefined;
      if (sentence !== undefined) {
        onEvent({ type: "sentence", text: sentence });
        said += 1;
        await pause(this.pace);
      } else if (whole) running.end();
      else await pause(50);
    }
  }
}
