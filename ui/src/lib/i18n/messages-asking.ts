/** Texts about how a question is asked, what leaves this computer with it, and what that costs. */
import { check } from "./check";
import type { Format } from "./format";

type Name = { name: string };
type Count = { count: number };
type Amount = { amount: string };

export const asking = check({
  // --- tools of an answer -----------------------------------------------------------------------------------------
  tools: { en: "How to answer", zh: "回答方式" },
  toolsOn: {
    en: (p: Count, f: Format) => `How to answer, ${f.number(p.count)} on`,
    zh: (p: Count, f: Format) => `回答方式，已开启 ${f.number(p.count)} 项`,
  },
  toolThinking: { en: "Thinking", zh: "思考" },
  toolSearch: { en: "Search the web", zh: "联网搜索" },
  toolReadLinks: { en: "Read links", zh: "读取链接" },
  toolRunCode: { en: "Run code", zh: "运行代码" },
  toolSchema: { en: "Answer as data", zh: "以数据形式回答" },
  toolSchemaEllipsis: { en: "Answer as data…", zh: "以数据形式回答…" },
  thinkingModel: { en: "As the model likes", zh: "由模型决定" },
  thinkMinimal: { en: "Hardly any", zh: "极少" },
  thinkLow: { en: "A little", zh: "较少" },
  thinkMedium: { en: "Some", zh: "适中" },
  thinkHigh: { en: "Long", zh: "深入" },
  thinkingChip: {
    en: (p: { level: string }) => `Thinking: ${p.level}`,
    zh: (p: { level: string }) => `思考：${p.level}`,
  },
  toolNotOffered: { en: (p: Name) => `${p.name} does not offer this`, zh: (p: Name) => `${p.name} 不支持` },
  toolOff: { en: (p: Name) => `Switch off: ${p.name}`, zh: (p: Name) => `关闭：${p.name}` },
  toolChips: { en: "Switched on for the answer", zh: "本次回答已开启" },
  whatLeavesEllipsis: { en: "What leaves this computer…", zh: "哪些内容会发出…" },

  // --- answers as data --------------------------------------------------------------------------------------------
  dataHint: {
    en: "The answer comes as data of just this form, to look at as a table and to copy.",
    zh: "回答会严格按这个格式给出，可以当表格查看和复制。",
  },
  dataForm: { en: "Form of the answer", zh: "回答的格式" },
  dataTable: { en: "Table", zh: "表格" },
  dataList: { en: "List", zh: "列表" },
  dataSchema: { en: "JSON Schema", zh: "自定义 Schema" },
  dataColumns: { en: "Columns", zh: "列" },
  columnName: { en: "Name", zh: "名称" },
  columnKind: { en: "Kind", zh: "类型" },
  columnDescription: { en: "What it means (optional)", zh: "含义（可不填）" },
  columnText: { en: "Text", zh: "文字" },
  columnNumber: { en: "Number", zh: "数字" },
  columnYesNo: { en: "Yes or no", zh: "是/否" },
  columnDate: { en: "Date", zh: "日期" },
  columnAdd: { en: "Add a column", zh: "添加一列" },
  columnRemove: { en: (p: Name) => `Remove the column ${p.name}`, zh: (p: Name) => `删除列 ${p.name}` },
  columnsNone: { en: "A table needs a column.", zh: "至少需要一列。" },
  columnsUnnamed: { en: "Every column needs a name.", zh: "每一列都需要名称。" },
  columnsTwice: { en: "Two columns have the same name.", zh: "有两列同名。" },
  listOf: { en: "What is listed", zh: "列出什么" },
  listOfPlaceholder: { en: "ingredient", zh: "食材" },
  listUnnamed: { en: "Say what is listed.", zh: "请写明要列出什么。" },
  schemaText: { en: "The schema as text", zh: "Schema 文本" },
  schemaProblem: {
    en: (p: { why: string }) => `This is no JSON Schema: ${p.why}`,
    zh: (p: { why: string }) => `这不是有效的 JSON Schema：${p.why}`,
  },
  useIt: { en: "Use", zh: "使用" },
  switchOff: { en: "Switch off", zh: "关闭" },

  // --- how a file is looked at ------------------------------------------------------------------------------------
  viewOf: { en: (p: Name) => `How ${p.name} is looked at`, zh: (p: Name) => `如何查看 ${p.name}` },
  view: { en: "Detail", zh: "精细度" },
  viewVideo: { en: "Part and detail", zh: "片段与精细度" },
  viewHint: { en: "Finer shows the model more, and costs more tokens.", zh: "越精细，模型看到的越多，词元也越多。" },
  detailUsual: { en: "As usual", zh: "默认" },
  detailLow: { en: "Coarse", zh: "粗略" },
  detailMedium: { en: "Medium", zh: "中等" },
  detailHigh: { en: "Fine", zh: "精细" },
  detailUltraHigh: { en: "Finest", zh: "最精细" },
  clip: { en: "Part of the video", zh: "视频片段" },
  clipFrom: { en: "From", zh: "从" },
  clipTo: { en: "To", zh: "到" },
  clipFrames: { en: "Frames per second", zh: "每秒帧数" },
  clipFramesHint: { en: "One unless you say otherwise.", zh: "不填则为每秒 1 帧。" },
  clipStart: { en: "start", zh: "开头" },
  clipToEnd: { en: "end", zh: "结尾" },
  clipTime: { en: "Write times as minutes and seconds, such as 1:30.", zh: "时间请写成“分:秒”，例如 1:30。" },
  clipOrder: { en: "“To” must come after “From”.", zh: "结束时间必须晚于开始时间。" },
  clipFramesProblem: { en: "Between 0.1 and 24.", zh: "请填 0.1 到 24 之间的数。" },
  framesEachSecond: {
    en: (p: { frames: string }) => `${p.frames} frames/s`,
    zh: (p: { frames: string }) => `${p.frames} 帧/秒`,
  },

  // --- the lock ---------------------------------------------------------------------------------------------------
  nothingLeaves: { en: "Nothing leaves this computer", zh: "内容不会离开这台电脑" },
  lock: { en: "Keep this conversation on this computer", zh: "让这个对话只留在本机" },
  lockNew: { en: "Keep the new conversation on this computer", zh: "让新对话只留在本机" },
  lockIsOn: { en: "Nothing leaves this computer. Click to change that.", zh: "内容不会离开这台电脑，点击可更改。" },
  lockedOn: { en: "This conversation stays on this computer now.", zh: "这个对话现在只留在本机。" },
  lockedOff: { en: "This conversation may leave this computer again.", zh: "这个对话的内容可以再次发出。" },
  unlockTitle: { en: "Let this conversation leave this computer?", zh: "允许这个对话的内容发出？" },
  unlockBody: {
    en: "Nothing is sent now. But when you ask Gemini next, everything in this conversation can go to Google, also what was asked before.",
    zh: "现在不会发送任何内容。但下次询问 Gemini 时，这个对话里的内容，包括之前的提问，都可能发送给 Google。",
  },
  unlockAction: { en: "Let it leave", zh: "允许" },
  lockedNoGemini: {
    en: "This conversation stays on this computer, so Gemini cannot be asked. Take the lock off at the top first.",
    zh: "这个对话只留在本机，不能询问 Gemini。请先在顶部解除锁定。",
  },
  lockedModel: { en: "Locked: stays on this computer", zh: "已锁定：内容不离开本机" },
  lockedNoModel: {
    en: "No model on this computer can answer yet, and nothing may leave it.",
    zh: "本机还没有可用的模型，而内容又不能发出。",
  },
  localOnlyRow: { en: "stays on this computer", zh: "只留在本机" },

  // --- what leaves ------------------------------------------------------------------------------------------------
  leavingTitle: { en: "What leaves this computer", zh: "哪些内容会发出" },
  leavingFirst: {
    en: (p: { kinds: string }) =>
      `This is the first time that ${p.kinds} would leave this computer. Look at what goes, then decide. You will not be asked again for the same kind.`,
    zh: (p: { kinds: string }) => `这是第一次把${p.kinds}发出本机。请看过再决定，同类内容以后不再询问。`,
  },
  leavingTo: {
    en: (p: { host: string; name: string }) => `It goes to ${p.host}, to be answered by ${p.name}.`,
    zh: (p: { host: string; name: string }) => `内容会发送到 ${p.host}，由 ${p.name} 回答。`,
  },
  leavingNothing: {
    en: (p: Name) => `Nothing. ${p.name} answers on this computer.`,
    zh: (p: Name) => `没有内容会发出。${p.name} 就在本机回答。`,
  },
  leavingLoading: { en: "Putting it together…", zh: "正在整理…" },
  leavingFailed: {
    en: (p: { why: string }) => `What would leave cannot be shown, so nothing was sent. ${p.why}`,
    zh: (p: { why: string }) => `无法列出会发出的内容，因此没有发送。${p.why}`,
  },
  leavingWords: {
    en: (p: Count, f: Format) => `Your words, ${f.plural(p.count, { one: "# character", other: "# characters" })}`,
    zh: (p: Count, f: Format) => `你写的文字，共 ${f.number(p.count)} 字`,
  },
  leavingEarlier: {
    en: (p: Count, f: Format) => f.plural(p.count, { one: "# earlier message", other: "# earlier messages" }),
    zh: (p: Count, f: Format) => `之前的 ${f.number(p.count)} 条消息`,
  },
  leavingFrom: { en: "from an earlier question", zh: "来自之前的提问" },
  leavingPixels: {
    en: (p: { width: number; height: number }, f: Format) => `${f.number(p.width)} × ${f.number(p.height)} pixels`,
    zh: (p: { width: number; height: number }, f: Format) => `${f.number(p.width)} × ${f.number(p.height)} 像素`,
  },
  leavingMetadata: { en: "place, time and camera removed", zh: "已去除地点、时间和相机信息" },
  leavingStays: { en: "Stays here", zh: "不会发出" },
  leavingEarlierLeftOut: {
    en: (p: Count, f: Format) => f.plural(p.count, { one: "# earlier message", other: "# earlier messages" }),
    zh: (p: Count, f: Format) => `之前的 ${f.number(p.count)} 条消息`,
  },
  leavingSize: { en: "Size", zh: "长度" },
  leavingPrice: { en: "Price", zh: "费用" },
  leavingAbout: {
    en: (p: Count, f: Format) => `about ${f.plural(p.count, { one: "# token", other: "# tokens" })}`,
    zh: (p: Count, f: Format) => `约 ${f.number(p.count)} 词元`,
  },
  leavingExactly: {
    en: (p: Count, f: Format) => `${f.plural(p.count, { one: "# token", other: "# tokens" })}, counted by Google`,
    zh: (p: Count, f: Format) => `${f.number(p.count)} 词元（由 Google 统计）`,
  },
  leavingPricePrompt: {
    en: (p: Amount) => `about ${p.amount}`,
    zh: (p: Amount) => `约 ${p.amount}`,
  },
  leavingPriceAnswer: {
    en: (p: Amount) => `and ${p.amount} for every 1,000 tokens of the answer`,
    zh: (p: Amount) => `回答每 1,000 词元另计 ${p.amount}`,
  },
  leavingPriceUnknown: { en: "not known for this model", zh: "这个模型的价格未知" },
  leavingCap: { en: "This month", zh: "本月" },
  leavingCapLeft: {
    en: (p: { left: string; cap: string }) => `${p.left} of your ${p.cap} are left`,
    zh: (p: { left: string; cap: string }) => `上限 ${p.cap}，还剩 ${p.left}`,
  },
  leavingCount: { en: "Count exactly", zh: "精确统计" },
  leavingCountHint: {
    en: "Counting exactly already sends all of this to Google.",
    zh: "精确统计需要把以上内容发送给 Google。",
  },
  leavingLook: { en: "See what leaves this computer", zh: "查看哪些内容会发出" },
  kindText: { en: "text", zh: "文字" },
  kindPictures: { en: "pictures", zh: "图片" },
  kindDocuments: { en: "documents", zh: "文档" },
  kindSound: { en: "sound", zh: "音频" },
  kindVideo: { en: "video", zh: "视频" },

  // --- secrets ----------------------------------------------------------------------------------------------------
  secretsFound: {
    en: (p: { what: string }) => `This looks like it holds a secret: ${p.what}.`,
    zh: (p: { what: string }) => `内容里好像有机密信息：${p.what}。`,
  },
  secretInWords: {
    en: (p: { kind: string; hint: string }) => `${p.kind} (${p.hint})`,
    zh: (p: { kind: string; hint: string }) => `${p.kind}（${p.hint}）`,
  },
  secretInFile: {
    en: (p: { kind: string; hint: string; name: string }) => `${p.kind} (${p.hint}) in ${p.name}`,
    zh: (p: { kind: string; hint: string; name: string }) => `${p.kind}（${p.hint}，位于 ${p.name}）`,
  },
  secretsMore: {
    en: (p: Count, f: Format) => f.plural(p.count, { one: "# more", other: "# more" }),
    zh: (p: Count, f: Format) => `另外 ${f.number(p.count)} 处`,
  },
  secretApiKey: { en: "an API key", zh: "API 密钥" },
  secretApiKeyOf: { en: (p: Name) => `an API key of ${p.name}`, zh: (p: Name) => `${p.name} 的 API 密钥` },
  secretPrivateKey: { en: "a private key", zh: "私钥" },
  secretPassword: { en: "a password", zh: "密码" },
  secretCardNumber: { en: "a card number", zh: "银行卡号" },
  secretIdentityNumber: { en: "an identity number", zh: "证件号码" },
  secretBankAccount: { en: "a bank account", zh: "银行账号" },
  sendAnyway: { en: "Send anyway", zh: "仍然发送" },
  keepEditing: { en: "Keep editing", zh: "继续编辑" },

  // --- redaction --------------------------------------------------------------------------------------------------
  redact: { en: "Black out", zh: "涂黑" },
  redactHint: { en: "Paint over what must not be seen", zh: "涂掉不想让人看到的内容" },
  redactTools: { en: "Tools for blacking out", zh: "涂黑工具" },
  redactBrushSmall: { en: "Thin brush", zh: "细画笔" },
  redactBrushMedium: { en: "Medium brush", zh: "中画笔" },
  redactBrushLarge: { en: "Thick brush", zh: "粗画笔" },
  redactRectangle: { en: "Rectangle", zh: "矩形" },
  redactUndo: { en: "Undo", zh: "撤销" },
  redactClear: { en: "Clear", zh: "全部清除" },
  redactApply: { en: "Apply", zh: "应用" },
  redactLeave: { en: "Leave without blacking out", zh: "放弃涂黑" },
  redactSays: {
    en: "The black becomes part of the picture that is sent. The original is not sent.",
    zh: "黑色会真正写入要发送的图片，原图不会发送。",
  },
  redactArea: {
    en: "Picture to black out. With the rectangle: arrow keys move, Shift makes larger steps, Enter sets the corners.",
    zh: "要涂黑的图片。选择矩形后：方向键移动，按住 Shift 移动更快，回车确定两个角。",
  },
  redactFailed: {
    en: (p: { why: string }) => `It was not blacked out; what you painted is still here. ${p.why}`,
    zh: (p: { why: string }) => `没有涂黑成功，你画的部分还在。${p.why}`,
  },
  redactDone: { en: "Blacked out. Only this version is sent.", zh: "已涂黑，只会发送这个版本。" },

  // --- spending ---------------------------------------------------------------------------------------------------
  spending: { en: "Spending", zh: "费用" },
  spendingMonth: { en: "Spent this month", zh: "本月费用" },
  spendingSince: {
    en: (p: { day: string }) => `since ${p.day}, counted on this computer`,
    zh: (p: { day: string }) => `自 ${p.day} 起，由本机统计`,
  },
  spendingEstimated: { en: "partly an estimate", zh: "部分为估算" },
  spendingNothing: { en: "Nothing was asked of Gemini this month.", zh: "本月还没有询问过 Gemini。" },
  spendingModel: { en: "Model", zh: "模型" },
  spendingRequests: { en: "Answers", zh: "回答" },
  spendingPrompt: { en: "Tokens sent", zh: "发送词元" },
  spendingAnswer: { en: "Tokens answered", zh: "回答词元" },
  spendingPrice: { en: "Price", zh: "费用" },
  spendingUnpriced: {
    en: (p: Count, f: Format) =>
      `${f.plural(p.count, { one: "# request is", other: "# requests are" })} not in the sum: the price is not known.`,
    zh: (p: Count, f: Format) => `有 ${f.number(p.count)} 次请求的价格未知，没有计入。`,
  },
  spendingPrices: {
    en: (p: { day: string }) =>
      `By Google's prices of ${p.day}, for a paid key. With a free key nothing is charged. Your bill at Google is what counts.`,
    zh: (p: { day: string }) => `按 Google ${p.day} 的付费价格计算；免费密钥不收费。以 Google 的账单为准。`,
  },
  spendingFailed: {
    en: (p: { why: string }) => `The spending cannot be shown. ${p.why}`,
    zh: (p: { why: string }) => `无法显示费用。${p.why}`,
  },
  cap: { en: "Monthly cap", zh: "每月上限" },
  capHint: {
    en: "Before a question would pass this amount, Castor stops and sends nothing. Empty means no cap.",
    zh: "如果一次提问会超出这个金额，Castor 就不再发送。留空表示不设上限。",
  },
  capField: { en: "Cap in US dollars", zh: "上限（美元）" },
  capPlaceholder: { en: "no cap", zh: "不设上限" },
  capInvalid: {
    en: "Write an amount above zero in dollars, such as 20 or 12.50.",
    zh: "请填写大于零的美元金额，例如 20 或 12.50。",
  },
  conversationSpent: { en: (p: Amount) => `Spent so far: ${p.amount}`, zh: (p: Amount) => `累计费用：${p.amount}` },
  conversationSpentUnpriced: {
    en: (p: Amount) => `Spent so far: ${p.amount} and more, not all prices are known`,
    zh: (p: Amount) => `累计费用：${p.amount} 以上，部分价格未知`,
  },

  // --- connection, safety, privacy --------------------------------------------------------------------------------
  connection: { en: "Connection", zh: "连接" },
  connectionHint: {
    en: "How Castor reaches Gemini. Most people need not change anything here.",
    zh: "Castor 连接 Gemini 的方式，一般无需更改。",
  },
  proxy: { en: "Proxy", zh: "代理" },
  proxyNone: { en: "None", zh: "不使用" },
  proxyManual: { en: "This address", zh: "指定地址" },
  proxyAddress: { en: "Address of the proxy", zh: "代理地址" },
  certificates: { en: "Extra certificates", zh: "额外证书" },
  certificatesHint: {
    en: "The path of a PEM or DER file, for networks that look into connections.",
    zh: "PEM 或 DER 文件的路径，用于会检查加密连接的网络。",
  },
  certificatesPlaceholder: { en: "none", zh: "无" },
  timeoutConnect: { en: "Seconds to wait for a connection", zh: "等待连接的秒数" },
  timeoutIdle: { en: "Seconds to wait for more of an answer", zh: "等待回答内容的秒数" },
  timeoutInvalid: { en: "Whole seconds from 1 to 3,600.", zh: "请填 1 到 3600 之间的整数。" },
  proxyMissing: { en: "The address of the proxy is missing.", zh: "请填写代理地址。" },
  settingRefused: {
    en: (p: { why: string }) => `Not saved. ${p.why}`,
    zh: (p: { why: string }) => `没有保存。${p.why}`,
  },
  settingRefusedBecause: {
    en: (p: { detail: string }) => `Not saved: ${p.detail}`,
    zh: (p: { detail: string }) => `没有保存：${p.detail}`,
  },
  safety: { en: "Safety", zh: "安全过滤" },
  safetyHint: {
    en: "What Gemini may block because it looks harmful. Some things Google always blocks.",
    zh: "Gemini 可以因内容看似有害而拦截哪些。有些内容 Google 始终会拦截。",
  },
  safetyHarassment: { en: "Bullying and threats", zh: "骚扰和威胁" },
  safetyHateSpeech: { en: "Hatred of groups", zh: "仇恨言论" },
  safetySexual: { en: "Sexual content", zh: "色情内容" },
  safetyDangerous: { en: "Dangerous acts", zh: "危险行为" },
  safetyDefault: { en: "Google's choice", zh: "Google 默认" },
  safetyNothing: { en: "Block nothing", zh: "不拦截" },
  safetyFew: { en: "Block little", zh: "少拦截" },
  safetySome: { en: "Block some", zh: "适度拦截" },
  safetyMost: { en: "Block much", zh: "多拦截" },
  privacy: { en: "Privacy", zh: "隐私" },
  warnOfSecrets: { en: "Warn me before secrets are sent", zh: "发送机密信息前提醒我" },
  warnOfSecretsHint: {
    en: "Keys, passwords, card and identity numbers, looked for on this computer.",
    zh: "在本机查找密钥、密码、银行卡号和证件号码。",
  },
  showLeavingAgain: { en: "Show again what leaves", zh: "重新提示会发出的内容" },
  showLeavingAgainHint: {
    en: "Before the next question to Gemini you see again what leaves this computer.",
    zh: "下次询问 Gemini 前，会再次列出要发出的内容。",
  },
  showLeavingAgainAction: { en: "Show again", zh: "重新提示" },
  showLeavingAgainDone: { en: "You will be shown again.", zh: "之后会重新提示。" },
});
