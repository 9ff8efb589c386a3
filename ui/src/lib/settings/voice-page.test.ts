import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import { openWindow } from "../../test-window";
import type { FakeBackend, FakeState } from "../backend/fake";
import { locale } from "../i18n/i18n.svelte";
import { testIds } from "../testids";
import { languageName } from "./speech";

const called = (backend: FakeBackend, name: string) => backend.calls.filter((call) => call.startsWith(name));
async function openPage(change: (state: FakeState) => void = () => undefined, before?: (backend: FakeBackend) => void) {
  const opened = await openWindow(change);
  before?.(opened.backend);
  opened.app.settingsPage = "voice";
  await screen.findByTestId(testIds.microphoneChoice, undefined, { timeout: 5000 });
  return { ...opened, voice: () => opened.state.start.settings.voice };
}

afterEach(() => locale.use("en"));

describe("the microphone", () => {
  it("is chosen of those that are there, or left to the system", async () => {
    const { backend, voice } = await openPage();
    const choice = screen.getByTestId<HTMLSelectElement>(testIds.microphoneChoice);
    await waitFor(() => expect(within(choice).getAllByRole("option")).toHaveLength(3));
    expect(within(choice).getAllByRole("option")[0]).toHaveTextContent("The system's own (Built-in Microphone)");
    await userEvent.selectOptions(choice, "USB Microphone");
    await waitFor(() => expect(voice().microphone).toBe("alsa:usb-blue"));
    await userEvent.selectOptions(choice, "");
    await waitFor(() => expect(voice().microphone).toBeNull());
    backend.voice.devices = [];
    await userEvent.click(screen.getByTestId(testIds.microphoneRefresh));
    expect(await screen.findByTestId(testIds.microphoneProblem)).toHaveTextContent("Plug one in, then look again");
    expect(called(backend, "microphones")).toHaveLength(2);
  });

  it("stays chosen while it is unplugged", async () => {
    const { voice } = await openPage((state) => (state.start.settings.voice.microphone = "alsa:gone"));
    expect(screen.getByTestId(testIds.microphoneChoice)).toHaveValue("alsa:gone");
    expect(screen.getByText("Not plugged in just now")).toBeInTheDocument();
    expect(voice().microphone).toBe("alsa:gone");
  });

  it("is tested with its light on, and nothing of it is kept", async () => {
    const { app, backend } = await openPage();
    await userEvent.click(screen.getByTestId(testIds.microphoneTest));
    await waitFor(() => expect(screen.getByTestId(testIds.microphoneTest)).toHaveAttribute("data-open", "true"));
    expect(called(backend, "record ")).toEqual(['record {"handsFree":false,"transcribe":false,"conversation":false}']);
    expect(screen.getByTestId(testIds.microphoneLight)).toBeInTheDocument();
    expect(screen.queryByTestId(testIds.recordingBar)).toBeNull();
    backend.voice.tell({ type: "level", level: 0.3 });
    await waitFor(() => expect(screen.getByRole("meter")).toHaveAttribute("aria-valuenow", "30"));
    // Leaving the page closes the microphone.
    app.settingsPage = "general";
    await waitFor(() => expect(backend.voice.isOpen).toBe(false));
    expect(called(backend, "cancelRecording")).toHaveLength(1);
    expect(screen.queryByTestId(testIds.microphoneLight)).toBeNull();
    expect(app.draft.attachments).toEqual([]);
  });

  it("makes way for a question, which begins once it is closed", async () => {
    const { app, backend } = await openPage();
    await userEvent.click(screen.getByTestId(testIds.microphoneTest));
    await waitFor(() => expect(backend.voice.isOpen).toBe(true));
    app.voice.tap();
    await waitFor(() => expect(app.voice.current?.open).toBe(true));
    expect(backend.calls.filter((call) => /^(record |cancel)/.test(call)).map((call) => call.split(" ")[0])).toEqual([
      "record",
      "cancelRecording",
      "record",
    ]);
  });

  it("says here what is wrong with it, and not under the question", async () => {
    const { app } = await openPage(undefined, (backend) => {
      backend.voice.problem = { code: "microphone-busy", notice: null, detail: null };
    });
    await userEvent.click(screen.getByTestId(testIds.microphoneTest));
    expect(await screen.findByTestId(testIds.microphoneProblem)).toHaveTextContent("Another program");
    expect(app.voice.fault).toBeNull();
  });
});

describe("talking and understanding", () => {
  it("keeps every choice", async () => {
    const { voice } = await openPage();
    await userEvent.click(screen.getByText("Let me look first"));
    await waitFor(() => expect(voice().speakOnRelease).toBe(false));
    await userEvent.selectOptions(screen.getByTestId(testIds.speechLanguage), "中文");
    await waitFor(() => expect(voice().language).toBe("zh"));
    await userEvent.click(screen.getByTestId(testIds.simplified));
    await waitFor(() => expect(voice().simplified).toBe(false));
    const silence = screen.getByTestId(testIds.silence);
    expect(silence).toHaveAttribute("min", "500");
    expect(silence).toHaveAttribute("max", "3000");
    await fireEvent.input(silence, { target: { value: "2000" } });
    expect(voice().silenceMs).toBe(1200);
    await fireEvent.change(silence, { target: { value: "2000" } });
    await waitFor(() => expect(voice().silenceMs).toBe(2000));
    expect(screen.getByText("2 s")).toBeInTheDocument();
    await userEvent.selectOptions(screen.getByTestId(testIds.speechLanguage), "");
    await waitFor(() => expect(voice().language).toBeNull());
  });

  it("names languages in their own words", () => {
    expect(["zh", "en", "de", "fr"].map(languageName)).toEqual(["中文", "English", "Deutsch", "Français"]);
  });

  it("fetches, chooses and deletes recognisers", async () => {
    const { app, backend, voice } = await openPage();
    const row = (id: string) =>
      screen.getAllByTestId(testIds.speechRow).find((element) => element.dataset["set"] === id) as HTMLElement;
    await waitFor(() => expect(row("speech-small")).toHaveTextContent("Whisper Small"));
    await userEvent.click(within(row("speech-large")).getByTestId(testIds.speechFetch));
    await waitFor(() => expect(row("speech-large")).toHaveAttribute("data-state", "ready"));
    await userEvent.click(within(row("speech-large")).getByTestId(testIds.speechUse));
    await waitFor(() => expect(voice().recogniser).toBe("speech-large"));
    await waitFor(() => expect(app.speechRecogniser?.id).toBe("speech-large"));
    await userEvent.click(within(row("speech-small")).getByTestId(testIds.speechDelete));
    await userEvent.click(await screen.findByTestId(testIds.confirm));
    await waitFor(() => expect(row("speech-small")).toHaveAttribute("data-state", "not-fetched"));
    expect(backend.calls).toContain("deleteModel speech-small");
  });
});
