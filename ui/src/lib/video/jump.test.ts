import { cleanup, fireEvent, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openWindow } from "../../test-window";
import type { Attachment, Message } from "../backend/bindings";
import type { FakeState } from "../backend/fake";
import { fakeConversation, fakeMessage } from "../backend/fake-scenarios";
import { fakeSound } from "../backend/fake-voice";
import { fakeVideo } from "../backend/fake-watching";
import { testIds } from "../testids";
import { fileOf, sentenceAround } from "./jump";

const walk = fakeVideo("v1", "Balcony walk.mp4");
const ferry = fakeVideo("v2", "ferry.mov");
const meeting = fakeSound("s1", "meeting.m4a");

beforeEach(() => {
  // jsdom plays nothing.
  vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue();
  vi.spyOn(HTMLMediaElement.prototype, "pause").mockReturnValue();
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe("the file a time is of", () => {
  const durations: Record<string, number> = { v1: 95_400, v2: 20_000, s1: 600_000 };
  const numbers = new Map([
    ["v1", 1],
    ["v2", 2],
  ]);
  const of = (at: number, sentence = "", files: Attachment[] = [walk, ferry]) =>
    fileOf(at, sentence, { files, numbers, duration: (id) => durations[id] ?? 0 })?.id;

  it.each([
    ["the newest", 5000, "At 0:05.", "v2"],
    ["the newest that is long enough", 83_000, "At 1:23.", "v1"],
    ["in its last second", 95_900, "At 1:35.", "v1"],
    ["named", 5000, "In Balcony walk.mp4 at 0:05.", "v1"],
    ["named without its ending", 5000, "In the balcony walk, at 0:05.", "v1"],
    ["numbered", 5000, "In video 1 at 0:05.", "v1"],
    ["numbered in Chinese", 5000, "视频 1 的 0:05", "v1"],
    ["numbered as people say it", 5000, "第 1 段视频的 0:05", "v1"],
    ["another where the one that is named is too short", 83_000, "In ferry.mov at 1:23.", "v1"],
  ])("is the one: %s", (_, at, sentence, expected) => {
    expect(of(at, sentence)).toBe(expected);
  });

  it("is none where none is long enough", () => {
    expect(of(700_000)).toBeUndefined();
  });

  it("is a video before a recording, and a recording where no video is long enough", () => {
    expect(of(5000, "", [walk, meeting])).toBe("v1");
    expect(of(300_000, "", [walk, meeting])).toBe("s1");
  });

  it("is told by its own sentence alone", () => {
    const text = "In video 1 it rains. At 0:05 the sun shines! 然后在0:12下雨。最后天黑。";
    expect(sentenceAround(text, text.indexOf("0:05")).trim()).toBe("At 0:05 the sun shines!");
    expect(sentenceAround(text, text.indexOf("0:12")).trim()).toBe("然后在0:12下雨。");
    expect(sentenceAround(text, text.length)).toBe("");
  });
});

/** Questions with files, each with an answer. */
const asked =
  (...turns: { files: Attachment[]; answer: string }[]) =>
  (state: FakeState): void => {
    let parent: string | null = null;
    state.messages = turns.flatMap(({ files, answer }, index): Message[] => {
      const question = fakeMessage({ id: `q${index}`, role: "user", text: "When?", parent });
      question.parts.unshift(...files.map(({ id }) => ({ type: "attachment" as const, id })));
      parent = `m${index}`;
      return [question, fakeMessage({ id: parent, role: "model", text: answer, parent: question.id })];
    });
    state.attachments = turns.flatMap(({ files }) => files);
    const conversation = fakeConversation({ id: "c0", title: "Old", head: parent });
    state.start.conversations = [conversation];
    state.start.open = { conversation, messages: state.messages, attachments: state.attachments };
  };
const moment = (at: number) =>
  waitFor(() => {
    const found = screen.queryAllByTestId(testIds.moment).find(({ dataset }) => dataset["at"] === String(at));
    if (!found) throw new Error("not there");
    return found;
  });

describe("a time that is pressed", () => {
  it("opens the viewer at that moment of the video", async () => {
    await openWindow(asked({ files: [walk], answer: "The cat comes in at **1:23**, not at 2:10." }));
    const button = await moment(83_000);
    expect(button).toHaveAccessibleName("Jump to 1:23");
    expect(screen.getAllByTestId(testIds.moment)).toHaveLength(1);
    button.focus();
    await userEvent.keyboard("{Enter}");
    expect(await screen.findByTestId(testIds.viewer, undefined, { timeout: 5000 })).toHaveTextContent(
      "Balcony walk.mp4",
    );
    expect(screen.getByTestId(testIds.videoTime).textContent).toBe("1:23 / 1:35");
  });

  it("goes to a video of an earlier question, and to the one its sentence names", async () => {
    const { app } = await openWindow(
      asked({ files: [walk, ferry], answer: "A cat." }, { files: [], answer: "In video 1 at 0:05. At 0:06 it rains." }),
    );
    await fireEvent.click(await moment(5000));
    expect(app.viewer).toMatchObject({ attachments: [{ id: "v1" }], at: 5000 });
    app.viewer = null;
    await fireEvent.click(await moment(6000));
    expect(app.viewer).toMatchObject({ attachments: [{ id: "v2" }], at: 6000 });
  });

  it("plays a recording from there", async () => {
    const { backend } = await openWindow((state) => {
      asked({ files: [meeting], answer: "It moves, at 0:05. Not at 0:30." })(state);
    });
    await fireEvent.click(await moment(5000));
    await waitFor(() => expect(backend.calls).toContain("playSound s1 5000"));
    expect(screen.getAllByTestId(testIds.moment)).toHaveLength(1);
  });

  it("is none before the video was shown, nor where nothing was", async () => {
    const { backend } = await openWindow(
      asked({ files: [], answer: "Lunch is at 1:00." }, { files: [walk], answer: "At 0:05." }),
    );
    await moment(5000);
    expect(screen.getAllByTestId(testIds.moment)).toHaveLength(1);
    expect(backend.calls.filter((call) => call.startsWith("videoInfo"))).toEqual(["videoInfo v1"]);
  });

  it("is one while the answer is written, too", async () => {
    const { backend } = await openWindow(asked({ files: [walk], answer: "A cat." }), {
      text: "At 0:13 a cat, at 1:05 rain.",
      pace: 5,
      hangs: true,
    });
    await screen.findByTestId(testIds.videoDuration);
    await fireEvent.click(screen.getByTestId(testIds.again));
    await moment(13_000);
    expect(screen.getByTestId(testIds.answer)).toHaveAttribute("data-status", "streaming");
    expect(backend.calls.filter((call) => call.startsWith("videoInfo"))).toHaveLength(1);
  });
});
