import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import { composer, openWindow } from "../../test-window";
import type { FakeState } from "../backend/fake";
import { withoutRecognisers } from "../backend/fake-scenarios";
import { locale } from "../i18n/i18n.svelte";
import { testIds } from "../testids";
import { baseUrlProblem } from "./base-url";

afterEach(() => locale.use("en"));

const fresh =
  (keychain: boolean) =>
  (state: FakeState): void => {
    state.start.settings.welcomed = false;
    state.start.key = { source: "none", keychain };
    state.start.models = state.start.models.map((model) => ({
      ...model,
      state: model.mind === "gemini" ? { type: "needs-key" } : { type: "not-fetched", bytes: 1_117_320_768, have: 0 },
    }));
  };

describe("the first run", () => {
  it("takes a key, checks it and goes to the first question", async () => {
    const { backend, app } = await openWindow(fresh(true));
    await userEvent.type(await screen.findByTestId(testIds.keyInput), " AIza-key ");
    await userEvent.click(screen.getByTestId(testIds.keySave));
    await waitFor(() => expect(composer()).toBeInTheDocument());
    expect(backend.calls.filter((call) => call.includes("Key"))).toEqual([
      "checkKey AIza-key",
      "saveKey AIza-key keychain",
    ]);
    expect(app.model?.mind).toBe("gemini");
    expect(app.settings.welcomed).toBe(true);
  });

  it("keeps a refused key in the field and says so", async () => {
    const { backend } = await openWindow(fresh(true));
    backend.keyProblem = {
      code: "notice",
      notice: { code: "key-invalid", detail: null, retryAfterMs: null },
      detail: null,
    };
    await userEvent.type(await screen.findByTestId(testIds.keyInput), "wrong{Enter}");
    expect(await screen.findByTestId(testIds.keyProblem)).toHaveTextContent("Google does not accept this key");
    expect(screen.queryByText("Save without checking")).toBeNull();
  });

  it("lets a person save a key that cannot be checked now", async () => {
    const { backend } = await openWindow(fresh(true));
    backend.keyProblem = {
      code: "notice",
      notice: { code: "offline", detail: null, retryAfterMs: null },
      detail: null,
    };
    await userEvent.type(await screen.findByTestId(testIds.keyInput), "key{Enter}");
    await userEvent.click(await screen.findByText("Save without checking"));
    await waitFor(() => expect(backend.calls).toContain("saveKey key keychain"));
  });

  it("offers a file with a passphrase or this session where there is no keychain", async () => {
    const { backend } = await openWindow(fresh(false));
    await userEvent.type(await screen.findByTestId(testIds.keyInput), "key");
    expect(screen.getByTestId(testIds.keySave)).toBeDisabled();
    await userEvent.click(screen.getByTestId(testIds.keyPlaceSession));
    await userEvent.click(screen.getByTestId(testIds.keySave));
    await waitFor(() => expect(backend.calls).toContain("saveKey key session"));
  });

  it("downloads the local model and starts with it", async () => {
    const { app } = await openWindow(fresh(true));
    await userEvent.click(await screen.findByTestId(testIds.modelFetch));
    await waitFor(() => expect(composer()).toBeInTheDocument());
    expect(app.model?.mind).toBe("local");
  });

  it("downloads with it what reads pictures, and the model even when that fails", async () => {
    const { app, backend } = await openWindow((state) => {
      fresh(true)(state);
      withoutRecognisers(state);
    });
    expect(await screen.findByText("With what reads pictures (50 MB)")).toBeInTheDocument();
    const fetch = backend.fetchModel.bind(backend);
    backend.fetchModel = (id, onProgress) => {
      if (id !== "picture-reading") return fetch(id, onProgress);
      backend.calls.push(`fetchModel ${id}`);
      return Promise.reject({ code: "fetch-failed", notice: null, detail: null });
    };
    await userEvent.click(screen.getByTestId(testIds.modelFetch));
    await waitFor(() => expect(composer()).toBeInTheDocument());
    expect(backend.calls.filter((call) => call.startsWith("fetchModel"))).toEqual([
      "fetchModel picture-reading",
      "fetchModel qwen2.5-coder-1.5b-instruct-q4_k_m",
    ]);
    expect(app.model?.mind).toBe("local");
    expect(app.canReadPictures).toBe(false);
  });

  it("says once that neither could be downloaded, and offers both again", async () => {
    const { app, backend } = await openWindow((state) => {
      fresh(true)(state);
      withoutRecognisers(state);
    });
    backend.fetchProblem = { code: "fetch-failed", notice: null, detail: null };
    await userEvent.click(await screen.findByTestId(testIds.modelFetch));
    expect(await screen.findByRole("alert")).toHaveTextContent("No source could be reached");
    expect(screen.getByTestId(testIds.modelFetch)).toHaveTextContent("Download 1.2 GB");
    expect(app.fetchProblems.size).toBe(2);
  });

  it("pauses both downloads at once", async () => {
    const { app, backend } = await openWindow(
      (state) => {
        fresh(true)(state);
        withoutRecognisers(state);
      },
      { pace: 30 },
    );
    await userEvent.click(await screen.findByTestId(testIds.modelFetch));
    await waitFor(() => expect(screen.getByTestId(testIds.modelProgress)).toHaveTextContent(/of 1.2 GB/));
    await userEvent.click(screen.getByTestId(testIds.modelCancel));
    expect(await screen.findByTestId(testIds.modelFetch)).toBeInTheDocument();
    expect(backend.calls.filter((call) => call.startsWith("fetchModel"))).toEqual(["fetchModel picture-reading"]);
    expect(app.fetchProblems.size).toBe(0);
  });

  it("can be skipped, and opens a picture dropped on it", async () => {
    const { backend } = await openWindow(fresh(true));
    await screen.findByTestId(testIds.firstRun);
    backend.emit({ type: "adding", token: 1, name: "a.jpg" });
    expect(await screen.findByTestId(testIds.attachment)).toBeInTheDocument();
  });
});

describe("settings", () => {
  it("open with Ctrl comma and change the language at once", async () => {
    const { state } = await openWindow();
    await userEvent.keyboard("{Control>},{/Control}");
    await userEvent.click(await screen.findByRole("radio", { name: "中文" }));
    expect(await screen.findByText("外观")).toBeInTheDocument();
    expect(document.documentElement.lang).toBe("zh-CN");
    expect(state.start.settings.language).toBe("zh");
    await userEvent.click(screen.getByRole("radio", { name: "深色" }));
    expect(document.documentElement.dataset["theme"]).toBe("dark");
  });

  it("say where the key is, unlock a file and forget it after a question", async () => {
    const { app, backend } = await openWindow((state) => {
      state.start.key = { source: "file-locked", keychain: false };
    });
    app.settingsPage = "gemini";
    expect(await screen.findByTestId(testIds.keyStatus)).toHaveTextContent("Kept in an encrypted file, locked");
    await userEvent.type(screen.getByTestId(testIds.keyPassphrase), "wrong{Enter}");
    expect(await screen.findByTestId(testIds.keyProblem)).toHaveTextContent("That is not the passphrase");
    await userEvent.clear(screen.getByTestId(testIds.keyPassphrase));
    await userEvent.type(screen.getByTestId(testIds.keyPassphrase), "right{Enter}");
    await waitFor(() => expect(screen.getByTestId(testIds.keyStatus)).toHaveTextContent("unlocked"));
    await userEvent.click(screen.getByTestId(testIds.keyForget));
    await userEvent.click(await screen.findByTestId(testIds.confirm));
    await waitFor(() => expect(backend.calls).toContain("forgetKey"));
  });

  it("explain a key from the environment and offer no way to forget it", async () => {
    const { app } = await openWindow((state) => {
      state.start.key = { source: "environment", keychain: true };
    });
    app.settingsPage = "gemini";
    expect(await screen.findByTestId(testIds.keyStatus)).toHaveTextContent("GEMINI_API_KEY");
    expect(screen.queryByTestId(testIds.keyForget)).toBeNull();
  });

  it("validate, save and reset the address", async () => {
    const { app, state } = await openWindow();
    app.settingsPage = "gemini";
    await userEvent.type(await screen.findByTestId(testIds.baseUrl), "nonsense");
    expect(screen.getByTestId(testIds.baseUrlSave)).toBeDisabled();
    await userEvent.clear(screen.getByTestId(testIds.baseUrl));
    await userEvent.type(screen.getByTestId(testIds.baseUrl), "http://127.0.0.1:8080{Enter}");
    await waitFor(() => expect(state.start.settings.baseUrl).toBe("http://127.0.0.1:8080"));
    await userEvent.click(screen.getByText("Reset"));
    await waitFor(() => expect(state.start.settings.baseUrl).toBeNull());
  });

  it("fetch and delete a model", async () => {
    const { app, backend } = await openWindow((state) => {
      fresh(true)(state);
      state.start.settings.welcomed = true;
    });
    app.settingsPage = "models";
    await userEvent.click(await screen.findByTestId(testIds.modelFetch));
    await userEvent.click(await screen.findByTestId(testIds.modelDelete));
    await userEvent.click(await screen.findByTestId(testIds.confirm));
    await waitFor(() => expect(backend.calls.some((call) => call.startsWith("deleteModel"))).toBe(true));
  });

  describe("of reading pictures", () => {
    const row = (set: string) =>
      within(
        screen.getAllByTestId(testIds.recogniserRow).find((element) => element.dataset["set"] === set) as HTMLElement,
      );

    it("fetch, choose and delete a set", async () => {
      const { app, backend, state } = await openWindow();
      app.settingsPage = "models";
      await screen.findAllByTestId(testIds.recogniserRow);
      await userEvent.click(row("picture-reading-light").getByTestId(testIds.recognisersFetch));
      await waitFor(() => expect(row("picture-reading-light").getByText(/Ready · 22 MB/)).toBeInTheDocument());
      await userEvent.click(row("picture-reading-light").getByRole("radio", { name: "Light" }));
      await waitFor(() => expect(row("picture-reading-light").getByRole("radio")).toBeChecked());
      expect(row("picture-reading").getByRole("radio")).not.toBeChecked();
      expect(state.start.settings.recognisers).toBe("picture-reading-light");
      await userEvent.click(row("picture-reading").getByTestId(testIds.recognisersDelete));
      await userEvent.click(await screen.findByTestId(testIds.confirm));
      await waitFor(() => expect(row("picture-reading").getByTestId(testIds.recognisersFetch)).toBeInTheDocument());
      expect(backend.calls).toContain("deleteModel picture-reading");
      expect(app.canReadPictures).toBe(true);
    });

    it("say in a sentence why a set could not be fetched", async () => {
      const { app, backend } = await openWindow(withoutRecognisers);
      backend.fetchProblem = { code: "fetch-failed", notice: null, detail: null };
      app.settingsPage = "models";
      await screen.findAllByTestId(testIds.recogniserRow);
      await userEvent.click(row("picture-reading").getByTestId(testIds.recognisersFetch));
      expect(await row("picture-reading").findByRole("alert")).toHaveTextContent("No source could be reached");
      expect(row("picture-reading").getByTestId(testIds.recognisersFetch)).toBeInTheDocument();
    });
  });

  it("list the licences of the models, or say why not", async () => {
    const { app, backend } = await openWindow();
    app.settingsPage = "about";
    const list = await screen.findByTestId(testIds.modelLicences);
    expect(list).toHaveTextContent(/PP-OCRv6\s*Apache-2\.0/);
    await userEvent.click(within(list).getByRole("link", { name: "https://huggingface.co/Qwen" }));
    expect(backend.opened).toEqual(["https://huggingface.co/Qwen"]);
    app.settingsPage = null;
    await waitFor(() => expect(screen.queryByTestId(testIds.modelLicences)).toBeNull());
    backend.modelLicences = () => Promise.reject({ code: "internal", notice: null, detail: "no list" });
    app.settingsPage = "about";
    expect(await screen.findByRole("alert")).toHaveTextContent(
      "The list cannot be shown. Something in Castor went wrong",
    );
  });
});

describe("an address", () => {
  it.each([
    ["", null],
    ["https://proxy.example/gemini", null],
    ["http://localhost:9000", null],
    ["http://proxy.example", "insecure"],
    ["ftp://x", "invalid"],
    ["javascript:alert(1)", "invalid"],
    ["proxy.example", "invalid"],
    ["https://a:b@proxy.example", "invalid"],
  ])("%s is %s", (address, problem) => expect(baseUrlProblem(address)).toBe(problem));
});
