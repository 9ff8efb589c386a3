import { describe, expect, it } from "vitest";
import { StickToEnd } from "./stick-to-end";

function page() {
  const scroller = {
    scrollHeight: 1000,
    clientHeight: 400,
    top: 600,
    get scrollTop() {
      return this.top;
    },
    set scrollTop(value: number) {
      this.top = Math.max(0, Math.min(value, this.scrollHeight - this.clientHeight));
    },
  };
  let away = false;
  const stick = new StickToEnd(scroller, (value) => (away = value));
  stick.toEnd();
  return {
    scroller,
    stick,
    away: () => away,
    grow(by: number) {
      scroller.scrollHeight += by;
      stick.resized();
    },
    scrollTo(top: number) {
      scroller.scrollTop = top;
      stick.scrolled();
    },
  };
}

describe("a growing conversation", () => {
  it("stays at its end", () => {
    const { scroller, grow, away } = page();
    grow(300);
    expect(scroller.scrollTop).toBe(900);
    expect(away()).toBe(false);
  });

  it("never moves a reader above", () => {
    const { scroller, grow, scrollTo, away } = page();
    scrollTo(300);
    for (let index = 0; index < 50; index += 1) grow(20);
    expect(scroller.scrollTop).toBe(300);
    expect(away()).toBe(true);
  });

  it("is not unstuck by a scroll event that arrives after more text", () => {
    const { scroller, stick, grow } = page();
    scroller.scrollHeight += 200;
    stick.scrolled();
    grow(10);
    expect(scroller.scrollTop).toBe(810);
  });

  it("sticks again once the reader is back, and by the button", () => {
    const { scroller, stick, grow, scrollTo, away } = page();
    scrollTo(100);
    scrollTo(600);
    grow(100);
    expect(scroller.scrollTop).toBe(700);
    scrollTo(100);
    stick.toEnd();
    expect(away()).toBe(false);
    expect(scroller.scrollTop).toBe(700);
  });

  it("keeps the reader's words in place when earlier messages come", () => {
    const { scroller, stick, scrollTo } = page();
    scrollTo(50);
    scroller.scrollHeight += 500;
    stick.grewAbove(500);
    expect(scroller.scrollTop).toBe(550);
  });
});
