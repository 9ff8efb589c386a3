/** What a person has begun to ask, for each conversation: text, files, and what was refused. Kept while the window lives. */
import { SvelteMap } from "svelte/reactivity";
import type {
  AskFile,
  Attachment,
  AttachmentId,
  AttachmentProblem,
  ConversationId,
  FileView,
  MessageId,
} from "../backend/bindings";

export type Views = Readonly<Record<AttachmentId, FileView>>;

export interface AddingFile {
  token: number;
  name: string;
}

export interface RefusedFile extends AddingFile {
  problem: AttachmentProblem;
}

export class Draft {
  text = $state("");
  attachments = $state.raw<Attachment[]>([]);
  /** How files are to be looked at, where not in the model's own way. */
  views = $state.raw<Views>({});
  adding = $state.raw<AddingFile[]>([]);
  refused = $state.raw<RefusedFile[]>([]);
  /** Send as soon as every file is there. */
  sendWhenReady = $state(false);
  /** Why the last attempt to send did not work. */
  problem = $state.raw<string | null>(null);
  readonly isEmpty = $derived(this.text.trim() === "" && this.attachments.length === 0 && this.adding.length === 0);

  /** The files as a request names them. */
  readonly files = $derived(
    this.attachments.map(({ id }): AskFile => {
      const view = this.views[id];
      return view ? { id, view } : { id };
    }),
  );

  add(attachment: Attachment): void {
    if (!this.attachments.some(({ id }) => id === attachment.id)) this.attachments = [...this.attachments, attachment];
  }

  remove(id: AttachmentId): void {
    this.attachments = this.attachments.filter((attachment) => attachment.id !== id);
    this.look(id, undefined);
  }

  /** Has a file looked at in some way; `undefined` is the model's own. */
  look(id: AttachmentId, view: FileView | undefined): void {
    const others = Object.entries(this.views).filter(([file]) => file !== id);
    this.views = Object.fromEntries(view ? [...others, [id, view]] : others);
  }

  /** Puts another file in the place of one, to be looked at in the same way. */
  replace(id: AttachmentId, by: Attachment): void {
    const view = this.views[id];
    this.look(id, undefined);
    this.attachments = this.attachments.map((attachment) => (attachment.id === id ? by : attachment));
    this.look(by.id, view);
  }
}

/** A question that is being changed, and the attachments it came with: those are not the draft's to delete. */
export class EditDraft extends Draft {
  constructor(
    readonly question: MessageId,
    text: string,
    readonly original: Attachment[],
    views: Views = {},
  ) {
    super();
    this.text = text;
    this.attachments = original;
    this.views = views;
  }
}

export class Drafts {
  readonly #drafts = new SvelteMap<ConversationId | null, Draft>();
  readonly #edits = new SvelteMap<ConversationId, EditDraft>();
  /** Where the files with these tokens belong, also when the person has gone elsewhere meanwhile. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is shown from it
  readonly #tokens = new Map<number, Draft>();

  constructor() {
    this.#drafts.set(null, new Draft());
  }

  /** The draft of a conversation; `null` is the one that does not exist yet. */
  of(conversation: ConversationId | null): Draft {
    const draft = this.#drafts.get(conversation);
    if (draft) return draft;
    const created = new Draft();
    this.#drafts.set(conversation, created);
    return created;
  }

  /** What the composer shows: a question being changed goes before the draft. The draft must have been asked for before. */
  shown(conversation: ConversationId | null): Draft | undefined {
    return (conversation !== null ? this.#edits.get(conversation) : undefined) ?? this.#drafts.get(conversation);
  }

  /** The draft of a conversation that exists now: what was written since its question was sent goes along. */
  begin(conversation: ConversationId): void {
    this.#drafts.set(conversation, this.of(null));
    this.#drafts.set(null, new Draft());
  }

  edit(conversation: ConversationId, draft: EditDraft): void {
    this.#edits.set(conversation, draft);
  }

  endEdit(conversation: ConversationId): void {
    this.#edits.delete(conversation);
  }

  forget(conversation: ConversationId): void {
    this.#drafts.delete(conversation);
    this.#edits.delete(conversation);
  }

  adding(draft: Draft, file: AddingFile): void {
    this.#tokens.set(file.token, draft);
    draft.adding = [...draft.adding, file];
  }

  added(token: number, attachment: Attachment, fallback: Draft): void {
    (this.#settle(token) ?? fallback).add(attachment);
  }

  refused(file: RefusedFile, fallback: Draft): void {
    const draft = this.#settle(file.token) ?? fallback;
    draft.refused = [...draft.refused, file];
    // A person who waited for this file wants to decide again.
    draft.sendWhenReady = false;
  }

  #settle(token: number): Draft | undefined {
    const draft = this.#tokens.get(token);
    this.#tokens.delete(token);
    if (draft) draft.adding = draft.adding.filter((file) => file.token !== token);
    return draft;
  }
}
