import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { answered, composer, openWindow } from "../../test-window";
import { fakeFile } from "../backend/fake-asking";
import { fakeConversation, fakePicture } from "../backend/fake-scenarios";
import type { FakeState } from "../backend/fake";
import { testIds } from "../testids";
import { columnProblem, columnsOf, schemaOf, type Column } from "./schema";
import { formatTime, parseFrames, parseTime, readClip } from "./times";
import { viewInWords } from "./views";

const LOCAL = { mind: "local" as const, id: "qwen2.5-coder-1.5b-instruct-q4_k_m" };

/** Gemini takes files here. */
function withFiles(state: FakeState): void {
  const files = { accepts: ["video/mp4"], maxBytes: 1e7, maxSentAhead: 1e9 };
  state.start.models = state.start.models.map((model) =>
    model.mind === "gemini" ? { ...model, capabilities: { ...model.capabilities, files } } : model,
  );
}

async function openTools(): Promise<void> {
  screen.getByTestId(testIds.tools).focus();
  await userEvent.keyboard("{Enter}");
  await screen.findAllByTestId(testIds.toolItem);
}
const tool = (name: string) =>
  screen.getAllByTestId(testIds.toolItem).find((item) => item.dataset["tool"] === name) as HTMLElement;

describe("how an answer is made", () => {
  it("goes with the question, is shown as chips, and stays for the next one but for the schema", async () => {
    const { app, backend } = await openWindow();
    await openTools();
    await userEvent.click(tool("search"));
    await userEvent.click(tool("runCode"));
    await userEvent.keyboard("{Escape}");
    app.setOptions({ ...app.options, thinking: "low", schema: "{}" });
    await waitFor(() => expect(screen.getAllByTestId(testIds.toolChip)).toHaveLength(4));
    expect(screen.getByTestId(testIds.tools)).toHaveAccessibleName("How to answer, 4 on");
    await userEvent.click(within(screen.getAllByTestId(testIds.toolChip)[2] as HTMLElement).getByRole("button"));
    await userEvent.type(composer(), "Hello{Enter}");
    await answered();
    expect(backend.requests[0]?.options).toEqual({ search: true, thinking: "low", schema: "{}" });
    expect(app.options).toEqual({ search: true, thinking: "low", schema: "{}" });
    app.newConversation();
    expect(app.options).toEqual({ search: true, thinking: "low" });
  });

  it("lets a person choose how long the model thinks, of what it knows", async () => {
    const { app } = await openWindow((state) => {
      state.start.models = state.start.models.map((model) => ({
        ...model,
        capabilities: { ...model.capabilities, tools: { thinking: ["low", "high"] } },
      }));
    });
    await openTools();
    tool("thinking").focus();
    await userEvent.keyboard("{ArrowRight}");
    const levels = await screen.findAllByTestId(testIds.thinkingItem);
    expect(levels.map((item) => item.dataset["level"])).toEqual(["model", "low", "high"]);
    levels[2]?.focus();
    await userEvent.keyboard("{Enter}");
    expect(app.options).toEqual({ thinking: "high" });
    expect(await screen.findByTestId(testIds.toolChip)).toHaveTextContent("Thinking: Long");
  });

  it("is taken from a conversation that is opened", async () => {
    const { app, backend } = await openWindow((state) => {
      state.start.conversations = [fakeConversation({ id: "c0", title: "Old", options: { readLinks: true } })];
    });
    expect(screen.queryByTestId(testIds.toolChip)).toBeNull();
    await app.open("c0");
    expect(await screen.findByTestId(testIds.toolChip)).toHaveTextContent("Read links");
    await userEvent.type(composer(), "Hello{Enter}");
    await answered();
    expect(backend.requests[0]?.options).toEqual({ readLinks: true });
  });

  it("says why a model cannot, and what it will not follow", async () => {
    const { app } = await openWindow((state) => void (state.start.settings.model = LOCAL));
    app.setOptions({ search: true });
    await openTools();
    expect(tool("schema")).toHaveAttribute("aria-disabled", "true");
    expect(tool("schema")).toHaveTextContent("Qwen2.5 Coder 1.5B does not offer this");
    expect(screen.getByTestId(testIds.toolChip)).toHaveAttribute("data-followed", "false");
    // What is on can be switched off all the same.
    await userEvent.click(tool("search"));
    expect(app.options).toEqual({});
  });
});

describe("answers as data", () => {
  const COLUMNS: Column[] = [
    { name: "item", kind: "text", description: "as printed" },
    { name: "price", kind: "number", description: "" },
    { name: "paid", kind: "yes-no", description: "" },
    { name: "day", kind: "date", description: "" },
  ];

  it("make a schema of columns, all of them required and nothing else allowed", () => {
    expect(JSON.parse(schemaOf(COLUMNS))).toEqual({
      type: "object",
      properties: {
        rows: {
          type: "array",
          items: {
            type: "object",
            properties: {
              item: { type: "string", description: "as printed" },
              price: { type: "number" },
              paid: { type: "boolean" },
              day: { type: "string", format: "date" },
            },
            required: ["item", "price", "paid", "day"],
            additionalProperties: false,
          },
        },
      },
      required: ["rows"],
      additionalProperties: false,
    });
  });

  it("read their own schemas back, and no others", () => {
    expect(columnsOf(schemaOf(COLUMNS))).toEqual(COLUMNS);
    expect(columnsOf("nonsense")).toBeNull();
    expect(columnsOf('{"type":"object"}')).toBeNull();
    const other = JSON.parse(schemaOf(COLUMNS)) as { title?: string };
    other.title = "mine";
    expect(columnsOf(JSON.stringify(other))).toBeNull();
  });

  it("want columns with names of their own", () => {
    const named = (...names: string[]) => names.map((name): Column => ({ name, kind: "text", description: "" }));
    expect(columnProblem([])).toBe("none");
    expect(columnProblem(named("a", " "))).toBe("unnamed");
    expect(columnProblem(named("a", " a "))).toBe("twice");
    expect(columnProblem(named("a", "b"))).toBeNull();
  });

  it("are put together in the dialog", async () => {
    const { app } = await openWindow();
    await openTools();
    await userEvent.click(tool("schema"));
    await screen.findByTestId(testIds.schemaDialog);
    await userEvent.click(screen.getByTestId(testIds.schemaUse));
    expect(screen.getByTestId(testIds.schemaProblem)).toHaveTextContent("Every column needs a name.");
    await userEvent.type(screen.getByTestId(testIds.columnName), "item");
    await userEvent.click(screen.getByTestId(testIds.columnAdd));
    await userEvent.type(screen.getAllByTestId(testIds.columnName)[1] as HTMLElement, "price");
    await userEvent.selectOptions(screen.getAllByTestId(testIds.columnKind)[1] as HTMLElement, "number");
    await userEvent.click(screen.getByTestId(testIds.schemaUse));
    await waitFor(() => expect(screen.queryByTestId(testIds.schemaDialog)).toBeNull());
    expect(app.options.schema).toBe(
      schemaOf([
        { name: "item", kind: "text", description: "" },
        { name: "price", kind: "number", description: "" },
      ]),
    );
  });

  it("say in place why a text is no schema", async () => {
    const { app, backend } = await openWindow();
    backend.schemaProblem = (schema) => Promise.resolve(schema.includes("strung") ? "strung is no type" : null);
    app.setOptions({ schema: '{"type":"strung"}' });
    await userEvent.click(await screen.findByText("Answer as data"));
    expect(await screen.findByTestId(testIds.schemaText)).toHaveValue('{"type":"strung"}');
    expect(await screen.findByTestId(testIds.schemaProblem)).toHaveTextContent(
      "This is no JSON Schema: strung is no type",
    );
    expect(screen.getByTestId(testIds.schemaUse)).toBeDisabled();
    await fireEvent.input(screen.getByTestId(testIds.schemaText), { target: { value: '{"type":"string"}' } });
    await waitFor(() => expect(screen.getByTestId(testIds.schemaUse)).toBeEnabled());
    await userEvent.click(screen.getByTestId(testIds.schemaUse));
    await waitFor(() => expect(app.options.schema).toBe('{"type":"string"}'));
  });
});

describe("times in a video", () => {
  it.each([
    ["45", 45_000],
    ["1:30", 90_000],
    ["1:02:03", 3_723_000],
    ["0:07", 7000],
    ["1：05", 65_000],
    ["1:75", null],
    ["1:2:3:4", null],
    ["-1", null],
    ["abc", null],
    ["", null],
  ])("%s is %s", (text, expected) => expect(parseTime(text)).toBe(expected));

  it("are written back as they are read", () => {
    for (const ms of [0, 7000, 90_000, 3_723_000]) expect(parseTime(formatTime(ms))).toBe(ms);
  });

  it("know their frames and their order", () => {
    expect([parseFrames("0.1"), parseFrames("24"), parseFrames("2,5")]).toEqual([100, 24_000, 2500]);
    expect([parseFrames("0.05"), parseFrames("24.1"), parseFrames("x")]).toEqual([null, null, null]);
    expect(readClip("0:40", "0:10", "")).toBe("order");
    expect(readClip("", "0:00", "")).toBe("order");
    expect(readClip("x", "", "")).toBe("start");
    expect(readClip("", "x", "")).toBe("end");
    expect(readClip("", "", "99")).toBe("frames");
    expect(readClip("0:10", "0:40", "0.5")).toEqual({ startMs: 10_000, endMs: 40_000, framesPer1000S: 500 });
    expect(readClip("", "", "")).toEqual({});
  });

  it("are said shortly", () => {
    expect(viewInWords({ detail: "high", startMs: 10_000, endMs: 40_000, framesPer1000S: 500 })).toBe(
      "Fine · 0:10–0:40 · 0.5 frames/s",
    );
    expect(viewInWords({ startMs: 10_000 })).toBe("0:10–end");
    expect(viewInWords(undefined)).toBe("");
  });
});

describe("how a file is looked at", () => {
  it("is chosen on the file, shown there and sent with it", async () => {
    const { backend } = await openWindow(withFiles);
    backend.emit({ type: "added", token: 1, attachment: fakeFile("v1", "holiday.mp4", "video", "video/mp4") });
    await userEvent.click(await screen.findByTestId(testIds.viewOpen));
    await screen.findByTestId(testIds.viewForm);
    expect(screen.getAllByTestId(testIds.viewDetail).map((button) => button.dataset["detail"])).toEqual([
      "usual",
      "low",
      "medium",
      "high",
    ]);
    await userEvent.click(screen.getByText("Fine"));
    await userEvent.type(screen.getByTestId(testIds.viewFrom), "0:10");
    await userEvent.type(screen.getByTestId(testIds.viewTo), "0:05");
    expect(await screen.findByTestId(testIds.viewProblem)).toHaveTextContent("“To” must come after “From”.");
    await userEvent.clear(screen.getByTestId(testIds.viewTo));
    await userEvent.type(screen.getByTestId(testIds.viewTo), "0:40");
    await waitFor(() => expect(screen.getByTestId(testIds.viewLabel)).toHaveTextContent("Fine · 0:10–0:40"));
    await userEvent.keyboard("{Escape}");
    await userEvent.type(composer(), "What happens?{Enter}");
    await answered();
    expect(backend.requests[0]?.action).toMatchObject({
      attachments: [{ id: "v1", view: { detail: "high", startMs: 10_000, endMs: 40_000 } }],
    });
  });

  it("can be chosen in the viewer, whose keys its fields do not set off", async () => {
    const { app, backend } = await openWindow(withFiles);
    backend.emit({ type: "added", token: 1, attachment: fakeFile("v1", "holiday.mp4", "video", "video/mp4") });
    await userEvent.click(await screen.findByLabelText("Open holiday.mp4"));
    const viewer = await screen.findByTestId(testIds.viewer);
    await userEvent.click(within(viewer).getByTestId(testIds.viewOpen));
    await userEvent.type(await screen.findByTestId(testIds.viewFrom), "1:30");
    expect(app.draft.views).toEqual({ v1: { startMs: 90_000 } });
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId(testIds.viewForm)).toBeNull());
    expect(screen.getByTestId(testIds.viewer)).toBeInTheDocument();
    expect(within(viewer).getByTestId(testIds.viewOpen)).toHaveTextContent("1:30–end");
  });

  it("comes back with the draft when nothing was saved, and with a question that is changed", async () => {
    const { app, backend } = await openWindow(undefined, {
      rejects: { code: "disk-full", notice: null, detail: null },
    });
    backend.emit({ type: "added", token: 1, attachment: fakePicture("p1", "a.jpg") });
    await screen.findByTestId(testIds.attachment);
    app.draft.look("p1", { detail: "ultra-high" });
    await userEvent.type(composer(), "What?{Enter}");
    await screen.findByTestId(testIds.composerProblem);
    expect(app.draft.views).toEqual({ p1: { detail: "ultra-high" } });
    delete backend.script.rejects;
    await userEvent.type(composer(), "{Enter}");
    await answered();
    expect(app.draft.views).toEqual({});
    expect(app.editLast()).toBe(true);
    expect(app.draft.views).toEqual({ p1: { detail: "ultra-high" } });
  });
});

describe("the estimate", () => {
  it("is told for files to Gemini after a pause, opens the sheet, and is not made for a local model", async () => {
    const { app, backend } = await openWindow();
    backend.emit({ type: "added", token: 1, attachment: fakePicture("p1", "a.jpg") });
    const line = await screen.findByTestId(testIds.estimate, undefined, { timeout: 2000 });
    expect(line).toHaveAccessibleName("about 1,240 tokens · ≈ $0.0004. See what leaves this computer");
    expect(backend.calls).toContain("preview false");
    expect(backend.calls).not.toContain("preview true");
    await userEvent.click(line);
    await screen.findByTestId(testIds.leavingSheet);
    await userEvent.click(screen.getByTestId(testIds.leavingCancel));
    const local = app.models.find(({ mind }) => mind === "local");
    if (local) app.choose(local);
    await waitFor(() => expect(screen.queryByTestId(testIds.estimate)).toBeNull());
  });
});
