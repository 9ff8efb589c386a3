/** A video element as the window's controls see it. All times in milliseconds. */

/** What must be quiet while a video plays. */
interface Host {
  speaking: { stop: () => Promise<void> };
  voice: { player: { stop: () => Promise<void> } };
  attempt: (action: () => Promise<void>) => Promise<boolean>;
}

export class Playback {
  playing = $state(false);
  time = $state(0);
  /** As the web view says it; 0 while it has not. */
  duration = $state(0);
  width = $state(0);
  height = $state(0);
  /** From 0 to 1. */
  volume = $state(1);
  muted = $state(false);
  /** The web view cannot play it. */
  failed = $state(false);
  /** A picture of it is there. */
  shows = $state(false);
  #element: HTMLVideoElement | null = null;
  /** Where it should be once it can be. */
  #wanted: number | null;
  #playsOnceThere = false;

  constructor(
    readonly host: Host,
    from: number | null = null,
  ) {
    this.#wanted = from;
    this.time = from ?? 0;
  }

  /** An attachment for the `<video>` element. */
  readonly attach = (element: HTMLVideoElement): (() => void) => {
    this.#element = element;
    return () => {
      if (!element.paused) element.pause();
      if (this.#element === element) this.#element = null;
    };
  };

  /** For the element's events, whichever comes. */
  readonly changed = (event: Event): void => {
    const element = this.#element;
    if (!element) return;
    if (event.type === "error") {
      this.failed = true;
      this.playing = false;
      return;
    }
    if (event.type === "loadedmetadata") {
      this.width = element.videoWidth;
      this.height = element.videoHeight;
      this.#arrive(element);
    }
    if (event.type === "loadeddata") this.shows = true;
    if (Number.isFinite(element.duration)) this.duration = element.duration * 1000;
    this.playing = !element.paused && !element.ended;
    this.volume = element.volume;
    this.muted = element.muted;
    // Until it has gone there, its own place is not where the person is.
    if (this.#wanted === null) this.time = element.currentTime * 1000;
  };

  /** Plays from where it is, or from the beginning once it was at its end. Silences what else is heard. */
  async play(): Promise<void> {
    const element = this.#element;
    if (this.failed) return;
    void this.host.attempt(() => this.host.voice.player.stop());
    void this.host.speaking.stop();
    if (!element || element.readyState < HTMLMediaElement.HAVE_METADATA) {
      this.#playsOnceThere = true;
      return;
    }
    if (element.ended) element.currentTime = 0;
    try {
      await element.play();
    } catch (error) {
      // It was paused meanwhile, or the web view wants a press first: the button still says "play".
      const name = error instanceof Error ? error.name : "";
      if (name !== "AbortError" && name !== "NotAllowedError") this.failed = true;
    }
  }

  pause(): void {
    this.#playsOnceThere = false;
    this.#element?.pause();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else void this.play();
  }

  seek(to: number): void {
    const end = this.duration > 0 ? this.duration : Infinity;
    this.time = Math.min(Math.max(0, to), end);
    const element = this.#element;
    if (!element || element.readyState < HTMLMediaElement.HAVE_METADATA) this.#wanted = this.time;
    else element.currentTime = this.time / 1000;
  }

  setVolume(volume: number): void {
    if (!this.#element) return;
    this.#element.volume = Math.min(1, Math.max(0, volume));
    this.#element.muted = volume <= 0;
  }

  toggleMuted(): void {
    if (this.#element) this.#element.muted = !this.#element.muted;
  }

  #arrive(element: HTMLVideoElement): void {
    if (this.#wanted !== null) element.currentTime = this.#wanted / 1000;
    this.#wanted = null;
    if (this.#playsOnceThere) {
      this.#playsOnceThere = false;
      void this.play();
    }
  }
}
