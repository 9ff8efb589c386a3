/** Made-up answers with everything Gemini can put into one, and every way an answer can end, for `fake-scenarios.ts`. */
import type { Language } from "../i18n/format";
import type { Message, Notice, NoticeCode, Page, Part, Passage, SafetyRating, Sources } from "./bindings";
import type { Script } from "./fake";
import { GREENHOUSE_PICTURE, SUGGESTIONS } from "./fake-made";

/** Pictures the model made, by the attachment they are. */
export const MADE_PICTURES = new Map([["g1", GREENHOUSE_PICTURE]]);

export interface FakeAnswer {
  question: string;
  answer: Partial<Message> & { parts: Part[] };
}

/** The passage that ends with `words`, in bytes of UTF-8. */
function passage(text: string, words: string, pages: number[]): Passage {
  const at = text.indexOf(words);
  const bytes = (length: number) => new TextEncoder().encode(text.slice(0, length)).length;
  return { start: bytes(at), end: bytes(at + words.length), pages };
}

const page = (title: string, code: string): Page => ({
  title,
  uri: `https://vertexaisearch.cloud.google.com/grounding-api-redirect/${code}`,
});

const THOUGHT = {
  en: "**Finding what the person wants**\n\nThey ask how many tiles a balcony of 2.4 × 3.7 m needs. The tiles are 30 × 30 cm, so whole tiles and a joint have to be counted, not only the area.\n\n**Checking the count**\n\n2.4 / 0.3 is exactly 8. 3.7 / 0.3 is 12.33, so one row has to be cut.",
  zh: "**弄清问题**\n\n对方想知道 2.4 × 3.7 米的阳台需要多少块地砖。地砖是 30 × 30 厘米，不能只按面积算，还要看整砖和缝隙。\n\n**核对数量**\n\n2.4 / 0.3 正好是 8；3.7 / 0.3 是 12.33，所以有一排需要切割。",
};
const SECOND_THOUGHT = {
  en: "**Adding a reserve**\n\nTiles break while they are cut. Five in a hundred is the usual reserve; 104 becomes 110.",
  zh: "**留出余量**\n\n切割时会有破损，通常多留百分之五：104 块变成 110 块。",
};
const TILES = {
  en: {
    question: "How many 30 × 30 cm tiles do I need for a balcony of 2.4 × 3.7 m?",
    first: "You lay **8 rows of 13 tiles**, the last of each row cut: 104 tiles in all.",
    second: "Buy **110**, for some break while they are cut.",
  },
  zh: {
    question: "阳台 2.4 × 3.7 米，30 × 30 厘米的地砖要买多少块？",
    first: "横向铺 **8 排，每排 13 块**，每排最后一块需要切割，共 104 块。",
    second: "切割会有损耗，建议买 **110 块**。",
  },
};

const SOURCED = {
  en: {
    question: "Are heat pumps still subsidised this year, and what does one cost to run?",
    text: "Yes. **A household gets 30 % of the cost back**, and up to 70 % when an old oil boiler goes.\n\n- The application comes *before* the contract is signed.\n- Running it costs about `0.28 €/kWh` at the usual tariff.\n\n| House | Power a year | Cost |\n|---|---|---|\n| New, 140 m² | 3,200 kWh | 900 € |\n| Old, 140 m² | 6,800 kWh | 1,900 € |\n\n```text\nnot a place for a mark: 70 %\n```\n\nBelow −7 °C the backup starts, which [the manual](https://example.com/manual) calls normal.",
    marks: [
      ["30 % of the cost back**", [0]],
      ["an old oil boiler goes.", [0, 1]],
      ["the contract is signed.", [2]],
      ["at the usual tariff.", [3]],
      ["1,900 €", [3, 4]],
      ["calls normal.", [5]],
    ] as [string, number[]][],
    pages: [
      page("kfw.de", "AUZIYQF-1"),
      page("bafa.de", "AUZIYQF-2"),
      { title: "Applying for the subsidy, step by step", uri: "https://www.verbraucherzentrale.de/wissen/energie" },
      page("bdew.de", "AUZIYQF-4"),
      page("co2online.de", "AUZIYQF-5"),
      page("waermepumpe.de", "AUZIYQF-6"),
      { title: "A page with an address Castor does not open", uri: "javascript:alert(1)" },
    ],
    queries: ["heat pump subsidy 2026", "heat pump running cost per year"],
    quote: "Heat pumps in existing buildings",
  },
  zh: {
    question: "今年热泵还有补贴吗？用起来一年要多少钱？",
    text: "有。**家庭可以拿回 30% 的费用**，如果同时淘汰旧燃油锅炉，最高可达 70%。\n\n- 要在签合同*之前*提交申请。\n- 按普通电价，运行成本约 `0.28 €/kWh`。\n\n| 房屋 | 年用电 | 费用 |\n|---|---|---|\n| 新房，140 m² | 3,200 kWh | 900 € |\n| 老房，140 m² | 6,800 kWh | 1,900 € |\n\n```text\n这里不放标记：70%\n```\n\n低于 −7 °C 时电辅热会启动，[手册](https://example.com/manual)里说这是正常的。",
    marks: [
      ["30% 的费用**", [0]],
      ["最高可达 70%。", [0, 1]],
      ["提交申请。", [2]],
      ["`0.28 €/kWh`。", [3]],
      ["1,900 €", [3, 4]],
      ["这是正常的。", [5]],
    ] as [string, number[]][],
    pages: [
      page("kfw.de", "AUZIYQF-1"),
      page("bafa.de", "AUZIYQF-2"),
      { title: "补贴申请流程", uri: "https://www.verbraucherzentrale.de/wissen/energie" },
      page("bdew.de", "AUZIYQF-4"),
      page("co2online.de", "AUZIYQF-5"),
      page("waermepumpe.de", "AUZIYQF-6"),
      { title: "Castor 不会打开的地址", uri: "javascript:alert(1)" },
    ],
    queries: ["热泵 补贴 2026", "热泵 年运行费用"],
    quote: "既有建筑中的热泵",
  },
};

function sourced(language: Language): FakeAnswer {
  const { question, text, marks, pages, queries, quote } = SOURCED[language];
  const sources: Sources = {
    pages,
    passages: marks.map(([words, places]) => passage(text, words, places)),
    queries,
    suggestions: SUGGESTIONS[language],
    links: [
      { uri: "https://example.com/heat-pumps", read: true },
      { uri: "https://intranet.example.net/tariffs", read: false },
    ],
    citations: [{ title: quote, uri: "https://example.org/study", license: "CC BY 4.0" }],
  };
  return {
    question,
    answer: {
      parts: [{ type: "text", text }],
      sources,
      usage: { promptTokens: 2310, answerTokens: 412, thoughtTokens: 640, cachedTokens: 1024, searches: 2 },
      cost: { microUsd: 16_430, estimated: false },
    },
  };
}

const CODED = {
  en: {
    question: "Which of the first 200 numbers are both a square and a triangular number? Work it out, do not guess.",
    before: "I let a small program look for them:",
    after: "There are two: **1** and **36**. The next one is 1,225, far beyond 200.",
    longer: "And the squares on the way:",
    failed: "A first try had a mistake in it:",
  },
  zh: {
    question: "200 以内有哪些数既是平方数又是三角形数？请实际算一下，不要猜。",
    before: "用一小段程序来找：",
    after: "有两个：**1** 和 **36**。下一个是 1,225，已经远超 200。",
    longer: "过程中的平方数：",
    failed: "第一次运行有个错误：",
  },
};
const CODE =
  "import math\n\ndef triangular(n):\n    # n = k(k+1)/2 has a whole solution\n    return math.isqrt(8 * n + 1) ** 2 == 8 * n + 1\n\nfound = [n * n for n in range(1, 15) if n * n <= 200 and triangular(n * n)]\nprint(found)\n";

function coded(language: Language): FakeAnswer {
  const texts = CODED[language];
  const squares = Array.from({ length: 60 }, (_, index) => `${index + 1}² = ${(index + 1) ** 2}`).join("\n");
  return {
    question: texts.question,
    answer: {
      parts: [
        { type: "text", text: texts.failed },
        { type: "code", language: "python", code: 'print(isqrt(36), "is whole")\n' },
        { type: "code-result", outcome: "failed", output: "NameError: name 'isqrt' is not defined" },
        { type: "text", text: texts.before },
        { type: "code", language: "python", code: CODE },
        { type: "code-result", outcome: "ok", output: "[1, 36]\n" },
        { type: "text", text: texts.longer },
        { type: "code", language: "python", code: 'for n in range(1, 61):\n    print(f"{n}² = {n * n}")\n' },
        { type: "code-result", outcome: "ok", output: `${squares}\n` },
        { type: "text", text: texts.after },
      ],
      usage: { promptTokens: 890, answerTokens: 520, thoughtTokens: 210 },
      cost: { microUsd: 2_130, estimated: false },
    },
  };
}

const ITEMS = {
  en: {
    question: "List what is on the receipt.",
    rows: [
      { item: "Espresso", quantity: 1, price: 2.5, vegan: true },
      { item: "Cappuccino", quantity: 1, price: 3.2, vegan: false },
      { item: "Croissant", quantity: 2, price: 2.8, vegan: false, note: "one with almonds" },
    ],
    tree: "Read the whole receipt.",
    shop: { name: "Café Luna", address: { street: "Via Roma 12", town: "Torino" } },
  },
  zh: {
    question: "列出小票上的项目。",
    rows: [
      { 项目: "意式浓缩", 数量: 1, 价格: 2.5, 纯素: true },
      { 项目: "卡布奇诺", 数量: 1, 价格: 3.2, 纯素: false },
      { 项目: "可颂", 数量: 2, 价格: 2.8, 纯素: false, 备注: "其中一个带杏仁" },
    ],
    tree: "读出整张小票。",
    shop: { 店名: "露娜咖啡馆", 地址: { 街道: "罗马街 12 号", 城市: "都灵" } },
  },
};

const schema = '{"type":"object"}';

function structured(language: Language): FakeAnswer {
  const { question, rows } = ITEMS[language];
  return {
    question,
    answer: {
      parts: [{ type: "text", text: JSON.stringify({ items: rows }) }],
      structure: { schema, problems: [] },
      usage: { promptTokens: 1240, answerTokens: 96, thoughtTokens: 0 },
      cost: { microUsd: 640, estimated: true },
    },
  };
}

function tree(language: Language): FakeAnswer {
  const { tree: question, shop, rows } = ITEMS[language];
  return {
    question,
    answer: {
      parts: [{ type: "text", text: JSON.stringify({ shop, items: rows, total: 8.5, paid: true, tip: null }) }],
      structure: {
        schema,
        problems: language === "zh" ? ["/total：应为字符串"] : ["/total: this should be a string"],
      },
      usage: { promptTokens: 1240, answerTokens: 130, thoughtTokens: 0 },
      cost: { microUsd: 700, estimated: false },
    },
  };
}

function broken(language: Language): FakeAnswer {
  return {
    question: ITEMS[language].question,
    answer: {
      parts: [{ type: "text", text: '{"items": [{"item": "Espresso", "price": 2.5}, {"item": "Capp' }],
      structure: {
        schema,
        problems: language === "zh" ? ["内容不是完整的 JSON"] : ["the text ends in the middle of the JSON"],
      },
    },
  };
}

/** As many rows as nobody wants on the page at once. */
function manyRows(language: Language): FakeAnswer {
  const rows = Array.from({ length: 5000 }, (_, index) => ({
    id: index + 1,
    square: (index + 1) ** 2,
    odd: index % 2 === 0,
  }));
  return {
    question: ITEMS[language].question,
    answer: { parts: [{ type: "text", text: JSON.stringify(rows) }], structure: { schema, problems: [] } },
  };
}

function thoughts(language: Language): FakeAnswer {
  const { question, first, second } = TILES[language];
  return {
    question,
    answer: {
      parts: [
        { type: "thought", text: THOUGHT[language] },
        { type: "text", text: first },
        { type: "thought", text: SECOND_THOUGHT[language] },
        { type: "text", text: second },
      ],
      usage: { promptTokens: 96, answerTokens: 74, thoughtTokens: 1160 },
      cost: { microUsd: 3_160, estimated: false },
    },
  };
}

function picture(language: Language): FakeAnswer {
  const zh = language === "zh";
  return {
    question: zh ? "画一间雨中的温室，傍晚，灯亮着。" : "Draw a greenhouse in the rain, at dusk, with its lights on.",
    answer: {
      parts: [
        {
          type: "text",
          text: zh ? "雨中的温室，灯光映在湿地上：" : "The greenhouse in the rain, its light on the wet ground:",
        },
        { type: "attachment", id: "g1" },
        {
          type: "text",
          text: zh ? "需要的话可以换成清晨，或去掉雨。" : "It can be morning instead, or without the rain.",
        },
      ],
      usage: { promptTokens: 48, answerTokens: 1290, thoughtTokens: 0 },
      cost: { microUsd: 38_700, estimated: false },
    },
  };
}

const RATINGS: SafetyRating[] = [
  { category: "HARM_CATEGORY_HARASSMENT", probability: "NEGLIGIBLE", blocked: false },
  { category: "HARM_CATEGORY_HATE_SPEECH", probability: "LOW", blocked: false },
  { category: "HARM_CATEGORY_SEXUALLY_EXPLICIT", probability: "NEGLIGIBLE", blocked: false },
  { category: "HARM_CATEGORY_DANGEROUS_CONTENT", probability: "HIGH", blocked: true },
];

function blocked(language: Language): FakeAnswer {
  return {
    question: language === "zh" ? "怎么用家里的东西做烟火？" : "How do I make fireworks from what is in the house?",
    answer: {
      parts: [],
      status: "blocked",
      notice: { code: "answer-blocked", detail: "SAFETY", retryAfterMs: null, ratings: RATINGS },
    },
  };
}

const ANSWERS = {
  "answer-thoughts": thoughts,
  "answer-sources": sourced,
  "answer-code": coded,
  "answer-structure": structured,
  "answer-tree": tree,
  "answer-not-json": broken,
  "answer-many-rows": manyRows,
  "answer-picture": picture,
  "answer-blocked": blocked,
} satisfies Record<string, (language: Language) => FakeAnswer>;

export type AnswerScenario = keyof typeof ANSWERS;
export const ANSWER_SCENARIOS = Object.keys(ANSWERS) as AnswerScenario[];
export const isAnswerScenario = (name: string): name is AnswerScenario => Object.hasOwn(ANSWERS, name);
export const fakeAnswer = (name: AnswerScenario, language: Language): FakeAnswer => ANSWERS[name](language);

/** The same answer, written while one looks on. */
export function scriptOf({ answer }: FakeAnswer, pace: number): Script {
  const { parts, sources = null, structure = null, cost = null, usage = null, notice } = answer;
  return {
    text: "",
    parts,
    pace,
    made: { sources, structure, cost, ...(usage ? { usage } : {}) },
    ...(notice ? { fails: notice } : {}),
  };
}

const half = { en: "The cappuccino was **3.20**, and the", zh: "卡布奇诺 **3.20**，而" };

/** One way an answer ends; `text`: what came of it. */
interface Ending {
  notice: Notice;
  status: Message["status"];
  text?: typeof half;
  local?: boolean;
}
/** Every notice there is. */
export const ENDINGS = (
  [
    ["key-missing"],
    ["key-invalid", "400 INVALID_ARGUMENT: API key not valid."],
    ["key-forbidden", "403 PERMISSION_DENIED: Generative Language API has not been used in this project before."],
    ["region-or-billing", "400 FAILED_PRECONDITION: User location is not supported for the API use."],
    ["balance-empty", "429 RESOURCE_EXHAUSTED: Your prepayment credits are depleted."],
    ["rate-limited", "429 RESOURCE_EXHAUSTED: GenerateRequestsPerMinute", { wait: 34_000 }],
    ["quota-exhausted", "429 RESOURCE_EXHAUSTED: GenerateRequestsPerDay"],
    ["overloaded", "503 UNAVAILABLE: The model is overloaded.", { wait: 8_000 }],
    ["model-not-found", "404 NOT_FOUND"],
    ["request-rejected", "400 INVALID_ARGUMENT: Unknown name."],
    ["request-too-large", "413"],
    ["file-unusable", "400 INVALID_ARGUMENT: Unable to process input image."],
    ["file-unavailable", "403 PERMISSION_DENIED: You do not have permission to access the File."],
    ["offline", "dns error"],
    ["timed-out", "no byte came for 120 s"],
    ["unexpected-reply", "200 text/html: <title>Sign in</title>"],
    ["prompt-blocked", "PROHIBITED_CONTENT", { status: "blocked" }],
    ["answer-blocked", "SAFETY", { status: "blocked", ratings: RATINGS, half: true }],
    ["empty-answer", "MALFORMED_FUNCTION_CALL"],
    ["cut-off", null, { status: "incomplete", half: true }],
    ["length-limit", "MAX_TOKENS", { status: "incomplete", half: true }],
    ["interrupted", null, { status: "interrupted", half: true }],
    ["model-missing", null, { local: true }],
    ["model-unusable", "the magic number is 0x00000000", { local: true }],
    ["out-of-memory", "needs 1.9 GB, 0.7 GB are free", { local: true }],
    ["context-full", "34,112 of 32,768 tokens", { local: true }],
    ["local-only"],
    ["spending-cap", "$9.98 of $10.00 spent"],
    ["internal", "a join of a task failed"],
  ] as [
    NoticeCode,
    (string | null)?,
    {
      wait?: number;
      status?: Message["status"];
      ratings?: SafetyRating[];
      half?: boolean;
      local?: boolean;
    }?,
  ][]
).map(
  ([
    code,
    detail = null,
    { wait = null, status = "failed" as const, ratings = [], half: begun, local } = {},
  ]): Ending => ({
    notice: { code, detail, retryAfterMs: wait, ratings },
    status,
    ...(begun ? { text: half } : {}),
    ...(local ? { local } : {}),
  }),
);
