import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { answered, composer, openWindow } from "../../test-window";
import { fakePicture } from "../backend/fake-scenarios";
import { testIds } from "../testids";
import { fitted, isEmpty, placeAt, rectangle } from "./strokes";

const round = (values: readonly number[]) => values.map((value) => Math.round(value * 1e6) / 1e6);

describe("places on a picture", () => {
  const picture = { width: 4000, height: 2000 };

  it("are fractions of it, however large it is shown", () => {
    const shown = fitted({ left: 100, top: 50, width: 800, height: 400 }, picture);
    expect(shown).toEqual({ left: 100, top: 50, width: 800, height: 400 });
    expect(placeAt(300, 150, shown)).toEqual([0.25, 0.25]);
    expect(placeAt(100, 450, shown)).toEqual([0, 1]);
  });

  it("leave out the bands above and below, or at the sides", () => {
    const wide = fitted({ left: 0, top: 0, width: 800, height: 800 }, picture);
    expect(wide).toEqual({ left: 0, top: 200, width: 800, height: 400 });
    expect(placeAt(400, 200, wide)).toEqual([0.5, 0]);
    expect(placeAt(400, 100, wide)[1]).toBeLessThan(0);
    const tall = fitted({ left: 10, top: 0, width: 1000, height: 200 }, picture);
    expect(tall).toEqual({ left: 310, top: 0, width: 400, height: 200 });
    expect(round(placeAt(410, 50, tall))).toEqual([0.25, 0.25]);
  });

  it("make rectangles in either direction, within the picture", () => {
    expect(rectangle([0.8, 0.9], [-0.2, 0.1])).toEqual({ type: "rect", left: 0, top: 0.1, right: 0.8, bottom: 0.9 });
    expect(isEmpty(rectangle([0.5, 0.5], [0.5, 0.5]))).toBe(true);
    expect(isEmpty({ type: "brush", points: [[-0.5, 0.5]], width: 0.03 })).toBe(true);
    expect(isEmpty({ type: "brush", points: [[0.5, 0.5]], width: 0.03 })).toBe(false);
  });
});

/** jsdom lays nothing out: the area is 600 by 600, so the picture of 1536 by 1024 has bands of 100 above and below. */
const BOX = { left: 40, top: 20, width: 600, height: 600, right: 640, bottom: 620, x: 40, y: 20, toJSON: () => "" };

async function open() {
  const opened = await openWindow((state) => void (state.attachments = [fakePicture("p1", "letter.jpg")]));
  const { backend, state } = opened;
  const [picture] = state.attachments;
  if (!picture) throw new Error("not arranged");
  backend.emit({ type: "added", token: 1, attachment: picture });
  await userEvent.click(await screen.findByLabelText("Open letter.jpg"));
  await userEvent.click(await screen.findByTestId(testIds.redact));
  const area = await screen.findByTestId(testIds.redactArea);
  area.getBoundingClientRect = () => BOX;
  return { ...opened, area };
}

function pointer(area: HTMLElement, type: string, clientX: number, clientY: number): Promise<boolean> {
  const event = new MouseEvent(type, { bubbles: true, cancelable: true, clientX, clientY, button: 0 });
  Object.assign(event, { isPrimary: true, pointerId: 1 });
  return fireEvent(area, event);
}
const tool = (name: string) =>
  screen.getAllByTestId(testIds.redactTool).find((button) => button.dataset["tool"] === name) as HTMLElement;

describe("blacking out", () => {
  it("paints into the picture what was painted over it, and sends that picture in its place", async () => {
    const { app, backend, area } = await open();
    app.draft.look("p1", { detail: "high" });
    expect(screen.getByTestId(testIds.redactApply)).toBeDisabled();
    await pointer(area, "pointerdown", 190, 220);
    await pointer(area, "pointermove", 340, 320);
    await pointer(area, "pointerup", 340, 320);
    await userEvent.click(tool("rectangle"));
    await pointer(area, "pointerdown", 640, 520);
    await pointer(area, "pointermove", 490, 420);
    await pointer(area, "pointerup", 490, 420);
    await userEvent.click(screen.getByTestId(testIds.redactApply));
    await waitFor(() => expect(screen.queryByTestId(testIds.redactArea)).toBeNull());
    expect(backend.painted).toEqual([
      [
        {
          type: "brush",
          points: [
            [0.25, 0.25],
            [0.5, 0.5],
          ],
          width: 0.03,
        },
        { type: "rect", left: 0.75, top: 0.75, right: 1, bottom: 1 },
      ],
    ]);
    const [redacted] = app.draft.attachments;
    expect(redacted?.id).not.toBe("p1");
    expect(app.draft.views).toEqual({ [redacted?.id ?? ""]: { detail: "high" } });
    await userEvent.keyboard("{Escape}");
    await userEvent.type(composer(), "Read it{Enter}");
    await answered();
    expect(backend.requests[0]?.action).toMatchObject({
      attachments: [{ id: redacted?.id, view: { detail: "high" } }],
    });
  });

  it("can be taken back, and Escape leaves it before the viewer", async () => {
    const { backend, area } = await open();
    await pointer(area, "pointerdown", 190, 220);
    await pointer(area, "pointerup", 190, 220);
    await pointer(area, "pointerdown", 340, 320);
    await pointer(area, "pointerup", 340, 320);
    expect(area.querySelectorAll("polyline")).toHaveLength(2);
    await userEvent.keyboard("{Control>}z{/Control}");
    expect(area.querySelectorAll("polyline")).toHaveLength(1);
    await userEvent.click(screen.getByTestId(testIds.redactClear));
    expect(area.querySelectorAll("polyline")).toHaveLength(0);
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId(testIds.redactArea)).toBeNull());
    expect(screen.getByTestId(testIds.viewer)).toBeInTheDocument();
    expect(backend.painted).toEqual([]);
  });

  it("can be done with the keys", async () => {
    const { backend, area } = await open();
    await userEvent.click(tool("rectangle"));
    area.focus();
    await userEvent.keyboard("{Enter}{Shift>}{ArrowRight}{ArrowDown}{/Shift}{Enter}");
    await userEvent.click(screen.getByTestId(testIds.redactApply));
    await waitFor(() => expect(backend.painted).toHaveLength(1));
    expect(backend.painted[0]?.[0]).toEqual({ type: "rect", left: 0.5, top: 0.5, right: 0.6, bottom: 0.6 });
  });

  it("keeps what was painted when it fails, and says so", async () => {
    const { backend, area } = await open();
    backend.redactProblem = { code: "disk-full", notice: null, detail: null };
    await pointer(area, "pointerdown", 190, 220);
    await pointer(area, "pointerup", 190, 220);
    await userEvent.click(screen.getByTestId(testIds.redactApply));
    expect(await screen.findByTestId(testIds.redactProblem)).toHaveTextContent("what you painted is still here");
    expect(area.querySelectorAll("polyline")).toHaveLength(1);
  });

  it("is not offered for what was sent", async () => {
    const { app, backend } = await openWindow((state) => void (state.attachments = [fakePicture("p1", "letter.jpg")]));
    const picture = fakePicture("p1", "letter.jpg");
    backend.emit({ type: "added", token: 1, attachment: picture });
    await screen.findByTestId(testIds.attachment);
    await userEvent.type(composer(), "Read it{Enter}");
    await answered();
    app.viewer = { attachments: [picture], index: 0 };
    await screen.findByTestId(testIds.viewerPicture);
    expect(screen.queryByTestId(testIds.redact)).toBeNull();
    app.viewer = null;
    app.editLast();
    app.viewer = { attachments: app.draft.attachments, index: 0, draft: app.draft };
    await screen.findByTestId(testIds.viewerPicture);
    expect(screen.queryByTestId(testIds.redact)).toBeNull();
  });
});
