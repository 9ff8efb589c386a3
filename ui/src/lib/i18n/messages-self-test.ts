/** Texts of the self-test: what works, what does not, and what to do. */
import { check } from "./check";

export const selfTest = check({
  selfTest: { en: "Self-test", zh: "自检" },
});
