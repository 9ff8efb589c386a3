/** The self-test: what was found, streamed from the backend, and what the person and the window found out beside it. */
import { SvelteMap } from "svelte/reactivity";
import type { Backend } from "../backend/backend";
import type { Finding, FindingState, FindingSubject } from "../backend/bindings";
import { commandError } from "../backend/errors";
import { locale, t } from "../i18n/i18n.svelte";
import { errorSentence } from "../i18n/sentences";
import { SUBJECT, SUBJECTS, type Code, type Found } from "./findings";

export type RowState = FindingState | "untried" | "trying";

/** One thing that is tried. */
export interface Row {
  subject: FindingSubject;
  /** The worst of what was found. */
  state: RowState;
  code: Code | null;
  /** Everything that was found of it, the worst first. */
  found: readonly Found[];
}

export interface Summary {
  /** How many work without a reservation. */
  works: number;
  /** How many were left out. */
  left: number;
  of: number;
}

interface Host {
  backend: Backend;
  /** A try of the microphone, which the test needs for itself. */
  voice: { endTest: () => Promise<unknown> | undefined };
}

const WORST_FIRST: readonly FindingState[] = ["failed", "warning", "skipped", "ok"];
/** Said by the system of the computer, and more exact than that the window sees no camera. */
const MORE_EXACT: readonly Code[] = ["camera-no-rights", "camera-plugin-missing"];

export class SelfTest {
  running = $state(false);
  /** When it ended last, in milliseconds since 1970. */
  endedAt = $state<number | null>(null);
  /** Why it broke off. */
  problem = $state.raw<string | null>(null);
  #found = $state.raw<readonly Finding[]>([]);
  /** What was tried in the window since, in place of what the backend found. */
  readonly #tried = new SvelteMap<FindingSubject, Found>();

  readonly rows: readonly Row[] = $derived.by(() => {
    const rows = SUBJECTS.map((subject) => this.#row(subject));
    const next = this.running ? rows.find(({ state }) => state === "untried") : undefined;
    return rows.map((row) => (row === next ? { ...row, state: "trying" } : row));
  });
  /** How many have been tried. */
  readonly done: number = $derived(this.rows.filter(({ found }) => found.length > 0).length);
  /** `null` while nothing was tried to its end. */
  readonly summary: Summary | null = $derived.by(() => {
    if (this.running || this.endedAt === null) return null;
    const count = (state: RowState) => this.rows.filter((row) => row.state === state).length;
    return { works: count("ok"), left: count("skipped"), of: this.rows.length };
  });

  constructor(readonly host: Host) {}

  #row(subject: FindingSubject): Row {
    const tried = this.#tried.get(subject);
    const found: readonly Found[] = tried
      ? [tried]
      : this.#found
          .filter((finding) => finding.subject === subject)
          .sort((one, other) => WORST_FIRST.indexOf(one.state) - WORST_FIRST.indexOf(other.state));
    return { subject, state: found[0]?.state ?? "untried", code: found[0]?.code ?? null, found };
  }

  /** Tries everything, from the beginning. Nothing while it is under way. */
  async run(): Promise<void> {
    if (this.running) return;
    const { backend, voice } = this.host;
    this.running = true;
    this.problem = null;
    this.#found = [];
    this.#tried.clear();
    try {
      await voice.endTest();
      await backend.selfTest((finding) => (this.#found = [...this.#found, finding]));
    } catch (error) {
      this.problem = t("selfTestBrokeOff", { why: errorSentence(commandError(error)) });
    }
    this.running = false;
    this.endedAt = Date.now();
  }

  /** Takes in what was tried in the window. */
  tell(found: Found): void {
    const before = this.#found.find(({ subject }) => subject === found.subject);
    if (found.code === "camera-none" && before && MORE_EXACT.includes(before.code)) return;
    this.#tried.set(found.subject, found);
  }

  /** What came of it in a line or two. */
  outcome(): string {
    if (!this.summary) return "";
    const names = this.rows
      .filter(({ state }) => state === "failed" || state === "warning")
      .map(({ subject }) => t(SUBJECT[subject]));
    const line = t("selfTestSummary", this.summary);
    const full = locale.language === "zh" ? `${line}。` : `${line}. `;
    return names.length === 0 ? full.trim() : full + t("selfTestToLookAt", { names: locale.format.list(names) });
  }
}
