import { screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { openWindow } from "../../test-window";
import { fakeConversation, fakeMessage } from "../backend/fake-scenarios";
import { testIds } from "../testids";
import { parseSeconds } from "./seconds";

describe("spending", () => {
  it("is told with its models, and what is not in the sum", async () => {
    const { app, backend } = await openWindow((state) => {
      state.messages = [
        fakeMessage({
          id: "m1",
          role: "model",
          text: "A",
          usage: { promptTokens: 1240, answerTokens: 92, thoughtTokens: 8 },
          cost: { microUsd: 1_834_000, estimated: false },
        }),
      ];
    });
    const spending = await backend.spending();
    backend.spending = () => Promise.resolve({ ...spending, total: { ...spending.total, unpriced: 2 } });
    app.settingsPage = "spending";
    expect(await screen.findByTestId(testIds.spendingTotal)).toHaveTextContent("$1.83");
    expect(screen.getByTestId(testIds.spendingModel)).toHaveTextContent(
      /Gemini 3\.5 Flash\s*1\s*1,240\s*100\s*\$1\.83/,
    );
    expect(screen.getByTestId(testIds.spendingUnpriced)).toHaveTextContent("2 requests are not in the sum");
    expect(screen.getByTestId(testIds.spendingPrices)).toHaveTextContent("November 23, 2026");
  });

  it("has a cap that is checked, kept and taken off", async () => {
    const { app, state } = await openWindow();
    app.settingsPage = "spending";
    const field = await screen.findByTestId(testIds.capInput);
    await userEvent.type(field, "lots{Enter}");
    expect(await screen.findByTestId(testIds.capProblem)).toHaveTextContent("such as 20 or 12.50");
    expect(state.start.settings.monthlyCapCents).toBeNull();
    await userEvent.clear(field);
    await userEvent.type(field, "12.50{Enter}");
    await waitFor(() => expect(state.start.settings.monthlyCapCents).toBe(1250));
    expect(screen.getByTestId(testIds.capSave)).toHaveTextContent("Saved");
    await userEvent.clear(field);
    await userEvent.click(screen.getByTestId(testIds.capSave));
    await waitFor(() => expect(state.start.settings.monthlyCapCents).toBeNull());
  });

  it("of a conversation stands in its menu", async () => {
    await openWindow((state) => {
      state.start.conversations = [fakeConversation({ id: "c0", title: "Old", head: "m1" })];
      state.messages = [
        fakeMessage({
          id: "m1",
          role: "model",
          text: "A",
          usage: { promptTokens: 1240, answerTokens: 92, thoughtTokens: 0 },
          cost: { microUsd: 12_400, estimated: false },
        }),
      ];
    });
    screen.getByTestId(testIds.conversationItem).focus();
    (await screen.findByTestId(testIds.conversationMenu)).focus();
    await userEvent.keyboard("{Enter}");
    expect(await screen.findByTestId(testIds.conversationSpent)).toHaveTextContent("Spent so far: $0.012");
  });
});

describe("the connection", () => {
  it("is kept as written", async () => {
    const { app, state } = await openWindow();
    app.settingsPage = "gemini";
    await userEvent.click(await screen.findByRole("radio", { name: "This address" }));
    await userEvent.type(screen.getByTestId(testIds.proxyAddress), " http://127.0.0.1:3128 ");
    await userEvent.type(screen.getByTestId(testIds.certificates), "/etc/ca.pem");
    await userEvent.clear(screen.getByTestId(testIds.timeoutIdle));
    await userEvent.type(screen.getByTestId(testIds.timeoutIdle), "300{Enter}");
    await waitFor(() =>
      expect(state.start.settings.network).toEqual({
        proxy: { type: "manual", address: "http://127.0.0.1:3128" },
        extraCertificates: "/etc/ca.pem",
        connectSeconds: 15,
        idleSeconds: 300,
      }),
    );
    expect(screen.getByTestId(testIds.connectionSave)).toHaveTextContent("Saved");
  });

  it("says in place what cannot be kept, and why", async () => {
    const { app, backend } = await openWindow();
    app.settingsPage = "gemini";
    await userEvent.clear(await screen.findByTestId(testIds.timeoutConnect));
    await userEvent.type(screen.getByTestId(testIds.timeoutConnect), "0{Enter}");
    expect(await screen.findByTestId(testIds.connectionProblem)).toHaveTextContent("Whole seconds from 1 to 3,600.");
    await userEvent.clear(screen.getByTestId(testIds.timeoutConnect));
    await userEvent.type(screen.getByTestId(testIds.timeoutConnect), "15");
    await userEvent.type(screen.getByTestId(testIds.certificates), "/nowhere");
    backend.settingsProblem = { code: "certificates-unusable", notice: null, detail: '"/nowhere" holds none' };
    await userEvent.click(screen.getByTestId(testIds.connectionSave));
    expect(await screen.findByTestId(testIds.connectionProblem)).toHaveTextContent(
      "Choose the PEM or DER file of a certificate authority.",
    );
    expect(app.settings.network.extraCertificates).toBeNull();
    expect(app.problem).toBeNull();
  });

  it.each([
    ["1", 1],
    ["3600", 3600],
    ["0", null],
    ["3601", null],
    ["1.5", null],
    ["", null],
  ])("%j seconds are %s", (text, seconds) => expect(parseSeconds(text)).toBe(seconds));
});

describe("safety and privacy", () => {
  it("are kept at once", async () => {
    const { app, state } = await openWindow();
    app.settingsPage = "gemini";
    const harm = (await screen.findAllByTestId(testIds.safety)).find(
      (field) => field.dataset["harm"] === "dangerousContent",
    ) as HTMLElement;
    await userEvent.selectOptions(harm, "nothing");
    expect(state.start.settings.safety).toEqual({ dangerousContent: "nothing" });
    await userEvent.selectOptions(harm, "");
    expect(state.start.settings.safety).toEqual({ dangerousContent: null });
    await userEvent.click(screen.getByRole("switch", { name: /Warn me before secrets are sent/ }));
    expect(state.start.settings.warnOfSecrets).toBe(false);
    await userEvent.click(screen.getByTestId(testIds.showLeavingAgain));
    await waitFor(() => expect(state.start.settings.seenLeaving).toEqual([]));
  });
});
