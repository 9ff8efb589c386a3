import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { answered, composer, openWindow } from "../../test-window";
import type { CommandError, DeliveredMedia, Message, Receipt } from "../backend/bindings";
import type { FakeBackend, FakeState } from "../backend/fake";
import { fakeConversation, fakeMessage } from "../backend/fake-scenarios";
import { fakeSound, fakeTranscript } from "../backend/fake-voice";
import { receiptLine } from "../conversation/receipt-line";
import { locale } from "../i18n/i18n.svelte";
import { testIds } from "../testids";

const LOCAL = { mind: "local" as const, id: "qwen2.5-coder-1.5b-instruct-q4_k_m" };
const MEETING = fakeTranscript(["It moves to Thursday.", "Mira calls the printer."], "en");
const sound = fakeSound("s1", "meeting.m4a");
const local = (state: FakeState): void => {
  state.start.settings.model = LOCAL;
};
const error = (code: CommandError["code"]): CommandError => ({ code, notice: null, detail: null });
const called = (backend: FakeBackend, name: string) => backend.calls.filter((call) => call.startsWith(name));
const transcript = () => screen.findByTestId(testIds.transcript);
const transcriptIs = (state: string) =>
  waitFor(() => expect(screen.getByTestId(testIds.transcript)).toHaveAttribute("data-state", state));

afterEach(() => {
  vi.restoreAllMocks();
  locale.use("en");
});

/** A sound is dropped into the composer. */
function drop(backend: FakeBackend): void {
  backend.emit({ type: "added", token: 1, attachment: sound });
}

const delivered = (change: Partial<DeliveredMedia> = {}): DeliveredMedia => ({
  attachment: "s1",
  current: true,
  mime: "text/plain",
  width: 0,
  height: 0,
  bytes: 44,
  tokens: 12,
  scaled: false,
  metadataRemoved: false,
  notes: { words: MEETING.text, usable: true, lines: 2, linesLeftOut: 0 },
  ...change,
});
const receiptOf = (change: Partial<Receipt>): Receipt => ({
  delivered: [],
  omitted: [],
  earlierMessages: 0,
  promptTokens: 61,
  estimated: false,
  ...change,
});
/** A question with a sound, and its answer. */
const asked =
  (answer: Partial<Message> = {}) =>
  (state: FakeState): void => {
    const conversation = fakeConversation({ id: "c0", title: "Old", head: "m1" });
    state.attachments = [sound];
    const question = fakeMessage({ id: "q1", role: "user", text: "What was decided?" });
    question.parts.unshift({ type: "attachment", id: "s1" });
    const reply = fakeMessage({ id: "m1", role: "model", text: "Thursday.", parent: "q1", model: LOCAL, ...answer });
    state.messages = [question, reply];
    state.start.conversations = [conversation];
    state.start.open = { conversation, messages: state.messages, attachments: state.attachments };
  };

describe("the player", () => {
  const place = () => screen.getByTestId(testIds.soundPlace);
  const shape = () => waitFor(() => expect(place()).toHaveAttribute("aria-valuemax", "7000"));

  it("plays, says where it is, pauses there and plays on", async () => {
    const { backend } = await openWindow();
    drop(backend);
    const play = await screen.findByTestId(testIds.soundPlay);
    await shape();
    expect(screen.getByTestId(testIds.soundTime).textContent).toBe("0:07");
    expect(play).toHaveAccessibleName("Play meeting.m4a");
    await userEvent.click(play);
    backend.voice.playedTo(2400);
    await waitFor(() => expect(screen.getByTestId(testIds.soundTime).textContent).toBe("0:02 / 0:07"));
    expect(play).toHaveAccessibleName("Pause meeting.m4a");
    await userEvent.click(play);
    expect(backend.calls).toContain("stopPlaying");
    expect(play).toHaveAttribute("aria-pressed", "false");
    await userEvent.click(play);
    expect(called(backend, "playSound")).toEqual(["playSound s1 0", "playSound s1 2400"]);
    backend.voice.playedOut();
    await waitFor(() => expect(play).toHaveAttribute("aria-pressed", "false"));
    expect(place()).toHaveAttribute("aria-valuenow", "0");
  });

  it("is sought with the keyboard, and plays on from there where it played", async () => {
    const { backend } = await openWindow();
    drop(backend);
    await screen.findByTestId(testIds.soundPlay);
    await shape();
    place().focus();
    await userEvent.keyboard("{ArrowRight}{ArrowRight}{ArrowLeft}");
    expect(place()).toHaveAttribute("aria-valuenow", "1000");
    expect(place()).toHaveAttribute("aria-valuetext", "0:01 of 0:07");
    await userEvent.keyboard("{End}");
    expect(place()).toHaveAttribute("aria-valuenow", "7000");
    await userEvent.keyboard("{ArrowRight}{Home}{ArrowLeft}");
    expect(place()).toHaveAttribute("aria-valuenow", "0");
    expect(called(backend, "playSound")).toEqual([]);
    await userEvent.click(screen.getByTestId(testIds.soundPlay));
    place().focus();
    await userEvent.keyboard("{ArrowRight}");
    expect(called(backend, "playSound")).toEqual(["playSound s1 0", "playSound s1 1000"]);
    expect(screen.getByTestId(testIds.soundPlay)).toHaveAttribute("aria-pressed", "true");
  });

  it("is sought by dragging, to where the pointer is let go", async () => {
    const { backend } = await openWindow();
    drop(backend);
    await screen.findByTestId(testIds.soundPlay);
    await shape();
    place().getBoundingClientRect = () => ({ left: 100, width: 200 }) as DOMRect;
    const pointer = (type: string, clientX: number) =>
      Object.assign(new MouseEvent(type, { bubbles: true, button: 0, clientX }), { isPrimary: true });
    await fireEvent(place(), pointer("pointerdown", 150));
    expect(place()).toHaveAttribute("aria-valuenow", "1750");
    await fireEvent(window, pointer("pointermove", 900));
    expect(place()).toHaveAttribute("aria-valuenow", "7000");
    await fireEvent(window, pointer("pointerup", 200));
    expect(place()).toHaveAttribute("aria-valuenow", "3500");
  });

  it("falls silent when another plays, when it is removed and when the microphone opens", async () => {
    const { app, backend } = await openWindow();
    drop(backend);
    backend.emit({ type: "added", token: 2, attachment: fakeSound("s2", "other.m4a") });
    const [first, second] = await screen.findAllByTestId(testIds.soundPlay);
    await userEvent.click(first as Element);
    await userEvent.click(second as Element);
    expect(first).toHaveAttribute("aria-pressed", "false");
    expect(app.voice.player.playing).toBe("s2");
    app.voice.tap();
    await waitFor(() => expect(app.voice.player.playing).toBeNull());
    app.voice.discard();
    await waitFor(() => expect(app.voice.current).toBeNull());
    await userEvent.click(first as Element);
    await userEvent.click(screen.getByLabelText("Remove meeting.m4a"));
    expect(app.voice.player.playing).toBeNull();
    expect(backend.calls).toContain("removeAttachment s1");
  });

  it("says what to do where there is nothing to play with", async () => {
    const { backend } = await openWindow();
    backend.voice.playProblem = error("no-speaker");
    drop(backend);
    await userEvent.click(await screen.findByTestId(testIds.soundPlay));
    expect(await screen.findByTestId(testIds.composerProblem)).toHaveTextContent("No speaker or headphones");
    expect(screen.getByTestId(testIds.soundPlay)).toHaveAttribute("aria-pressed", "false");
  });
});

describe("the transcript of a sound that waits in the composer", () => {
  it("is made on demand, told as it comes, and can be stopped and begun again", async () => {
    const { backend } = await openWindow(local);
    backend.voice.said.set("s1", MEETING);
    backend.voice.hangs = true;
    drop(backend);
    await transcriptIs("none");
    expect(called(backend, "transcribe")).toEqual([]);
    await userEvent.click(screen.getByTestId(testIds.transcribe));
    await transcriptIs("running");
    expect(await transcript()).toHaveTextContent("Transcribing, 25%");
    expect(await transcript()).toHaveTextContent("It moves to Thursday.");
    await userEvent.click(screen.getByTestId(testIds.transcribeStop));
    await transcriptIs("none");
    backend.voice.hangs = false;
    await userEvent.click(screen.getByTestId(testIds.transcribe));
    await waitFor(() => expect(screen.getByTestId(testIds.transcriptField)).toHaveValue(MEETING.text));
  });

  it("is changed by the person, saved when they leave it, and before the question goes", async () => {
    const { backend } = await openWindow(local);
    backend.voice.transcripts.set("s1", MEETING);
    drop(backend);
    const field = await screen.findByTestId(testIds.transcriptField);
    await userEvent.click(field);
    await userEvent.tab();
    expect(called(backend, "editTranscript")).toEqual([]);
    await userEvent.clear(field);
    await userEvent.type(field, "It moves to Friday.");
    let saved = (): void => undefined;
    const edit = backend.editTranscript.bind(backend);
    backend.editTranscript = async (id, text) => {
      await new Promise<void>((resolve) => (saved = resolve));
      return edit(id, text);
    };
    await userEvent.click(screen.getByTestId(testIds.send));
    await userEvent.click(screen.getByTestId(testIds.send));
    expect(called(backend, "ask")).toEqual([]);
    saved();
    await answered();
    const order = backend.calls.filter((call) => /^(editTranscript|ask)/.test(call)).map((call) => call.split(" ")[0]);
    expect(order).toEqual(["editTranscript", "ask"]);
    expect(backend.calls).toContain("editTranscript s1 It moves to Friday.");
  });

  it("says when a change was not saved, and keeps it", async () => {
    const { backend } = await openWindow(local);
    backend.voice.transcripts.set("s1", MEETING);
    backend.voice.editProblem = error("disk-full");
    drop(backend);
    const field = await screen.findByTestId(testIds.transcriptField);
    await userEvent.type(field, " And so on.");
    await userEvent.tab();
    expect(await screen.findByText(/not saved yet. The disk is full/)).toBeInTheDocument();
    expect(field).toHaveValue(`${MEETING.text} And so on.`);
  });

  it("says why it could not be made, and tries again", async () => {
    const { backend } = await openWindow(local);
    backend.voice.transcribeProblem = error("internal");
    drop(backend);
    await userEvent.click(await screen.findByTestId(testIds.transcribe));
    await transcriptIs("failed");
    expect(await transcript()).toHaveTextContent("could not be transcribed. Something in Castor went wrong");
    backend.voice.transcribeProblem = null;
    await userEvent.click(screen.getByTestId(testIds.transcribe));
    await transcriptIs("heard");
  });

  it("offers the missing recogniser with its size, and begins once it is here", async () => {
    const { app, backend } = await openWindow(local);
    backend.voice.withoutRecogniser();
    await app.refreshModels();
    backend.voice.said.set("s1", MEETING);
    drop(backend);
    await userEvent.click(await screen.findByTestId(testIds.transcribe));
    await transcriptIs("missing");
    const fetch = screen.getByTestId(testIds.speechFetch);
    expect(fetch).toHaveTextContent("Download 264 MB");
    await userEvent.click(fetch);
    await waitFor(() => expect(screen.getByTestId(testIds.transcriptField)).toHaveValue(MEETING.text));
    expect(backend.calls).toContain("fetchModel speech-small");
  });
});

describe("the transcript of what was recorded", () => {
  async function record(change: (state: FakeState) => void, before: (backend: FakeBackend) => void = () => undefined) {
    const opened = await openWindow(change);
    opened.backend.voice.speech = "How much was it?";
    before(opened.backend);
    await opened.app.refreshModels();
    opened.app.voice.tap();
    await waitFor(() => expect(opened.app.voice.listening).toBe(true));
    opened.app.voice.finish(false);
    await screen.findByTestId(testIds.sound);
    return opened;
  }
  /** Gemini takes sound. */
  const hearing = (state: FakeState): void => {
    const files = { accepts: ["audio/flac"], maxBytes: 1e7, maxSentAhead: 1e9 };
    state.start.models = state.start.models.map((model) =>
      model.mind === "gemini" ? { ...model, capabilities: { ...model.capabilities, files } } : model,
    );
  };
  /** The recording comes without words, as where the recogniser was too slow to follow. */
  const wordless = (backend: FakeBackend): void => {
    const spoken = backend.record.bind(backend);
    backend.record = async (options, onEvent) => {
      const attachment = await spoken(options, onEvent);
      if (attachment) backend.voice.said.set(attachment.id, fakeTranscript(["How much was it?"], "en"));
      if (attachment) backend.voice.transcripts.delete(attachment.id);
      return attachment;
    };
  };

  it("is there at once where it was understood while it was said", async () => {
    const { backend } = await record(local);
    await waitFor(() => expect(screen.getByTestId(testIds.transcriptField)).toHaveValue("How much was it?"));
    expect(called(backend, "transcribe")).toEqual([]);
  });

  it("is made by itself for a model that cannot hear", async () => {
    const { backend } = await record(local, wordless);
    await waitFor(() => expect(screen.getByTestId(testIds.transcriptField)).toHaveValue("How much was it?"));
    expect(called(backend, "transcribe")).toHaveLength(1);
  });

  it("waits for the person where the model hears, and is made once another is asked", async () => {
    const { app, backend } = await record(hearing, wordless);
    await transcriptIs("none");
    expect(called(backend, "transcribe")).toEqual([]);
    const reader = app.models.find(({ mind }) => mind === "local");
    if (reader) app.choose(reader);
    await transcriptIs("heard");
  });

  it("says at once what is missing for a model that cannot hear", async () => {
    const { backend } = await record(local, (backend) => backend.voice.withoutRecogniser());
    await transcriptIs("missing");
    expect(called(backend, "transcribe")).toEqual([]);
    await userEvent.click(screen.getByTestId(testIds.speechFetch));
    await transcriptIs("heard");
  });
});

describe("a sound that was asked about", () => {
  it("shows its words with marks that play it from there", async () => {
    const { app, backend } = await openWindow((state) => asked()(state));
    backend.voice.transcripts.set("s1", MEETING);
    app.voice.transcripts.forget("s1");
    await transcriptIs("heard");
    expect(screen.queryByTestId(testIds.transcriptField)).toBeNull();
    const marks = screen.getAllByTestId(testIds.transcriptMark);
    expect(marks.map(({ textContent }) => textContent)).toEqual(["0:00", "0:04"]);
    await userEvent.click(marks[1] as Element);
    expect(called(backend, "playSound")).toEqual(["playSound s1 4000"]);
    expect(screen.getByTestId(testIds.soundPlay)).toHaveAttribute("aria-pressed", "true");
  });

  it("shows what a person changed as they wrote it", async () => {
    const { app, backend } = await openWindow((state) => asked()(state));
    backend.voice.transcripts.set("s1", { ...MEETING, text: "It moves to Friday.", edited: true });
    app.voice.transcripts.forget("s1");
    await transcriptIs("heard");
    expect(await transcript()).toHaveTextContent("It moves to Friday.");
    expect(screen.queryByTestId(testIds.transcriptMark)).toBeNull();
  });

  it("has its words copied and saved", async () => {
    const { app, backend } = await openWindow((state) => asked()(state));
    backend.voice.transcripts.set("s1", MEETING);
    app.voice.transcripts.forget("s1");
    await userEvent.click(await screen.findByTestId(testIds.transcriptCopy));
    await waitFor(() => expect(backend.copied).toEqual([MEETING.text]));
    for (const [index, format] of ["txt", "srt", "vtt"].entries()) {
      screen.getByTestId(testIds.transcriptExport).focus();
      await userEvent.keyboard("{Enter}");
      const items = await screen.findAllByTestId(testIds.transcriptFormat);
      await userEvent.click(items[index] as Element);
      await waitFor(() => expect(backend.calls).toContain(`exportTranscript s1 ${format}`));
      await waitFor(() => expect(screen.queryByTestId(testIds.transcriptFormat)).toBeNull());
    }
  });

  it("shows the words a model was told, once it was", async () => {
    const { backend } = await openWindow(local);
    backend.voice.said.set("s1", MEETING);
    backend.state.attachments = [sound];
    drop(backend);
    await transcriptIs("none");
    await userEvent.type(composer(), "What was decided?{Enter}");
    await answered();
    await transcriptIs("heard");
    expect(screen.getByTestId(testIds.receipt)).toHaveTextContent("Read the transcript, not the sound");
  });

  it("is heard as a stage of the answer", async () => {
    const { app, backend } = await openWindow((state) => asked()(state));
    backend.voice.said.set("s1", MEETING);
    backend.voice.hangs = true;
    await userEvent.click(screen.getByTestId(testIds.again));
    expect(await screen.findByTestId(testIds.stage)).toHaveTextContent("Listening to the recording, 25%");
    backend.voice.hangs = false;
    await waitFor(() => expect(app.busy).toBe(false));
  });
});

describe("the receipt", () => {
  const audio = () => "audio" as const;

  it("says that a transcript was read and not a picture", () => {
    const one = receiptOf({ delivered: [delivered()] });
    expect(receiptLine(one, LOCAL, "Qwen", audio)).toMatchObject({
      text: "Read the transcript, not the sound · 61 tokens",
      notes: false,
      warns: false,
    });
    const notes = { words: "", usable: false, lines: 0, linesLeftOut: 0 };
    const two = receiptOf({ delivered: [delivered(), delivered({ attachment: "s2", notes })] });
    expect(receiptLine(two, LOCAL, "Qwen", audio).text).toBe(
      "Read the transcript, not the sound · Nothing is said in 1 of 2 recordings · 61 tokens",
    );
    locale.use("zh");
    expect(receiptLine(one, LOCAL, "Qwen", audio).text).toBe("依据转写文字回答，未直接听录音 · 61 词元");
  });

  it("warns of what was not heard", () => {
    const omitted = [{ attachment: "s1", reason: "speech-recogniser-missing" as const, count: 1 }];
    expect(receiptLine(receiptOf({ omitted }), LOCAL, "Qwen", audio)).toMatchObject({
      text: "The recording was not heard: speech recognition is not on this computer yet",
      warns: true,
    });
  });

  it("unfolds to the words, and speaks of no picture", async () => {
    await openWindow(asked({ receipt: receiptOf({ delivered: [delivered()] }) }));
    await userEvent.click(within(screen.getByTestId(testIds.receipt)).getByRole("button"));
    expect(screen.getByTestId(testIds.receiptNotes).textContent).toBe(MEETING.text);
    expect(screen.getByTestId(testIds.receiptDetails)).toHaveTextContent("meeting.m4a Transcript · 12 tokens");
    expect(screen.queryByTestId(testIds.showInPicture)).toBeNull();
  });

  it("does not call a silent recording an empty picture", async () => {
    const notes = { words: "", usable: false, lines: 0, linesLeftOut: 0 };
    await openWindow(asked({ receipt: receiptOf({ delivered: [delivered({ notes })] }) }));
    expect(screen.getByTestId(testIds.receipt)).toHaveTextContent("Nothing is said in the recording");
    expect(screen.queryByTestId(testIds.pictureNotice)).toBeNull();
  });
});
