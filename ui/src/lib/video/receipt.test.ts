import { screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import { openWindow } from "../../test-window";
import type { DeliveredMedia, MediaKind, Receipt } from "../backend/bindings";
import type { FakeState } from "../backend/fake";
import { fakeConversation, fakeMessage } from "../backend/fake-scenarios";
import { fakeVideo, fakeWatched } from "../backend/fake-watching";
import { receiptLine } from "../conversation/receipt-line";
import { locale } from "../i18n/i18n.svelte";
import { testIds } from "../testids";

const LOCAL = { mind: "local" as const, id: "qwen2.5-coder-1.5b-instruct-q4_k_m" };
const MOMENTS = [5000, 13_000, 21_000, 34_000, 42_000, 65_000, 77_000, 89_000];
const receiptOf = (delivered: DeliveredMedia[], change: Partial<Receipt> = {}): Receipt => ({
  delivered,
  omitted: [],
  earlierMessages: 0,
  promptTokens: 312,
  estimated: false,
  ...change,
});
const kindOf = (id: string): MediaKind => (id.startsWith("v") ? "video" : "image");
const line = (delivered: DeliveredMedia[], change: Partial<Receipt> = {}) =>
  receiptLine(receiptOf(delivered, change), LOCAL, "Qwen", kindOf);
const watched = (change: Partial<DeliveredMedia> = {}) => ({
  ...fakeWatched("v1", "[0:05] a cat", MOMENTS),
  ...change,
});
const pictures = (change: Partial<DeliveredMedia> = {}) =>
  watched({ notes: null, mime: "image/png", width: 768, height: 432, ...change });

afterEach(() => locale.use("en"));

describe("the receipt of a video", () => {
  it("counts the moments a model got notes of", () => {
    expect(line([watched()])).toMatchObject({
      text: "Watched 8 moments of the video · 312 tokens",
      warns: false,
      unseen: false,
      notes: false,
    });
    expect(line([watched(), watched({ attachment: "v2", moments: [0] })]).text).toBe(
      "Watched 9 moments of 2 videos · 312 tokens",
    );
    locale.use("zh");
    expect(line([watched()]).text).toBe("看了视频的 8 个时刻 · 312 词元");
  });

  it("counts the pictures a model saw of it, and says which part", () => {
    expect(line([pictures({ view: { startMs: 7000, endMs: 95_000 } })]).text).toBe(
      "Saw 8 pictures of the video · 0:07–1:35 · 312 tokens",
    );
    locale.use("zh");
    expect(line([pictures()]).text).toBe("看了视频的 8 张画面 · 312 词元");
  });

  it("tells pictures of a video from pictures", () => {
    const picture = pictures({ attachment: "a1", moments: [], bytes: 312_000 });
    expect(line([pictures(), picture]).text).toBe(
      "Saw 8 pictures of the video · 1 picture read, 768 × 432, 312 kB · 312 tokens",
    );
  });

  it("says where only words or nothing came of it", () => {
    expect(line([watched({ moments: [] })]).text).toBe(
      "Read what is said in the video, without its pictures · 312 tokens",
    );
    const nothing = { words: "", usable: false, lines: 0, linesLeftOut: 0 };
    expect(line([watched({ notes: nothing })]).text).toBe("Nothing was made out in the video · 312 tokens");
  });

  it("says that it was not watched, without a promise of another mind", () => {
    const omitted = [{ attachment: "v1", reason: "video-tools-missing" as const, count: 1 }];
    expect(line([], { omitted })).toMatchObject({
      text: "The video was not watched: FFmpeg is missing",
      warns: true,
      unseen: false,
    });
  });

  it("is a file like others for a model that takes it as it is", () => {
    const whole = watched({ notes: null, moments: [], mime: "video/mp4", bytes: 48_200_000 });
    expect(receiptLine(receiptOf([whole]), { mind: "gemini", id: "x" }, "Gemini", kindOf).text).toBe(
      "1 file sent, 48 MB · 312 tokens",
    );
  });

  it("unfolds to the moments, each to be gone to, and to the notes", async () => {
    const { app } = await openWindow((state: FakeState) => {
      const conversation = fakeConversation({ id: "c0", title: "Old", head: "m1" });
      state.attachments = [fakeVideo("v1", "walk.mp4")];
      const question = fakeMessage({ id: "q1", role: "user", text: "When?" });
      question.parts.unshift({ type: "attachment", id: "v1" });
      state.messages = [
        question,
        fakeMessage({
          id: "m1",
          role: "model",
          text: "A cat.",
          parent: "q1",
          model: LOCAL,
          receipt: receiptOf([watched()]),
        }),
      ];
      state.start.conversations = [conversation];
      state.start.open = { conversation, messages: state.messages, attachments: state.attachments };
    });
    await userEvent.click(screen.getByRole("button", { name: /Watched 8 moments/ }));
    const details = screen.getByTestId(testIds.receiptDetails);
    expect(details).toHaveTextContent("walk.mp4");
    expect(details).toHaveTextContent("8 moments");
    expect(screen.getByTestId(testIds.receiptNotes)).toHaveTextContent("[0:05] a cat");
    expect(screen.queryByTestId(testIds.showInPicture)).toBeNull();
    const moments = screen.getAllByTestId(testIds.moment);
    expect(moments.map(({ textContent }) => textContent)).toEqual([
      "0:05",
      "0:13",
      "0:21",
      "0:34",
      "0:42",
      "1:05",
      "1:17",
      "1:29",
    ]);
    await userEvent.click(moments[1] as HTMLElement);
    expect(app.viewer).toMatchObject({ attachments: [{ id: "v1" }], at: 13_000 });
    // Notes of a video are none of a picture.
    expect(screen.queryByTestId(testIds.pictureNotice)).toBeNull();
  });
});

describe("a video that is being watched", () => {
  it.each([
    ["en", "Watching the video… 40%"],
    ["zh", "正在看视频… 40%"],
  ] as const)("is told in %s", async (language, words) => {
    const { app } = await openWindow(
      (state) => {
        state.start.settings.language = language;
      },
      { text: "A cat.", watches: 0.4 },
    );
    app.draft.text = "When?";
    void app.send();
    expect(await screen.findByTestId(testIds.stage)).toHaveTextContent(words);
  });
});
