/** Made-up findings of the self-test, for the backend in memory. */
import type { CommandError, Finding } from "./bindings";

export class FakeSelfTest {
  readonly #calls: string[];
  findings: Finding[] = [];
  problem: CommandError | null = null;

  constructor(calls: string[]) {
    this.#calls = calls;
  }

  selfTest(onFinding: (finding: Finding) => void): Promise<void> {
    this.#calls.push("selfTest");
    for (const finding of this.findings) onFinding(finding);
    return Promise.resolve();
  }
  playTestSound(): Promise<void> {
    this.#calls.push("playTestSound");
    return this.problem ? Promise.reject(this.problem) : Promise.resolve();
  }
}
