import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import { openWindow } from "../../test-window";
import type { FakeBackend, FakeState } from "../backend/fake";
import { locale } from "../i18n/i18n.svelte";
import { testIds } from "../testids";
import { bestVoice, voicesFor } from "./speech";

const called = (backend: FakeBackend, name: string) => backend.calls.filter((call) => call.startsWith(name));
async function openPage(change: (state: FakeState) => void = () => undefined, before?: (backend: FakeBackend) => void) {
  const opened = await openWindow(change);
  before?.(opened.backend);
  opened.app.settingsPage = "voice";
  await screen.findByTestId(testIds.voiceNeural, undefined, { timeout: 5000 });
  return { ...opened, speaking: () => opened.state.start.settings.speaking };
}
const select = (name: string) => screen.getByTestId<HTMLSelectElement>(name);
const options = (name: string) =>
  within(select(name))
    .getAllByRole("option")
    .map((option) => option.textContent?.trim());
const tryButton = (language: string) =>
  screen
    .getAllByTestId(testIds.voiceTry)
    .find((button) => button.dataset["language"] === language) as HTMLButtonElement;

afterEach(() => locale.use("en"));

describe("answers aloud", () => {
  it("are read as the person wants", async () => {
    const { speaking } = await openPage();
    const choice = within(screen.getByTestId(testIds.speakingAutomatic));
    expect(choice.getByText("When I asked by voice")).toHaveAttribute("data-state", "checked");
    await userEvent.click(choice.getByText("Always"));
    await waitFor(() => expect(speaking().automatic).toBe("always"));
    await userEvent.click(choice.getByText("Never"));
    await waitFor(() => expect(speaking().automatic).toBe("never"));
    expect(speaking().speed).toBe(1);
  });

  it("have a voice for each language: natural ones first, then the system's", async () => {
    const { speaking } = await openPage();
    expect(options(testIds.voiceEnglish)).toEqual([
      "Best available",
      "Heart (US, female)",
      "Michael (US, male)",
      "Emma (UK, female)",
      "English (America) (US)",
    ]);
    const groups = within(select(testIds.voiceEnglish)).getAllByRole("group");
    expect(groups.map((group) => group.getAttribute("label"))).toEqual(["Natural voices", "Voices of this computer"]);
    expect(options(testIds.voiceChinese)).toEqual([
      "Best available",
      "Xiaoyi (female)",
      "Yunxi (male)",
      "Chinese (Mandarin)",
    ]);
    await userEvent.selectOptions(select(testIds.voiceEnglish), "Emma (UK, female)");
    await waitFor(() => expect(speaking()).toMatchObject({ english: "kokoro:bf_emma", chinese: null }));
    await userEvent.selectOptions(select(testIds.voiceChinese), "Chinese (Mandarin)");
    await waitFor(() => expect(speaking().chinese).toBe("system:espeak-cmn"));
    await userEvent.selectOptions(select(testIds.voiceEnglish), "");
    await waitFor(() => expect(speaking().english).toBeNull());
  });

  it("name voices in Chinese, too", async () => {
    await openPage((state) => (state.start.systemLanguage = "zh"));
    expect(options(testIds.voiceChinese)).toEqual([
      "自动选择",
      "Xiaoyi（女声）",
      "Yunxi（男声）",
      "Chinese (Mandarin)",
    ]);
  });

  it("are as fast as the person wants; the speed is saved once the slider is let go", async () => {
    const { speaking } = await openPage();
    const slider = screen.getByTestId(testIds.voiceSpeed);
    expect([slider.getAttribute("min"), slider.getAttribute("max")]).toEqual(["0.5", "2"]);
    await fireEvent.input(slider, { target: { value: "1.3" } });
    expect(screen.getByText("1.3×")).toBeInTheDocument();
    expect(speaking().speed).toBe(1);
    await fireEvent.change(slider, { target: { value: "1.3" } });
    await waitFor(() => expect(speaking().speed).toBe(1.3));
  });
});

describe("trying a voice", () => {
  it("says a sentence with the one that was chosen, or the best, at the speed that was chosen", async () => {
    const { app, backend } = await openPage((state) => {
      state.start.settings.speaking = { automatic: "never", english: "kokoro:am_michael", chinese: null, speed: 1.5 };
    });
    await userEvent.click(tryButton("en"));
    expect(called(backend, "tryVoice")).toEqual(["tryVoice kokoro:am_michael 1.5"]);
    await waitFor(() => expect(tryButton("en")).toHaveTextContent("Stop"));
    await userEvent.click(tryButton("zh"));
    expect(called(backend, "tryVoice")).toHaveLength(2);
    expect(backend.calls).toContain("tryVoice kokoro:zf_001 1.5");
    await waitFor(() => expect(tryButton("en")).toHaveTextContent("Try"));
    await userEvent.keyboard("{Escape}");
    expect(called(backend, "stopSpeaking")).toHaveLength(1);
    expect(app.settingsPage).toBe("voice");
    await waitFor(() => expect(tryButton("zh")).toHaveTextContent("Try"));
  });

  it("ends when the page is left", async () => {
    const { app, backend } = await openPage();
    await userEvent.click(tryButton("en"));
    app.settingsPage = "general";
    await waitFor(() => expect(backend.speaking.isSpeaking).toBe(false));
  });
});

describe("the natural voice", () => {
  it("is fetched and deleted, and its voices come and go", async () => {
    const { backend } = await openPage(undefined, (backend) => backend.speaking.withoutNeural());
    const card = () => screen.getByTestId(testIds.voiceNeural);
    expect(card()).toHaveAttribute("data-state", "not-fetched");
    expect(card()).toHaveTextContent("163 MB");
    const heart = () => within(select(testIds.voiceEnglish)).getByText<HTMLOptionElement>("Heart (US, female)");
    expect(heart()).toBeDisabled();
    await userEvent.click(tryButton("en"));
    expect(called(backend, "tryVoice")).toEqual(["tryVoice system:espeak-en 1"]);
    await userEvent.click(screen.getByTestId(testIds.voiceFetch));
    await waitFor(() => expect(card()).toHaveAttribute("data-state", "ready"));
    expect(backend.calls).toContain("fetchModel kokoro");
    await waitFor(() => expect(heart()).toBeEnabled());
    await userEvent.click(screen.getByTestId(testIds.voiceDelete));
    await userEvent.click(await screen.findByTestId(testIds.confirm));
    await waitFor(() => expect(card()).toHaveAttribute("data-state", "not-fetched"));
    expect(backend.calls).toContain("deleteModel kokoro");
  });

  it("says why it could not be fetched", async () => {
    const { backend } = await openPage(undefined, (backend) => backend.speaking.withoutNeural());
    backend.fetchProblem = { code: "disk-full", notice: null, detail: null };
    await userEvent.click(screen.getByTestId(testIds.voiceFetch));
    expect(await within(screen.getByTestId(testIds.voiceNeural)).findByRole("alert")).toHaveTextContent("disk");
  });
});

describe("where nothing can speak", () => {
  it.each([
    ["linux", "install speech-dispatcher and a voice"],
    ["macos", "System Settings under Accessibility"],
    ["windows", "Time & language"],
  ])("says what to do on %s", async (platform, sentence) => {
    await openPage(
      (state) => (state.start.platform = platform),
      ({ speaking }) => {
        speaking.withoutNeural();
        speaking.withoutSystem();
      },
    );
    expect(screen.getByTestId(testIds.voicesNone)).toHaveTextContent("Download the natural voice below");
    expect(screen.getByTestId(testIds.voicesNone)).toHaveTextContent(sentence);
    expect(tryButton("en")).toBeDisabled();
  });

  it("keeps a voice that is not here just now", async () => {
    const { speaking } = await openPage((state) => (state.start.settings.speaking.english = "system:gone"));
    expect(select(testIds.voiceEnglish)).toHaveValue("system:gone");
    expect(screen.getByText("Not on this computer just now")).toBeInTheDocument();
    expect(tryButton("en")).toBeDisabled();
    expect(speaking().english).toBe("system:gone");
  });
});

describe("the best voice", () => {
  it("is a natural one where it is here, otherwise the system's", async () => {
    const { backend } = await openWindow();
    const { speaking } = backend;
    expect(bestVoice(voicesFor(speaking.voices, "zh"))?.id).toBe("kokoro:zf_001");
    speaking.withoutNeural();
    expect(bestVoice(voicesFor(speaking.voices, "zh"))?.id).toBe("system:espeak-cmn");
    speaking.withoutSystem();
    expect(bestVoice(voicesFor(speaking.voices, "zh"))).toBeUndefined();
  });
});
