/**
 * Keeps a growing conversation at its end, but only while its reader is there. A reader who scrolls up is left alone, however much
 * text comes. Programmatic scrolling never goes up, so every upward move is the reader's.
 */
const NEAR = 48;

export class StickToEnd {
  #sticks = true;
  #last = 0;

  constructor(
    private readonly scroller: { scrollTop: number; readonly scrollHeight: number; readonly clientHeight: number },
    private readonly onChange: (away: boolean) => void,
  ) {}

  get sticks(): boolean {
    return this.#sticks;
  }

  /** After every scroll event. */
  scrolled(): void {
    const { scrollTop } = this.scroller;
    const movedUp = scrollTop < this.#last - 1;
    this.#last = scrollTop;
    if (this.#distance() <= NEAR) this.#set(true);
    else if (movedUp) this.#set(false);
    else this.onChange(!this.#sticks);
  }

  /** After the content or the window changed size. */
  resized(): void {
    if (this.#sticks) this.#jump();
    else this.onChange(this.#distance() > NEAR);
  }

  toEnd(): void {
    this.#set(true);
    this.#jump();
  }

  /** Content was put above the reader: the same words stay where they are. */
  grewAbove(by: number): void {
    this.scroller.scrollTop += by;
    this.#last = this.scroller.scrollTop;
  }

  #distance(): number {
    return this.scroller.scrollHeight - this.scroller.clientHeight - this.scroller.scrollTop;
  }

  #jump(): void {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#last = this.scroller.scrollTop;
  }

  #set(sticks: boolean): void {
    this.#sticks = sticks;
    this.onChange(!sticks);
  }
}
