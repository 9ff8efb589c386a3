/**
 * Tells the Enter that confirms an input method's candidate from the Enter that sends.
 *
 * Chromium and Firefox send the confirming keydown first, with `isComposing` true. WebKit ends the composition first and sends that
 * keydown right after it, with `isComposing` already false. Its key code is 229, but later plain Enters may carry 229 as well, so
 * the code says nothing: what tells is that no key was released and hardly any time passed since the composition ended.
 */
export interface TimedEvent {
  readonly timeStamp: number;
}

/** The confirming keydown follows within one task; a person needs several times as long to press a key again. */
const SAME_PRESS_MS = 100;

export class ImeGuard {
  #composing = false;
  /** When the composition ended, until the key press that ended it is accounted for. */
  #endedAt: number | null = null;

  compositionStart(): void {
    this.#composing = true;
    this.#endedAt = null;
  }

  compositionEnd(event: TimedEvent): void {
    this.#composing = false;
    this.#endedAt = event.timeStamp;
  }

  /** For every keydown. Whether it belongs to the input method and must do nothing else. */
  keyDown(event: TimedEvent & { readonly isComposing: boolean }): boolean {
    if (this.#composing || event.isComposing) return true;
    const endedAt = this.#endedAt;
    this.#endedAt = null;
    // WebKit stamps the keydown with the time of the press, which may lie before the composition's end.
    return endedAt !== null && event.timeStamp - endedAt < SAME_PRESS_MS;
  }

  /** A released key ends the press that confirmed. */
  keyUp(): void {
    if (!this.#composing) this.#endedAt = null;
  }
}
