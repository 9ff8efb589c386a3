/** Made-up findings of the self-test, for the backend in memory. */
import type { CommandError, Finding } from "./bindings";

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

export class FakeSelfTest {
  readonly #calls: string[];
  findings: Finding[] = [];
  /** What playing the sound is refused with. */
  problem: CommandError | null = null;
  /** What the test breaks off with, after its findings. */
  breaksOff: CommandError | null = null;
  /** Milliseconds before each finding; 0 tells them at once. */
  pace = 0;
  /** It never comes beyond its findings; {@link go} ends it. */
  hangs = false;
  #tell: ((finding: Finding) => void) | null = null;
  #end: (() => void) | null = null;

  constructor(calls: string[]) {
    this.#calls = calls;
  }

  async selfTest(onFinding: (finding: Finding) => void): Promise<void> {
    this.#calls.push("selfTest");
    this.#tell = onFinding;
    const ended = new Promise<void>((resolve) => (this.#end = resolve));
    for (const finding of this.findings) {
      if (this.pace > 0) await pause(this.pace);
      onFinding(finding);
    }
    if (this.hangs) await ended;
    if (this.breaksOff) throw this.breaksOff;
  }
  /** Finds something more, in a test that hangs. */
  find(finding: Finding): void {
    this.#tell?.(finding);
  }
  /** Ends a test that hangs. */
  go(): void {
    this.#end?.();
  }
  playTestSound(): Promise<void> {
    this.#calls.push("playTestSound");
    return this.problem ? Promise.reject(this.problem) : Promise.resolve();
  }
}
