/** One conversation with its tree of messages, as far as the window knows it. */
import { SvelteMap } from "svelte/reactivity";
import type {
  AnswerEvent,
  Attachment,
  AttachmentId,
  Conversation,
  ConversationView,
  MediaKind,
  Message,
  MessageId,
} from "../backend/bindings";
import { renderMarkdown } from "../markdown/document";
import { LiveAnswer } from "./live-answer.svelte";
import { attachmentsOf, textOf } from "./messages";
import { segmentsOf, type ShownSegment } from "./segments";
import { marksIn, marksOf } from "./sources";

/** Files of a kind on a branch by first appearance, from 1; none while there is one. */
function numbered(
  path: Message[],
  attachments: ReadonlyMap<AttachmentId, Attachment>,
  kind: MediaKind,
): Map<AttachmentId, number> {
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- derived as a whole, never changed afterwards
  const numbers = new Map<AttachmentId, number>();
  for (const message of path) {
    if (message.role !== "user") continue;
    for (const id of attachmentsOf(message)) {
      if (attachments.get(id)?.kind === kind && !numbers.has(id)) numbers.set(id, numbers.size + 1);
    }
  }
  if (numbers.size < 2) numbers.clear();
  return numbers;
}

export class Thread {
  conversation: Conversation = $state.raw() as Conversation;
  readonly attachments = new SvelteMap<AttachmentId, Attachment>();
  readonly live = new SvelteMap<MessageId, LiveAnswer>();
  readonly #messages = new SvelteMap<MessageId, Message>();
  /** Rendered answers, so that a finished one keeps the blocks it was streamed in. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- a cache, written while the page is drawn
  readonly #rendered = new Map<
    MessageId,
    { message: Message; language: string; longest: number; segments: ShownSegment[] }
  >();

  constructor(conversation: Conversation) {
    this.conversation = conversation;
  }

  static from(view: ConversationView): Thread {
    const thread = new Thread(view.conversation);
    thread.replace(view);
    return thread;
  }

  replace(view: ConversationView): void {
    this.conversation = view.conversation;
    for (const message of view.messages) this.#messages.set(message.id, message);
    for (const attachment of view.attachments) this.attachments.set(attachment.id, attachment);
  }

  readonly #children = $derived.by(() => {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- derived as a whole, never changed afterwards
    const children = new Map<MessageId | null, Message[]>();
    for (const message of this.#messages.values()) {
      const siblings = children.get(message.parent);
      if (siblings) siblings.push(message);
      else children.set(message.parent, [message]);
    }
    for (const siblings of children.values()) {
      siblings.sort((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1));
    }
    return children;
  });

  /** The branch that is shown, first question first. */
  readonly path = $derived.by(() => {
    const path: Message[] = [];
    let next = this.conversation.head;
    while (next !== null) {
      const message = this.#messages.get(next);
      // A cycle cannot come from the store; a missing parent ends the walk.
      if (!message || path.length > this.#messages.size) break;
      path.push(message);
      next = message.parent;
    }
    return path.reverse();
  });

  /** Numbers of the pictures on the shown branch, by first appearance; notes and answers call them so. None while there is one picture. */
  readonly pictureNumbers = $derived(numbered(this.path, this.attachments, "image"));

  /** Numbers of the videos on the shown branch, by first appearance; none while there is one. */
  readonly videoNumbers = $derived(numbered(this.path, this.attachments, "video"));

  /** The answer being written on the shown branch. */
  readonly writing = $derived(this.path.find((message) => message.role === "model" && message.status === "streaming"));
  /** Whether something is written here that no channel of this window tells about. */
  readonly unfollowed = $derived(this.writing !== undefined && !this.live.has(this.writing.id));

  /** The videos and recordings of the questions before an answer, the oldest first. */
  mediaBefore(answer: Message): Attachment[] {
    const before: Attachment[][] = [];
    let next = answer.parent;
    while (next !== null && before.length <= this.#messages.size) {
      const message = this.#messages.get(next);
      if (!message) break;
      const own = message.role === "user" ? attachmentsOf(message) : [];
      before.push(own.flatMap((id) => this.attachments.get(id) ?? []));
      next = message.parent;
    }
    return before
      .reverse()
      .flat()
      .filter(({ kind }) => kind === "video" || kind === "audio");
  }

  message(id: MessageId): Message | undefined {
    return this.#messages.get(id);
  }

  /** All versions of a message, the oldest first. */
  versions(message: Message): Message[] {
    return this.#children.get(message.parent)?.filter((sibling) => sibling.role === message.role) ?? [message];
  }

  /** All that is rendered on the shown branch. */
  texts(): string[] {
    return this.path.flatMap(({ parts, structure }) => [
      ...parts.map((part) => (part.type === "text" || part.type === "thought" ? part.text : "")),
      // Code of its own is highlighted as it is within a text.
      ...(structure !== null || parts.some(({ type }) => type === "code") ? ["```"] : []),
    ]);
  }

  /**
   * A finished answer. What `live` has rendered is kept where nothing is marked in it. `longest`: how long the longest video or recording
   * before it is, in milliseconds.
   */
  segments(message: Message, language: string, longest = 0, live: ShownSegment[] = []): ShownSegment[] {
    const known = this.#rendered.get(message.id);
    if (known?.message === message && known.language === language && known.longest === longest) return known.segments;
    const marks = marksOf(textOf(message), message.sources);
    let start = 0;
    const segments = segmentsOf(message.parts).map((segment, index): ShownSegment => {
      if (segment.type === "part") return segment;
      const { type } = segment;
      const text = segment.text.replaceAll("\r", "");
      const own = type === "text" ? marksIn(marks, start, start + text.length) : [];
      if (type === "text") start += text.length;
      const before = live[index];
      if (own.length === 0 && before?.type === type && before.text === text) return before;
      return { type, text, blocks: renderMarkdown(text, own, longest) };
    });
    this.#rendered.set(message.id, { message, language, longest, segments });
    return segments;
  }

  handle(event: AnswerEvent, language: string): void {
    switch (event.type) {
      case "started":
        this.conversation = event.conversation;
        this.#messages.set(event.question.id, event.question);
        this.#messages.set(event.answer.id, event.answer);
        this.live.set(event.answer.id, new LiveAnswer(event.answer.parts));
        break;
      case "receipt": {
        const answer = this.#messages.get(event.answer);
        if (answer) this.#messages.set(answer.id, { ...answer, receipt: event.receipt });
        break;
      }
      case "stage": {
        const live = this.live.get(event.answer);
        if (live) live.stage = event.stage;
        break;
      }
      case "delta":
        this.live.get(event.answer)?.append(event.text);
        break;
      case "thought":
        this.live.get(event.answer)?.append(event.text, "thought");
        break;
      case "part":
        if (event.part.type === "text" || event.part.type === "thought") {
          this.live.get(event.answer)?.append(event.part.text, event.part.type);
        } else this.live.get(event.answer)?.add(event.part);
        break;
      case "sources": {
        const live = this.live.get(event.answer);
        if (live) live.sources = event.sources;
        break;
      }
      case "retrying": {
        const live = this.live.get(event.answer);
        if (live) live.retrying = { notice: event.notice, since: Date.now() };
        break;
      }
      case "finished": {
        const live = this.live.get(event.message.id);
        if (live) this.segments(event.message, language, live.longest, live.finish());
        this.conversation = event.conversation;
        this.#messages.set(event.message.id, event.message);
        this.live.delete(event.message.id);
        break;
      }
    }
  }
}
