import { screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { answered, composer, openWindow } from "../../test-window";
import type { AskRequest, CommandErrorCode } from "../backend/bindings";
import { fakeClip } from "../backend/fake-camera";
import { deliverCaptures, fakeSources } from "../backend/fake-showing";
import { testIds } from "../testids";
import { stepIn } from "./grid";
import { ARRIVES_WITHIN } from "../showing";

const SOURCES = fakeSources();
const failing = (code: CommandErrorCode) => ({ code, notice: null, detail: null });
const captures = (calls: string[]) => calls.filter((call) => call.startsWith("capture"));
const source = (id: string) =>
  waitFor(() => {
    const found = screen.getAllByTestId(testIds.screenSource).find(({ dataset }) => dataset["id"] === id);
    if (!found) throw new Error("not listed");
    return found;
  });

async function open(portal = false, sources = SOURCES) {
  const opened = await openWindow();
  opened.backend.screen.sources = { sources, portal };
  deliverCaptures(opened.backend);
  return opened;
}
async function pick(item: "region" | "whole" | "window" | "keep"): Promise<void> {
  await userEvent.click(screen.getByTestId(testIds.screenMenu));
  const items = await screen.findAllByTestId(testIds.screenItem);
  const found = items.find(({ dataset }) => dataset["screen"] === item);
  if (!found) throw new Error("not in the menu");
  await userEvent.click(found);
}
async function keep(id = "s2"): Promise<void> {
  await pick("keep");
  await userEvent.click(await source(id));
  await screen.findByTestId(testIds.screenPanel);
}

const watches = (calls: string[]) => calls.filter((call) => /^(un)?watchScreen|^keepScreenClip/.test(call));
const along = () => screen.getByTestId(testIds.screenAlong);
async function chooseAlong(choice: string): Promise<void> {
  along().focus();
  await userEvent.keyboard("{Enter}");
  const items = await screen.findAllByTestId(testIds.screenAlongItem);
  items.find(({ dataset }) => dataset["along"] === choice)?.focus();
  await userEvent.keyboard("{Enter}");
  await waitFor(() => expect(along()).toHaveAttribute("data-along", choice));
  // The menu has let the window go again.
  await waitFor(() => expect(document.body.style.pointerEvents).not.toBe("none"));
}
const filesOf = (requests: readonly AskRequest[]) =>
  requests.map(({ action }) => ("attachments" in action ? action.attachments.map(({ id }) => id) : null));

// What the window loads when it is wanted, before anybody waits for it.
beforeAll(() => Promise.all([import("./ScreenPicker.svelte"), import("../leaving/LeavingSheet.svelte")]), 30_000);
beforeEach(() => {
  let made = 0;
  URL.createObjectURL = () => `blob:${(made += 1)}`;
  URL.revokeObjectURL = () => undefined;
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("the screen menu", () => {
  it("captures a part of the screen, and tells its keys", async () => {
    const { backend } = await open();
    await userEvent.click(screen.getByTestId(testIds.screenMenu));
    const region = (await screen.findAllByTestId(testIds.screenItem))[0] as HTMLElement;
    expect(region).toHaveTextContent("Ctrl Shift S");
    await userEvent.click(region);
    expect(captures(backend.calls)).toEqual(["captureRegion composer"]);
  });

  it("takes the only screen at once, into the question", async () => {
    const { backend, app } = await open(
      false,
      SOURCES.filter(({ id }) => id !== "s1"),
    );
    await pick("whole");
    await waitFor(() => expect(captures(backend.calls)).toEqual(["captureScreen s0"]));
    await waitFor(() => expect(app.draft.attachments).toHaveLength(1));
    expect(screen.queryByTestId(testIds.screenPicker)).toBeNull();
  });

  it("asks which one where there are several, screens only", async () => {
    const { backend } = await open();
    await pick("whole");
    await source("s1");
    expect(screen.getAllByTestId(testIds.screenSource).map(({ dataset }) => dataset["kind"])).toEqual([
      "screen",
      "screen",
    ]);
    await userEvent.click(await source("s1"));
    expect(captures(backend.calls)).toEqual(["captureScreen s1"]);
    await waitFor(() => expect(screen.queryByTestId(testIds.screenPicker)).toBeNull());
  });

  it("leaves it to the system where that asks the person itself", async () => {
    const { backend } = await open(true);
    await pick("whole");
    await waitFor(() => expect(captures(backend.calls)).toEqual(["captureScreen portal"]));
    await pick("keep");
    expect(await screen.findByTestId(testIds.screenProblem)).toHaveAttribute("data-code", "portal");
    await userEvent.click(screen.getByRole("button", { name: "Take a picture" }));
    await waitFor(() => expect(captures(backend.calls)).toEqual(["captureScreen portal", "captureScreen portal"]));
  });

  it("says what went wrong, and tries again", async () => {
    const { backend } = await open();
    backend.screen.problem = failing("screen-denied");
    await pick("region");
    const problem = await screen.findByTestId(testIds.screenProblem);
    expect(problem).toHaveAttribute("data-code", "screen-denied");
    expect(problem).toHaveTextContent("Allow it in the system's privacy settings");
    backend.screen.problem = null;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(screen.queryByTestId(testIds.screenProblem)).toBeNull());
    expect(captures(backend.calls)).toHaveLength(2);
  });

  it("says nothing where the person changed their mind", async () => {
    const { backend } = await open();
    backend.screen.problem = failing("cancelled");
    await pick("region");
    await waitFor(() => expect(captures(backend.calls)).toHaveLength(1));
    expect(screen.queryByTestId(testIds.screenProblem)).toBeNull();
  });
});

describe("the picker", () => {
  it("shows what each looks like, again and again while it is open", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ["setTimeout", "clearTimeout"] });
    const user = userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms) });
    const { backend } = await open();
    await pick("window");
    await source("s2");
    const looks = () => backend.calls.filter((call) => call === "screenPreview s2 480").length;
    await waitFor(() => expect(looks()).toBe(1));
    await vi.advanceTimersByTimeAsync(2100);
    expect(looks()).toBe(2);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId(testIds.screenPicker)).toBeNull());
    const before = looks();
    await vi.advanceTimersByTimeAsync(5000);
    expect(looks()).toBe(before);
  });

  it("names each with its application and size", async () => {
    await open();
    await pick("window");
    expect(await source("s3")).toHaveAccessibleName(/Balcony plan - Sheet 1, LibreOffice Calc · 1280 × 860/);
  });

  it("can be chosen from with the keys alone", async () => {
    const { backend } = await open();
    await pick("window");
    const first = await source("s2");
    await waitFor(() => expect(first).toHaveFocus());
    await userEvent.keyboard("{ArrowRight}{Enter}");
    expect(captures(backend.calls)).toEqual(["captureScreen s3"]);
  });

  it("says that there is nothing, and looks again", async () => {
    const { backend } = await open(false, []);
    await pick("window");
    expect(await screen.findByTestId(testIds.screenProblem)).toHaveAttribute("data-code", "none");
    backend.screen.sources = { sources: SOURCES, portal: false };
    await userEvent.click(screen.getByRole("button", { name: "Look again" }));
    await source("s2");
  });

  it("says why the screens are not known", async () => {
    const { backend } = await open();
    backend.screen.problem = failing("no-screen");
    await pick("keep");
    expect(await screen.findByTestId(testIds.screenProblem)).toHaveAttribute("data-code", "no-screen");
  });

  it("goes with the arrows to the nearest of the next row", () => {
    const at = (left: number, top: number) => ({ left, top, width: 100 });
    const places = [at(0, 0), at(110, 0), at(220, 0), at(0, 100), at(110, 100)];
    expect(stepIn(places, 1, "ArrowDown")).toBe(4);
    expect(stepIn(places, 2, "ArrowDown")).toBe(4);
    expect(stepIn(places, 3, "ArrowUp")).toBe(0);
    expect(stepIn(places, 3, "ArrowDown")).toBeNull();
    expect(stepIn(places, 4, "ArrowRight")).toBeNull();
    expect(stepIn(places, 1, "Home")).toBe(0);
    expect(stepIn(places, 0, "x")).toBeNull();
  });
});

describe("a screen that is kept open", () => {
  it("shows a light, gives each question its picture, and stops when it is closed", async () => {
    const { backend } = await open();
    await keep();
    expect(screen.getByTestId(testIds.screenLight)).toHaveTextContent("Screen shown");
    expect(captures(backend.calls)).toHaveLength(0);
    await userEvent.type(composer(), "What is this?{Enter}");
    await answered();
    await userEvent.type(composer(), "And now?{Enter}");
    await answered(2);
    expect(captures(backend.calls)).toEqual(["captureScreen s2", "captureScreen s2"]);
    const files = backend.requests.map(({ action }) => ("attachments" in action ? action.attachments : []));
    expect(files).toEqual([[{ id: "shot501" }], [{ id: "shot502" }]]);
    await userEvent.click(screen.getByTestId(testIds.screenClose));
    expect(screen.queryByTestId(testIds.screenLight)).toBeNull();
    await userEvent.type(composer(), "And without?{Enter}");
    await answered(3);
    expect(captures(backend.calls)).toHaveLength(2);
  });

  it("gives the picture, or nothing, as the person chooses until they choose again", async () => {
    const { backend, app } = await open();
    await keep();
    expect(along()).toHaveTextContent("With the screen's picture");
    await chooseAlong("nothing");
    expect(along()).toHaveTextContent("Without the screen");
    await userEvent.type(composer(), "Only words{Enter}");
    await answered();
    expect(captures(backend.calls)).toHaveLength(0);
    // Also for the next screen that is kept open.
    app.screen.close();
    await keep("s3");
    expect(along()).toHaveAttribute("data-along", "nothing");
    await chooseAlong("picture");
    await userEvent.type(composer(), "With it{Enter}");
    await answered(2);
    expect(captures(backend.calls)).toEqual(["captureScreen s3"]);
    expect(watches(backend.calls)).toEqual([]);
  });

  it("keeps the question where the picture cannot be taken", async () => {
    const { backend } = await open();
    await keep();
    backend.screen.problem = failing("screen-gone");
    await userEvent.type(composer(), "What is this?{Enter}");
    const problem = await screen.findByTestId(testIds.composerProblem);
    expect(problem).toHaveTextContent("The picture of “Invoice 2041.pdf” could not be taken along.");
    expect(problem).toHaveTextContent("That window is closed");
    expect(composer()).toHaveValue("What is this?");
    expect(backend.requests).toHaveLength(0);
    backend.screen.problem = null;
    await userEvent.type(composer(), "{Enter}");
    await answered();
    expect(backend.requests).toHaveLength(1);
  });

  it("waits for the picture, and not for ever", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ["setTimeout", "clearTimeout"] });
    const { backend } = await open();
    await keep();
    backend.screen.deliver = () => undefined;
    await userEvent.type(composer(), "What is this?{Enter}");
    await vi.advanceTimersByTimeAsync(ARRIVES_WITHIN - 2000);
    expect(screen.getByTestId(testIds.send)).toBeDisabled();
    expect(screen.queryByTestId(testIds.composerProblem)).toBeNull();
    await vi.advanceTimersByTimeAsync(2500);
    expect(await screen.findByTestId(testIds.composerProblem)).toHaveTextContent("It did not arrive in time.");
    expect(composer()).toHaveValue("What is this?");
    expect(backend.requests).toHaveLength(0);
    expect(screen.getByTestId(testIds.send)).toBeEnabled();
  });

  it("puts a newer picture in the place of one whose question was not asked", async () => {
    const { backend } = await open();
    await keep();
    backend.script.rejects = failing("disk-full");
    await userEvent.type(composer(), "What is this?{Enter}");
    await screen.findByTestId(testIds.composerProblem);
    await waitFor(() => expect(screen.getAllByTestId(testIds.attachment)).toHaveLength(1));
    delete backend.script.rejects;
    await userEvent.type(composer(), "{Enter}");
    await answered();
    const asked = backend.requests.at(-1)?.action;
    expect(asked && "attachments" in asked ? asked.attachments : null).toEqual([{ id: "shot502" }]);
    expect(backend.calls).toContain("removeAttachment shot501");
  });

  it("asks once, also when Enter is pressed again meanwhile", async () => {
    const { backend } = await open();
    await keep();
    let deliver: () => void = () => undefined;
    const really = backend.screen.deliver;
    backend.screen.deliver = () => (deliver = really);
    await userEvent.type(composer(), "What is this?{Enter}{Enter}");
    await waitFor(() => expect(captures(backend.calls)).toHaveLength(1));
    deliver();
    await answered();
    expect(backend.requests).toHaveLength(1);
    expect(captures(backend.calls)).toHaveLength(1);
  });

  it("looks only while the window can be seen", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ["setTimeout", "clearTimeout"] });
    const { backend } = await open();
    await keep();
    const looks = () => backend.calls.filter((call) => call === "screenPreview s2 640").length;
    await waitFor(() => expect(looks()).toBe(1));
    await vi.advanceTimersByTimeAsync(750);
    expect(looks()).toBe(2);
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(3000);
    expect(looks()).toBe(2);
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event("visibilitychange"));
    await waitFor(() => expect(looks()).toBe(3));
  });

  it("is shown in the sheet of what leaves, too", async () => {
    const { backend } = await open();
    await keep();
    await userEvent.type(composer(), "What is this?");
    await userEvent.click(screen.getByTestId(testIds.tools));
    await userEvent.click(await screen.findByTestId(testIds.leaving));
    const file = await screen.findByTestId(testIds.leavingFile);
    expect(file).toHaveAttribute("data-attachment", "shot501");
    await userEvent.click(screen.getByTestId(testIds.leavingSend));
    await answered();
    // What was looked at is what goes.
    expect(captures(backend.calls)).toHaveLength(1);
  });
});

describe("the last seconds of a screen that is kept open", () => {
  async function keepSeconds(seconds: "5" | "10" = "5") {
    const opened = await open();
    let made = 0;
    opened.backend.screen.clip = (length) => fakeClip(`last${length}-${(made += 1)}`, "Screen.mp4");
    await keep();
    await chooseAlong(seconds);
    return opened;
  }

  it("go along with the sharper picture of the moment", async () => {
    const { backend } = await keepSeconds();
    expect(along()).toHaveTextContent("With the screen's last 5 s");
    expect(screen.getByTestId(testIds.screenLight).title).toContain("keeps the last seconds of “Invoice 2041.pdf”");
    await userEvent.type(composer(), "What happened?{Enter}");
    await answered();
    expect(watches(backend.calls)).toEqual(["watchScreen s2", "keepScreenClip 5"]);
    expect(filesOf(backend.requests)).toEqual([["shot501", "last5-1"]]);
    // It is watched on for the next question.
    await chooseAlong("10");
    await userEvent.type(composer(), "And before?{Enter}");
    await answered(2);
    expect(watches(backend.calls)).toEqual(["watchScreen s2", "keepScreenClip 5", "keepScreenClip 10"]);
    expect(filesOf(backend.requests)[1]).toEqual(["shot502", "last10-2"]);
  });

  it("are kept only while they are wanted and the screen is open", async () => {
    const { backend } = await keepSeconds("10");
    await waitFor(() => expect(backend.screen.watched).toBe("s2"));
    await chooseAlong("picture");
    await waitFor(() => expect(backend.screen.watched).toBeNull());
    await chooseAlong("5");
    await waitFor(() => expect(backend.screen.watched).toBe("s2"));
    await userEvent.click(screen.getByTestId(testIds.screenClose));
    await waitFor(() => expect(backend.screen.watched).toBeNull());
    // The choice is remembered.
    await keep("s4");
    await waitFor(() => expect(backend.screen.watched).toBe("s4"));
    window.dispatchEvent(new Event("pagehide"));
    await waitFor(() => expect(backend.screen.watched).toBeNull());
    expect(screen.queryByTestId(testIds.screenLight)).toBeNull();
  });

  it("are closed in the end, however fast one changes one's mind", async () => {
    const { backend, app } = await open();
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const watch = backend.screen.watchScreen.bind(backend.screen);
    backend.screen.watchScreen = (id) => begun.then(() => watch(id));
    await keep();
    app.screen.chooseAlong(5);
    app.screen.close();
    begin();
    await app.screen.attending;
    expect(watches(backend.calls)).toEqual(["watchScreen s2", "unwatchScreen"]);
    expect(backend.screen.watched).toBeNull();
  });

  it("are only the picture where there are no seconds yet", async () => {
    const { backend } = await keepSeconds();
    backend.screen.clip = () => null;
    await userEvent.type(composer(), "What happened?{Enter}");
    await answered();
    expect(filesOf(backend.requests)).toEqual([["shot501"]]);
    expect(screen.queryByTestId(testIds.screenNote)).toBeNull();
  });

  it("are only the picture where FFmpeg is missing, and that is said", async () => {
    const { backend } = await open();
    backend.screen.unwatchable = failing("video-tools-missing");
    await keep();
    await chooseAlong("5");
    const note = await screen.findByTestId(testIds.screenNote);
    expect(note).toHaveAttribute("data-code", "video-tools-missing");
    expect(note).toHaveTextContent("the picture when you send goes along");
    expect(note).toHaveTextContent("FFmpeg");
    expect(screen.getByTestId(testIds.screenLight).title).not.toContain("keeps the last seconds");
    await userEvent.type(composer(), "What happened?{Enter}");
    await answered();
    expect(filesOf(backend.requests)).toEqual([["shot501"]]);
    expect(watches(backend.calls)).toEqual(["watchScreen s2"]);
    // It was installed meanwhile.
    backend.screen.unwatchable = null;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(backend.screen.watched).toBe("s2"));
    expect(screen.queryByTestId(testIds.screenNote)).toBeNull();
  });

  it("are only the picture where FFmpeg went away meanwhile", async () => {
    const { backend } = await keepSeconds();
    backend.screen.clipProblem = failing("video-tools-missing");
    await userEvent.type(composer(), "What happened?{Enter}");
    await answered();
    expect(filesOf(backend.requests)).toEqual([["shot501"]]);
    expect(await screen.findByTestId(testIds.screenNote)).toHaveAttribute("data-code", "video-tools-missing");
  });

  it("keep the question where no clip comes of them, and are taken anew with it", async () => {
    const { backend, app } = await keepSeconds();
    backend.screen.clipProblem = failing("disk-full");
    await userEvent.type(composer(), "What happened?{Enter}");
    const problem = await screen.findByTestId(testIds.composerProblem);
    expect(problem).toHaveTextContent("“Invoice 2041.pdf” could not be taken along.");
    expect(backend.requests).toHaveLength(0);
    expect(app.draft.attachments.map(({ id }) => id)).toEqual(["shot501"]);
    backend.screen.clipProblem = null;
    await userEvent.type(composer(), "{Enter}");
    await answered();
    expect(filesOf(backend.requests)).toEqual([["shot502", "last5-1"]]);
    expect(backend.calls).toContain("removeAttachment shot501");
  });
});
