/** A backend in memory, for tests and for looking at the window in a browser. It keeps what it is told, like the real one. */
import type { Backend } from "./backend";
import type {
  CameraOptions,
  ClipEvent,
  ClipOptions,
  Finding,
  NativeCamera,
  Region,
  RegionUse,
  ScreenSources,
  ScreenTarget,
  ShellEvent,
  ShortcutState,
  VideoInfo,
  AnswerEvent,
  AskFile,
  AskRequest,
  Attachment,
  AttachmentEvent,
  AttachmentId,
  CommandError,
  Conversation,
  ConversationId,
  ConversationView,
  FetchProgress,
  FoundSecret,
  KeyPlace,
  KeyStatus,
  Message,
  MessageId,
  Microphone,
  Model,
  ModelLicence,
  Notice,
  Part,
  PictureReading,
  Preview,
  Receipt,
  RecogniserSet,
  RecordingEvent,
  RecordOptions,
  Settings,
  SoundShape,
  SpeakingEvent,
  SpeechRecogniser,
  Spending,
  SpokenVoices,
  StartState,
  Stroke,
  Total,
  TranscribeEvent,
  Transcript,
  TranscriptFormat,
} from "./bindings";
import { EMPTY_READING, notesInWords } from "./fake-pictures";
import { FakeCamera } from "./fake-camera";
import { FakeScreen } from "./fake-screen";
import { FakeSelfTest } from "./fake-self-test";
import { FakeSpeaking } from "./fake-speaking";
import { FakeVideo } from "./fake-video";
import { FakeVoice } from "./fake-voice";
import { fakeWatched } from "./fake-watching";

export interface FakeState {
  start: StartState;
  messages: Message[];
  attachments: Attachment[];
}

/** What the fake answers with; replace it for other behaviour. */
export interface Script {
  text: string;
  /** Everything of the answer, where it is more than text. */
  parts?: Part[];
  /** What the finished answer has beside its parts; sources are told before. */
  made?: Partial<Pick<Message, "sources" | "structure" | "usage" | "cost">>;
  /** Milliseconds between two pieces of text; 0 delivers without waiting. */
  pace: number;
  fails?: Notice;
  /** Told first, as if the request were tried again by itself. */
  retries?: Notice;
  /** A file is on its way first, and gets no further than this share. */
  uploads?: number;
  /** A video is watched first, no further than this share. */
  watches?: number;
  /** Rejects instead of answering: nothing is saved. */
  rejects?: CommandError;
  /** Ends without the last piece: the text stays as it is, being written. */
  hangs?: boolean;
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
/** How many times a slow reading tells how far it is. */
const READING_STEPS = 20;
const filesOf = (files: AskFile[]): Part[] => files.map((file) => ({ type: "attachment", ...file }));
function totalOf(messages: Message[]): Total {
  const asked = messages.filter(({ usage }) => usage !== null);
  const sum = (of: (message: Message) => number) => asked.reduce((total, message) => total + of(message), 0);
  return {
    requests: asked.length,
    promptTokens: sum(({ usage }) => usage?.promptTokens ?? 0),
    answerTokens: sum(({ usage }) => (usage?.answerTokens ?? 0) + (usage?.thoughtTokens ?? 0)),
    microUsd: sum(({ cost }) => cost?.microUsd ?? 0),
    unpriced: 0,
    estimated: asked.some(({ cost }) => cost?.estimated === true),
  };
}
const problem = (code: CommandError["code"]): CommandError => ({ code, notice: null, detail: null });

export class FakeBackend implements Backend {
  /** Every call, in order, for tests. */
  readonly calls: string[] = [];
  readonly copied: string[] = [];
  readonly opened: string[] = [];
  pictures = new Map<AttachmentId, string>();
  /** What the clipboard holds beside text. */
  clipboard: Attachment | null = null;
  keyProblem: CommandError | null = null;
  /** What is read in a picture; one that is not named here holds nothing. */
  readings = new Map<AttachmentId, PictureReading>();
  /** Milliseconds between two steps of a reading; `null` never gets beyond the first. */
  readingPace: number | null = 0;
  readingProblem: CommandError | null = null;
  fetchProblem: CommandError | null = null;
  /** What is found in every question. */
  secrets: FoundSecret[] = [];
  /** Every question as it was asked, for tests. */
  readonly requests: AskRequest[] = [];
  /** What was painted into pictures, for tests. */
  readonly painted: Stroke[][] = [];
  previewProblem: CommandError | null = null;
  settingsProblem: CommandError | null = null;
  redactProblem: CommandError | null = null;
  readonly voice = new FakeVoice(this.calls);
  readonly speaking = new FakeSpeaking(this.calls);
  readonly camera = new FakeCamera(this.calls, (event) => this.emit(event));
  readonly video = new FakeVideo(this.calls);
  readonly screen = new FakeScreen(this.calls);
  readonly tests = new FakeSelfTest(this.calls);
  /** Whether the person saves what is exported, or closes the dialog. */
  exportSaves = true;
  #readingStopped = new Set<AttachmentId>();
  #read = new Set<AttachmentId>();
  #listeners = new Set<(event: AttachmentEvent) => void>();
  #stopped = new Set<MessageId>();
  /** What is written of answers that are not saved yet. */
  #written = new Map<MessageId, string>();
  #cancelled = new Set<string>();
  #next = 1;

  constructor(
    readonly state: FakeState,
    public script: Script = { text: "An answer.", pace: 0 },
  ) {}

  id(): string {
    return `fake-${String(this.#next++).padStart(6, "0")}`;
  }

  /** Tells the window about a file, as a drop would. */
  emit(event: AttachmentEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  start(): Promise<StartState> {
    return Promise.resolve(this.state.start);
  }
  ready(): Promise<void> {
    this.calls.push("ready");
    return Promise.resolve();
  }

  conversations(): Promise<Conversation[]> {
    return Promise.resolve(this.state.start.conversations);
  }
  openConversation(id: ConversationId): Promise<ConversationView> {
    const conversation = this.#conversation(id);
    if (!conversation) return Promise.reject(problem("not-found"));
    const messages = this.state.messages.filter((message) => message.conversation === id);
    return Promise.resolve({ conversation, messages, attachments: this.state.attachments });
  }
  renameConversation(id: ConversationId, title: string): Promise<void> {
    this.calls.push(`rename ${title}`);
    const conversation = this.#conversation(id);
    if (conversation) this.#put({ ...conversation, title });
    return Promise.resolve();
  }
  deleteConversation(id: ConversationId): Promise<void> {
    this.calls.push(`delete ${id}`);
    this.state.start.conversations = this.state.start.conversations.filter((conversation) => conversation.id !== id);
    return Promise.resolve();
  }
  showBranch(id: ConversationId, message: MessageId): Promise<Conversation> {
    let head = message;
    for (;;) {
      const child = this.state.messages.filter(({ parent }) => parent === head).at(-1);
      if (!child) break;
      head = child.id;
    }
    const conversation = this.#conversation(id);
    if (!conversation) return Promise.reject(problem("not-found"));
    const changed = { ...conversation, head };
    this.#put(changed);
    return Promise.resolve(changed);
  }

  setLocalOnly(id: ConversationId, localOnly: boolean): Promise<Conversation> {
    this.calls.push(`setLocalOnly ${id} ${localOnly}`);
    const conversation = this.#conversation(id);
    if (!conversation) return Promise.reject(problem("not-found"));
    const changed = { ...conversation, localOnly };
    this.#put(changed);
    return Promise.resolve(changed);
  }
  conversationSpending(id: ConversationId): Promise<Total> {
    return Promise.resolve(totalOf(this.state.messages.filter(({ conversation }) => conversation === id)));
  }

  pickFiles(): Promise<void> {
    this.calls.push("pickFiles");
    return Promise.resolve();
  }
  paste(hasText: boolean): Promise<boolean> {
    this.calls.push(`paste ${hasText}`);
    const attachment = this.clipboard;
    if (hasText || !attachment) return Promise.resolve(false);
    this.emit({ type: "adding", token: 900, name: attachment.name });
    this.emit({ type: "added", token: 900, attachment });
    return Promise.resolve(true);
  }
  removeAttachment(id: AttachmentId): Promise<void> {
    this.calls.push(`removeAttachment ${id}`);
    return Promise.resolve();
  }
  attachmentText(): Promise<string> {
    return Promise.resolve("first line\nsecond line\n");
  }
  redactPicture(id: AttachmentId, strokes: Stroke[]): Promise<Attachment> {
    this.calls.push(`redactPicture ${id} ${strokes.length}`);
    this.painted.push(strokes);
    if (this.redactProblem) return Promise.reject(this.redactProblem);
    const known = this.state.attachments.find((attachment) => attachment.id === id);
    if (!known) return Promise.reject(problem("not-found"));
    const redacted = { ...known, id: this.id(), createdAt: Date.now() };
    const picture = this.pictures.get(id);
    if (picture !== undefined) this.pictures.set(redacted.id, picture);
    this.state.attachments = [...this.state.attachments, redacted];
    return Promise.resolve(redacted);
  }
  onAttachment(listener: (event: AttachmentEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  pictureUrl(id: AttachmentId): string {
    return this.pictures.get(id) ?? "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";
  }

  async readPicture(id: AttachmentId, onProgress: (fraction: number) => void): Promise<PictureReading> {
    this.calls.push(`readPicture ${id}`);
    const reading = this.readings.get(id) ?? EMPTY_READING;
    if (this.#read.has(id)) return reading;
    if (!this.#canRead) throw problem("recognisers-missing");
    this.#readingStopped.delete(id);
    for (let step = 1; step <= READING_STEPS; step += 1) {
      onProgress(step / READING_STEPS);
      if (this.readingPace !== 0) await pause(this.readingPace ?? 10);
      if (this.#readingStopped.has(id)) throw problem("cancelled");
      if (this.readingPace === null) step = 0;
    }
    if (this.readingProblem) throw this.readingProblem;
    this.#read.add(id);
    return reading;
  }
  stopReading(id: AttachmentId): Promise<void> {
    this.calls.push(`stopReading ${id}`);
    this.#readingStopped.add(id);
    return Promise.resolve();
  }
  recognisers(): Promise<RecogniserSet[]> {
    return Promise.resolve(this.state.start.recognisers);
  }
  get #canRead(): boolean {
    return this.state.start.recognisers.some(({ inUse, state }) => inUse && state.type === "ready");
  }

  microphones(): Promise<Microphone[]> {
    this.calls.push("microphones");
    return Promise.resolve(this.voice.devices);
  }
  record(options: RecordOptions, onEvent: (event: RecordingEvent) => void): Promise<Attachment | null> {
    return this.voice.record(options, onEvent).then((attachment) => {
      if (attachment) this.state.attachments = [...this.state.attachments, attachment];
      return attachment;
    });
  }
  stopRecording(): Promise<void> {
    this.calls.push("stopRecording");
    this.voice.end("stopped");
    return Promise.resolve();
  }
  cancelRecording(): Promise<void> {
    this.calls.push("cancelRecording");
    this.voice.end("cancelled");
    return Promise.resolve();
  }
  soundShape(id: AttachmentId, bars: number): Promise<SoundShape> {
    return this.voice.soundShape(id, bars);
  }
  playSound(id: AttachmentId, fromMs: number, onPosition: (position: number) => void): Promise<void> {
    this.speaking.saidAll();
    return this.voice.playSound(id, fromMs, onPosition);
  }
  stopPlaying(): Promise<void> {
    return this.voice.stopPlaying();
  }
  transcript(id: AttachmentId): Promise<Transcript | null> {
    return this.voice.transcript(id);
  }
  transcribe(id: AttachmentId, onEvent: (event: TranscribeEvent) => void): Promise<Transcript> {
    return this.voice.transcribe(id, onEvent);
  }
  stopTranscribing(id: AttachmentId): Promise<void> {
    return this.voice.stopTranscribing(id);
  }
  editTranscript(id: AttachmentId, text: string): Promise<Transcript> {
    return this.voice.editTranscript(id, text);
  }
  exportTranscript(id: AttachmentId, format: TranscriptFormat): Promise<boolean> {
    this.calls.push(`exportTranscript ${id} ${format}`);
    return Promise.resolve(this.exportSaves);
  }
  speechRecognisers(): Promise<SpeechRecogniser[]> {
    return Promise.resolve(this.voice.recognisers);
  }

  spokenVoices(): Promise<SpokenVoices> {
    return this.speaking.spokenVoices();
  }
  keepPicture(picture: ArrayBuffer, name: string): Promise<void> {
    return this.camera.keepPicture(picture, name);
  }
  cameras(): Promise<NativeCamera[]> {
    return this.camera.cameras();
  }
  openCamera(id: string, options: CameraOptions, onFrame: (picture: ArrayBuffer) => void): Promise<void> {
    return this.camera.openCamera(id, options, onFrame);
  }
  closeCamera(): Promise<void> {
    return this.camera.closeCamera();
  }
  recordClip(options: ClipOptions, onEvent: (event: ClipEvent) => void): Promise<Attachment | null> {
    return this.camera.recordClip(options, onEvent);
  }
  clipFrame(picture: ArrayBuffer, takenAt: number): Promise<void> {
    return this.camera.clipFrame(picture, takenAt);
  }
  stopClip(): Promise<void> {
    return this.camera.stopClip();
  }
  cancelClip(): Promise<void> {
    return this.camera.cancelClip();
  }
  videoInfo(id: AttachmentId): Promise<VideoInfo> {
    return this.video.videoInfo(id);
  }
  mediaAddress(id: AttachmentId): Promise<string> {
    return this.video.mediaAddress(id);
  }
  momentUrl(id: AttachmentId, milliseconds: number): string {
    return this.video.momentUrl(id, milliseconds);
  }
  screenSources(): Promise<ScreenSources> {
    return this.screen.screenSources();
  }
  screenPreview(id: string, edge: number): Promise<ArrayBuffer> {
    return this.screen.screenPreview(id, edge);
  }
  captureScreen(target: ScreenTarget): Promise<boolean> {
    return this.screen.captureScreen(target);
  }
  watchScreen(id: string): Promise<void> {
    return this.screen.watchScreen(id);
  }
  unwatchScreen(): Promise<void> {
    return this.screen.unwatchScreen();
  }
  keepScreenClip(seconds: number): Promise<Attachment | null> {
    return this.screen.keepScreenClip(seconds);
  }
  captureRegion(then: RegionUse): Promise<void> {
    return this.screen.captureRegion(then);
  }
  regionShot(): Promise<ArrayBuffer> {
    return this.screen.regionShot();
  }
  chooseRegion(region: Region): Promise<void> {
    return this.screen.chooseRegion(region);
  }
  cancelRegion(): Promise<void> {
    return this.screen.cancelRegion();
  }
  showQuick(): Promise<void> {
    return this.screen.showQuick();
  }
  hideQuick(): Promise<void> {
    return this.screen.hideQuick();
  }
  openInMain(id: ConversationId): Promise<void> {
    return this.screen.openInMain(id);
  }
  shortcutStates(): Promise<ShortcutState[]> {
    return this.screen.shortcutStates();
  }
  onShell(listener: (event: ShellEvent) => void): () => void {
    return this.screen.onShell(listener);
  }
  selfTest(onFinding: (finding: Finding) => void): Promise<void> {
    return this.tests.selfTest(onFinding);
  }
  playTestSound(): Promise<void> {
    return this.tests.playTestSound();
  }

  speakAnswer(id: MessageId, onEvent: (event: SpeakingEvent) => void): Promise<void> {
    this.voice.playedOut();
    return this.speaking.speakAnswer(id, () => this.#textOf(id), onEvent);
  }
  stopSpeaking(): Promise<void> {
    return this.speaking.stopSpeaking();
  }
  tryVoice(voice: string, speed: number): Promise<void> {
    return this.speaking.tryVoice(voice, speed);
  }
  /** The words of an answer as far as they are there. */
  #textOf(id: MessageId): { text: string; whole: boolean } {
    const written = this.#written.get(id);
    if (written !== undefined) return { text: written, whole: false };
    const known = this.state.messages.find((message) => message.id === id);
    const text = known?.parts.map((part) => (part.type === "text" ? part.text : "")).join("") ?? "";
    return { text, whole: known?.status !== "streaming" };
  }

  async ask(request: AskRequest, onEvent: (event: AnswerEvent) => void): Promise<void> {
    this.requests.push(request);
    this.calls.push(`ask ${JSON.stringify(request.action)} ${request.model.id}`);
    const { script } = this;
    if (script.rejects) throw script.rejects;
    const { conversation, question, answer } = this.#begin(request);
    onEvent({ type: "started", conversation, question, answer });
    if (script.retries) {
      onEvent({ type: "retrying", answer: answer.id, notice: script.retries });
      const until = Date.now() + (script.retries.retryAfterMs ?? 0);
      while (Date.now() < until && !this.#stopped.has(answer.id)) await pause(50);
    }
    if (request.model.mind === "local") await this.#hear(question, answer.id, onEvent);
    const receipt = this.#receipt(question, request);
    onEvent({ type: "receipt", answer: answer.id, receipt });
    const noted = receipt.delivered.filter(({ notes, number }) => notes && number != null);
    for (const [index, { attachment }] of noted.entries()) {
      const progress = (fraction: number): void =>
        onEvent({
          type: "stage",
          answer: answer.id,
          stage: { type: "reading-picture", number: index + 1, total: noted.length, fraction },
        });
      await this.readPicture(attachment, progress);
    }
    if (script.watches !== undefined) {
      const stage = { type: "watching" as const, number: 1, total: 1, fraction: script.watches };
      onEvent({ type: "stage", answer: answer.id, stage });
      while (!this.#stopped.has(answer.id)) await pause(50);
    }
    if (script.uploads !== undefined) {
      const stage = { type: "sending-file" as const, number: 1, total: 1, fraction: script.uploads };
      onEvent({ type: "stage", answer: answer.id, stage });
      while (!this.#stopped.has(answer.id)) await pause(50);
    }
    onEvent({ type: "stage", answer: answer.id, stage: { type: "waiting" } });

    const parts = await this.#tell(answer, script, onEvent);
    const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
    if (script.made?.sources) onEvent({ type: "sources", answer: answer.id, sources: script.made.sources });
    if (script.hangs) {
      while (!this.#stopped.has(answer.id)) await pause(50);
    }
    const status = this.#stopped.has(answer.id) ? "stopped" : script.fails ? "failed" : "complete";
    const message: Message = {
      ...answer,
      parts,
      status,
      receipt: { ...receipt, estimated: false },
      usage: { promptTokens: 1240, answerTokens: Math.ceil(text.length / 3), thoughtTokens: 0 },
      timing: { firstTextMs: 400, totalMs: 2300 },
      ...script.made,
      notice: status === "failed" ? (script.fails ?? null) : null,
    };
    this.state.messages = this.state.messages.map((known) => (known.id === message.id ? message : known));
    this.#written.delete(answer.id);
    onEvent({ type: "finished", message, conversation: this.#conversation(conversation.id) ?? conversation });
  }

  /** Listens to the recordings of a question, for a model that cannot hear. */
  async #hear(question: Message, answer: MessageId, onEvent: (event: AnswerEvent) => void): Promise<void> {
    const recordings = question.parts.flatMap((part) => {
      const known = part.type === "attachment" && this.state.attachments.find(({ id }) => id === part.id);
      return known && known.kind === "audio" ? [known.id] : [];
    });
    for (const [index, id] of recordings.entries()) {
      await this.voice.transcribe(id, (event) => {
        if (event.type !== "progress") return;
        const place = { number: index + 1, total: recordings.length };
        const stage = { type: "transcribing" as const, ...place, fraction: event.percent / 100 };
        onEvent({ type: "stage", answer, stage });
      });
    }
  }

  /** Gives out an answer piece by piece; what was told of it. */
  async #tell(answer: Message, script: Script, onEvent: (event: AnswerEvent) => void): Promise<Part[]> {
    const told = [...answer.parts];
    for (const part of script.parts ?? [{ type: "text", text: script.text }]) {
      if (part.type !== "text" && part.type !== "thought") {
        if (script.pace > 0) await pause(script.pace * 12);
        if (this.#stopped.has(answer.id)) return told;
        told.push(part);
        onEvent({ type: "part", answer: answer.id, part });
        continue;
      }
      for (const piece of part.text.match(/[\s\S]{1,9}/g) ?? []) {
        if (script.pace > 0) await pause(script.pace);
        else await Promise.resolve();
        if (this.#stopped.has(answer.id)) return told;
        const last = told.at(-1);
        if (last?.type === part.type) told[told.length - 1] = { ...last, text: last.text + piece };
        else told.push({ ...part, text: piece });
        if (part.type === "text") this.#written.set(answer.id, (this.#written.get(answer.id) ?? "") + piece);
        onEvent({ type: part.type === "text" ? "delta" : "thought", answer: answer.id, text: piece });
      }
    }
    return told;
  }

  #begin(request: AskRequest): { conversation: Conversation; question: Message; answer: Message } {
    const { action, model } = request;
    const at = Date.now();
    const find = (id: MessageId | null) => this.state.messages.find((message) => message.id === id);
    const known = this.#conversation(request.conversation ?? "");
    const conversation: Conversation = known ?? {
      id: this.id(),
      title: "text" in action ? action.text.slice(0, 60) || "Picture" : "",
      createdAt: at,
      updatedAt: at,
      head: null,
      model,
      localOnly: request.localOnly ?? false,
      options: request.options ?? {},
    };
    let question: Message | undefined;
    let answer: Message | undefined;
    if (action.type === "again") question = find(action.question);
    else if (action.type === "continue") {
      answer = find(action.answer);
      question = find(answer?.parent ?? null);
    } else {
      const parent = action.type === "new" ? action.parent : (find(action.question)?.parent ?? null);
      question = {
        id: this.id(),
        conversation: conversation.id,
        parent,
        role: "user",
        status: "complete",
        createdAt: at,
        parts: [...filesOf(action.attachments), { type: "text", text: action.text }],
        model: null,
        receipt: null,
        usage: null,
        timing: null,
        cost: null,
        sources: null,
        structure: null,
        notice: null,
      };
      this.state.messages = [...this.state.messages, question];
    }
    if (!question) throw problem("not-found");
    answer = answer
      ? { ...answer, status: "streaming", notice: null }
      : {
          id: this.id(),
          conversation: conversation.id,
          parent: question.id,
          role: "model",
          parts: [],
          status: "streaming",
          createdAt: at,
          model,
          receipt: null,
          usage: null,
          timing: null,
          cost: null,
          sources: null,
          structure: null,
          notice: null,
        };
    const { id } = answer;
    this.state.messages = [...this.state.messages.filter((message) => message.id !== id), answer];
    const options = request.options ?? conversation.options;
    const changed = { ...conversation, head: id, model, options, updatedAt: at };
    this.#put(changed);
    return { conversation: changed, question, answer };
  }

  #receipt(question: Pick<Message, "parts">, request: AskRequest): Receipt {
    const model = this.state.start.models.find(({ id }) => id === request.model.id);
    const files = question.parts.flatMap((part) => {
      const attachment =
        part.type === "attachment" ? this.state.attachments.find(({ id }) => id === part.id) : undefined;
      return attachment ? [attachment] : [];
    });
    const pictures = files.filter(({ kind }) => kind !== "audio");
    const sounds = files.filter(({ kind }) => kind === "audio");
    const receipt: Receipt = {
      delivered: [],
      omitted: [],
      earlierMessages: 0,
      promptTokens: 1240,
      estimated: true,
      options: request.options ?? {},
    };
    const media = { current: true, scaled: false, metadataRemoved: true };
    const watches = model?.capabilities.images === null && model.capabilities.noteTokens !== null;
    const watched = watches ? files.filter(({ kind }) => kind === "video") : [];
    if (model?.capabilities.images !== null) {
      receipt.delivered = pictures.map(({ id, width, height }) => ({
        ...media,
        attachment: id,
        mime: "image/jpeg",
        width,
        height,
        bytes: 312_000,
        tokens: 258,
      }));
    } else if (model.capabilities.noteTokens !== null && this.#canRead) {
      receipt.delivered = pictures.map(({ id, width, height }, index) => {
        const reading = this.readings.get(id) ?? EMPTY_READING;
        const words = notesInWords(reading, index + 1);
        const { lines, things, codes } = reading.notes;
        const usable = lines.length + things.length + codes.length > 0;
        const notes = { words, usable, lines: lines.length, linesLeftOut: 0 };
        const bytes = words.length;
        return {
          ...media,
          attachment: id,
          mime: "text/plain",
          width,
          height,
          bytes,
          tokens: 148,
          number: index + 1,
          notes,
        };
      });
    } else {
      const reason = model.capabilities.noteTokens === null ? "model-cannot-see" : "recognisers-missing";
      receipt.omitted = pictures.map(({ id }) => ({ attachment: id, reason, count: 1 }));
    }
    for (const { id, name } of watched) {
      const { text } = this.voice.transcripts.get(id) ?? { text: "" };
      receipt.delivered = receipt.delivered.filter(({ attachment }) => attachment !== id);
      receipt.delivered.push(fakeWatched(id, `"${name}"\n${text}`, [5000, 13_000, 21_000, 34_000]));
    }
    for (const { id, mime, bytes } of sounds) {
      const sound = { ...media, attachment: id, width: 0, height: 0, metadataRemoved: false };
      if (model?.mind === "gemini") receipt.delivered.push({ ...sound, mime, bytes, tokens: 224 });
      else {
        const { text: words, segments } = this.voice.transcripts.get(id) ?? { text: "", segments: [] };
        const notes = { words, usable: words !== "", lines: segments.length, linesLeftOut: 0 };
        receipt.delivered.push({ ...sound, mime: "text/plain", bytes: words.length, tokens: 18, notes });
      }
    }
    return receipt;
  }

  stop(answer: MessageId): Promise<void> {
    this.calls.push("stop");
    this.#stopped.add(answer);
    return Promise.resolve();
  }

  preview(request: AskRequest, count: boolean): Promise<Preview> {
    this.calls.push(`preview ${count}`);
    if (this.previewProblem) return Promise.reject(this.previewProblem);
    const question = {
      parts: "attachments" in request.action ? filesOf(request.action.attachments) : [],
    };
    const receipt = { ...this.#receipt(question, request), estimated: !count };
    const leaves = request.model.mind === "gemini";
    const cap = this.state.start.settings.monthlyCapCents;
    return Promise.resolve({
      receipt,
      destination: leaves ? "generativelanguage.googleapis.com" : null,
      promptMicroUsd: leaves ? 372 : null,
      answerMicroUsd: leaves ? 2500 : null,
      spentMicroUsd: cap === null ? null : totalOf(this.state.messages).microUsd,
      capMicroUsd: cap === null ? null : cap * 10_000,
    });
  }
  findSecrets(): Promise<FoundSecret[]> {
    this.calls.push("findSecrets");
    return Promise.resolve(this.secrets);
  }
  schemaProblem(schema: string): Promise<string | null> {
    try {
      JSON.parse(schema);
      return Promise.resolve(null);
    } catch (error) {
      return Promise.resolve(error instanceof Error ? error.message : String(error));
    }
  }

  models(): Promise<Model[]> {
    return Promise.resolve(this.state.start.models);
  }
  async fetchModel(id: string, onProgress: (progress: FetchProgress) => void): Promise<void> {
    this.calls.push(`fetchModel ${id}`);
    this.#cancelled.delete(id);
    const total = this.#bytes(id);
    const step = total / (this.script.pace > 0 ? 48 : 3);
    if (this.fetchProblem) throw this.fetchProblem;
    for (let have = 0; have < total; have += step) {
      if (this.#cancelled.has(id)) {
        this.#setState(id, { type: "not-fetched", bytes: total, have });
        throw problem("fetch-failed");
      }
      onProgress({ have, total, source: "Hugging Face", stage: "downloading" });
      await pause(this.script.pace > 0 ? 120 : 0);
    }
    onProgress({ have: total, total, source: "Hugging Face", stage: "verifying" });
    await pause(this.script.pace > 0 ? 1200 : 0);
    this.#setState(id, { type: "ready" });
  }
  cancelFetch(id: string): Promise<void> {
    this.#cancelled.add(id);
    return Promise.resolve();
  }
  deleteModel(id: string): Promise<void> {
    this.calls.push(`deleteModel ${id}`);
    this.#setState(id, { type: "not-fetched", bytes: this.#bytes(id), have: 0 });
    return Promise.resolve();
  }
  modelLicences(): Promise<ModelLicence[]> {
    return Promise.resolve([
      { name: "Qwen2.5 Coder 1.5B", licence: "Apache-2.0", source: "https://huggingface.co/Qwen" },
      { name: "PP-OCRv6", licence: "Apache-2.0", source: "https://github.com/PaddlePaddle/PaddleOCR" },
      { name: "EfficientNet-Lite", licence: "Apache-2.0", source: "https://github.com/tensorflow/tpu" },
    ]);
  }
  #bytes(id: string): number {
    const recognisers = [...this.state.start.recognisers, ...this.voice.recognisers, this.speaking.neural];
    return recognisers.find((set) => set.id === id)?.bytes ?? 1_117_320_768;
  }
  #setState(id: string, state: Model["state"]): void {
    const { start } = this.state;
    start.models = start.models.map((model) => (model.id === id ? { ...model, state } : model));
    start.recognisers = start.recognisers.map((set) => (set.id === id ? { ...set, state } : set));
    this.voice.recognisers = this.voice.recognisers.map((known) => (known.id === id ? { ...known, state } : known));
    if (this.speaking.neural.id === id) this.speaking.setNeural(state);
  }

  saveSettings(settings: Settings): Promise<void> {
    if (this.settingsProblem) return Promise.reject(this.settingsProblem);
    const { start } = this.state;
    start.settings = settings;
    start.recognisers = start.recognisers.map((set) => ({ ...set, inUse: set.id === settings.recognisers }));
    const { recogniser } = settings.voice;
    this.voice.recognisers = this.voice.recognisers.map((known) => ({ ...known, inUse: known.id === recogniser }));
    return Promise.resolve();
  }
  spending(): Promise<Spending> {
    const now = new Date();
    const answers = this.state.messages.filter(({ model }) => model?.mind === "gemini");
    const model = answers[0]?.model;
    return Promise.resolve({
      since: new Date(now.getFullYear(), now.getMonth(), 1).getTime(),
      total: totalOf(answers),
      byModel: model ? [{ model, total: totalOf(answers) }] : [],
      pricesAsOf: "2026-11-23",
    });
  }
  keyStatus(): Promise<KeyStatus> {
    return Promise.resolve(this.state.start.key);
  }
  async checkKey(key: string | null): Promise<void> {
    this.calls.push(`checkKey ${key}`);
    await pause(this.script.pace > 0 ? 700 : 0);
    if (this.keyProblem) throw this.keyProblem;
  }
  saveKey(key: string, place: KeyPlace): Promise<KeyStatus> {
    this.calls.push(`saveKey ${key} ${place.type}`);
    return Promise.resolve(this.#keyNow(place.type));
  }
  unlockKey(passphrase: string): Promise<KeyStatus> {
    return passphrase === "wrong" ? Promise.reject(problem("wrong-passphrase")) : Promise.resolve(this.#keyNow("file"));
  }
  forgetKey(): Promise<KeyStatus> {
    this.calls.push("forgetKey");
    return Promise.resolve(this.#keyNow("none"));
  }
  #keyNow(source: KeyStatus["source"]): KeyStatus {
    this.state.start.key = { ...this.state.start.key, source };
    const state = source === "none" ? ({ type: "needs-key" } as const) : ({ type: "ready" } as const);
    this.state.start.models = this.state.start.models.map((model) =>
      model.mind === "gemini" ? { ...model, state } : model,
    );
    return this.state.start.key;
  }

  copyText(text: string): Promise<void> {
    this.copied.push(text);
    return Promise.resolve();
  }
  openLink(url: string): Promise<void> {
    this.opened.push(url);
    return Promise.resolve();
  }
  openDataFolder(): Promise<void> {
    this.calls.push("openDataFolder");
    return Promise.resolve();
  }
  quit(): Promise<void> {
    this.calls.push("quit");
    return Promise.resolve();
  }
  setTitle(): Promise<void> {
    return Promise.resolve();
  }

  #conversation(id: ConversationId): Conversation | undefined {
    return this.state.start.conversations.find((conversation) => conversation.id === id);
  }
  #put(conversation: Conversation): void {
    const others = this.state.start.conversations.filter(({ id }) => id !== conversation.id);
    this.state.start.conversations = [conversation, ...others];
  }
}
