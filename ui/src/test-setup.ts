/** What jsdom lacks of a web view, as far as the window uses it. */
import "@testing-library/jest-dom/vitest";
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
