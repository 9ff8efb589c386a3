import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import { answered, answers, composer, openWindow } from "../../test-window";
import type { CommandError, Message, Receipt, TextLine } from "../backend/bindings";
import { FakeBackend, type FakeState } from "../backend/fake";
import { EMPTY_READING, NOTICE_READING, RECEIPT_READING } from "../backend/fake-pictures";
import {
  fakeConversation,
  fakeMessage,
  fakeNotes,
  fakePicture,
  fakeState,
  withoutRecognisers,
} from "../backend/fake-scenarios";
import { receiptLine } from "../conversation/receipt-line";
import { locale } from "../i18n/i18n.svelte";
import { testIds } from "../testids";
import { areUsable, blocksOf, isFigure } from "./notes";
import { Readings } from "./readings.svelte";

const LOCAL = { mind: "local" as const, id: "qwen2.5-coder-1.5b-instruct-q4_k_m" };
const error = (code: CommandError["code"], detail: string | null = null): CommandError => ({
  code,
  notice: null,
  detail,
});
const called = (backend: FakeBackend, name: string) => backend.calls.filter((call) => call.startsWith(name));

afterEach(() => locale.use("en"));

/** A question with pictures and its answer. */
const holding =
  (answer: Partial<Message> & { text?: string }, pictures = ["a1"]) =>
  (state: FakeState): void => {
    const conversation = fakeConversation({ id: "c0", title: "Old", head: "m1" });
    state.attachments = pictures.map((id) => fakePicture(id, `${id}.jpg`));
    const question = fakeMessage({ id: "q1", role: "user", text: "How much?" });
    question.parts.unshift(...pictures.map((id) => ({ type: "attachment" as const, id })));
    const model = { model: LOCAL, ...answer };
    state.messages = [question, fakeMessage({ id: "m1", role: "model", text: "3.20", parent: "q1", ...model })];
    state.start.conversations = [conversation, { ...conversation, id: "c1", title: "Other", head: null }];
    state.start.open = { conversation, messages: state.messages, attachments: state.attachments };
  };
const receiptOf = (change: Partial<Receipt>): Receipt => ({
  delivered: [],
  omitted: [],
  earlierMessages: 0,
  promptTokens: 212,
  estimated: false,
  ...change,
});

/** The picture of the question, large. */
async function openViewer() {
  await userEvent.click(screen.getByLabelText(/^Open a1\.jpg/));
  return screen.findByTestId(testIds.viewer);
}
const panel = () => screen.getByTestId(testIds.notesPanel);
const panelState = (state: string) => waitFor(() => expect(panel()).toHaveAttribute("data-state", state));

describe("a picture in the composer", () => {
  const picture = fakePicture("a1", "receipt.jpg");

  it("is read at once, and its text can be copied by keyboard", async () => {
    const { backend } = await openWindow();
    backend.readings.set("a1", RECEIPT_READING);
    backend.emit({ type: "added", token: 1, attachment: picture });
    const copy = await screen.findByTestId(testIds.copyPictureText);
    expect(called(backend, "readPicture")).toEqual(["readPicture a1"]);
    copy.focus();
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(backend.copied).toEqual([RECEIPT_READING.text]));
    expect(copy).toHaveAccessibleName("Copied");
    await waitFor(() => expect(screen.getByTestId(testIds.announcement)).toHaveTextContent("Copied"));
  });

  it("shows how far its reading is, and neither typing nor sending waits for it", async () => {
    const { backend } = await openWindow();
    backend.readingPace = null;
    backend.emit({ type: "added", token: 1, attachment: picture });
    const progress = await screen.findByTestId(testIds.readingProgress);
    await waitFor(() => expect(progress).toHaveAttribute("aria-valuenow", "5"));
    expect(progress).toHaveAccessibleName("Reading receipt.jpg");
    await userEvent.type(composer(), "What is it?{Enter}");
    await answered();
    expect(called(backend, "ask")).toHaveLength(1);
  });

  it("stops being read when asked to, and says nothing about it", async () => {
    const { backend, app } = await openWindow();
    backend.readingPace = null;
    backend.emit({ type: "added", token: 1, attachment: picture });
    await userEvent.click(await screen.findByTestId(testIds.stopReading));
    await waitFor(() => expect(screen.queryByTestId(testIds.readingProgress)).toBeNull());
    expect(app.readings.of("a1")).toEqual({ type: "stopped" });
    expect(screen.queryByTestId(testIds.composerProblem)).toBeNull();
  });

  it("is not read on once it was removed", async () => {
    const { backend, app } = await openWindow();
    backend.readingPace = null;
    backend.emit({ type: "added", token: 1, attachment: picture });
    await screen.findByTestId(testIds.readingProgress);
    await userEvent.click(screen.getByTestId(testIds.attachmentRemove));
    expect(called(backend, "stopReading")).toEqual(["stopReading a1"]);
    expect(app.readings.of("a1")).toBeUndefined();
  });

  it("is left alone where the recognisers are missing, as text files always are", async () => {
    const { backend } = await openWindow(withoutRecognisers);
    backend.emit({ type: "added", token: 1, attachment: picture });
    await screen.findByTestId(testIds.attachment);
    expect(called(backend, "readPicture")).toEqual([]);
    expect(screen.queryByTestId(testIds.recognisersFetch)).toBeNull();
    const other = await openWindow();
    other.backend.emit({ type: "added", token: 1, attachment: { ...picture, kind: "text" } });
    expect(called(other.backend, "readPicture")).toEqual([]);
  });

  it("offers no copy and no complaint when it could not be read", async () => {
    const { backend, app } = await openWindow();
    backend.readingProblem = error("internal", "boom");
    backend.emit({ type: "added", token: 1, attachment: picture });
    await waitFor(() => expect(app.readings.of("a1")?.type).toBe("failed"));
    expect(screen.queryByTestId(testIds.copyPictureText)).toBeNull();
    expect(screen.queryByTestId(testIds.composerProblem)).toBeNull();
  });

  it("with nothing in it is told before a model that only reads is asked", async () => {
    const { backend, app } = await openWindow((state) => (state.start.settings.model = LOCAL));
    backend.readings.set("a1", RECEIPT_READING);
    backend.emit({ type: "added", token: 1, attachment: picture });
    await screen.findByTestId(testIds.copyPictureText);
    expect(screen.queryByText(/does not see it/)).toBeNull();
    await userEvent.click(screen.getByTestId(testIds.attachmentRemove));
    backend.emit({ type: "added", token: 2, attachment: fakePicture("a2", "screw.jpg") });
    expect(await screen.findByText(/Nothing readable or recognisable was found/)).toBeInTheDocument();
    await userEvent.click(screen.getByText("Use Gemini 3.5 Flash"));
    expect(app.model?.mind).toBe("gemini");
    expect(screen.queryByText(/Nothing readable/)).toBeNull();
  });
});

describe("the viewer", () => {
  it("reads nothing until asked, then shows boxes over the picture and notes beside it", async () => {
    const { backend } = await openWindow(holding({}));
    backend.readings.set("a1", RECEIPT_READING);
    await openViewer();
    expect(called(backend, "readPicture")).toEqual([]);
    const toggle = screen.getByTestId(testIds.viewerText);
    expect(toggle).toHaveAttribute("aria-pressed", "false");
    await userEvent.click(toggle);
    await panelState("read");
    const boxes = screen.getAllByTestId(testIds.textBox);
    expect(boxes).toHaveLength(RECEIPT_READING.notes.lines.length);
    const corners = RECEIPT_READING.notes.lines[3]?.corners.map(({ x, y }) => `${x},${y}`).join(" ");
    expect(boxes[3]).toHaveAttribute("points", corners);
    expect(boxes[0]?.closest("svg")).toHaveAttribute("viewBox", "0 0 1536 1024");
    const rows = within(panel()).getAllByRole("row");
    expect(
      rows.map((row) =>
        within(row)
          .getAllByRole("cell")
          .map(({ textContent }) => textContent),
      ),
    ).toEqual([
      ["Espresso", "2.50"],
      ["Cappuccino", "3.20"],
      ["Croissant", "2.80"],
      ["TOTAL", "8.50"],
    ]);
    for (const words of ["CAFE LUNA", "menu, 61%", "white 46%", "1536 × 1024 · photo"]) {
      expect(panel()).toHaveTextContent(words);
    }
    await userEvent.click(within(panel()).getByTestId(testIds.copyPictureText));
    await waitFor(() => expect(within(panel()).getByTestId(testIds.copyPictureText)).toHaveTextContent("Copied"));
    expect(backend.copied).toEqual([RECEIPT_READING.text]);
    await userEvent.click(toggle);
    expect(screen.queryByTestId(testIds.notesPanel)).toBeNull();
    expect(screen.queryByTestId(testIds.textBox)).toBeNull();
  });

  it("says a line that is pointed at, and copies it by click and by key", async () => {
    const { backend } = await openWindow(holding({}));
    backend.readings.set("a1", RECEIPT_READING);
    await openViewer();
    await userEvent.keyboard("t");
    await panelState("read");
    const boxes = screen.getAllByTestId(testIds.textBox);
    await fireEvent.pointerEnter(boxes[4] as Element);
    expect((await screen.findByText("Click to copy this line")).parentElement).toHaveTextContent(/^3\.20/);
    expect(boxes[4]).toHaveClass("active");
    await userEvent.click(boxes[4] as Element);
    await waitFor(() => expect(backend.copied).toEqual(["3.20"]));
    expect(screen.getByTestId(testIds.viewerPicture)).toBeInTheDocument();
    boxes[0]?.focus();
    await userEvent.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    await waitFor(() => expect(backend.copied).toEqual(["3.20", "2.50"]));
    expect(boxes.filter((box) => box.getAttribute("tabindex") === "0")).toEqual([boxes[2]]);
  });

  it("copies a code and speaks Chinese", async () => {
    const { backend } = await openWindow((state) => {
      holding({})(state);
      state.start.systemLanguage = "zh";
    });
    backend.readings.set("a1", NOTICE_READING);
    await userEvent.click(screen.getByLabelText("打开 a1.jpg"));
    await userEvent.click(await screen.findByTestId(testIds.viewerText));
    await panelState("read");
    expect(panel()).toHaveTextContent("QR CODEhttps://example.com/notice/318");
    expect(panel()).toHaveTextContent("白色 88%");
    await userEvent.click(within(panel()).getByRole("button", { name: /^复制 https/ }));
    await waitFor(() => expect(backend.copied).toEqual(["https://example.com/notice/318"]));
  });

  it("stops a reading and begins it again", async () => {
    const { backend } = await openWindow(holding({}));
    backend.readingPace = null;
    await openViewer();
    await userEvent.click(screen.getByTestId(testIds.viewerText));
    await waitFor(() => expect(panel()).toHaveTextContent("Reading the picture, 5%"));
    await userEvent.click(within(panel()).getByTestId(testIds.stopReading));
    await panelState("stopped");
    backend.readingPace = 0;
    await userEvent.click(screen.getByTestId(testIds.readAgain));
    await panelState("read");
    expect(panel()).toHaveTextContent("Nothing readable or recognisable was found in this picture.");
    expect(screen.queryByTestId(testIds.copyPictureText)).toBeNull();
  });

  it("says why a picture could not be read, once, and tries again", async () => {
    const { backend } = await openWindow(holding({}));
    backend.readingProblem = error("internal", "recogniser damaged");
    await openViewer();
    await userEvent.click(screen.getByTestId(testIds.viewerText));
    await panelState("failed");
    expect(panel()).toHaveTextContent("could not be read. Something in Castor went wrong. (recogniser damaged)");
    expect(called(backend, "readPicture")).toHaveLength(1);
    backend.readingProblem = null;
    await userEvent.click(screen.getByTestId(testIds.readAgain));
    await panelState("read");
  });

  it("fetches missing recognisers with one button and then reads by itself", async () => {
    const { backend } = await openWindow((state) => {
      holding({})(state);
      withoutRecognisers(state);
    });
    backend.readings.set("a1", RECEIPT_READING);
    await openViewer();
    await userEvent.click(screen.getByTestId(testIds.viewerText));
    await panelState("missing");
    expect(called(backend, "readPicture")).toHaveLength(1);
    const fetch = screen.getByTestId(testIds.recognisersFetch);
    expect(fetch).toHaveTextContent("Download 50 MB");
    backend.fetchProblem = error("fetch-failed");
    await userEvent.click(fetch);
    expect(await screen.findByText(/No source could be reached/)).toBeInTheDocument();
    backend.fetchProblem = null;
    await userEvent.click(screen.getByTestId(testIds.recognisersFetch));
    await panelState("read");
    expect(screen.getAllByTestId(testIds.textBox)).not.toHaveLength(0);
  });

  it("pauses the fetch of the recognisers", async () => {
    await openWindow(
      (state) => {
        holding({})(state);
        withoutRecognisers(state);
      },
      { pace: 30 },
    );
    await openViewer();
    await userEvent.click(screen.getByTestId(testIds.viewerText));
    await userEvent.click(await screen.findByTestId(testIds.recognisersFetch));
    await waitFor(() => expect(screen.getByTestId(testIds.recognisersProgress)).toHaveTextContent("50 MB from"));
    await userEvent.click(screen.getByTestId(testIds.recognisersCancel));
    expect(await screen.findByTestId(testIds.recognisersFetch)).toBeInTheDocument();
    await panelState("missing");
  });
});

describe("the receipt", () => {
  const NOTES = receiptOf({ delivered: [fakeNotes("a1", RECEIPT_READING, 1, 12)] });

  it("says that notes were read and not the picture", () => {
    expect(receiptLine(NOTES, LOCAL, "Qwen")).toMatchObject({
      text: "Read notes of the picture, not the picture: 10 lines of text, 12 of 22 lines found no room · 212 tokens",
      warns: false,
      notes: true,
    });
    const several = receiptOf({
      delivered: [
        fakeNotes("a1", RECEIPT_READING, 1),
        fakeNotes("a2", EMPTY_READING, 2),
        fakeNotes("a3", NOTICE_READING, 3),
        { ...fakeNotes("a4", RECEIPT_READING, 4), current: false },
      ],
    });
    expect(receiptLine(several, LOCAL, "Qwen").text).toBe(
      "Read notes of 2 pictures, not the pictures: 14 lines of text · Nothing was found in 1 of 3 pictures · 212 tokens",
    );
    locale.use("zh");
    expect(receiptLine(NOTES, LOCAL, "Qwen").text).toBe(
      "依据图片识别结果回答，未直接看图：10 行文字，共 22 行，篇幅所限略去 12 行 · 212 词元",
    );
  });

  it("unfolds to the notes word for word, copies the text and shows it in the picture", async () => {
    const { backend } = await openWindow(holding({ receipt: NOTES }));
    backend.readings.set("a1", RECEIPT_READING);
    await userEvent.click(within(screen.getByTestId(testIds.receipt)).getByRole("button"));
    expect(screen.getByTestId(testIds.receiptNotes).textContent).toBe(NOTES.delivered[0]?.notes?.words);
    expect(screen.getByTestId(testIds.receiptDetails)).toHaveTextContent("Picture 1 · a1.jpg");
    expect(screen.getByTestId(testIds.receiptDetails)).toHaveTextContent("12 of 22 lines found no room");
    await userEvent.click(screen.getByTestId(testIds.copyPictureText));
    await waitFor(() => expect(backend.copied).toEqual([RECEIPT_READING.text]));
    await userEvent.click(screen.getByTestId(testIds.showInPicture));
    await waitFor(() => expect(screen.getAllByTestId(testIds.textBox)).toHaveLength(10));
    expect(screen.getByTestId(testIds.viewerText)).toHaveAttribute("aria-pressed", "true");
  });

  it.each([
    ["recognisers-missing", "Picture reading is not on this computer yet"],
    ["internal", "This picture could not be read"],
  ] as const)("says so when the text cannot be copied: %s", async (code, sentence) => {
    const { backend } = await openWindow(holding({ receipt: NOTES }));
    backend.readingProblem = error(code);
    await userEvent.click(within(screen.getByTestId(testIds.receipt)).getByRole("button"));
    await userEvent.click(screen.getByTestId(testIds.copyPictureText));
    expect(await screen.findByTestId(testIds.composerProblem)).toHaveTextContent(sentence);
    expect(backend.copied).toEqual([]);
  });
});

describe("an answer without the picture", () => {
  const EMPTY = receiptOf({ delivered: [fakeNotes("a1", EMPTY_READING, 1)] });
  const MISSING = receiptOf({ omitted: [{ attachment: "a1", reason: "recognisers-missing", count: 1 }] });

  it("says that nothing was found, and asks a mind that sees", async () => {
    const { backend } = await openWindow(holding({ receipt: EMPTY }));
    const notice = screen.getByTestId(testIds.pictureNotice);
    expect(notice).toHaveTextContent("found in this picture; the answer cannot be about what it shows");
    expect(screen.queryByTestId(testIds.askInstead)).toBeNull();
    await userEvent.click(within(notice).getByTestId(testIds.askSeeing));
    await waitFor(() => expect(backend.calls).toContain('ask {"type":"again","question":"q1"} gemini-3.5-flash'));
  });

  it("leads to a key where there is none", async () => {
    const { app, backend } = await openWindow((state) => {
      holding({ receipt: EMPTY })(state);
      state.start.models = state.start.models.map((model) =>
        model.mind === "gemini" ? { ...model, state: { type: "needs-key" } } : model,
      );
    });
    expect(screen.getByTestId(testIds.askSeeing)).toHaveTextContent("Add a key for Gemini");
    await userEvent.click(screen.getByTestId(testIds.askSeeing));
    expect(app.settingsPage).toBe("gemini");
    expect(called(backend, "ask")).toEqual([]);
  });

  it("names the pictures where there are several, and is silent about earlier ones", async () => {
    const delivered = [
      fakeNotes("a1", EMPTY_READING, 1),
      fakeNotes("a2", RECEIPT_READING, 2),
      fakeNotes("a3", EMPTY_READING, 3),
    ];
    const { view } = await openWindow(holding({ receipt: receiptOf({ delivered }) }, ["a1", "a2", "a3"]));
    expect(screen.getByTestId(testIds.pictureNotice)).toHaveTextContent(
      "found in pictures 1 and 3; the answer cannot be about what they show",
    );
    view.unmount();
    await openWindow(
      holding({ receipt: receiptOf({ delivered: [{ ...fakeNotes("a1", EMPTY_READING, 1), current: false }] }) }),
    );
    expect(screen.queryByTestId(testIds.pictureNotice)).toBeNull();
  });

  it("fetches missing recognisers and asks again by itself", async () => {
    const { backend } = await openWindow(
      (state) => {
        holding({ receipt: MISSING })(state);
        withoutRecognisers(state);
      },
      { text: "It was 3.20." },
    );
    expect(screen.getByTestId(testIds.receipt)).toHaveTextContent("The picture was not read");
    expect(screen.getByTestId(testIds.pictureNotice)).toHaveAttribute("data-code", "recognisers-missing");
    await userEvent.click(screen.getByTestId(testIds.recognisersFetch));
    await waitFor(() => expect(screen.getByTestId(testIds.answerText)).toHaveTextContent("It was 3.20."));
    expect(called(backend, "ask")).toEqual([`ask {"type":"again","question":"q1"} ${LOCAL.id}`]);
  });

  it("does not ask again when the person has gone elsewhere, and offers it on return", async () => {
    const { app, backend } = await openWindow((state) => {
      holding({ receipt: MISSING })(state);
      withoutRecognisers(state);
    });
    let finish = (): void => undefined;
    const fetch = backend.fetchModel.bind(backend);
    backend.fetchModel = async (id, onProgress) => {
      await new Promise<void>((resolve) => (finish = resolve));
      await fetch(id, onProgress);
    };
    await userEvent.click(screen.getByTestId(testIds.recognisersFetch));
    await userEvent.click(screen.getByText("Other"));
    await waitFor(() => expect(answers()).toHaveLength(0));
    finish();
    await waitFor(() => expect(app.canReadPictures).toBe(true));
    await userEvent.click(screen.getByTitle("Old"));
    const again = await screen.findByTestId(testIds.askAgain);
    expect(called(backend, "ask")).toEqual([]);
    await userEvent.click(again);
    await waitFor(() => expect(called(backend, "ask")).toHaveLength(1));
  });
});

describe("while an answer is made", () => {
  it("says which picture is being read", async () => {
    const { backend } = await openWindow((state) => {
      holding({}, ["a1", "a2"])(state);
      state.start.settings.model = LOCAL;
    });
    backend.readingPace = null;
    await userEvent.click(screen.getByTestId(testIds.again));
    await waitFor(() => expect(screen.getByTestId(testIds.stage)).toHaveTextContent("Reading picture 1 of 2…"));
    expect(within(screen.getByTestId(testIds.stage)).getByRole("progressbar")).toHaveAttribute("aria-valuenow", "5");
  });
});

describe("numbers of pictures", () => {
  it("stand on the pictures of a conversation with several, by first appearance", async () => {
    await openWindow((state) => {
      holding({}, ["a1", "a2"])(state);
      const again = fakeMessage({ id: "q2", role: "user", text: "And these?", parent: "m1" });
      again.parts.unshift({ type: "attachment", id: "a3" }, { type: "attachment", id: "a1" });
      state.messages.push(again, fakeMessage({ id: "m2", role: "model", text: "Yes.", parent: "q2" }));
      state.attachments.push(fakePicture("a3", "a3.jpg"));
      if (state.start.open) state.start.open.conversation.head = "m2";
    });
    expect(screen.getAllByTestId(testIds.pictureNumber).map(({ textContent }) => textContent)).toEqual([
      "1",
      "2",
      "3",
      "1",
    ]);
    expect(screen.getByLabelText("Open a3.jpg, picture 3")).toBeInTheDocument();
  });

  it("are left out where there is one picture", async () => {
    await openWindow(holding({}));
    expect(screen.queryByTestId(testIds.pictureNumber)).toBeNull();
  });
});

describe("readings", () => {
  it("join what is under way and keep what was read", async () => {
    const backend = new FakeBackend(fakeState());
    backend.readings.set("a1", RECEIPT_READING);
    const readings = new Readings(backend);
    const [one, other] = await Promise.all([readings.read("a1"), readings.read("a1")]);
    expect(one).toBe(other);
    expect(await readings.read("a1")).toBe(readings.of("a1"));
    expect(called(backend, "readPicture")).toHaveLength(1);
  });

  it("let nothing of a forgotten picture come back", async () => {
    const backend = new FakeBackend(fakeState());
    const readings = new Readings(backend);
    let tell: (fraction: number) => void = () => undefined;
    let end: (reading: typeof RECEIPT_READING) => void = () => undefined;
    backend.readPicture = (_id, onProgress) => {
      tell = onProgress;
      return new Promise((resolve) => (end = resolve));
    };
    const first = readings.read("a1");
    readings.forget("a1");
    const [tellFirst, endFirst] = [tell, end];
    const second = readings.read("a1");
    tellFirst(0.9);
    expect(readings.of("a1")).toEqual({ type: "reading", fraction: 0 });
    endFirst(EMPTY_READING);
    await first;
    expect(readings.of("a1")?.type).toBe("reading");
    end(RECEIPT_READING);
    await second;
    expect(readings.of("a1")).toMatchObject({ type: "read", text: RECEIPT_READING.text });
  });

  it("take a stranger error for a fault of Castor's", async () => {
    const backend = new FakeBackend(fakeState());
    backend.readPicture = () => Promise.reject(new Error("bridge gone"));
    expect(await new Readings(backend).read("a1")).toEqual({
      type: "failed",
      error: error("internal", "bridge gone"),
    });
  });
});

describe("notes", () => {
  const line = (text: string, block: number, row: number): TextLine => ({
    text,
    score: 1,
    corners: [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 1, y: 1 },
      { x: 0, y: 1 },
    ],
    block,
    row,
  });
  const shape = (lines: TextLine[]) =>
    blocksOf(lines).map(({ rows, columns }) => ({
      columns,
      rows: rows.map((row) => row.map(({ text, index }) => `${index} ${text}`)),
    }));

  it("are laid out as blocks, rows and cells", () => {
    expect(shape([])).toEqual([]);
    expect(
      shape([line("Title", 0, 0), line("Tea", 1, 1), line("2.00", 1, 1), line("Sum", 1, 2), line("Bye", 2, 3)]),
    ).toEqual([
      { columns: 1, rows: [["0 Title"]] },
      { columns: 2, rows: [["1 Tea", "2 2.00"], ["3 Sum"]] },
      { columns: 1, rows: [["4 Bye"]] },
    ]);
  });

  it("keep a row together whose cells belong to different blocks", () => {
    expect(shape([line("left", 0, 0), line("right", 1, 0)])).toEqual([{ columns: 2, rows: [["0 left", "1 right"]] }]);
  });

  it.each(["3.20", "-4", "¥ 12.50", "1,240.00", "12%", "8,50 €", "(5.00)", "128元"])("take %s for a figure", (text) =>
    expect(isFigure(text)).toBe(true),
  );
  it.each(["Tea", "3 teas", "", "№", "A4", "2 x 3"])("do not take “%s” for a figure", (text) =>
    expect(isFigure(text)).toBe(false),
  );

  it("are of use once they hold more than size and colours", () => {
    expect(areUsable(EMPTY_READING.notes)).toBe(false);
    for (const part of [
      { things: [{ en: "cup", zh: "杯子", probability: 0.8 }] },
      { codes: NOTICE_READING.notes.codes },
    ]) {
      expect(areUsable({ ...EMPTY_READING.notes, ...part })).toBe(true);
    }
  });
});
