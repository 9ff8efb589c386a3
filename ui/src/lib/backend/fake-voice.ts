/** A made-up microphone, loudspeaker and recogniser of speech, for the backend in memory. */
import type {
  Attachment,
  AttachmentId,
  CommandError,
  Microphone,
  RecordingEnd,
  RecordingEvent,
  RecordOptions,
  SoundShape,
  SpeechRecogniser,
  TranscribeEvent,
  Transcript,
  TranscriptSegment,
} from "./bindings";

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
const problem = (code: CommandError["code"]): CommandError => ({ code, notice: null, detail: null });

export function fakeSound(id: AttachmentId, name: string, bytes = 184_000): Attachment {
  return {
    id,
    hash: "0".repeat(64),
    name,
    kind: "audio",
    mime: "audio/flac",
    bytes,
    width: 0,
    height: 0,
    createdAt: Date.now(),
  };
}

/** Sentences of a recording, as a recogniser gives them. */
export function fakeTranscript(sentences: string[], language: string, secondsEach = 4): Transcript {
  const segments = sentences.map((text, index): TranscriptSegment => {
    const startMs = index * secondsEach * 1000;
    return { startMs, endMs: startMs + secondsEach * 1000 - 300, text };
  });
  const text = sentences.join(language === "zh" ? "" : " ");
  return { text, language, segments, edited: false };
}

/** Bars that look like speech: words with pauses between them. */
export function fakeShape(bars: number, durationMs: number): SoundShape {
  const peaks = Array.from({ length: bars }, (_, index) => {
    const at = index / bars;
    const word = Math.abs(Math.sin(at * 19)) * (0.55 + 0.45 * Math.sin(at * 53 + 1));
    return Math.max(0.04, Math.min(1, word * (0.7 + 0.3 * Math.abs(Math.sin(at * 131)))));
  });
  return { peaks, durationMs };
}

export class FakeVoice {
  devices: Microphone[] = [
    { id: "alsa:built-in", name: "Built-in Microphone", isDefault: true },
    { id: "alsa:usb-blue", name: "USB Microphone", isDefault: false },
  ];
  /** What every recording is refused with. */
  problem: CommandError | null = null;
  playProblem: CommandError | null = null;
  transcribeProblem: CommandError | null = null;
  editProblem: CommandError | null = null;
  /** Milliseconds between two events of its own; 0: tests tell what happens. */
  pace = 0;
  /** What is said into the microphone, told word by word. */
  speech = "";
  language: "en" | "zh" = "en";
  /** How many questions are asked in a conversation by voice; the one after them is said without an end, or not at all where there were some. */
  questions = 0;
  #asked = 0;
  /** How a recording ends by itself, and after how many events. */
  fault: { reason: RecordingEnd; after: number } | null = null;
  /** What is known to be said. */
  transcripts = new Map<AttachmentId, Transcript>();
  /** What is said in a sound nobody has listened to yet. */
  said = new Map<AttachmentId, Transcript>();
  shapes = new Map<AttachmentId, number>();
  /** A transcription gets no further than half of it. */
  hangs = false;
  recognisers: SpeechRecogniser[] = [
    {
      id: "speech-small",
      name: "Whisper Small",
      bytes: 264_000_000,
      state: { type: "ready" },
      inUse: true,
    },
    {
      id: "speech-large",
      name: "Whisper Large v3 Turbo",
      bytes: 874_000_000,
      state: { type: "not-fetched", bytes: 874_000_000, have: 0 },
      inUse: false,
    },
  ];
  readonly #calls: string[];
  #recording: { tell: (event: RecordingEvent) => void; end: (reason: RecordingEnd) => void } | null = null;
  #playing: (() => void) | null = null;
  #position: ((position: number) => void) | null = null;
  #stopped = new Set<AttachmentId>();
  #next = 1;

  constructor(calls: string[]) {
    this.#calls = calls;
  }

  /** The recogniser is not on this computer yet. */
  withoutRecogniser(): void {
    this.recognisers = this.recognisers.map((recogniser) => ({
      ...recogniser,
      state: { type: "not-fetched", bytes: recogniser.bytes, have: 0 },
    }));
  }

  get #canHear(): boolean {
    return this.recognisers.some(({ inUse, state }) => inUse && state.type === "ready");
  }

  async record(options: RecordOptions, onEvent: (event: RecordingEvent) => void): Promise<Attachment | null> {
    this.#calls.push(`record ${JSON.stringify(options)}`);
    if (this.pace > 0) await pause(150);
    if (this.problem) throw this.problem;
    let end: (reason: RecordingEnd) => void = () => undefined;
    const ended = new Promise<RecordingEnd>((resolve) => (end = resolve));
    this.#recording = { tell: onEvent, end };
    onEvent({ type: "started" });
    const started = Date.now();
    if (this.pace > 0) void this.#speak(options);
    const reason = await ended;
    this.#recording = null;
    onEvent({ type: "ended", reason });
    if (reason === "cancelled" || reason === "nothing-heard") return null;
    const name = this.language === "zh" ? "录音" : "Recording";
    const attachment = fakeSound(`voice-${this.#next++}`, `${name}.flac`);
    this.shapes.set(attachment.id, Math.max(900, Date.now() - started));
    if (this.speech !== "") {
      const transcript = fakeTranscript([this.speech], this.language);
      (options.transcribe ? this.transcripts : this.said).set(attachment.id, transcript);
    }
    return attachment;
  }

  async #speak({ handsFree, transcribe, conversation }: RecordOptions): Promise<void> {
    const words = this.language === "zh" ? [...this.speech] : this.speech.split(/(?<= )/);
    const recording = this.#recording;
    const silent = conversation && this.questions > 0 && this.#asked >= this.questions;
    for (let step = 0; this.#recording === recording && recording; step += 1) {
      if (silent) {
        recording.tell({ type: "level", level: 0.03 });
        await pause(this.pace);
        continue;
      }
      if (handsFree && step === 24) recording.tell({ type: "speaking", speaking: true });
      const speaks = !handsFree || step >= 24;
      const level = speaks ? Math.abs(Math.sin(step / 2.3)) * (0.45 + 0.4 * Math.sin(step / 7)) : 0.03;
      recording.tell({ type: "level", level: Math.max(0.02, level) });
      const said = Math.floor((handsFree ? step - 24 : step) / 4);
      if (transcribe && said > 0 && said <= words.length) {
        recording.tell({ type: "transcript", text: words.slice(0, said).join("") });
      }
      if (conversation && this.questions > 0 && said > words.length + 3) {
        this.#asked += 1;
        recording.end("silence");
      }
      if (this.fault && step >= this.fault.after) recording.end(this.fault.reason);
      await pause(this.pace);
    }
  }

  /** What the microphone tells now. */
  tell(event: RecordingEvent): void {
    this.#recording?.tell(event);
  }
  end(reason: RecordingEnd): void {
    this.#recording?.end(reason);
  }
  get isOpen(): boolean {
    return this.#recording !== null;
  }

  soundShape(id: AttachmentId, bars: number): Promise<SoundShape> {
    return Promise.resolve(fakeShape(bars, this.shapes.get(id) ?? 7000));
  }

  async playSound(id: AttachmentId, fromMs: number, onPosition: (position: number) => void): Promise<void> {
    this.#calls.push(`playSound ${id} ${fromMs}`);
    if (this.playProblem) throw this.playProblem;
    this.#playing?.();
    let running = true;
    const stopped = new Promise<void>((resolve) => {
      this.#playing = () => {
        running = false;
        resolve();
      };
    });
    this.#position = onPosition;
    if (this.pace === 0) return stopped;
    const length = this.shapes.get(id) ?? 7000;
    for (let at = fromMs; at < length && running; at += 100) {
      onPosition(at);
      await pause(100);
    }
  }
  stopPlaying(): Promise<void> {
    this.#calls.push("stopPlaying");
    this.#playing?.();
    return Promise.resolve();
  }
  /** How far what plays has come. */
  playedTo(position: number): void {
    this.#position?.(position);
  }
  /** What plays has come to its end. */
  playedOut(): void {
    this.#playing?.();
  }

  transcript(id: AttachmentId): Promise<Transcript | null> {
    return Promise.resolve(this.transcripts.get(id) ?? null);
  }

  async transcribe(id: AttachmentId, onEvent: (event: TranscribeEvent) => void): Promise<Transcript> {
    this.#calls.push(`transcribe ${id}`);
    const known = this.transcripts.get(id);
    if (known) return known;
    if (!this.#canHear) throw problem("speech-recogniser-missing");
    this.#stopped.delete(id);
    const transcript = this.said.get(id) ?? fakeTranscript([], this.language);
    if (this.pace > 0) {
      for (let percent = 0; percent < 100; percent += 20) {
        onEvent({ type: "loading", percent });
        await pause(this.pace);
      }
    }
    for (const [index, segment] of transcript.segments.entries()) {
      onEvent({ type: "progress", percent: Math.round((100 * (index + 0.5)) / transcript.segments.length) });
      onEvent({ type: "segment", segment });
      if (this.pace > 0) await pause(this.pace * 16);
      while (this.hangs && index + 1 >= transcript.segments.length / 2 && !this.#stopped.has(id)) await pause(10);
      if (this.#stopped.has(id)) throw problem("cancelled");
    }
    if (this.transcribeProblem) throw this.transcribeProblem;
    this.transcripts.set(id, transcript);
    return transcript;
  }
  stopTranscribing(id: AttachmentId): Promise<void> {
    this.#calls.push(`stopTranscribing ${id}`);
    this.#stopped.add(id);
    return Promise.resolve();
  }
  editTranscript(id: AttachmentId, text: string): Promise<Transcript> {
    this.#calls.push(`editTranscript ${id} ${text}`);
    if (this.editProblem) return Promise.reject(this.editProblem);
    const before = this.transcripts.get(id) ?? fakeTranscript([], this.language);
    const edited = { ...before, text, edited: true };
    this.transcripts.set(id, edited);
    return Promise.resolve(edited);
  }
}
