import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openWindow } from "../../test-window";
import type { FakeBackend, FakeState } from "../backend/fake";
import { fakeTranscript } from "../backend/fake-voice";
import { fakeVideo } from "../backend/fake-watching";
import { Clip } from "../camera/clip.svelte";
import { testIds } from "../testids";

const LOCAL = { mind: "local" as const, id: "qwen2.5-coder-1.5b-instruct-q4_k_m" };
const walk = fakeVideo("v1", "walk.mp4");
const ferry = fakeVideo("v2", "ferry.mov");
const local = (state: FakeState): void => {
  state.start.settings.model = LOCAL;
};

// The first viewer to open takes a slow machine seconds.
vi.setConfig({ testTimeout: 20_000 });

/** What jsdom lacks of a media element: it plays as far as it is told. */
beforeEach(() => {
  const paused = new WeakMap<HTMLMediaElement, boolean>();
  const places = new WeakMap<HTMLMediaElement, number>();
  vi.spyOn(HTMLMediaElement.prototype, "paused", "get").mockImplementation(function (this: HTMLMediaElement) {
    return paused.get(this) ?? true;
  });
  vi.spyOn(HTMLMediaElement.prototype, "readyState", "get").mockReturnValue(4);
  vi.spyOn(HTMLMediaElement.prototype, "duration", "get").mockReturnValue(95);
  vi.spyOn(HTMLMediaElement.prototype, "currentTime", "get").mockImplementation(function (this: HTMLMediaElement) {
    return places.get(this) ?? 0;
  });
  vi.spyOn(HTMLMediaElement.prototype, "currentTime", "set").mockImplementation(function (this: HTMLMediaElement, to) {
    places.set(this, to);
    this.dispatchEvent(new Event("seeking"));
  });
  vi.spyOn(HTMLMediaElement.prototype, "play").mockImplementation(function (this: HTMLMediaElement) {
    paused.set(this, false);
    this.dispatchEvent(new Event("play"));
    return Promise.resolve();
  });
  vi.spyOn(HTMLMediaElement.prototype, "pause").mockImplementation(function (this: HTMLMediaElement) {
    paused.set(this, true);
    this.dispatchEvent(new Event("pause"));
  });
});
afterEach(() => {
  // What closes is paused, too.
  cleanup();
  vi.restoreAllMocks();
});

const drop = (backend: FakeBackend, ...files: (typeof walk)[]) => {
  for (const [token, attachment] of files.entries()) backend.emit({ type: "added", token, attachment });
};
const tile = () => screen.findByTestId(testIds.videoTile);
const element = () => screen.getByTestId(testIds.videoPlayer).querySelector("video") as HTMLVideoElement;
const time = () => screen.getByTestId(testIds.videoTime).textContent;
const state = () => screen.getByTestId(testIds.videoPlayer).dataset["state"];

/** The viewer on a video that waits in the composer. */
async function openVideo(change: (state: FakeState) => void = local, ...files: (typeof walk)[]) {
  const opened = await openWindow(change);
  drop(opened.backend, ...(files.length > 0 ? files : [walk]));
  await fireEvent.click((await screen.findAllByTestId(testIds.videoTile))[0] as HTMLElement);
  await screen.findByTestId(testIds.viewer, undefined, { timeout: 5000 });
  await waitFor(() => expect(element()).toHaveAttribute("src", "http://127.0.0.1:9/v1"));
  await fireEvent(element(), new Event("loadedmetadata"));
  return opened;
}

describe("a video in the composer", () => {
  it("shows a picture of it and how long it is, and opens", async () => {
    const { app, backend } = await openWindow();
    drop(backend, walk);
    expect(await screen.findByTestId(testIds.videoDuration)).toHaveTextContent("1:35");
    expect(await tile()).toHaveAccessibleName("Open the video walk.mp4, 1:35 long");
    await userEvent.click(await tile());
    expect(app.viewer).toMatchObject({ attachments: [{ id: "v1" }], draft: app.draft });
  });

  it("says which part of it is looked at", async () => {
    const { app, backend } = await openWindow();
    drop(backend, walk);
    await tile();
    app.draft.look("v1", { startMs: 7000, endMs: 20_000 });
    expect(await screen.findByTestId(testIds.viewLabel)).toHaveTextContent("0:07–0:20");
    expect(await tile()).toHaveAccessibleName("Open the video walk.mp4, 1:35 long, 0:07–0:20");
  });

  it("is a name and a mark where nothing is known of it", async () => {
    const { backend } = await openWindow();
    backend.video.problem = { code: "video-damaged", notice: null, detail: null };
    drop(backend, walk);
    const shown = await tile();
    await fireEvent.error(shown.querySelector("img") as HTMLImageElement);
    expect(shown.querySelector("img")).toBeNull();
    expect(shown.querySelector("svg")).not.toBeNull();
    expect(screen.queryByTestId(testIds.videoDuration)).toBeNull();
    expect(shown).toHaveAccessibleName("Open walk.mp4");
  });

  it("is no picture that a model cannot see", async () => {
    const { backend } = await openWindow((state) => {
      local(state);
      state.start.recognisers = [];
    });
    drop(backend, walk);
    await tile();
    expect(document.querySelector(".hint")).toBeNull();
  });
});

describe("the player", () => {
  it("plays and pauses with its button, the space key and a click on the video", async () => {
    await openVideo();
    const play = screen.getByTestId(testIds.videoPlay);
    expect(play).toHaveAccessibleName("Play walk.mp4");
    await userEvent.click(play);
    expect(state()).toBe("playing");
    expect(play).toHaveAccessibleName("Pause walk.mp4");
    screen.getByTestId(testIds.viewer).focus();
    await userEvent.keyboard(" ");
    expect(state()).toBe("paused");
    await fireEvent.click(element());
    expect(state()).toBe("playing");
    // The button takes the key itself: once, not twice.
    play.focus();
    await userEvent.keyboard(" ");
    expect(state()).toBe("paused");
  });

  it("says where it is, and goes five seconds with the arrows", async () => {
    await openVideo();
    expect(time()).toBe("0:00 / 1:35");
    screen.getByTestId(testIds.viewer).focus();
    await userEvent.keyboard("{ArrowRight}{ArrowRight}{ArrowLeft}{ArrowRight}");
    expect(time()).toBe("0:10 / 1:35");
    await userEvent.keyboard("{ArrowLeft}{ArrowLeft}{ArrowLeft}");
    expect(time()).toBe("0:00 / 1:35");
    expect(element().currentTime).toBe(0);
  });

  it("has a slider for the place in it, whose keys are its own", async () => {
    await openVideo();
    const slider = screen.getByTestId(testIds.videoSeek);
    expect(slider).toHaveAccessibleName("Place in walk.mp4");
    slider.focus();
    await userEvent.keyboard("{ArrowRight}{ArrowRight}");
    expect(element().currentTime).toBe(2);
    expect(slider).toHaveAttribute("aria-valuetext", "0:02 of 1:35");
    await userEvent.keyboard("{End}");
    expect(slider).toHaveAttribute("aria-valuenow", "95000");
  });

  it("is muted and unmuted", async () => {
    await openVideo();
    await userEvent.click(screen.getByRole("button", { name: "Mute" }));
    await fireEvent(element(), new Event("volumechange"));
    expect(element().muted).toBe(true);
    await userEvent.click(screen.getByRole("button", { name: "Sound on" }));
    expect(element().muted).toBe(false);
    await fireEvent.input(screen.getByRole("slider", { name: "Volume" }), { target: { value: "0.5" } });
    expect(element().volume).toBe(0.5);
  });

  it("silences what else is heard, and is silenced by it", async () => {
    const { app } = await openVideo();
    const speech = vi.spyOn(app.speaking, "stop");
    const sound = vi.spyOn(app.voice.player, "stop");
    await userEvent.click(screen.getByTestId(testIds.videoPlay));
    expect(speech).toHaveBeenCalled();
    expect(sound).toHaveBeenCalled();
    expect(state()).toBe("playing");
    app.voice.player.playing = "s1";
    await waitFor(() => expect(state()).toBe("paused"));
  });

  it("does not play into an open microphone", async () => {
    const { app } = await openVideo();
    await userEvent.click(screen.getByTestId(testIds.videoPlay));
    app.conversing.on = true;
    await waitFor(() => expect(state()).toBe("paused"));
    expect(screen.getByTestId(testIds.videoPlay)).toBeDisabled();
    expect(screen.getByTestId(testIds.videoPlay)).toHaveAccessibleName(
      "The microphone is open: it would hear the video.",
    );
    screen.getByTestId(testIds.viewer).focus();
    await userEvent.keyboard(" ");
    expect(state()).toBe("paused");
    app.conversing.on = false;
  });

  it("pauses while a clip is recorded with sound, and not for one without", async () => {
    const { app, backend } = await openVideo();
    const play = screen.getByTestId(testIds.videoPlay);
    await userEvent.click(play);
    const silent = new Clip(backend, app.camera.source, false);
    app.camera.clip = silent;
    await waitFor(() => expect(silent.open).toBe(true));
    expect(state()).toBe("playing");
    expect(play).toBeEnabled();
    await silent.cancel();
    await silent.done;
    const heard = new Clip(backend, app.camera.source, true);
    app.camera.clip = heard;
    await waitFor(() => expect(state()).toBe("paused"));
    expect(play).toBeDisabled();
    expect(play).toHaveAccessibleName("The microphone is open: it would hear the video.");
    await heard.stop();
    await waitFor(() => expect(play).toBeEnabled());
    expect(state()).toBe("paused");
    app.camera.clip = null;
  });

  it("shows what cannot be played moment by moment, and says so", async () => {
    await openVideo();
    await fireEvent.error(element());
    expect(await screen.findByTestId(testIds.videoProblem)).toHaveTextContent(
      "This video cannot be played here, but it can be asked about.",
    );
    expect(screen.queryByTestId(testIds.videoPlay)).toBeNull();
    expect(state()).toBe("failed");
    screen.getByTestId(testIds.videoSeek).focus();
    await userEvent.keyboard("{PageUp}");
    const shown = screen.getByTestId(testIds.videoPlayer).querySelector("img");
    expect(shown?.getAttribute("src")).toContain("data:image/svg");
    expect(time()).toBe("0:09 / 1:35");
  });

  it("lets the keyboard page to another file only with its buttons", async () => {
    await openVideo(local, walk, ferry);
    await userEvent.click(screen.getByRole("button", { name: "Next" }));
    expect(screen.getByTestId(testIds.viewer)).toHaveTextContent("ferry.mov");
    await waitFor(() => expect(element()).toHaveAttribute("src", "http://127.0.0.1:9/v2"));
  });

  it("stops when the viewer closes", async () => {
    await openVideo();
    await userEvent.click(screen.getByTestId(testIds.videoPlay));
    const playing = element();
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId(testIds.viewer)).toBeNull());
    expect(playing.paused).toBe(true);
  });
});

describe("what is said in a video", () => {
  it("stands beside it, with times that go there", async () => {
    await openVideo((state) => {
      local(state);
    });
    await waitFor(() => expect(screen.getByTestId(testIds.videoWords)).toHaveAttribute("aria-pressed", "false"));
    await userEvent.click(screen.getByTestId(testIds.videoWords));
    expect(screen.getByTestId(testIds.transcript)).toHaveAttribute("data-state", "none");
  });

  it("is shown by itself where it is known", async () => {
    const opened = await openWindow(local);
    opened.backend.voice.transcripts.set("v1", fakeTranscript(["A cat.", "It rains."], "en", 9));
    drop(opened.backend, walk);
    await userEvent.click(await tile());
    await waitFor(() => expect(screen.getAllByTestId(testIds.transcriptMark)).toHaveLength(2));
    await fireEvent(element(), new Event("loadedmetadata"));
    await userEvent.click(screen.getAllByTestId(testIds.transcriptMark)[1] as HTMLElement);
    expect(element().currentTime).toBe(9);
    expect(state()).toBe("playing");
    expect(opened.backend.calls.filter((call) => call.startsWith("playSound"))).toEqual([]);
  });

  it("is not offered for a video without sound", async () => {
    const opened = await openWindow(local);
    opened.backend.video.infos.set("v1", { durationMs: 9000, width: 4, height: 3, frameRate: 30, hasSound: false });
    drop(opened.backend, walk);
    await userEvent.click(await tile());
    await screen.findByTestId(testIds.videoTime);
    await waitFor(() => expect(time()).toBe("0:00 / 0:09"));
    expect(screen.queryByTestId(testIds.videoWords)).toBeNull();
    expect(screen.queryByRole("button", { name: "Mute" })).toBeNull();
  });
});

describe("a part of a video", () => {
  const start = () => screen.getByTestId(testIds.videoTrimStart);
  const end = () => screen.getByTestId(testIds.videoTrimEnd);

  it("is chosen with the keys, seen where it is cut, and taken back", async () => {
    const { app } = await openVideo();
    start().focus();
    await userEvent.keyboard("{PageUp}{ArrowLeft}");
    expect(app.draft.views["v1"]).toEqual({ startMs: 8500 });
    expect(start()).toHaveAttribute("aria-valuetext", "0:08.5 of 1:35");
    expect(start()).toHaveAccessibleName("Beginning of the part");
    expect(element().currentTime).toBe(8.5);
    end().focus();
    await userEvent.keyboard("{Home}");
    expect(app.draft.views["v1"]).toEqual({ startMs: 8500, endMs: 9000 });
    expect(screen.getByTestId(testIds.viewer)).toHaveTextContent("Only 0:08–0:09 is looked at.");
    await userEvent.click(screen.getByTestId(testIds.videoTrimClear));
    expect(app.draft.views["v1"]).toBeUndefined();
    expect(screen.queryByTestId(testIds.videoTrimClear)).toBeNull();
  });

  it("is dragged with the pointer", async () => {
    const { app } = await openVideo();
    const strip = screen.getByTestId(testIds.videoSeek);
    vi.spyOn(strip, "getBoundingClientRect").mockReturnValue(new DOMRect(100, 0, 950, 48));
    const at = (type: string, clientX: number) =>
      Object.assign(new MouseEvent(type, { bubbles: true, button: 0, clientX }), { isPrimary: true });
    await fireEvent(end(), at("pointerdown", 1050));
    await fireEvent(window, at("pointermove", 400));
    expect(app.draft.views["v1"]).toEqual({ endMs: 30_000 });
    await fireEvent(window, at("pointerup", 400));
    await fireEvent(window, at("pointermove", 700));
    expect(app.draft.views["v1"]).toEqual({ endMs: 30_000 });
    await fireEvent(strip, at("pointerdown", 200));
    expect(element().currentTime).toBe(10);
    await fireEvent(window, at("pointerup", 200));
    expect(app.draft.views["v1"]).toEqual({ endMs: 30_000 });
  });

  it("has its frames counted, and goes with the question", async () => {
    const { app, backend } = await openVideo();
    await userEvent.selectOptions(screen.getByTestId(testIds.videoFrames), "2");
    expect(app.draft.views["v1"]).toEqual({ framesPer1000S: 2000 });
    end().focus();
    await userEvent.keyboard("{PageDown}");
    expect(app.draft.files).toEqual([{ id: "v1", view: { framesPer1000S: 2000, endMs: 85_500 } }]);
    expect(within(screen.getByTestId(testIds.viewer)).getByTestId(testIds.viewOpen)).toHaveTextContent(
      "0:00–1:25 · 2 frames/s",
    );
    await userEvent.selectOptions(screen.getByTestId(testIds.videoFrames), "As usual");
    expect(app.draft.views["v1"]).toEqual({ endMs: 85_500 });
    expect(backend.calls.some((call) => call.startsWith("ask"))).toBe(false);
  });

  it("is typed, and no detail chosen, for a model on this computer", async () => {
    await openVideo();
    await userEvent.click(within(screen.getByTestId(testIds.viewer)).getByTestId(testIds.viewOpen));
    const form = await screen.findByTestId(testIds.viewForm);
    expect(within(form).queryByTestId(testIds.viewDetail)).toBeNull();
    await userEvent.type(within(form).getByTestId(testIds.viewFrom), "0:10");
    await waitFor(() => expect(start()).toHaveAttribute("aria-valuenow", "10000"));
  });

  it("is not chosen for a video that was asked about", async () => {
    const { app } = await openWindow(local);
    app.viewer = { attachments: [walk], index: 0 };
    await screen.findByTestId(testIds.videoTimeline);
    expect(screen.queryByTestId(testIds.videoTrimStart)).toBeNull();
  });
});
