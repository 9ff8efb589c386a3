import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { tick } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeScreen } from "../backend/fake-screen";
import { locale } from "../i18n/i18n.svelte";
import { testIds } from "../testids";
import { barPlace, moved, nudge, resized, spanned, toPage, toShot, whole } from "./region";
import RegionPicker from "./RegionPicker.svelte";

describe("a region of a shot", () => {
  const shot = { width: 2880, height: 1800 };
  const page = { width: 1440, height: 900 };

  it("is in the pixels of the shot, whatever the scale of the page", () => {
    expect(toShot({ x: 100, y: 50 }, page, shot)).toEqual({ x: 200, y: 100 });
    expect(toShot({ x: 100, y: 50 }, { width: 1152, height: 720 }, shot)).toEqual({ x: 250, y: 125 });
    expect(toShot({ x: 100, y: 50 }, shot, shot)).toEqual({ x: 100, y: 50 });
    expect(toPage({ x: 200, y: 100, width: 640, height: 360 }, page, shot)).toEqual({
      x: 100,
      y: 50,
      width: 320,
      height: 180,
    });
  });

  it("stays within the shot where the pointer leaves it", () => {
    expect(toShot({ x: -20, y: 4000 }, page, shot)).toEqual({ x: 0, y: 1800 });
  });

  it("is spanned in any direction, by at least a pixel", () => {
    const region = { x: 10, y: 20, width: 30, height: 5 };
    expect(spanned({ x: 10, y: 20 }, { x: 40, y: 25 }, shot)).toEqual(region);
    expect(spanned({ x: 40, y: 25 }, { x: 10, y: 20 }, shot)).toEqual(region);
    expect(spanned({ x: 7, y: 7 }, { x: 7, y: 90 }, shot)).toEqual({ x: 7, y: 7, width: 1, height: 83 });
    expect(spanned({ x: 2880, y: 1800 }, { x: 2880, y: 1800 }, shot)).toEqual({
      x: 2879,
      y: 1799,
      width: 1,
      height: 1,
    });
  });

  it("keeps its size when it is moved against an edge", () => {
    const region = { x: 2800, y: 5, width: 60, height: 40 };
    expect(moved(region, { x: 100, y: -100 }, shot)).toEqual({ x: 2820, y: 0, width: 60, height: 40 });
  });

  it("is resized by each handle, and turns over where a side passes the other", () => {
    const region = { x: 100, y: 100, width: 50, height: 50 };
    expect(resized(region, "se", { x: 10, y: -20 }, shot)).toEqual({ x: 100, y: 100, width: 60, height: 30 });
    expect(resized(region, "n", { x: 99, y: -20 }, shot)).toEqual({ x: 100, y: 80, width: 50, height: 70 });
    expect(resized(region, "w", { x: 70, y: 0 }, shot)).toEqual({ x: 150, y: 100, width: 20, height: 50 });
    expect(resized(region, "e", { x: 9999, y: 0 }, shot)).toEqual({ x: 100, y: 100, width: 2780, height: 50 });
  });

  it("is nudged by a pixel, by ten with Shift", () => {
    expect(nudge({ key: "ArrowLeft", shiftKey: false })).toEqual({ x: -1, y: 0 });
    expect(nudge({ key: "ArrowDown", shiftKey: true })).toEqual({ x: 0, y: 10 });
    expect(nudge({ key: "a", shiftKey: false })).toBeNull();
  });

  it("has its bar under it, else over it, else inside", () => {
    const bar = { width: 200, height: 40 };
    expect(barPlace({ x: 500, y: 100, width: 300, height: 200 }, bar, page)).toEqual({ x: 600, y: 310 });
    expect(barPlace({ x: 500, y: 600, width: 300, height: 290 }, bar, page)).toEqual({ x: 600, y: 550 });
    expect(barPlace({ x: 0, y: 0, width: 1440, height: 900 }, bar, page)).toEqual({ x: 1220, y: 850 });
    expect(barPlace({ x: 0, y: 100, width: 20, height: 20 }, bar, page).x).toBe(10);
    expect(whole(shot)).toEqual({ x: 0, y: 0, width: 2880, height: 1800 });
  });
});

describe("the region window", () => {
  let calls: string[] = [];
  let backend = new FakeScreen(calls);
  const page = () => screen.getByTestId(testIds.regionPicker);
  const at = (type: string, target: Element, clientX: number, clientY: number, button = 0) =>
    fireEvent(target, new MouseEvent(type, { clientX, clientY, button, bubbles: true, cancelable: true }));
  async function drag(target: Element, from: [number, number], to: [number, number]): Promise<void> {
    await at("pointerdown", target, ...from);
    await at("pointermove", target, ...to);
    await at("pointerup", target, ...to);
  }
  const size = () => screen.queryByTestId(testIds.regionSize)?.textContent.trim();

  /** A page of 1024 × 768 on a shot twice as large. */
  async function open(): Promise<void> {
    render(RegionPicker, { backend });
    const picture = await waitFor(() => {
      const found = page().querySelector("img");
      if (!found) throw new Error("no shot yet");
      return found;
    });
    Object.defineProperty(picture, "naturalWidth", { value: 2048 });
    Object.defineProperty(picture, "naturalHeight", { value: 1536 });
    await fireEvent.load(picture);
  }

  beforeEach(() => {
    calls = [];
    backend = new FakeScreen(calls);
    locale.use("en");
    vi.spyOn(window, "innerWidth", "get").mockReturnValue(1024);
    vi.spyOn(window, "innerHeight", "get").mockReturnValue(768);
    URL.createObjectURL = () => "blob:shot";
    URL.revokeObjectURL = () => undefined;
  });
  afterEach(() => vi.restoreAllMocks());

  it("hands over what was dragged, in the shot's pixels, with Enter", async () => {
    await open();
    await drag(page(), [100, 100], [420, 280]);
    expect(size()).toBe("640 × 360");
    await userEvent.keyboard("{Enter}");
    expect(calls).toContain("chooseRegion 200 200 640 360");
  });

  it("shows the bar only once the drag is over", async () => {
    await open();
    await at("pointerdown", page(), 10, 10);
    await at("pointermove", page(), 200, 200);
    expect(screen.getByTestId(testIds.regionRect)).toBeInTheDocument();
    expect(screen.queryByTestId(testIds.regionAsk)).toBeNull();
    await at("pointerup", page(), 200, 200);
    await userEvent.click(screen.getByTestId(testIds.regionAsk));
    expect(calls).toContain("chooseRegion 20 20 380 380");
  });

  it("takes a click without a drag for nothing, also beside a rectangle", async () => {
    await open();
    await drag(page(), [100, 100], [101, 101]);
    expect(screen.queryByTestId(testIds.regionRect)).toBeNull();
    await drag(page(), [100, 100], [200, 200]);
    await drag(page(), [500, 500], [502, 500]);
    expect(size()).toBe("200 × 200");
    await drag(page(), [500, 500], [550, 600]);
    expect(size()).toBe("100 × 200");
  });

  it("is moved from inside, sized by a handle, nudged by keys", async () => {
    await open();
    await drag(page(), [100, 100], [200, 200]);
    const rect = screen.getByTestId(testIds.regionRect);
    await drag(rect, [150, 150], [160, 140]);
    await userEvent.keyboard("{ArrowRight}{Shift>}{ArrowDown}{/Shift}");
    const corner = rect.querySelector(".se");
    if (!corner) throw new Error("no handle");
    await drag(corner, [210, 190], [230, 190]);
    await userEvent.dblClick(screen.getByTestId(testIds.regionRect));
    expect(calls).toEqual(["regionShot", "chooseRegion 221 190 240 200"]);
    // The second click of the two found it on its way already.
    expect(calls.filter((call) => call.startsWith("chooseRegion"))).toHaveLength(1);
  });

  it("takes everything with Enter where nothing is chosen", async () => {
    await open();
    await userEvent.keyboard("{Enter}");
    expect(size()).toBe("2048 × 1536");
    await userEvent.keyboard("{Enter}");
    expect(calls).toContain("chooseRegion 0 0 2048 1536");
  });

  it.each(["Escape", "right click", "button"])("is left by %s", async (way) => {
    await open();
    await drag(page(), [100, 100], [200, 200]);
    if (way === "Escape") await userEvent.keyboard("{Escape}");
    else if (way === "button") await userEvent.click(screen.getByTestId(testIds.regionCancel));
    else await fireEvent.contextMenu(page());
    expect(calls).toContain("cancelRegion");
    expect(calls.some((call) => call.startsWith("chooseRegion"))).toBe(false);
  });

  it("leaves with Enter on Cancel, and does not ask", async () => {
    await open();
    await drag(page(), [100, 100], [200, 200]);
    screen.getByTestId(testIds.regionCancel).focus();
    await userEvent.keyboard("{Enter}");
    expect(calls).toContain("cancelRegion");
    expect(calls.some((call) => call.startsWith("chooseRegion"))).toBe(false);
  });

  it("says why there is no shot, and can be left", async () => {
    backend.problem = { code: "screen-denied", notice: null, detail: null };
    render(RegionPicker, { backend });
    expect(await screen.findByRole("alert")).toHaveTextContent("does not let Castor see the screen");
    backend.problem = null;
    await userEvent.click(screen.getByTestId(testIds.regionCancel));
    expect(calls).toContain("cancelRegion");
  });

  it("can be tried again when the choice was refused", async () => {
    await open();
    await drag(page(), [100, 100], [200, 200]);
    backend.problem = { code: "disk-full", notice: null, detail: null };
    await userEvent.keyboard("{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("disk is full");
    backend.problem = null;
    await tick();
    await userEvent.keyboard("{Enter}");
    expect(calls.filter((call) => call.startsWith("chooseRegion"))).toHaveLength(2);
  });
});
