import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answered, composer, openWindow } from "../../test-window";
import type { Message, Notice, Part, Sources } from "../backend/bindings";
import { fakeAnswer, scriptOf, type AnswerScenario } from "../backend/fake-answers";
import type { FakeState } from "../backend/fake";
import { fakeConversation, fakeMessage, fakePicture } from "../backend/fake-scenarios";
import { makeFormat } from "../i18n/format";
import { prepareAll } from "../markdown/extras";
import { testIds } from "../testids";
import { receiptLine } from "./receipt-line";

const GEMINI = { mind: "gemini" as const, id: "gemini-3.5-flash" };
const LOCAL_ID = "qwen2.5-coder-1.5b-instruct-q4_k_m";

const holding =
  (answer: Partial<Message> & { text?: string }, localOnly = false) =>
  (state: FakeState): void => {
    const conversation = fakeConversation({ id: "c0", title: "Old", head: "m1", localOnly });
    state.attachments = [{ ...fakePicture("g1", "greenhouse.png"), width: 1024, height: 768 }];
    state.messages = [
      fakeMessage({ id: "q1", role: "user", text: "What is it?" }),
      fakeMessage({ id: "m1", role: "model", text: "", parent: "q1", ...answer }),
    ];
    state.start.conversations = [conversation];
    state.start.open = { conversation, messages: state.messages, attachments: state.attachments };
  };
const scenario = (name: AnswerScenario) => holding(fakeAnswer(name, "en").answer);
const text = (words: string): Part[] => [{ type: "text", text: words }];

beforeEach(() => prepareAll());
afterEach(() => vi.restoreAllMocks());

describe("thoughts", () => {
  it("are one quiet line each, in order, and unfold", async () => {
    await openWindow(scenario("answer-thoughts"));
    const thoughts = screen.getAllByTestId(testIds.thought);
    expect(thoughts).toHaveLength(2);
    const order = screen.getByTestId(testIds.answerText).textContent ?? "";
    expect(order).toMatch(/^Thought for a while.*You lay 8 rows.*Thought for a while.*Buy 110/s);
    expect(order).not.toContain("Checking the count");
    await userEvent.click(within(thoughts[0] as HTMLElement).getByRole("button"));
    expect(thoughts[0]?.querySelector("strong")).toHaveTextContent("Finding what the person wants");
    // They are not part of the answer.
    expect(screen.getByTestId(testIds.answerMeta)).toHaveTextContent("1,234 tokens · $0.0032");
  });

  it("show their last line while they come", async () => {
    await openWindow(undefined, {
      ...scriptOf({ question: "", answer: { parts: [{ type: "thought", text: "**First**\n\nA last line.\n" }] } }, 0),
      hangs: true,
    });
    await userEvent.type(composer(), "Hello{Enter}");
    const thought = await screen.findByTestId(testIds.thought);
    await waitFor(() => expect(thought).toHaveTextContent(/Thinking…\s*A last line\.$/));
    await userEvent.click(screen.getByTestId(testIds.stop));
    await answered();
    expect(screen.getByTestId(testIds.thought)).toHaveTextContent(/^Thought for a while$/);
  });
});

describe("code that was run", () => {
  it("is a block of its own, and so is what became of it", async () => {
    const { backend } = await openWindow(scenario("answer-code"));
    const [, code] = screen.getAllByTestId(testIds.codeRun);
    expect(code).toHaveAccessibleName("python");
    expect(code?.querySelector(".hljs-keyword")).toHaveTextContent("import");
    await userEvent.click(within(code as HTMLElement).getByLabelText("Copy the code"));
    expect(backend.copied[0]).toMatch(/^import math\n[\s\S]*print\(found\)$/);
    const results = screen.getAllByTestId(testIds.codeResult);
    expect(results.map((result) => [result.dataset["outcome"], result.getAttribute("aria-label")])).toEqual([
      ["failed", "Failed"],
      ["ok", "Output"],
      ["ok", "Output"],
    ]);
  });

  it("folds what is long, and copies all of it", async () => {
    const { backend } = await openWindow(scenario("answer-code"));
    const long = screen.getAllByTestId(testIds.codeResult)[2] as HTMLElement;
    expect(long).not.toHaveTextContent("60² = 3600");
    await userEvent.click(within(long).getByLabelText("Copy the output"));
    expect(backend.copied[0]).toContain("60² = 3600");
    await userEvent.click(within(long).getByText("Show all 60 lines"));
    expect(long).toHaveTextContent("60² = 3600");
  });

  it("never becomes HTML", async () => {
    await openWindow(
      holding({
        parts: [
          { type: "code", language: "none-known", code: "<img src=x onerror=alert(1)>" },
          { type: "code-result", outcome: "timed-out", output: "<b>bold</b>" },
        ],
      }),
    );
    expect(screen.getByTestId(testIds.codeRun).querySelector("img")).toBeNull();
    expect(screen.getByTestId(testIds.codeResult)).toHaveTextContent("Took too long");
    expect(screen.getByTestId(testIds.codeResult).querySelector("b")).toBeNull();
  });
});

describe("a picture in an answer", () => {
  it("is no wider than reading, and opens large", async () => {
    await openWindow(scenario("answer-picture"));
    const picture = within(screen.getByTestId(testIds.answerPicture)).getByRole("button");
    expect(picture).toHaveStyle({ width: "480px" });
    expect(screen.getByTestId(testIds.answerPicture)).toHaveTextContent("greenhouse.png");
    await userEvent.click(picture);
    expect(await screen.findByTestId(testIds.viewer)).toHaveAccessibleName("Viewing greenhouse.png");
  });

  it("is known once it comes", async () => {
    await openWindow(
      (state) => {
        state.attachments = [{ ...fakePicture("g1", "greenhouse.png"), width: 100, height: 100 }];
      },
      scriptOf(fakeAnswer("answer-picture", "en"), 0),
    );
    await userEvent.type(composer(), "Draw{Enter}");
    await answered();
    expect(await screen.findByTestId(testIds.answerPicture)).toHaveTextContent("greenhouse.png");
  });
});

describe("sources", () => {
  it("are marked in the text, listed below, and folded after four", async () => {
    await openWindow(scenario("answer-sources"));
    const marks = [...screen.getByTestId(testIds.answerText).querySelectorAll(".source-marks")];
    expect(marks.map((mark) => mark.textContent)).toEqual(["1", "12", "3", "4", "45", "6"]);
    expect(screen.getByTestId(testIds.answerText).querySelector("pre .source-marks, a .source-marks")).toBeNull();
    expect(screen.getAllByTestId(testIds.source)).toHaveLength(4);
    await userEvent.click(screen.getByText("Show all 7"));
    expect(screen.getAllByTestId(testIds.source)).toHaveLength(7);
    const sources = screen.getByTestId(testIds.sources);
    expect(sources).toHaveTextContent("Searched for “heat pump subsidy 2026” and “heat pump running cost per year”");
    expect(sources).toHaveTextContent("Read example.com/heat-pumps");
    expect(sources).toHaveTextContent("Could not read intranet.example.net/tariffs");
    expect(sources).toHaveTextContent("Quotes Heat pumps in existing buildings");
  });

  it("open only after their address was shown", async () => {
    const { backend } = await openWindow(scenario("answer-sources"));
    const mark = screen.getByTestId(testIds.answerText).querySelectorAll<HTMLElement>("[data-source]")[3];
    await fireEvent.mouseOver(mark as HTMLElement);
    const hovered = await screen.findByTestId(testIds.sourceCard);
    expect(hovered).toHaveTextContent("Applying for the subsidy, step by step");
    expect(hovered).toHaveTextContent("verbraucherzentrale.de");
    expect(within(hovered).queryByTestId(testIds.sourceOpen)).toBeNull();
    await fireEvent.click(mark as HTMLElement);
    const card = await screen.findByTestId(testIds.sourceCard);
    expect(card).toHaveTextContent("https://www.verbraucherzentrale.de/wissen/energie");
    expect(backend.opened).toEqual([]);
    // The keyboard gets there, and back.
    await waitFor(() => expect(within(card).getByTestId(testIds.sourceOpen)).toHaveFocus());
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId(testIds.sourceCard)).toBeNull());
    expect(mark).toHaveFocus();
    await userEvent.keyboard("{Enter}");
    await userEvent.click(await screen.findByTestId(testIds.sourceOpen));
    expect(backend.opened).toEqual(["https://www.verbraucherzentrale.de/wissen/energie"]);
    await waitFor(() => expect(screen.queryByTestId(testIds.sourceCard)).toBeNull());
  });

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "https://a@evil.example/",
    "not an address",
  ])("do not open %s", async (uri) => {
    const sources: Sources = {
      pages: [{ uri, title: "A page" }],
      passages: [{ start: 0, end: 7, pages: [0] }],
      links: [{ uri, read: true }],
      citations: [{ uri, title: "A work" }],
    };
    const { backend } = await openWindow(holding({ parts: text("A claim."), sources }));
    const shown = screen.getByTestId(testIds.sources);
    expect(within(shown).queryByRole("link")).toBeNull();
    expect(shown).toHaveTextContent(uri);
    await fireEvent.click(screen.getByTestId(testIds.answerText).querySelector("[data-source]") as HTMLElement);
    const card = await screen.findByTestId(testIds.sourceCard);
    expect(card).toHaveTextContent(uri);
    expect(within(card).queryByTestId(testIds.sourceOpen)).toBeNull();
    expect(backend.opened).toEqual([]);
  });

  it("come with Google's suggestions, whose links open outside", async () => {
    const roots: ShadowRoot[] = [];
    const attach = Element.prototype.attachShadow;
    vi.spyOn(Element.prototype, "attachShadow").mockImplementation(function (this: Element, init) {
      const root = attach.call(this, init);
      expect(init.mode).toBe("closed");
      roots.push(root);
      return root;
    });
    const { backend } = await openWindow(scenario("answer-sources"));
    await waitFor(() => expect(roots[0]?.querySelectorAll("a")).toHaveLength(2));
    for (const event of [
      new MouseEvent("click", { bubbles: true, cancelable: true, composed: true }),
      new MouseEvent("auxclick", { bubbles: true, cancelable: true, composed: true, button: 1 }),
    ]) {
      roots[0]?.querySelector("a")?.dispatchEvent(event);
      expect(event.defaultPrevented).toBe(true);
    }
    const address = "https://vertexaisearch.cloud.google.com/grounding-api-redirect/CHIP-0";
    expect(backend.opened).toEqual([address, address]);
  });

  it("come while the answer is written, and are marked at its end", async () => {
    await openWindow(undefined, { ...scriptOf(fakeAnswer("answer-sources", "zh"), 0) });
    await userEvent.type(composer(), "Hello{Enter}");
    await answered();
    expect(screen.getAllByTestId(testIds.source)).toHaveLength(4);
    expect(screen.getByTestId(testIds.answerText).querySelectorAll(".source-marks")).toHaveLength(6);
  });
});

describe("an answer by a schema", () => {
  it("is a table where it can be one, and JSON when asked", async () => {
    const { backend } = await openWindow(scenario("answer-structure"));
    const shown = screen.getByTestId(testIds.structure);
    expect(shown).toHaveAttribute("data-view", "table");
    expect(
      within(shown)
        .getAllByRole("columnheader")
        .map((cell) => cell.textContent),
    ).toEqual(["item", "quantity", "price", "vegan", "note"]);
    await userEvent.click(within(shown).getByText("Copy for a spreadsheet"));
    expect(backend.copied[0]).toMatch(/^item\tquantity\tprice\tvegan\tnote\nEspresso\t1\t2.5\ttrue\t\n/);
    await userEvent.click(within(shown).getByText("Copy CSV"));
    expect(backend.copied[1]).toContain("Croissant,2,2.8,false,one with almonds");
    await userEvent.click(within(shown).getByRole("radio", { name: "JSON" }));
    expect(shown).toHaveAttribute("data-view", "json");
    await userEvent.click(within(shown).getByText("Copy JSON"));
    expect(JSON.parse(backend.copied[2] ?? "")).toHaveProperty("items");
  });

  it("is a tree otherwise, and says what is not as asked", async () => {
    await openWindow(scenario("answer-tree"));
    const shown = screen.getByTestId(testIds.structure);
    expect(shown).toHaveAttribute("data-view", "tree");
    expect(screen.getByTestId(testIds.structureProblems)).toHaveTextContent(
      "Not as asked: /total: this should be a string",
    );
    expect(shown).not.toHaveTextContent("Via Roma 12");
    await userEvent.click(within(shown).getByRole("button", { name: /address/ }));
    expect(shown).toHaveTextContent("Via Roma 12");
  });

  it("stays readable when it is no JSON", async () => {
    await openWindow(scenario("answer-not-json"));
    expect(screen.getByTestId(testIds.structure)).toHaveAttribute("data-view", "raw");
    expect(screen.getByTestId(testIds.structure)).toHaveTextContent('{"items": [{"item": "Espresso"');
    expect(screen.getByTestId(testIds.structureProblems)).toHaveTextContent("ends in the middle");
  });

  it("puts no thousand rows on the page at once", async () => {
    await openWindow(scenario("answer-many-rows"));
    const shown = screen.getByTestId(testIds.structure);
    expect(shown.querySelectorAll("tbody tr")).toHaveLength(200);
    await userEvent.click(within(shown).getByText("Show 200 more of 4,800"));
    expect(shown.querySelectorAll("tbody tr")).toHaveLength(400);
  });
});

describe("what was blocked", () => {
  const blocked = (change: Partial<Notice>): Partial<Message> => ({
    status: "blocked",
    notice: { code: "prompt-blocked", detail: null, retryAfterMs: null, ...change },
  });
  const inChinese = (change: Partial<Message>) => (state: FakeState) => {
    holding(change)(state);
    state.start.settings = { ...state.start.settings, language: "zh" };
  };

  it.each([
    ["SAFETY", "possibly harmful", "可能有害"],
    ["PROHIBITED_CONTENT", "not allow this content", "不允许这类内容"],
    ["BLOCKLIST", "blocked words", "屏蔽词表"],
    ["RECITATION", "existing work", "已有作品"],
    ["SPII", "sensitive data", "个人敏感信息"],
    ["IMAGE_SAFETY", "rules for pictures", "图片规则"],
    ["JAILBREAK", "get around its rules", "绕过其规则"],
    ["MODEL_ARMOR", "Model Armor", "Model Armor"],
    ["LANGUAGE", "this language", "这种语言"],
    ["OTHER", "no closer reason", "没有给出具体原因"],
  ])("says %s in words of both languages", async (detail, english, chinese) => {
    const { view } = await openWindow(holding(blocked({ detail })));
    expect(screen.getByTestId(testIds.blockedReason)).toHaveTextContent(english);
    view.unmount();
    await openWindow(inChinese(blocked({ detail })));
    expect(screen.getByTestId(testIds.blockedReason)).toHaveTextContent(chinese);
  });

  it("shows an unknown reason as it is", async () => {
    await openWindow(holding(blocked({ detail: "constructor" })));
    expect(screen.queryByTestId(testIds.blockedReason)).toBeNull();
    await userEvent.click(screen.getByText("Details"));
    expect(screen.getByTestId(testIds.notice)).toHaveTextContent("constructor");
  });

  it("unfolds the ratings, and tells of the thresholds where they matter", async () => {
    const { view } = await openWindow(scenario("answer-blocked"));
    expect(screen.queryByTestId(testIds.ratings)).toBeNull();
    await userEvent.click(screen.getByText("Details"));
    const rows = within(screen.getByTestId(testIds.ratings)).getAllByRole("row");
    expect(rows.map(({ children }) => [...children].map((cell) => cell.textContent).join(": "))).toEqual([
      "Bullying and threats: negligible",
      "Hatred of groups: low",
      "Sexual content: negligible",
      "Dangerous acts: high · this is why",
    ]);
    expect(screen.getByTestId(testIds.notice)).toHaveTextContent("can be set in the settings");
    view.unmount();
    await openWindow(inChinese(fakeAnswer("answer-blocked", "zh").answer));
    await userEvent.click(screen.getByText("详细信息"));
    expect(screen.getByTestId(testIds.ratings)).toHaveTextContent(/危险行为\s*高 · 因此被拦截/);
  });
});

describe("counts and cost", () => {
  it.each([
    [0, "$0"],
    [40, "<$0.0001"],
    [2_130, "$0.0021"],
    [16_430, "$0.016"],
    [100_000, "$0.10"],
    [999_900, "$1.00"],
    [1_234_000, "$1.23"],
  ])("writes %i millionths of a dollar as %s", (microUsd, written) => {
    expect(makeFormat("en").money(microUsd)).toBe(written);
  });

  it("unfold behind the line over the answer", async () => {
    await openWindow(scenario("answer-sources"));
    const meta = screen.getByTestId(testIds.answerMeta);
    expect(meta).toHaveTextContent("1,052 tokens · $0.016");
    await userEvent.click(within(meta).getByRole("button"));
    expect(screen.getByTestId(testIds.answerDetails)).toHaveTextContent(
      "the whole question 2,310 tokens · 1,024 of them kept from before and cheaper · thoughts 640 · answer 412 · 2 searches of the web",
    );
  });

  it("say when they are estimated", async () => {
    await openWindow(scenario("answer-structure"));
    expect(screen.getByTestId(testIds.answerMeta)).toHaveTextContent("96 tokens · about $0.0006");
  });

  it("say nothing of what costs nothing", async () => {
    await openWindow(holding({ parts: text("A cat."), model: { mind: "local", id: LOCAL_ID } }));
    expect(screen.getByTestId(testIds.answerMeta)).not.toHaveTextContent("$");
  });
});

it("says in the receipt how an answer was to be made", () => {
  const media = { attachment: "v", current: true, width: 0, height: 0, bytes: 9_000_000, tokens: 0 };
  const view = { detail: "high" as const, startMs: 10_000, endMs: 40_000, framesPer1000S: 1000 };
  const line = receiptLine(
    {
      delivered: [{ ...media, mime: "video/mp4", scaled: false, metadataRemoved: false, view }],
      omitted: [],
      earlierMessages: 0,
      promptTokens: null,
      estimated: false,
      options: { search: true, thinking: "high", schema: "{}" },
    },
    GEMINI,
    "Gemini",
  );
  expect(line.text).toBe(
    "1 file sent, 9 MB · looked at finely · 0:10–0:40 · 1 frame/s · searching allowed · thinking: high · by a schema",
  );
});

describe("ways out of a notice", () => {
  const ending = (code: Notice["code"]): Partial<Message> => ({
    status: "failed",
    notice: { code, detail: null, retryAfterMs: null },
  });

  it("of a locked conversation are the local mind, or lifting the lock", async () => {
    const { backend } = await openWindow(holding(ending("local-only"), true));
    expect(screen.getByTestId(testIds.notice)).toHaveTextContent("stays on this computer");
    expect(screen.getByTestId(testIds.noticeAction)).toHaveTextContent("Ask the local mind instead");
    await userEvent.click(screen.getByTestId(testIds.liftLock));
    await waitFor(() => expect(backend.calls).toContain('ask {"type":"again","question":"q1"} gemini-3.5-flash'));
    expect(backend.calls.indexOf("setLocalOnly c0 false")).toBeGreaterThanOrEqual(0);
  });

  it("of a locked conversation can stay local", async () => {
    const { backend } = await openWindow(holding(ending("local-only"), true));
    await userEvent.click(screen.getByTestId(testIds.noticeAction));
    await waitFor(() => expect(backend.calls).toContain(`ask {"type":"again","question":"q1"} ${LOCAL_ID}`));
    expect(backend.calls.some((call) => call.startsWith("setLocalOnly"))).toBe(false);
  });

  it("of the month's cap lead to what was spent", async () => {
    const { app } = await openWindow(holding(ending("spending-cap")));
    await userEvent.click(screen.getByTestId(testIds.noticeAction));
    expect(app.settingsPage).toBe("spending");
  });

  it("of a pause before the next try need no waiting", async () => {
    const retries: Notice = { code: "rate-limited", detail: null, retryAfterMs: 60_000 };
    const { backend } = await openWindow(undefined, { text: "Here it is.", retries });
    await userEvent.type(composer(), "Hello{Enter}");
    const stage = await screen.findByTestId(testIds.stage);
    await waitFor(() => expect(stage).toHaveTextContent(/Trying again in (60|59) s/));
    await waitFor(() => expect(stage).toHaveTextContent("in 58 s"), { timeout: 3000 });
    backend.script = { text: "Here it is.", pace: 0 };
    await userEvent.click(screen.getByTestId(testIds.retryNow));
    await waitFor(() => expect(screen.getByTestId(testIds.answerText)).toHaveTextContent("Here it is."));
    expect(backend.calls.filter((call) => call === "stop")).toHaveLength(1);
  });
});
