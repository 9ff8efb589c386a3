/**
 * The gate a question to Gemini passes before it is asked: the person is warned of secrets and sees what leaves the first time a kind
 * of data does. Nothing of the question has left this computer before {@link Departure.mayLeave} says so.
 */
import type { AskRequest, Attachment, DataKind, FoundSecret, Settings } from "../backend/bindings";
import type { Backend } from "../backend/backend";
import type { Thread } from "../conversation/thread.svelte";
import { kindsLeaving } from "./kinds";

/** A question that is about to be asked. */
export interface Leaving {
  request: AskRequest;
  /** The same as a new question where that is another one: what is looked through for secrets; `null` when it was asked of Gemini before. */
  words: AskRequest | null;
  /** The question's own files. */
  attachments: Attachment[];
  thread: Thread | null;
}

/** What the sheet shows, and what becomes of the person's decision. */
export interface Shown extends Leaving {
  /** Kinds of data that leave for the first time. */
  unseen: DataKind[];
  decide: (send: boolean) => void;
}

export interface Held {
  found: FoundSecret[];
  attachments: Attachment[];
  /** Asks again, with what was found taken as meant. */
  sendAnyway: () => void;
}

interface Host {
  backend: Backend;
  settings: Settings;
  saveSettings: (change: Partial<Settings>) => Promise<boolean>;
}

const nameOf = ({ kind, attachment, hint }: FoundSecret): string => `${attachment ?? ""} ${kind.type} ${hint}`;

export class Departure {
  sheet = $state.raw<Shown | null>(null);
  held = $state.raw<Held | null>(null);
  /** A question is at the gate. */
  checking = $state(false);
  /** Secrets the person wants to send. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is shown from it
  readonly #meant = new Set<string>();

  constructor(readonly host: Host) {}

  /** Whether the question may be asked now. `again` asks it anew once the person has accepted what was found in it. Rejects with a `CommandError`. */
  async mayLeave(leaving: Leaving, again: () => void): Promise<boolean> {
    this.held = null;
    if (leaving.request.model.mind !== "gemini") return true;
    this.checking = true;
    try {
      if (!(await this.#secretsAreMeant(leaving, again))) return false;
      const unseen = this.#unseen(leaving);
      if (unseen.length > 0) {
        const decided = await new Promise<boolean>((decide) => (this.sheet = { ...leaving, unseen, decide }));
        this.#meant.clear();
        return decided;
      }
      this.#meant.clear();
      return true;
    } finally {
      this.checking = false;
    }
  }

  /** Shows what a question would send; `send` asks it. */
  look(leaving: Leaving, send: () => void): void {
    this.sheet = { ...leaving, unseen: this.#unseen(leaving), decide: (sends) => sends && send() };
  }

  /** Takes the person's decision on what the sheet shows. `found`: secrets they were told of there. */
  async decide(send: boolean, found: FoundSecret[] = []): Promise<void> {
    const sheet = this.sheet;
    if (!sheet) return;
    this.sheet = null;
    if (send) {
      this.#mean(found);
      const { seenLeaving } = this.host.settings;
      if (sheet.unseen.length > 0) await this.host.saveSettings({ seenLeaving: [...seenLeaving, ...sheet.unseen] });
    }
    sheet.decide(send);
  }

  /** What in a question looks like a secret, where the person wants to be warned. */
  async secretsIn({ words }: Leaving): Promise<FoundSecret[]> {
    return words && this.host.settings.warnOfSecrets ? this.host.backend.findSecrets(words) : [];
  }

  /** Forgets what was held back: the person does something else. */
  leave(): void {
    this.held = null;
    this.#meant.clear();
  }

  async #secretsAreMeant(leaving: Leaving, again: () => void): Promise<boolean> {
    const found = (await this.secretsIn(leaving)).filter((secret) => !this.#meant.has(nameOf(secret)));
    if (found.length === 0) return true;
    const sendAnyway = () => {
      this.held = null;
      this.#mean(found);
      again();
    };
    this.held = { found, attachments: leaving.attachments, sendAnyway };
    return false;
  }

  #mean(found: FoundSecret[]): void {
    for (const secret of found) this.#meant.add(nameOf(secret));
  }

  #unseen({ request, attachments, thread }: Leaving): DataKind[] {
    if (request.model.mind !== "gemini") return [];
    const { seenLeaving } = this.host.settings;
    return kindsLeaving(request.action, attachments, thread).filter((kind) => !seenLeaving.includes(kind));
  }
}
