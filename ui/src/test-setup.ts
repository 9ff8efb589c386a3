/** What jsdom lacks of a web view, as far as the window uses it. */
import "@testing-library/jest-dom/vitest";
import userEvent from "@testing-library/user-event";
import { afterAll, vi } from "vitest";

// Parts of the window come when they are shown; one that is on its way when a file's tests end would find nothing left to come to.
afterAll(() => vi.dynamicImportSettled());

class StillObserver implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver = StillObserver;

window.matchMedia = (query: string): MediaQueryList =>
  Object.assign(new EventTarget(), {
    // Less motion: transitions end at once.
    matches: query.includes("reduced-motion"),
    media: query,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
  });

Element.prototype.scrollIntoView = () => undefined;
Element.prototype.animate = () => {
  const animation = {
    cancel: () => undefined,
    finished: Promise.resolve(),
    onfinish: null as (() => void) | null,
    currentTime: 0,
  };
  queueMicrotask(() => animation.onfinish?.());
  return animation as unknown as Animation;
};

// A menu keeps the pointer off the page until a moment after it has closed. A person clicks later than that, a test at once.
const { click } = userEvent;
const later = globalThis.setTimeout;
const PATIENCE = 1000;
const clickOnceLet: typeof click = async (element, options) => {
  for (const until = performance.now() + PATIENCE; ;) {
    try {
      return await click(element, options);
    } catch (error) {
      const isShielded = error instanceof Error && error.message.includes("`pointer-events: none`");
      if (!isShielded || performance.now() > until) throw error;
      await new Promise((resolve) => later(resolve, 10));
    }
  }
};
Object.assign(userEvent, { click: clickOnceLet });
