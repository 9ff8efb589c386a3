/** One conversation with its tree of messages, as far as the window knows it. */
import { SvelteMap } from "svelte/reactivity";
import type {
  AnswerEvent,
  Attachment,
  AttachmentId,
  Conversation,
  ConversationView,
  Message,
  MessageId,
} from "../backend/bindings";
import { renderMarkdown, type Block } from "../markdown/document";
import { LiveAnswer } from "./live-answer.svelte";
import { attachmentsOf, textOf } from "./messages";

export class Thread {
  conversation: Conversation = $state.raw() as Conversation;
  readonly attachments = new SvelteMap<AttachmentId, Attachment>();
  readonly live = new SvelteMap<MessageId, LiveAnswer>();
  readonly #messages = new SvelteMap<MessageId, Message>();
  /** Rendered answers, so that a finished one keeps the blocks it was streamed in. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- a cache, written while the page is drawn
  readonly #rendered = new Map<MessageId, { text: string; language: string; blocks: Block[] }>();

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
  readonly pictureNumbers = $derived.by(() => {
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- derived as a whole, never changed afterwards
    const numbers = new Map<AttachmentId, number>();
    for (const message of this.path) {
      if (message.role !== "user") continue;
      for (const id of attachmentsOf(message)) {
        if (this.attachments.get(id)?.kind === "image" && !numbers.has(id)) numbers.set(id, numbers.size + 1);
      }
    }
    if (numbers.size < 2) numbers.clear();
    return numbers;
  });

  /** The answer being written on the shown branch. */
  readonly writing = $derived(this.path.find((message) => message.role === "model" && message.status === "streaming"));
  /** Whether something is written here that no channel of this window tells about. */
  readonly unfollowed = $derived(this.writing !== undefined && !this.live.has(this.writing.id));

  message(id: MessageId): Message | undefined {
    return this.#messages.get(id);
  }

  /** All versions of a message, the oldest first. */
  versions(message: Message): Message[] {
    return this.#children.get(message.parent)?.filter((sibling) => sibling.role === message.role) ?? [message];
  }

  texts(): string[] {
    return this.path.map(textOf);
  }

  /** The blocks of a finished answer. */
  blocks(message: Message, language: string): Block[] {
    const text = textOf(message);
    const known = this.#rendered.get(message.id);
    if (known?.text === text && known.language === language) return known.blocks;
    const blocks = renderMarkdown(text);
    this.#rendered.set(message.id, { text, language, blocks });
    return blocks;
  }

  handle(event: AnswerEvent, language: string): void {
    switch (event.type) {
      case "started":
        this.conversation = event.conversation;
        this.#messages.set(event.question.id, event.question);
        this.#messages.set(event.answer.id, event.answer);
        this.live.set(event.answer.id, new LiveAnswer(textOf(event.answer)));
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
      case "retrying": {
        const live = this.live.get(event.answer);
        if (live) live.retrying = { notice: event.notice, since: Date.now() };
        break;
      }
      case "finished": {
        const live = this.live.get(event.message.id);
        const text = textOf(event.message);
        if (live && live.text === text) this.#rendered.set(event.message.id, { text, language, blocks: live.finish() });
        this.conversation = event.conversation;
        this.#messages.set(event.message.id, event.message);
        this.live.delete(event.message.id);
        break;
      }
    }
  }
}
