/**
 * What the window needs from the app. `tauri.ts` implements it over the bridge, `fake.ts` in memory for tests and design work.
 * Every promise rejects with a `CommandError`.
 */
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
  AskRequest,
  Attachment,
  AttachmentEvent,
  AttachmentId,
  Conversation,
  ConversationId,
  ConversationView,
  FetchProgress,
  FoundSecret,
  KeyPlace,
  KeyStatus,
  MessageId,
  Microphone,
  Model,
  ModelLicence,
  PictureReading,
  Preview,
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

export interface Backend {
  start(): Promise<StartState>;
  /** Tell the app that a frame is on the screen and the composer takes keys. */
  ready(): Promise<void>;

  conversations(): Promise<Conversation[]>;
  openConversation(id: ConversationId): Promise<ConversationView>;
  renameConversation(id: ConversationId, title: string): Promise<void>;
  deleteConversation(id: ConversationId): Promise<void>;
  /** Shows the branch that holds `message`: the head moves to the newest leaf under it. */
  showBranch(conversation: ConversationId, message: MessageId): Promise<Conversation>;
  /** Keeps it on this computer, or no longer. */
  setLocalOnly(id: ConversationId, localOnly: boolean): Promise<Conversation>;
  /** What it came to so far. */
  conversationSpending(id: ConversationId): Promise<Total>;

  /** Opens the system's file dialog; what is chosen arrives as attachment events. */
  pickFiles(): Promise<void>;
  /** Takes copied files, or a copied picture when the clipboard holds no text. True when something was taken (it arrives as attachment events). */
  paste(hasText: boolean): Promise<boolean>;
  removeAttachment(id: AttachmentId): Promise<void>;
  /** The text of a text attachment. */
  attachmentText(id: AttachmentId): Promise<string>;
  /** A copy of a picture with parts of it blacked out for good, in place of the draft it was made from. */
  redactPicture(id: AttachmentId, strokes: Stroke[]): Promise<Attachment>;
  onAttachment(listener: (event: AttachmentEvent) => void): () => void;
  /** Address of a picture the web view can show: upright, in a format it knows. */
  pictureUrl(id: AttachmentId, size: "thumbnail" | "display"): string;

  /**
   * Notes of a picture, kept from before or made now; joins a reading that is under way. `onProgress` is told from 0 to 1.
   * Rejects with `recognisers-missing`, or `cancelled` once it was stopped.
   */
  readPicture(id: AttachmentId, onProgress: (fraction: number) => void): Promise<PictureReading>;
  stopReading(id: AttachmentId): Promise<void>;
  /** The sets of recognisers that read pictures. Their ids are fetched and deleted like models'. */
  recognisers(): Promise<RecogniserSet[]>;

  microphones(): Promise<Microphone[]>;
  /**
   * Records with the microphone of the settings and resolves when it ended: with what was recorded, also before a fault, or `null` when
   * it was cancelled or nothing was heard. Rejects where nothing could be recorded at all.
   */
  record(options: RecordOptions, onEvent: (event: RecordingEvent) => void): Promise<Attachment | null>;
  /** Ends the recording and keeps it. */
  stopRecording(): Promise<void>;
  /** Ends the recording and throws it away. */
  cancelRecording(): Promise<void>;
  /** How loud a sound is over its length, as `bars` numbers from 0 to 1. */
  soundShape(id: AttachmentId, bars: number): Promise<SoundShape>;
  /** Plays a sound; `onPosition` is told milliseconds. Resolves at its end or once it was stopped: by another one, too. */
  playSound(id: AttachmentId, fromMs: number, onPosition: (position: number) => void): Promise<void>;
  stopPlaying(): Promise<void>;
  /** What is said in a recording, where that is known. */
  transcript(id: AttachmentId): Promise<Transcript | null>;
  /** Finds that out, or joins in where it is under way. Rejects with `speech-recogniser-missing`, or `cancelled` once it was stopped. */
  transcribe(id: AttachmentId, onEvent: (event: TranscribeEvent) => void): Promise<Transcript>;
  stopTranscribing(id: AttachmentId): Promise<void>;
  editTranscript(id: AttachmentId, text: string): Promise<Transcript>;
  /** Saves a transcript where the person says; false when they closed the dialog. */
  exportTranscript(id: AttachmentId, format: TranscriptFormat): Promise<boolean>;
  /** The recognisers that understand speech. Their ids are fetched and deleted like models'. */
  speechRecognisers(): Promise<SpeechRecogniser[]>;

  /** What can read aloud. The neural voice is fetched and deleted like a model. */
  spokenVoices(): Promise<SpokenVoices>;
  /**
   * Reads an answer aloud and follows it while it is written. Resolves when it was said to its end or stopped: by another one or a sound
   * that plays, too. Rejects with `no-voice` where nothing speaks its language.
   */
  speakAnswer(id: MessageId, onEvent: (event: SpeakingEvent) => void): Promise<void>;
  stopSpeaking(): Promise<void>;
  /** Says a sentence with a voice, at a speed from 0.5 to 2. Resolves when it was said or stopped. */
  tryVoice(voice: string, speed: number): Promise<void>;

  /** Takes an encoded picture (JPEG or PNG) into the composer as if it were dropped; it arrives as attachment events. */
  keepPicture(picture: ArrayBuffer, name: string): Promise<void>;
  /** What cameras the system names: for where the web view cannot open one itself. */
  cameras(): Promise<NativeCamera[]>;
  /** Shows what a camera of the system sees, as JPEG pictures. Resolves once it is closed; rejects with `no-camera`, `camera-busy`, `camera-denied`, `camera-lost`. */
  openCamera(id: string, options: CameraOptions, onFrame: (picture: ArrayBuffer) => void): Promise<void>;
  closeCamera(): Promise<void>;
  /**
   * Records a clip of the frames handed over with `clipFrame`, at most 60 s, with the microphone of the settings. Resolves when it ended: with
   * the video, or `null` when it was cancelled. Rejects where nothing was recorded.
   */
  recordClip(options: ClipOptions, onEvent: (event: ClipEvent) => void): Promise<Attachment | null>;
  /** Hands over a JPEG picture of the clip. `takenAt`: milliseconds since 1970, as `performance.timeOrigin + performance.now()`. */
  clipFrame(picture: ArrayBuffer, takenAt: number): Promise<void>;
  stopClip(): Promise<void>;
  cancelClip(): Promise<void>;
  videoInfo(id: AttachmentId): Promise<VideoInfo>;
  /** Where `<video>` plays an attachment from: it can jump. */
  mediaAddress(id: AttachmentId): Promise<string>;
  /** Address of a small picture of a video at a moment. */
  momentUrl(id: AttachmentId, milliseconds: number): string;

  screenSources(): Promise<ScreenSources>;
  /** A JPEG of a screen or window as it is now, at most `edge` pixels wide or high. */
  screenPreview(id: string, edge: number): Promise<ArrayBuffer>;
  /** Takes a picture at full resolution into the composer. False where the person changed their mind in the system's own dialog. */
  captureScreen(target: ScreenTarget): Promise<boolean>;
  /** Begins to keep the last seconds of a screen or window in memory, in place of another one's. */
  watchScreen(id: string): Promise<void>;
  /** Keeps no seconds any more, and forgets those that were kept. */
  unwatchScreen(): Promise<void>;
  /** Makes a clip of the last seconds of the screen that is watched. `null` where there are no seconds yet. */
  keepScreenClip(seconds: number): Promise<Attachment | null>;
  /** Lets the person drag a region on the screen, over every window; what they choose arrives as attachment events of that window. */
  captureRegion(then: RegionUse): Promise<void>;
  /** In the region window: the frozen screen, a PNG. */
  regionShot(): Promise<ArrayBuffer>;
  chooseRegion(region: Region): Promise<void>;
  cancelRegion(): Promise<void>;
  showQuick(): Promise<void>;
  hideQuick(): Promise<void>;
  openInMain(id: ConversationId): Promise<void>;
  shortcutStates(): Promise<ShortcutState[]>;
  onShell(listener: (event: ShellEvent) => void): () => void;

  /** Tries everything Castor works with; findings come one after the other. Resolves after the last. */
  selfTest(onFinding: (finding: Finding) => void): Promise<void>;
  /** Plays a short sound. Resolves at its end; rejects where nothing plays. */
  playTestSound(): Promise<void>;

  /** Resolves when the answer has ended, however it ended; rejects only when nothing was saved. */
  ask(request: AskRequest, onEvent: (event: AnswerEvent) => void): Promise<void>;
  stop(answer: MessageId): Promise<void>;
  /** What a question would send. With `count` the provider counts its tokens, which sends it. */
  preview(request: AskRequest, count: boolean): Promise<Preview>;
  /** What in the words and text files of a question looks like a secret. */
  findSecrets(request: AskRequest): Promise<FoundSecret[]>;
  /** Why a text is no JSON Schema; `null` when it is one. */
  schemaProblem(schema: string): Promise<string | null>;

  models(): Promise<Model[]>;
  fetchModel(id: string, onProgress: (progress: FetchProgress) => void): Promise<void>;
  cancelFetch(id: string): Promise<void>;
  deleteModel(id: string): Promise<void>;
  modelLicences(): Promise<ModelLicence[]>;

  saveSettings(settings: Settings): Promise<void>;
  /** What was spent this month. */
  spending(): Promise<Spending>;
  keyStatus(): Promise<KeyStatus>;
  /** Asks the API whether `key` (or, with null, the key in use) is accepted. */
  checkKey(key: string | null): Promise<void>;
  saveKey(key: string, place: KeyPlace): Promise<KeyStatus>;
  unlockKey(passphrase: string): Promise<KeyStatus>;
  forgetKey(): Promise<KeyStatus>;

  /** Copies text through the system clipboard. */
  copyText(text: string): Promise<void>;
  /** Opens an http(s) or mailto link in the system's browser, after the person's click. */
  openLink(url: string): Promise<void>;
  openDataFolder(): Promise<void>;
  /** The title of the system window. */
  setTitle(title: string): Promise<void>;
  /** Ends the program, also where it would stay ready without a window. */
  quit(): Promise<void>;
}
