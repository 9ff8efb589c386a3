/** The state of the window and what a person can do in it. It holds no truth: everything that lasts is the backend's. */
import { getContext, setContext, tick } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import type { Backend } from "./backend/backend";
import type {
  AnswerEvent,
  AnswerOptions,
  AskAction,
  AskRequest,
  Attachment,
  AttachmentEvent,
  AttachmentId,
  Conversation,
  ConversationId,
  FetchProgress,
  KeyPlace,
  KeyStatus,
  Message,
  Model,
  ModelRef,
  RecogniserSet,
  Settings,
  SpeechRecogniser,
  StartState,
  Stroke,
  VoiceSettings,
} from "./backend/bindings";
import { commandError } from "./backend/errors";
import { Camera } from "./camera/camera.svelte";
import { Draft, Drafts, EditDraft } from "./composer/drafts.svelte";
import { filesOf } from "./composer/files";
import { without } from "./composer/options";
import { attachmentsOf, bestModel, findModel, modelName, sameModel, textOf } from "./conversation/messages";
import { Thread } from "./conversation/thread.svelte";
import type { Language } from "./i18n/format";
import { locale, t } from "./i18n/i18n.svelte";
import { errorSentence, noticeSentence } from "./i18n/sentences";
import { Departure, type Leaving } from "./leaving/departure.svelte";
import { prepare } from "./markdown/extras";
import { Readings } from "./reading/readings.svelte";
import { SelfTest } from "./self-test/self-test.svelte";
import { Screen } from "./screen/screen.svelte";
import { Appearance } from "./settings/appearance.svelte";
import { NotArrived, type Showing } from "./showing";
import { ConversationMode } from "./speaking/conversation-mode.svelte";
import { Speaking } from "./speaking/speaking.svelte";
import { Videos } from "./video/videos.svelte";
import { Voice } from "./voice/voice.svelte";

/** What the person looks at large; `text`: with the text in the picture marked. */
export interface Viewed {
  attachments: Attachment[];
  index: number;
  text?: boolean;
  /** Where a video begins to play at once, in milliseconds. */
  at?: number;
  /** The draft they wait in: what is not asked yet can still be changed. */
  draft?: Draft;
}
/** How a fetch ended: `paused` by the person. */
type FetchEnd = "done" | "paused" | "failed";

export type SettingsPage = "general" | "gemini" | "models" | "voice" | "spending" | "self-test" | "about";
/** A longer answer is read from the page, at the reader's own pace. */
const LONGEST_ANNOUNCEMENT = 1200;
/** Below this width the list is a drawer over the conversation. */
export const DRAWER_BELOW = 720;

export class App {
  readonly version: string;
  readonly platform: StartState["platform"];
  readonly dataFolder: string;
  readonly #systemLanguage: Language;
  readonly appearance = new Appearance();

  settings = $state.raw<Settings>() as Settings;
  key = $state.raw<KeyStatus>() as KeyStatus;
  models = $state.raw<Model[]>([]);
  conversations = $state.raw<Conversation[]>([]);
  recognisers = $state.raw<RecogniserSet[]>([]);
  speechRecognisers = $state.raw<SpeechRecogniser[]>([]);
  readonly readings: Readings;
  readonly videos: Videos;
  readonly voice: Voice;
  readonly speaking: Speaking;
  readonly conversing: ConversationMode;
  readonly selfTest: SelfTest;
  readonly screen: Screen;
  readonly camera: Camera;
  readonly fetches = new SvelteMap<string, FetchProgress | null>();
  readonly fetchProblems = new SvelteMap<string, string>();

  thread = $state.raw<Thread | null>(null);
  model = $state.raw<ModelRef | null>(null);
  readonly drafts = new Drafts();
  readonly departure: Departure;
  /** How the next answer is to be made, for each conversation; `null` is the one that does not exist yet. */
  readonly #options = new SvelteMap<ConversationId | null, AnswerOptions>();
  /** Whether the conversation that does not exist yet is to stay on this computer. */
  #newLocalOnly = $state(false);
  /** Never shown: every thread gets its draft in `#show`. */
  readonly #spare = new Draft();
  /** A question on its way that has no message yet. */
  sending = $state(false);
  dragging = $state(false);
  settingsPage = $state<SettingsPage | null>(null);
  viewer = $state.raw<Viewed | null>(null);
  pickerOpen = $state(false);
  sidebarShown = $state(true);
  drawerOpen = $state(false);
  narrow = $state(false);
  /** The find field should take the keyboard. */
  findRequested = $state(false);
  /** Counts up when the composer should take the keyboard. */
  focusRequests = $state(0);
  /** Counts up when the conversation should go to its end. */
  endRequests = $state(0);
  announcement = $state("");
  problem = $state.raw<string | null>(null);

  /** Conversations with an answer being written, whether shown or not. */
  readonly #running = new SvelteMap<ConversationId, Thread>();
  #stopWhenStarted = false;
  /** A question waits for a changed transcript to be saved. */
  #awaitingTranscript = false;
  /** What is shown gives its picture for the question that is to be sent. */
  takingAlong = $state(false);
  /** Settles when the question asked last is answered, however that ended. */
  answered: Promise<void> = Promise.resolve();
  #opening = 0;

  readonly draft: Draft = $derived(this.drafts.shown(this.thread?.conversation.id ?? null) ?? this.#spare);
  readonly edited = $derived(this.draft instanceof EditDraft ? this.draft : null);
  readonly currentModel = $derived(findModel(this.models, this.model));
  /** The recognisers that read pictures, here or still to be fetched. */
  readonly recogniserSet = $derived(this.recognisers.find(({ inUse }) => inUse));
  readonly canReadPictures = $derived(this.recogniserSet?.state.type === "ready");
  /** The recogniser that understands speech, here or still to be fetched. */
  readonly speechRecogniser = $derived(this.speechRecognisers.find(({ inUse }) => inUse));
  readonly options: AnswerOptions = $derived(this.#options.get(this.thread?.conversation.id ?? null) ?? {});
  readonly localOnly = $derived(this.thread?.conversation.localOnly ?? this.#newLocalOnly);
  readonly busy = $derived(this.sending || this.thread?.writing !== undefined);
  readonly firstRun = $derived(
    !this.settings.welcomed && this.key.source === "none" && this.conversations.length === 0 && this.thread === null,
  );

  /** Whether this is the small window that begins anew each time and leaves the main window's place alone. */
  readonly quick: boolean;

  constructor(
    readonly backend: Backend,
    start: StartState,
    { quick = false }: { quick?: boolean } = {},
  ) {
    this.quick = quick;
    this.version = start.version;
    this.platform = start.platform;
    this.dataFolder = start.dataFolder;
    this.#systemLanguage = start.systemLanguage;
    this.settings = start.settings;
    this.key = start.key;
    this.models = start.models;
    this.recognisers = start.recognisers;
    this.readings = new Readings(backend);
    this.videos = new Videos(backend);
    this.voice = new Voice(this);
    this.speaking = new Speaking(this);
    this.conversing = new ConversationMode(this);
    this.screen = new Screen(this);
    this.camera = new Camera(this);
    this.departure = new Departure(this);
    this.selfTest = new SelfTest(this);
    this.conversations = start.conversations;
    this.#applySettings();
    if (start.open && !quick) this.#show(Thread.from(start.open));
    this.model = this.#startModel();
    this.#stayLocal();
    backend.onAttachment((event) => this.#attachment(event));
    void this.#learnSpeechRecognisers();
  }

  #show(thread: Thread): void {
    const { id, options } = thread.conversation;
    this.drafts.of(id);
    if (!this.#options.has(id)) this.#options.set(id, options);
    this.thread = thread;
  }

  /** Takes over what another window may have changed meanwhile. */
  relearn(start: StartState): void {
    this.settings = start.settings;
    this.key = start.key;
    this.models = start.models;
    this.recognisers = start.recognisers;
    this.conversations = start.conversations;
    this.#applySettings();
    if (!this.thread && this.currentModel?.state.type !== "ready") this.model = this.#startModel();
    this.#stayLocal();
  }

  #applySettings(): void {
    this.appearance.use(this.settings.theme);
    locale.use(this.settings.language === "system" ? this.#systemLanguage : this.settings.language);
  }

  #startModel(): ModelRef | null {
    const wanted = this.thread?.conversation.model ?? this.settings.model;
    const known = findModel(this.models, wanted);
    const ready = this.models.find((model) => model.state.type === "ready");
    const chosen = known?.state.type === "ready" ? known : (ready ?? known ?? this.models[0]);
    return chosen ? { mind: chosen.mind, id: chosen.id } : null;
  }

  /** Whether something lies over the window and takes its keys. */
  get covered(): boolean {
    const { departure, screen } = this;
    return this.settingsPage !== null || this.viewer !== null || departure.sheet !== null || screen.picker !== null;
  }

  isRunning(conversation: ConversationId): boolean {
    return this.#running.has(conversation);
  }

  /** Says something to a screen reader, also when it says the same as before. */
  announce(text: string): void {
    this.announcement = "";
    void tick().then(() => (this.announcement = text));
  }

  /** Runs something a person asked for; what goes wrong is said above the composer. */
  async attempt(action: () => Promise<void>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      this.problem = errorSentence(commandError(error));
      return false;
    }
  }

  // --- conversations ------------------------------------------------------------------------------------------------

  /** The person goes elsewhere: what was spoken about stays behind. */
  #hush(): void {
    this.conversing.end();
    this.camera.close();
    void this.speaking.stop();
  }

  newConversation(): void {
    this.#hush();
    this.#opening += 1;
    this.thread = null;
    this.drawerOpen = false;
    this.problem = null;
    this.departure.leave();
    this.#stayLocal();
    this.focusRequests += 1;
    void this.backend.setTitle("Castor").catch(() => undefined);
    this.#remember({ lastConversation: null });
  }

  async open(id: ConversationId): Promise<void> {
    this.drawerOpen = false;
    if (this.thread?.conversation.id === id) return;
    this.#hush();
    const turn = ++this.#opening;
    await this.attempt(async () => {
      const thread = this.#running.get(id) ?? Thread.from(await this.backend.openConversation(id));
      await prepare(thread.texts());
      // Another one was chosen while this one was read.
      if (turn !== this.#opening) return;
      this.problem = null;
      this.departure.leave();
      this.#show(thread);
      const model = findModel(this.models, thread.conversation.model);
      if (model) this.model = { mind: model.mind, id: model.id };
      this.#stayLocal();
      this.endRequests += 1;
      this.focusRequests += 1;
      await this.backend.setTitle(thread.conversation.title);
      this.#remember({ lastConversation: id });
    });
  }

  /** Reads an answer anew that is written without a channel to this window, after a reload. */
  async follow(): Promise<void> {
    const thread = this.thread;
    if (!thread?.unfollowed) return;
    const view = await this.backend.openConversation(thread.conversation.id);
    thread.replace(view);
  }

  async rename(id: ConversationId, title: string): Promise<void> {
    const trimmed = title.trim();
    const known = this.conversations.find((conversation) => conversation.id === id);
    if (trimmed === "" || trimmed === known?.title) return;
    await this.attempt(async () => {
      await this.backend.renameConversation(id, trimmed);
      this.conversations = this.conversations.map((conversation) =>
        conversation.id === id ? { ...conversation, title: trimmed } : conversation,
      );
      if (this.thread?.conversation.id === id) {
        this.thread.conversation = { ...this.thread.conversation, title: trimmed };
        await this.backend.setTitle(trimmed);
      }
    });
  }

  async delete(id: ConversationId): Promise<void> {
    await this.attempt(async () => {
      await this.backend.deleteConversation(id);
      this.conversations = this.conversations.filter((conversation) => conversation.id !== id);
      this.drafts.forget(id);
      this.#options.delete(id);
      if (this.thread?.conversation.id === id) this.newConversation();
    });
  }

  async showVersion(message: Message): Promise<void> {
    const thread = this.thread;
    if (!thread) return;
    await this.attempt(async () => {
      thread.conversation = await this.backend.showBranch(thread.conversation.id, message.id);
      this.#upsert(thread.conversation);
    });
  }

  #upsert(conversation: Conversation): void {
    this.conversations = [conversation, ...this.conversations.filter(({ id }) => id !== conversation.id)].sort(
      (one, other) => other.updatedAt - one.updatedAt,
    );
  }

  // --- staying on this computer -------------------------------------------------------------------------------------

  /** Keeps the conversation on this computer, or no longer. What is on its way elsewhere is stopped. */
  async setLocalOnly(localOnly: boolean): Promise<void> {
    const thread = this.thread;
    if (thread) {
      const done = await this.attempt(async () => {
        thread.conversation = await this.backend.setLocalOnly(thread.conversation.id, localOnly);
        this.#upsert(thread.conversation);
      });
      if (!done) return;
    } else this.#newLocalOnly = localOnly;
    if (this.thread === thread) this.#stayLocal();
    this.announce(t(localOnly ? "lockedOn" : "lockedOff"));
  }

  /** A locked conversation is asked of a model on this computer, or of none. */
  #stayLocal(): void {
    if (!this.localOnly || this.model?.mind === "local") return;
    const local = bestModel(this.models, "local", false);
    this.model = local ? { mind: local.mind, id: local.id } : null;
  }

  /** Whether a model may be asked here; says why where not. */
  #mayAsk(model: ModelRef): boolean {
    if (!this.localOnly || model.mind === "local") return true;
    this.problem = t("lockedNoGemini");
    return false;
  }

  // --- asking -------------------------------------------------------------------------------------------------------

  /** Sets how the next answer is to be made. */
  setOptions(options: AnswerOptions): void {
    this.#options.set(this.thread?.conversation.id ?? null, options);
  }

  /** What is shown to Castor and gives each question its picture. */
  get showings(): Showing[] {
    const { camera, screen } = this;
    return [...(screen.kept ? [screen.kept] : []), ...(camera.shown ? [camera] : [])];
  }

  /** Takes the pictures of what is shown along. Whether the question can go on: where one is missing, it says so and stays. */
  async #takeAlong(draft: Draft): Promise<boolean> {
    this.takingAlong = true;
    draft.problem = null;
    try {
      for (const showing of this.showings) {
        try {
          await showing.takeAlong(draft);
        } catch (error) {
          const why = error instanceof NotArrived ? null : errorSentence(commandError(error));
          draft.problem = t("alongFailed", { name: showing.label, why });
          return false;
        }
      }
      // The person has gone elsewhere meanwhile.
      return this.draft === draft;
    } finally {
      this.takingAlong = false;
    }
  }

  /** Sends what the composer holds, or marks it to be sent once its files are there. `takes`: with the pictures of what is shown. */
  async send(takes = true): Promise<void> {
    if (this.#awaitingTranscript || this.takingAlong) return;
    const { saving } = this.voice.transcripts;
    if (saving) {
      this.#awaitingTranscript = true;
      await saving;
      this.#awaitingTranscript = false;
    }
    const draft = this.draft;
    if (draft.isEmpty || this.busy || this.departure.checking) return;
    if (draft.adding.length > 0) {
      draft.sendWhenReady = true;
      return;
    }
    draft.sendWhenReady = false;
    if (takes && this.showings.length > 0) {
      if (!(await this.#takeAlong(draft))) return;
      // Something was dropped or asked meanwhile.
      return this.send(false);
    }
    const leaving = this.drafted();
    if (!leaving || (this.localOnly && !this.ready(leaving.request.model))) {
      this.settingsPage = "models";
      return;
    }
    const { text, attachments, views } = draft;
    const { request, thread } = leaving;
    draft.problem = null;
    try {
      if (!(await this.departure.mayLeave(leaving, () => void this.send(false)))) return;
    } catch (error) {
      draft.problem = t("sendFailed", { why: errorSentence(commandError(error)) });
      return;
    }
    // It was changed while it was looked through: what goes must be what was looked at.
    if (!draft.text.startsWith(text) || draft.attachments !== attachments || draft.views !== views)
      return this.send(false);
    // The field is free for the next thought at once; if nothing was saved, everything comes back.
    draft.text = draft.text.slice(text.length);
    draft.attachments = [];
    draft.views = {};
    draft.refused = [];
    if (draft instanceof EditDraft && thread) this.drafts.endEdit(thread.conversation.id);
    const failed = await this.#ask(thread, request, attachments);
    if (failed === null) return;
    if (draft instanceof EditDraft && thread) this.drafts.edit(thread.conversation.id, draft);
    draft.text = draft.text === "" ? text : `${text}\n${draft.text}`;
    draft.attachments = [...attachments, ...draft.attachments];
    draft.views = { ...views, ...draft.views };
    draft.problem = t("sendFailed", { why: failed });
    this.focusRequests += 1;
  }

  /** The question in the composer, as it would be asked; `null` while there is none, or nobody to ask. */
  drafted(): Leaving | null {
    const { draft, model, thread } = this;
    if (draft.isEmpty || draft.adding.length > 0 || !model) return null;
    const { text, files: attachments } = draft;
    const request = this.#request(
      thread,
      model,
      draft instanceof EditDraft
        ? { type: "edit", question: draft.question, text, attachments }
        : { type: "new", parent: thread?.conversation.head ?? null, text, attachments },
    );
    return { request, words: request, attachments: draft.attachments, thread };
  }

  #request(thread: Thread | null, model: ModelRef, action: AskAction): AskRequest {
    const conversation = thread?.conversation.id ?? null;
    return {
      conversation,
      model,
      action,
      options: this.#options.get(conversation) ?? {},
      localOnly: thread === null && this.#newLocalOnly,
    };
  }

  /** Shows what the question in the composer would send. */
  async lookWhatLeaves(): Promise<void> {
    const { draft } = this;
    if (this.takingAlong || this.drafted() === null) return;
    if (this.showings.length > 0 && !(await this.#takeAlong(draft))) return;
    const leaving = this.drafted();
    if (leaving) this.departure.look(leaving, () => void this.send(false));
  }

  /** Has the question of `answer` answered anew, by `model` where given. A model that is not ready leads to where it is made so. */
  async again(answer: Message, model: ModelRef | null = answer.model): Promise<void> {
    if (!this.thread || answer.parent === null || !model || !this.#mayAsk(model) || !this.ready(model)) return;
    // What Gemini was asked once may be asked of it again.
    const question = answer.model?.mind === "gemini" ? undefined : this.thread.message(answer.parent);
    await this.#askOrSay({ type: "again", question: answer.parent }, model, question);
  }

  async continue(answer: Message): Promise<void> {
    const model = answer.model;
    if (!this.thread || !model || !this.#mayAsk(model) || !this.ready(model)) return;
    if (textOf(answer) === "") return this.again(answer);
    await this.#askOrSay({ type: "continue", answer: answer.id }, model);
  }

  async stop(): Promise<void> {
    const answer = this.thread?.writing;
    if (answer) await this.attempt(() => this.backend.stop(answer.id));
    else if (this.sending) this.#stopWhenStarted = true;
  }

  /** Does not wait for the next try of an answer that is tried again by itself. */
  async retryNow(answer: Message): Promise<void> {
    const thread = this.thread;
    const { answered } = this;
    if (!thread || thread.writing?.id !== answer.id) return;
    if (!(await this.attempt(() => this.backend.stop(answer.id)))) return;
    await answered;
    const ended = thread.message(answer.id);
    // Something came after all, or the person has gone elsewhere meanwhile.
    if (this.thread !== thread || !ended || ended.status !== "stopped" || textOf(ended) !== "") return;
    await this.again(ended);
  }

  /** Lets the conversation of `answer` leave this computer again, and asks anew. */
  async liftLock(answer: Message): Promise<void> {
    const thread = this.thread;
    if (!thread || this.busy) return;
    const lifted = await this.attempt(async () => {
      thread.conversation = await this.backend.setLocalOnly(thread.conversation.id, false);
      this.#upsert(thread.conversation);
    });
    if (lifted && this.thread === thread) await this.again(answer);
  }

  /** Files of an answer that was given just now: the events only name them. */
  async #learnAttachments(thread: Thread): Promise<void> {
    const view = await this.backend.openConversation(thread.conversation.id);
    for (const attachment of view.attachments) thread.attachments.set(attachment.id, attachment);
  }

  /** Whether a model can be asked; leads to where it is made so. */
  ready(model: ModelRef | undefined): boolean {
    const state = findModel(this.models, model ?? null)?.state.type;
    if (state === "needs-key") this.settingsPage = "gemini";
    else if (!model || state === "not-fetched") this.settingsPage = "models";
    else return true;
    return false;
  }

  /** `words`: the question whose words and files go to a mind that had not seen them. */
  async #askOrSay(action: AskAction, { mind, id }: ModelRef, words?: Message): Promise<void> {
    const thread = this.thread;
    if (this.busy || this.departure.checking) return;
    const model = { mind, id };
    const request = this.#request(thread, model, action);
    const asNew = words && {
      ...request,
      action: { type: "new" as const, parent: words.parent, text: textOf(words), attachments: filesOf(words) },
    };
    const attachments = words ? attachmentsOf(words).flatMap((id) => thread?.attachments.get(id) ?? []) : [];
    const leaving = { request, words: asNew ?? null, attachments, thread };
    try {
      if (!(await this.departure.mayLeave(leaving, () => void this.#askOrSay(action, model, words)))) return;
    } catch (error) {
      this.problem = errorSentence(commandError(error));
      return;
    }
    if (this.thread === thread) this.model = model;
    const failed = await this.#ask(thread, request, []);
    if (failed !== null) this.problem = failed;
  }

  /** `null` when the question was saved, however its answer ended; otherwise the sentence that says why not. */
  async #ask(thread: Thread | null, request: AskRequest, attachments: Attachment[]): Promise<string | null> {
    const { model } = request;
    this.sending = true;
    this.#stopWhenStarted = false;
    this.problem = null;
    let shown = thread;
    const opened = this.#opening;
    const onEvent = (event: AnswerEvent) => {
      if (event.type === "started") {
        this.sending = false;
        if ("text" in request.action) for (const showing of this.showings) showing.asked();
        if (!shown) {
          shown = new Thread(event.conversation);
          this.#began(event.conversation.id, request);
          // Unless the person has gone elsewhere meanwhile.
          if (opened === this.#opening) {
            this.drafts.begin(event.conversation.id);
            this.#show(shown);
            this.#remember({ lastConversation: event.conversation.id });
            void this.backend.setTitle(event.conversation.title).catch(() => undefined);
          }
        }
        for (const attachment of attachments) shown.attachments.set(attachment.id, attachment);
        this.#running.set(event.conversation.id, shown);
        shown.handle(event, locale.language);
        this.#upsert(event.conversation);
        if (this.thread === shown) {
          this.endRequests += 1;
          this.#readAloud(event.question, event.answer, request);
        }
        this.announce(t("answerBegun", { name: modelName(this.models, model) }));
        if (this.#stopWhenStarted) void this.attempt(() => this.backend.stop(event.answer.id));
        return;
      }
      shown?.handle(event, locale.language);
      if (event.type === "part" && event.part.type === "attachment" && shown) {
        const named = shown;
        void this.attempt(() => this.#learnAttachments(named));
      }
      if (event.type === "finished") {
        this.#running.delete(event.conversation.id);
        this.#upsert(event.conversation);
        this.conversing.finished(event.message);
        if (this.thread === shown) {
          void this.backend.setTitle(event.conversation.title).catch(() => undefined);
          this.#announceEnd(event.message, modelName(this.models, model));
        }
      }
    };
    let done: () => void = () => undefined;
    this.answered = new Promise((resolve) => (done = resolve));
    try {
      await this.backend.ask(request, onEvent);
      return null;
    } catch (error) {
      return errorSentence(commandError(error));
    } finally {
      this.sending = false;
      if (shown) this.#running.delete(shown.conversation.id);
      done();
    }
  }

  /** Reads an answer from its beginning on, where that is wanted: one that is continued was heard, and JSON is for the eye. */
  #readAloud(question: Message, answer: Message, { options }: AskRequest): void {
    const spoken = answer.parts.length === 0 && !options?.schema;
    if (!this.conversing.begun(answer, spoken) && spoken) this.speaking.begun(question, answer);
  }

  /** The next conversation begins as this one did, but for what is about one question and for the lock. */
  #began(conversation: ConversationId, { options }: AskRequest): void {
    const chosen = options ?? {};
    this.#options.set(conversation, chosen);
    this.#options.set(null, without(chosen, "schema"));
    this.#newLocalOnly = false;
  }

  #announceEnd(answer: Message, name: string): void {
    const { notice, status } = answer;
    const text = textOf(answer);
    if (notice) this.announce(noticeSentence(notice.code, name, text !== ""));
    else if (status === "stopped") this.announce(t("stoppedText"));
    // What is read aloud need not be said by a screen reader as well.
    else if (this.speaking.answer !== answer.id) {
      // Marks of Markdown are for the eye.
      this.announce(`${t("answerFrom", { name })}: ${text.replace(/[*_#`|>]+/g, " ").slice(0, LONGEST_ANNOUNCEMENT)}`);
    }
  }

  edit(question: Message): void {
    const thread = this.thread;
    if (!thread || this.busy) return;
    const attachments = attachmentsOf(question).flatMap((id) => thread.attachments.get(id) ?? []);
    const views = Object.fromEntries(filesOf(question).flatMap(({ id, view }) => (view ? [[id, view]] : [])));
    this.drafts.edit(thread.conversation.id, new EditDraft(question.id, textOf(question), attachments, views));
    this.#readInBackground(attachments);
    this.focusRequests += 1;
  }

  editLast(): boolean {
    const question = this.thread?.path.findLast((message) => message.role === "user");
    if (!question || this.busy) return false;
    this.edit(question);
    return true;
  }

  cancelEdit(): void {
    const thread = this.thread;
    const draft = this.edited;
    if (!thread || !draft) return;
    for (const { id } of draft.attachments) {
      if (draft.original.some((original) => original.id === id)) continue;
      this.#forget(id);
      void this.attempt(() => this.backend.removeAttachment(id));
    }
    this.drafts.endEdit(thread.conversation.id);
    this.focusRequests += 1;
  }

  // --- attachments --------------------------------------------------------------------------------------------------

  #attachment(event: AttachmentEvent): void {
    const target = this.thread ? (this.edited ?? this.drafts.of(this.thread.conversation.id)) : this.drafts.of(null);
    switch (event.type) {
      case "dragging":
        this.dragging = event.over;
        break;
      case "adding":
        this.dragging = false;
        if (this.firstRun && !this.quick && !this.settings.welcomed) void this.#save({ welcomed: true });
        this.drafts.adding(target, { token: event.token, name: event.name });
        // Whoever takes picture after picture keeps the keyboard.
        if (!this.camera.focused) this.focusRequests += 1;
        break;
      case "added":
        this.drafts.added(event.token, event.attachment, target);
        this.#readInBackground([event.attachment]);
        this.sendWaiting();
        break;
      case "refused":
        this.drafts.refused({ token: event.token, name: event.name, problem: event.problem }, target);
        break;
    }
  }

  /** Sends the question that waited for its files, once they are there. */
  sendWaiting(): void {
    const draft = this.draft;
    if (draft.sendWhenReady && draft.adding.length === 0) void this.send();
  }

  async removeAttachment(draft: Draft, id: AttachmentId): Promise<void> {
    draft.remove(id);
    this.#forget(id);
    // What an earlier question holds stays there.
    if (draft instanceof EditDraft && draft.original.some((original) => original.id === id)) return;
    await this.attempt(() => this.backend.removeAttachment(id));
  }

  /** What was made out in a file that leaves the composer, and what plays of it. */
  #forget(id: AttachmentId): void {
    this.readings.forget(id);
    this.voice.transcripts.forget(id);
    void this.attempt(() => this.voice.player.forget(id));
  }

  /** Blacks parts of a picture out, for good: the draft holds the new picture in its place. Rejects with a `CommandError`. */
  async redact(draft: Draft, id: AttachmentId, strokes: Stroke[]): Promise<void> {
    const redacted = await this.backend.redactPicture(id, strokes);
    draft.replace(id, redacted);
    this.readings.forget(id);
    this.#readInBackground([redacted]);
  }

  /** Reads pictures before anybody asks, where the recognisers are here; says nothing where they are not. */
  #readInBackground(attachments: Attachment[]): void {
    if (!this.canReadPictures) return;
    for (const { id, kind } of attachments) if (kind === "image") void this.readings.read(id);
  }

  async stopReading(id: AttachmentId): Promise<void> {
    await this.attempt(() => this.readings.stop(id));
  }

  /** Puts text on the clipboard and says so. */
  async copy(text: string): Promise<boolean> {
    const copied = await this.attempt(() => this.backend.copyText(text));
    if (copied) this.announce(t("copied"));
    return copied;
  }

  // --- models, key and settings -------------------------------------------------------------------------------------

  choose(model: Model): void {
    if (!this.#mayAsk(model) || !this.ready(model)) return;
    this.model = { mind: model.mind, id: model.id };
    this.#remember({ model: this.model });
  }

  /** Goes to the other mind: its model used last, else its best one that is ready. */
  switchMind(): void {
    const other = bestModel(
      this.models,
      this.model?.mind === "local" ? "gemini" : "local",
      this.draft.attachments.length > 0,
    );
    if (!other) return;
    this.choose(other);
    if (sameModel(this.model, other)) this.announce(t("nowAsking", { name: other.name }));
  }

  /** Fetches a model, after the recognisers it answers about pictures with. Whether the model is here. */
  async fetch(model: Model, recognisers?: RecogniserSet): Promise<boolean> {
    // Without them it still answers in words; their own place says what went wrong.
    if (recognisers && !this.fetches.has(recognisers.id) && (await this.#fetch(recognisers.id)) === "paused")
      return false;
    if ((await this.#fetch(model.id)) !== "done") return false;
    if (this.currentModel?.state.type !== "ready") this.choose(this.models.find(({ id }) => id === model.id) ?? model);
    return true;
  }

  /** Fetches recognisers, of pictures or of speech. */
  async fetchRecognisers({ id }: { id: string }): Promise<boolean> {
    return (await this.#fetch(id)) === "done";
  }

  async #fetch(id: string): Promise<FetchEnd> {
    if (this.fetches.has(id)) return "paused";
    this.fetches.set(id, null);
    this.fetchProblems.delete(id);
    let end: FetchEnd = "done";
    try {
      await this.backend.fetchModel(id, (progress) => {
        if (this.fetches.has(id)) this.fetches.set(id, progress);
      });
    } catch (error) {
      // Pausing rejects as well; that is no problem to tell.
      end = this.fetches.has(id) ? "failed" : "paused";
      if (end === "failed") this.fetchProblems.set(id, t("fetchFailed", { why: errorSentence(commandError(error)) }));
    }
    this.fetches.delete(id);
    await this.refreshModels();
    return end;
  }

  async cancelFetch(id: string): Promise<void> {
    this.fetches.delete(id);
    await this.attempt(() => this.backend.cancelFetch(id));
    await this.refreshModels();
  }

  async deleteModel(id: string): Promise<void> {
    await this.attempt(() => this.backend.deleteModel(id));
    await this.refreshModels();
  }

  async useSpeechRecogniser(id: string): Promise<void> {
    if (await this.saveVoice({ recogniser: id })) await this.#learnSpeechRecognisers();
  }

  async useRecognisers(id: string): Promise<void> {
    if (await this.#save({ recognisers: id })) await this.refreshModels();
  }

  /** Models and recognisers: both come and go by fetching and deleting. */
  async refreshModels(): Promise<void> {
    const couldRead = this.canReadPictures;
    await this.#learnSpeechRecognisers();
    await this.speaking.refresh();
    await this.attempt(async () => {
      [this.models, this.recognisers] = await Promise.all([this.backend.models(), this.backend.recognisers()]);
    });
    if (couldRead || !this.canReadPictures) return;
    this.readings.recognisersCame();
    this.#readInBackground(this.draft.attachments);
  }

  /** They are all on this computer, or known by name: nobody else is asked. */
  async #learnSpeechRecognisers(): Promise<void> {
    const couldHear = this.speechRecogniser?.state.type === "ready";
    await this.attempt(async () => {
      this.speechRecognisers = await this.backend.speechRecognisers();
    });
    if (!couldHear && this.speechRecogniser?.state.type === "ready") this.voice.transcripts.recogniserCame();
  }

  /** Rejects with a `CommandError`: the form says it beside the field. */
  async saveKey(key: string, place: KeyPlace): Promise<void> {
    await this.#keyChanged(await this.backend.saveKey(key, place));
  }

  async unlockKey(passphrase: string): Promise<void> {
    await this.#keyChanged(await this.backend.unlockKey(passphrase));
  }

  async forgetKey(): Promise<void> {
    await this.#keyChanged(await this.backend.forgetKey());
  }

  async #keyChanged(key: KeyStatus): Promise<void> {
    this.key = key;
    await this.refreshModels();
    if (this.currentModel?.state.type !== "ready") {
      const gemini = this.models.find((model) => model.mind === "gemini" && model.state.type === "ready");
      if (gemini && !this.localOnly) this.choose(gemini);
    }
  }

  welcome(model?: Model): void {
    if (model) this.choose(model);
    void this.#save({ welcomed: true });
    this.focusRequests += 1;
  }

  async saveSettings(change: Partial<Settings>): Promise<boolean> {
    return this.#save(change);
  }

  async saveVoice(change: Partial<VoiceSettings>): Promise<boolean> {
    return this.#save({ voice: { ...this.settings.voice, ...change } });
  }

  /** As {@link saveSettings}, for a form that says itself what cannot be saved: rejects with a `CommandError`. */
  async trySettings(change: Partial<Settings>): Promise<void> {
    const changed = { ...this.settings, ...change };
    await this.backend.saveSettings(changed);
    this.settings = { ...this.settings, ...change };
  }

  /** Keeps where the person is, for the next start. */
  #remember(change: Pick<Partial<Settings>, "lastConversation" | "model">): void {
    if (!this.quick) void this.#save(change);
  }

  async #save(change: Partial<Settings>): Promise<boolean> {
    const before = this.settings;
    this.settings = { ...this.settings, ...change };
    this.#applySettings();
    const saved = await this.attempt(() => this.backend.saveSettings(this.settings));
    if (!saved) {
      this.settings = before;
      this.#applySettings();
    }
    return saved;
  }

  openLink(url: string): void {
    void this.attempt(() => this.backend.openLink(url));
  }

  closeDrawer(): void {
    this.drawerOpen = false;
    this.focusRequests += 1;
  }

  toggleSidebar(): void {
    if (this.narrow) this.drawerOpen = !this.drawerOpen;
    else this.sidebarShown = !this.sidebarShown;
  }
}

const KEY = Symbol("app");
export const provideApp = (app: App): App => setContext(KEY, app);
export const useApp = (): App => getContext<App>(KEY);
