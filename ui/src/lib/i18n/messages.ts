/** Every text a person can read, English and Chinese side by side. A missing or differently shaped translation does not compile. */
import { check } from "./check";
import type { Format } from "./format";
import { asking } from "./messages-asking";
import { camera } from "./messages-camera";
import { screen } from "./messages-screen";
import { selfTest } from "./messages-self-test";
import { speaking } from "./messages-speaking";
import { video } from "./messages-video";
import { voice } from "./messages-voice";

type Name = { name: string };
type Count = { count: number };

export const messages = check({
  ...asking,
  ...voice,
  ...speaking,
  ...camera,
  ...screen,
  ...selfTest,
  ...video,

  // --- the window -------------------------------------------------------------------------------------------------
  skipToComposer: { en: "Skip to the question field", zh: "跳到输入框" },
  conversations: { en: "Conversations", zh: "对话列表" },
  newConversation: { en: "New conversation", zh: "新对话" },
  findConversation: { en: "Find a conversation", zh: "查找对话" },
  clearFind: { en: "Clear", zh: "清除" },
  nothingFound: { en: "No conversation has this in its title.", zh: "没有标题包含这些字的对话。" },
  noConversations: { en: "Your conversations will be listed here.", zh: "对话会列在这里。" },
  today: { en: "Today", zh: "今天" },
  yesterday: { en: "Yesterday", zh: "昨天" },
  lastWeek: { en: "Last 7 days", zh: "最近 7 天" },
  earlier: { en: "Earlier", zh: "更早" },
  hideSidebar: { en: "Hide the list", zh: "收起列表" },
  showSidebar: { en: "Show the list", zh: "展开列表" },
  settings: { en: "Settings", zh: "设置" },
  models: { en: "Models", zh: "模型" },
  conversationMenu: { en: (p: Name) => `More for “${p.name}”`, zh: (p: Name) => `“${p.name}”的更多操作` },
  rename: { en: "Rename", zh: "重命名" },
  conversationTitle: { en: "Title of the conversation", zh: "对话标题" },
  delete: { en: "Delete", zh: "删除" },
  deleteEllipsis: { en: "Delete…", zh: "删除…" },
  deleteConversationTitle: { en: "Delete this conversation?", zh: "删除这个对话？" },
  deleteConversationBody: {
    en: (p: Name) =>
      `“${p.name}” goes from this computer with all its questions, answers and pictures. This cannot be undone.`,
    zh: (p: Name) => `“${p.name}”中的全部提问、回答和图片都会从本机删除，无法恢复。`,
  },
  cancel: { en: "Cancel", zh: "取消" },
  close: { en: "Close", zh: "关闭" },
  writing: { en: "being answered", zh: "正在回答" },
  untitled: { en: "New conversation", zh: "新对话" },

  // --- minds and models -------------------------------------------------------------------------------------------
  gemini: { en: "Gemini", zh: "Gemini" },
  local: { en: "Local", zh: "本地" },
  onThisComputer: { en: "On this computer", zh: "本机" },
  pickModel: { en: "Who answers", zh: "由谁回答" },
  pickModelNow: { en: (p: Name) => `Who answers: ${p.name}`, zh: (p: Name) => `由谁回答：${p.name}` },
  seesPictures: { en: "Sees pictures", zh: "能看图片" },
  readsText: { en: "Reads text only", zh: "只读文字" },
  readsNotes: { en: "Reads the text in pictures", zh: "能读图片里的文字" },
  needsKey: { en: "Needs a key", zh: "需要密钥" },
  download: { en: "Download", zh: "下载" },
  downloadSize: { en: (p: { size: string }) => `Download ${p.size}`, zh: (p: { size: string }) => `下载 ${p.size}` },
  downloadingShare: {
    en: (p: { share: number }, f: Format) => `Downloading, ${f.percent(p.share)}`,
    zh: (p: { share: number }, f: Format) => `正在下载 ${f.percent(p.share)}`,
  },
  manageModels: { en: "Manage models", zh: "管理模型" },
  nowAsking: { en: (p: Name) => `${p.name} answers now`, zh: (p: Name) => `现在由 ${p.name} 回答` },
  noModel: { en: "Choose a model", zh: "选择模型" },

  // --- composer ---------------------------------------------------------------------------------------------------
  ask: { en: "Your question", zh: "你的问题" },
  askPlaceholder: { en: "Ask about anything you drop, write or say", zh: "拖入、写下或说出来，尽管问" },
  attach: { en: "Add pictures or text files", zh: "添加图片或文本文件" },
  send: { en: "Send", zh: "发送" },
  sendWaiting: { en: "Sends once the files are ready", zh: "文件就绪后发送" },
  sendEmpty: { en: "Write a question first", zh: "先写下问题" },
  stop: { en: "Stop", zh: "停止" },
  starting: { en: "Sending", zh: "正在发送" },
  attachments: { en: "Attached files", zh: "已添加的文件" },
  adding: { en: (p: Name) => `Adding ${p.name}`, zh: (p: Name) => `正在添加 ${p.name}` },
  openAttachment: { en: (p: Name) => `Open ${p.name}`, zh: (p: Name) => `打开 ${p.name}` },
  removeAttachment: { en: (p: Name) => `Remove ${p.name}`, zh: (p: Name) => `移除 ${p.name}` },
  dismiss: { en: "Dismiss", zh: "知道了" },
  dropTitle: { en: "Drop to attach", zh: "松开即可添加" },
  dropHint: { en: "Pictures and text files", zh: "支持图片和文本文件" },
  editing: {
    en: "Changing an earlier question. The first version is kept.",
    zh: "正在修改之前的问题，原来的版本会保留。",
  },
  sendFailed: {
    en: (p: { why: string }) => `Not sent, your text is still here. ${p.why}`,
    zh: (p: { why: string }) => `没有发出，你写的内容还在。${p.why}`,
  },
  cannotSee: {
    en: (p: Name) => `${p.name} only reads text, it will not see the picture.`,
    zh: (p: Name) => `${p.name} 只读文字，看不到图片。`,
  },
  nothingToRead: {
    en: (p: Name) => `Nothing readable or recognisable was found in this picture, and ${p.name} does not see it.`,
    zh: (p: Name) => `这张图片里没有识别出内容，${p.name} 也看不到画面。`,
  },
  useInstead: { en: (p: Name) => `Use ${p.name}`, zh: (p: Name) => `改用 ${p.name}` },

  refusedUnsupported: {
    en: (p: { name: string; detail: string | null }) =>
      `“${p.name}” was not added: ${p.detail ? `it is ${p.detail}, and ` : ""}Castor takes pictures, PDF, sound, video and text files.`,
    zh: (p: { name: string; detail: string | null }) =>
      `没有添加“${p.name}”：${p.detail ? `这是${p.detail}，` : ""}目前支持图片、PDF、音频、视频和文本文件。`,
  },
  refusedRemoteAddress: {
    en: "Only a web address was dropped, and Castor fetches nothing from the web. Save the picture first, or copy it and paste.",
    zh: "拖入的只是一个网址，Castor 不会从网上下载。请先保存图片，或复制图片后粘贴。",
  },
  looksLikeVideo: { en: "a video", zh: "视频" },
  looksLikeAudio: { en: "a sound file", zh: "音频" },
  looksLikeArchive: { en: "an archive", zh: "压缩包" },
  looksLikeDocument: { en: "an office document", zh: "办公文档" },
  looksLikePicture: { en: "a kind of picture it cannot read", zh: "暂不支持的图片格式" },
  looksLikeProgram: { en: "a program", zh: "程序文件" },
  looksLikeFont: { en: "a font", zh: "字体文件" },
  refusedTooLarge: {
    en: (p: { name: string; detail: string | null }) =>
      `“${p.name}” was not added: it is too large${p.detail ? ` (${p.detail})` : ""}. A smaller copy will work.`,
    zh: (p: { name: string; detail: string | null }) =>
      `没有添加“${p.name}”：文件太大${p.detail ? `（${p.detail}）` : ""}，请换一份小一些的。`,
  },
  refusedDamaged: {
    en: (p: { name: string; detail: string | null }) =>
      `“${p.name}” was not added: the file is damaged or cut off. The file itself is untouched.`,
    zh: (p: { name: string; detail: string | null }) => `没有添加“${p.name}”：文件已损坏或不完整。原文件没有改动。`,
  },
  refusedEmpty: {
    en: (p: { name: string; detail: string | null }) => `“${p.name}” was not added: the file is empty.`,
    zh: (p: { name: string; detail: string | null }) => `没有添加“${p.name}”：这是个空文件。`,
  },
  refusedUnreadable: {
    en: (p: { name: string; detail: string | null }) =>
      `“${p.name}” was not added: it could not be opened. Check that it is still there and that you may read it.`,
    zh: (p: { name: string; detail: string | null }) => `没有添加“${p.name}”：打不开。请确认文件还在，并且有读取权限。`,
  },
  refusedFolder: {
    en: (p: { name: string; detail: string | null }) =>
      `“${p.name}” is a folder. Add the files in it instead, several at once if you like.`,
    zh: (p: { name: string; detail: string | null }) => `“${p.name}”是文件夹。请选择里面的文件，可以一次选多个。`,
  },
  refusedDiskFull: {
    en: (p: { name: string; detail: string | null }) =>
      `“${p.name}” was not added: the disk is full. Make some room and add it again.`,
    zh: (p: { name: string; detail: string | null }) => `没有添加“${p.name}”：磁盘已满。请腾出空间后再添加。`,
  },
  refusedInternal: {
    en: (p: { name: string; detail: string | null }) =>
      `“${p.name}” was not added because of a fault in Castor${p.detail ? ` (${p.detail})` : ""}. Please try again.`,
    zh: (p: { name: string; detail: string | null }) =>
      `没有添加“${p.name}”：Castor 出了问题${p.detail ? `（${p.detail}）` : ""}，请再试一次。`,
  },

  // --- empty conversation -----------------------------------------------------------------------------------------
  emptyTitle: { en: "What would you like to know?", zh: "想了解什么？" },
  emptyDrop: { en: "Drop a picture", zh: "拖入图片" },
  emptyDropHint: { en: "or PDF, sound, video", zh: "PDF、音视频、文本也可以" },
  emptyPaste: { en: "Paste a picture", zh: "粘贴图片" },
  emptyPasteHint: { en: "such as a screenshot", zh: "比如一张截图" },
  emptyAsk: { en: "Or simply ask in words.", zh: "也可以直接提问。" },

  // --- question and receipt ---------------------------------------------------------------------------------------
  you: { en: "You", zh: "你" },
  editQuestion: { en: "Change the question", zh: "修改问题" },
  versionOf: {
    en: (p: { number: number; of: number }) => `${p.number}/${p.of}`,
    zh: (p: { number: number; of: number }) => `${p.number}/${p.of}`,
  },
  previousVersion: { en: "Previous version", zh: "上一个版本" },
  nextVersion: { en: "Next version", zh: "下一个版本" },
  receiptDetails: { en: "What the model received", zh: "模型收到了什么" },
  receiptPictures: {
    en: (p: Count, f: Format) => f.plural(p.count, { one: "# picture sent", other: "# pictures sent" }),
    zh: (p: Count, f: Format) => `已发送 ${f.number(p.count)} 张图片`,
  },
  receiptPicturesLocal: {
    en: (p: Count, f: Format) => f.plural(p.count, { one: "# picture read", other: "# pictures read" }),
    zh: (p: Count, f: Format) => `已读取 ${f.number(p.count)} 张图片`,
  },
  receiptNotes: {
    en: (p: Count, f: Format) =>
      p.count === 1
        ? "Read notes of the picture, not the picture"
        : `Read notes of ${f.number(p.count)} pictures, not the pictures`,
    zh: (p: Count, f: Format) =>
      p.count === 1 ? "依据图片识别结果回答，未直接看图" : `依据 ${f.number(p.count)} 张图片的识别结果回答，未直接看图`,
  },
  receiptNotesEmpty: {
    en: (p: { count: number; of: number }, f: Format) =>
      p.of === 1
        ? "Nothing was found in the picture to read"
        : `Nothing was found in ${f.number(p.count)} of ${f.number(p.of)} pictures`,
    zh: (p: { count: number; of: number }, f: Format) =>
      p.of === 1 ? "图片中没有识别出内容" : `${f.number(p.of)} 张图片中有 ${f.number(p.count)} 张没有识别出内容`,
  },
  receiptLines: {
    en: (p: Count, f: Format) => f.plural(p.count, { one: "# line of text", other: "# lines of text" }),
    zh: (p: Count, f: Format) => `${f.number(p.count)} 行文字`,
  },
  receiptLinesLeftOut: {
    en: (p: { count: number; of: number }, f: Format) =>
      `${f.number(p.count)} of ${f.number(p.of)} lines found no room`,
    zh: (p: { count: number; of: number }, f: Format) =>
      `共 ${f.number(p.of)} 行，篇幅所限略去 ${f.number(p.count)} 行`,
  },
  receiptNotRead: {
    en: (p: Count, f: Format) =>
      `${f.plural(p.count, { one: "The picture was", other: "# pictures were" })} not read: picture reading is not on this computer yet`,
    zh: (p: Count, f: Format) =>
      p.count === 1
        ? "没有读图：本机还没有图片识别组件"
        : `有 ${f.number(p.count)} 张图片没有读：本机还没有图片识别组件`,
  },
  receiptFiles: {
    en: (p: Count, f: Format) => f.plural(p.count, { one: "# text file", other: "# text files" }),
    zh: (p: Count, f: Format) => `${f.number(p.count)} 个文本文件`,
  },
  receiptMedia: {
    en: (p: Count, f: Format) => f.plural(p.count, { one: "# file sent", other: "# files sent" }),
    zh: (p: Count, f: Format) => `发送了 ${f.number(p.count)} 个文件`,
  },
  receiptNotOpened: {
    en: (p: Count & { model: string }, f: Format) =>
      `${f.plural(p.count, { one: "The file was", other: "# files were" })} not read: ${p.model} only takes text`,
    zh: (p: Count & { model: string }, f: Format) =>
      p.count === 1
        ? `没有读取文件：${p.model} 只能读文字`
        : `有 ${f.number(p.count)} 个文件没有读取：${p.model} 只能读文字`,
  },
  receiptTooLarge: {
    en: (p: Count, f: Format) =>
      f.plural(p.count, { one: "# file too large, left out", other: "# files too large, left out" }),
    zh: (p: Count, f: Format) => `${f.number(p.count)} 个文件过大，未发送`,
  },
  receiptMetadata: { en: "place and camera data removed", zh: "已去除地点和相机信息" },
  receiptTokens: {
    en: (p: Count, f: Format) => f.plural(p.count, { one: "# token", other: "# tokens" }),
    zh: (p: Count, f: Format) => `${f.number(p.count)} 词元`,
  },
  receiptAboutTokens: {
    en: (p: Count, f: Format) => `about ${f.plural(p.count, { one: "# token", other: "# tokens" })}`,
    zh: (p: Count, f: Format) => `约 ${f.number(p.count)} 词元`,
  },
  receiptNotSeen: {
    en: (p: { count: number; model: string }, f: Format) =>
      `${f.plural(p.count, { one: "The picture was", other: "# pictures were" })} not seen: ${p.model} only reads text`,
    zh: (p: { count: number; model: string }, f: Format) =>
      p.count === 1 ? `没有看到图片：${p.model} 只读文字` : `没有看到 ${f.number(p.count)} 张图片：${p.model} 只读文字`,
  },
  receiptTooMany: {
    en: (p: Count, f: Format) =>
      f.plural(p.count, { one: "# picture too many, left out", other: "# pictures too many, left out" }),
    zh: (p: Count, f: Format) => `图片超出数量，略去 ${f.number(p.count)} 张`,
  },
  receiptUnreadable: {
    en: (p: Count, f: Format) =>
      f.plural(p.count, { one: "# file could not be read", other: "# files could not be read" }),
    zh: (p: Count, f: Format) => `${f.number(p.count)} 个文件读不出来`,
  },
  receiptContextFull: {
    en: (p: Count, f: Format) =>
      f.plural(p.count, { one: "the oldest message left out", other: "the oldest # messages left out" }),
    zh: (p: Count, f: Format) => `略去最早的 ${f.number(p.count)} 条消息`,
  },
  receiptContextFullDetail: {
    en: (p: Count, f: Format) =>
      `${f.plural(p.count, { one: "The oldest message was", other: "The oldest # messages were" })} left out: the conversation is longer than the model can read.`,
    zh: (p: Count, f: Format) => `对话超出模型能读的长度，略去了最早的 ${f.number(p.count)} 条消息。`,
  },
  receiptEarlier: {
    en: (p: Count, f: Format) =>
      f.plural(p.count, { one: "# earlier message went along", other: "# earlier messages went along" }),
    zh: (p: Count, f: Format) => `连同之前的 ${f.number(p.count)} 条消息`,
  },
  receiptNoEarlier: { en: "No earlier messages went along", zh: "没有附带之前的消息" },
  receiptEarlierMedia: { en: "from an earlier question", zh: "来自之前的提问" },
  receiptOriginal: {
    en: (p: { size: string }) => `made smaller from ${p.size}`,
    zh: (p: { size: string }) => `由 ${p.size} 缩小`,
  },
  receiptLeftOut: { en: "Left out", zh: "未送达" },
  reasonCannotSee: { en: "the model only reads text", zh: "模型只读文字" },
  reasonRecognisersMissing: { en: "picture reading is not on this computer yet", zh: "本机还没有图片识别组件" },
  reasonCannotOpen: { en: "this model takes no files of this kind", zh: "这个模型不支持此类文件" },
  reasonTooLarge: {
    en: "larger than one question may carry",
    zh: "超出一次提问可附带的大小",
  },
  reasonTooMany: { en: "more pictures than one question may hold", zh: "超出一次提问的图片数量" },
  reasonUnreadable: { en: "the file could not be read any more", zh: "文件已读不出来" },
  reasonContextFull: { en: "no room left in what the model can read", zh: "超出模型能读的长度" },
  receiptTextOnly: { en: "Text only", zh: "仅文字" },
  missingAttachment: { en: "a removed file", zh: "已移除的文件" },

  // --- answer -----------------------------------------------------------------------------------------------------
  answerFrom: { en: (p: Name) => `Answer from ${p.name}`, zh: (p: Name) => `${p.name} 的回答` },
  tokensPerSecond: {
    en: (p: { speed: number }, f: Format) => `${f.speed(p.speed)} tokens/s`,
    zh: (p: { speed: number }, f: Format) => `${f.speed(p.speed)} 词元/秒`,
  },
  stageConvertingSound: {
    en: (p: { share: number }, f: Format) => `Converting the sound, ${f.percent(p.share)}`,
    zh: (p: { share: number }, f: Format) => `正在转换音频格式 ${f.percent(p.share)}`,
  },
  stageSendingFile: {
    en: (p: { number: number; total: number; share: number }, f: Format) =>
      `Sending ${p.total === 1 ? "the file" : `file ${p.number} of ${p.total}`}, ${f.percent(p.share)}`,
    zh: (p: { number: number; total: number; share: number }, f: Format) =>
      `正在发送${p.total === 1 ? "文件" : `第 ${p.number}/${p.total} 个文件`} ${f.percent(p.share)}`,
  },
  stageLoading: {
    en: (p: { share: number }, f: Format) => `Loading the model, ${f.percent(p.share)}`,
    zh: (p: { share: number }, f: Format) => `正在加载模型 ${f.percent(p.share)}`,
  },
  stageReading: {
    en: (p: { done: number; total: number }, f: Format) =>
      `Reading, ${f.number(p.done)} of ${f.number(p.total)} tokens`,
    zh: (p: { done: number; total: number }, f: Format) => `正在阅读，${f.number(p.done)}/${f.number(p.total)} 词元`,
  },
  stageReadingPicture: {
    en: (p: { number: number; total: number }) =>
      p.total === 1 ? "Reading the picture…" : `Reading picture ${p.number} of ${p.total}…`,
    zh: (p: { number: number; total: number }) =>
      p.total === 1 ? "正在识别图片…" : `正在识别图片 ${p.number}/${p.total}…`,
  },
  stageWaiting: { en: (p: Name) => `Waiting for ${p.name}`, zh: (p: Name) => `正在等待 ${p.name}` },
  stageWriting: { en: "Writing", zh: "正在回答" },
  copy: { en: "Copy", zh: "复制" },
  copied: { en: "Copied", zh: "已复制" },
  copyFailed: { en: "Could not be copied", zh: "复制失败" },
  again: { en: "Again", zh: "重新回答" },
  askGeminiInstead: { en: "Ask Gemini instead", zh: "改问 Gemini" },
  askLocalInstead: { en: "Ask the local mind instead", zh: "改问本地模型" },
  continueAnswer: { en: "Continue", zh: "继续" },
  toTheEnd: { en: "To the end", zh: "回到底部" },
  answerBegun: { en: (p: Name) => `${p.name} is answering.`, zh: (p: Name) => `${p.name} 正在回答。` },
  conversationMessages: { en: "Questions and answers", zh: "提问与回答" },

  // --- code, tables and pictures in answers ---------------------------------------------------------------------------
  copyCode: { en: "Copy the code", zh: "复制代码" },
  wrapCode: { en: "Wrap", zh: "换行" },
  codeLabel: { en: "Code", zh: "代码" },
  tableLabel: { en: "Table", zh: "表格" },
  remotePicture: { en: "Picture on the web, not loaded", zh: "网络图片，未加载" },

  // --- how an answer ended: what happened, what is safe, what to do ---------------------------------------------------------
  stoppedText: { en: "You stopped this answer.", zh: "你已停止这次回答。" },
  noticeKeyMissing: {
    en: "Gemini needs a key before it can answer. Your question is kept.",
    zh: "Gemini 需要密钥才能回答。问题已保留。",
  },
  noticeKeyInvalid: {
    en: "Google does not accept this key. Your question is kept; put in another key and ask again.",
    zh: "Google 不接受这个密钥。问题已保留，换一个密钥后再问。",
  },
  noticeKeyForbidden: {
    en: "This key may not use Gemini: it is blocked, restricted, or the API is switched off for it. Your question is kept.",
    zh: "这个密钥无权使用 Gemini：可能被停用、受限，或未启用 API。问题已保留。",
  },
  noticeRegionOrBilling: {
    en: "Gemini is not offered to this account yet: it depends on the region, or billing must be set up. Your question is kept.",
    zh: "这个账号暂时不能使用 Gemini：受地区限制，或需要先设置结算。问题已保留。",
  },
  noticeBalanceEmpty: {
    en: "The prepaid balance of this key is used up. Your question is kept.",
    zh: "这个密钥的预付余额已用完。问题已保留。",
  },
  noticeRateLimited: {
    en: "Too many questions in a short time. Your question is kept; try again in a moment.",
    zh: "短时间内提问太多。问题已保留，稍等再试。",
  },
  noticeQuotaExhausted: {
    en: (p: Name) => `Today's quota for ${p.name} is used up. Your question is kept; another model can answer it.`,
    zh: (p: Name) => `${p.name} 今天的额度已用完。问题已保留，可以换个模型回答。`,
  },
  noticeOverloaded: {
    en: "Gemini has more to do than it can just now. Your question is kept; try again in a moment.",
    zh: "Gemini 现在太忙。问题已保留，稍等再试。",
  },
  noticeModelNotFound: {
    en: (p: Name) => `${p.name} is not offered (any more). Your question is kept; choose another model.`,
    zh: (p: Name) => `${p.name} 已不再提供。问题已保留，请选择其他模型。`,
  },
  noticeRequestRejected: {
    en: "Gemini did not understand what Castor sent. That is a fault in Castor, not in your question, which is kept.",
    zh: "Gemini 没能读懂 Castor 发出的内容。这是 Castor 的问题，你的提问没有错，并已保留。",
  },
  noticeRequestTooLarge: {
    en: "This is more than Gemini takes at once. Your question is kept; leave out a file and send it again.",
    zh: "内容超出 Gemini 一次能接收的大小。问题已保留，减少文件后再发。",
  },
  noticeFileUnusable: {
    en: "Gemini cannot use one of the files: it is empty, damaged, or changed while it was sent. Your question is kept.",
    zh: "Gemini 无法使用其中一个文件：文件为空、已损坏，或在发送时被修改。问题已保留。",
  },
  noticeFileUnavailable: {
    en: "Gemini no longer has a file of this question. Your question is kept; send it again to upload the file anew.",
    zh: "Gemini 已不再保存此问题中的文件。问题已保留，再发一次会重新上传。",
  },
  noticeOffline: {
    en: "Gemini cannot be reached. Your question is kept; check the connection and try again.",
    zh: "连接不上 Gemini。问题已保留，请检查网络后重试。",
  },
  noticeTimedOut: {
    en: "Gemini did not answer in time. Your question is kept.",
    zh: "Gemini 没有及时回应。问题已保留。",
  },
  noticeUnexpectedReply: {
    en: "Something else answered in Gemini's place, perhaps a proxy or a sign-in page of this network. Your question is kept.",
    zh: "回应的不是 Gemini，可能是代理或网络登录页。问题已保留。",
  },
  noticePromptBlocked: {
    en: "Gemini declined this question under its safety rules. It is kept; you can put it differently.",
    zh: "Gemini 按其安全规则拒绝了这个问题。问题已保留，可以换个说法。",
  },
  noticeAnswerBlocked: {
    en: "Gemini withheld the rest of this answer under its own rules. What came is kept.",
    zh: "Gemini 按其规则没有给出余下的回答。已收到的内容已保留。",
  },
  noticeAnswerBlockedEmpty: {
    en: "Gemini withheld its answer under its own rules. Your question is kept; you can put it differently.",
    zh: "Gemini 按其规则没有给出回答。问题已保留，可以换个说法。",
  },
  noticeEmptyAnswer: {
    en: "The model ended without saying anything. Your question is kept; a second try often helps.",
    zh: "模型没有给出任何内容。问题已保留，再试一次通常有用。",
  },
  noticeCutOff: {
    en: "The connection broke before the answer was whole. What came is kept.",
    zh: "回答还没完，连接就断了。已收到的内容已保留。",
  },
  noticeCutOffEmpty: {
    en: "The connection broke before an answer came. Your question is kept.",
    zh: "还没收到回答，连接就断了。问题已保留。",
  },
  noticeLengthLimit: {
    en: "The answer reached the longest this model writes at once. It can go on from here.",
    zh: "已达到这个模型一次回答的最大长度，可以接着写下去。",
  },
  noticeInterrupted: {
    en: "Castor was closed while this was being written. What came is kept.",
    zh: "回答途中 Castor 被关闭。已写出的内容已保留。",
  },
  noticeInterruptedEmpty: {
    en: "Castor was closed before an answer came. Your question is kept.",
    zh: "还没开始回答，Castor 就被关闭了。问题已保留。",
  },
  noticeModelMissing: {
    en: (p: Name) => `${p.name} is not on this computer yet. Your question is kept.`,
    zh: (p: Name) => `本机还没有 ${p.name}。问题已保留。`,
  },
  noticeModelUnusable: {
    en: (p: Name) => `The file of ${p.name} is damaged. Your question is kept; delete the model and download it again.`,
    zh: (p: Name) => `${p.name} 的文件已损坏。问题已保留，请删除后重新下载。`,
  },
  noticeOutOfMemory: {
    en: (p: Name) =>
      `This computer has too little free memory for ${p.name}. Your question is kept; close other programs and try again.`,
    zh: (p: Name) => `本机空闲内存不足，运行不了 ${p.name}。问题已保留，关闭一些程序后再试。`,
  },
  noticeContextFull: {
    en: "This conversation is longer than the model can read. Everything is kept; go on in a new one.",
    zh: "对话超出了模型能读的长度。内容都已保留，请在新对话里继续。",
  },
  noticeLocalOnly: {
    en: (p: Name) =>
      `This conversation stays on this computer, so ${p.name} was not asked and nothing was sent. Your question is kept.`,
    zh: (p: Name) => `这个对话只留在本机，因此没有询问 ${p.name}，也没有发送任何内容。问题已保留。`,
  },
  noticeSpendingCap: {
    en: "This question would pass what you allowed for the month. Nothing was sent, and your question is kept.",
    zh: "这个问题会超出你设定的每月费用上限。没有发送任何内容，问题已保留。",
  },
  noticeInternal: {
    en: "Something in Castor went wrong. Your question and what came are kept.",
    zh: "Castor 出了问题。问题和已收到的内容都已保留。",
  },
  noticeDetail: { en: "Details", zh: "详细信息" },
  retryingIn: {
    en: (p: { why: string; seconds: number }, f: Format) => `${p.why} Trying again in ${f.number(p.seconds)} s`,
    zh: (p: { why: string; seconds: number }, f: Format) => `${p.why}${f.number(p.seconds)} 秒后自动重试`,
  },
  retryingNow: { en: (p: { why: string }) => `${p.why} Trying again`, zh: (p: { why: string }) => `${p.why}正在重试` },
  whyOverloaded: { en: "Gemini is busy.", zh: "Gemini 正忙，" },
  whyRateLimited: { en: "Too many questions at once.", zh: "提问过于频繁，" },
  whyOffline: { en: "Gemini cannot be reached.", zh: "连接不上 Gemini，" },
  whyOther: { en: "That did not work.", zh: "没有成功，" },

  tryAgain: { en: "Try again", zh: "重试" },
  addKey: { en: "Add a key", zh: "添加密钥" },
  changeKey: { en: "Change the key", zh: "更换密钥" },
  checkAddress: { en: "Check the address", zh: "检查服务地址" },
  chooseModel: { en: "Choose another model", zh: "选择其他模型" },
  getModel: { en: "Get the model", zh: "获取模型" },
  changeQuestion: { en: "Change the question", zh: "修改问题" },

  // --- what an answer is made of ------------------------------------------------------------------------------------
  thinking: { en: "Thinking…", zh: "正在思考…" },
  thought: { en: "Thought for a while", zh: "已思考" },
  codeOutput: { en: "Output", zh: "输出" },
  codeFailed: { en: "Failed", zh: "运行出错" },
  codeTimedOut: { en: "Took too long", zh: "运行超时" },
  codeNoOutput: { en: "It printed nothing.", zh: "没有输出。" },
  copyOutput: { en: "Copy the output", zh: "复制输出" },
  showAllLines: {
    en: (p: Count, f: Format) => `Show all ${f.number(p.count)} lines`,
    zh: (p: Count, f: Format) => `显示全部 ${f.number(p.count)} 行`,
  },
  showLess: { en: "Show less", zh: "收起" },
  pictureFromModel: { en: (p: Name) => `Picture made by ${p.name}`, zh: (p: Name) => `${p.name} 生成的图片` },
  sources: { en: "Sources", zh: "来源" },
  sourceNumber: {
    en: (p: { number: number }) => `Source ${p.number}`,
    zh: (p: { number: number }) => `来源 ${p.number}`,
  },
  showAllSources: {
    en: (p: Count, f: Format) => `Show all ${f.number(p.count)}`,
    zh: (p: Count, f: Format) => `显示全部 ${f.number(p.count)} 个`,
  },
  openInBrowser: { en: "Open in the browser", zh: "在浏览器中打开" },
  cannotOpenAddress: { en: "Castor does not open addresses of this kind.", zh: "Castor 不会打开这类地址。" },
  searchedFor: {
    en: (p: { queries: string[] }, f: Format) => `Searched for ${f.list(p.queries.map((query) => `“${query}”`))}`,
    zh: (p: { queries: string[] }) => `搜索了${p.queries.map((query) => `“${query}”`).join("、")}`,
  },
  searchSuggestions: { en: "Search suggestions from Google", zh: "Google 搜索建议" },
  linkRead: { en: (p: Name) => `Read ${p.name}`, zh: (p: Name) => `已读取 ${p.name}` },
  linkNotRead: { en: (p: Name) => `Could not read ${p.name}`, zh: (p: Name) => `无法读取 ${p.name}` },
  quotes: { en: (p: Name) => `Quotes ${p.name}`, zh: (p: Name) => `引用了 ${p.name}` },
  quotesUnnamed: { en: "a work that is not named", zh: "一份未署名的作品" },
  structureTable: { en: "Table", zh: "表格" },
  structureTree: { en: "Tree", zh: "树形" },
  structureJson: { en: "JSON", zh: "JSON 原文" },
  structureView: { en: "How the answer is shown", zh: "显示方式" },
  notAsAsked: {
    en: (p: { why: string }) => `Not as asked: ${p.why}`,
    zh: (p: { why: string }) => `不符合要求：${p.why}`,
  },
  notJson: { en: "it is not JSON", zh: "内容不是有效的 JSON" },
  copyJson: { en: "Copy JSON", zh: "复制 JSON" },
  copyTsv: { en: "Copy for a spreadsheet", zh: "复制到电子表格" },
  copyCsv: { en: "Copy CSV", zh: "复制 CSV" },
  showMoreRows: {
    en: (p: { count: number; left: number }, f: Format) =>
      p.count < p.left
        ? `Show ${f.number(p.count)} more of ${f.number(p.left)}`
        : f.plural(p.left, { one: "Show # more", other: "Show # more" }),
    zh: (p: { count: number; left: number }, f: Format) =>
      p.count < p.left
        ? `还有 ${f.number(p.left)} 项，再显示 ${f.number(p.count)} 项`
        : `再显示 ${f.number(p.left)} 项`,
  },
  itemCount: {
    en: (p: Count, f: Format) => f.plural(p.count, { one: "# item", other: "# items" }),
    zh: (p: Count, f: Format) => `${f.number(p.count)} 项`,
  },
  answerDetails: { en: "Tokens and cost", zh: "词元与费用" },
  aboutMoney: { en: (p: { money: string }) => `about ${p.money}`, zh: (p: { money: string }) => `约 ${p.money}` },
  usagePrompt: {
    en: (p: Count, f: Format) => `the whole question ${f.number(p.count)} tokens`,
    zh: (p: Count, f: Format) => `提问（含附带内容）${f.number(p.count)} 词元`,
  },
  usageCached: {
    en: (p: Count, f: Format) => `${f.number(p.count)} of them kept from before and cheaper`,
    zh: (p: Count, f: Format) => `其中 ${f.number(p.count)} 来自缓存，费用更低`,
  },
  usageThoughts: {
    en: (p: Count, f: Format) => `thoughts ${f.number(p.count)}`,
    zh: (p: Count, f: Format) => `思考 ${f.number(p.count)}`,
  },
  usageAnswer: {
    en: (p: Count, f: Format) => `answer ${f.number(p.count)}`,
    zh: (p: Count, f: Format) => `回答 ${f.number(p.count)}`,
  },
  usageSearches: {
    en: (p: Count, f: Format) => f.plural(p.count, { one: "# search of the web", other: "# searches of the web" }),
    zh: (p: Count, f: Format) => `联网搜索 ${f.number(p.count)} 次`,
  },
  costFromEstimate: { en: "cost from Castor's own estimate", zh: "费用由 Castor 估算" },

  // --- what the receipt says about options and views ----------------------------------------------------------------
  optionSearch: { en: "searching allowed", zh: "可联网搜索" },
  optionReadLinks: { en: "reading links allowed", zh: "可读取链接" },
  optionRunCode: { en: "running code allowed", zh: "可运行代码" },
  optionThinking: {
    en: (p: { level: string }) => `thinking: ${p.level}`,
    zh: (p: { level: string }) => `思考：${p.level}`,
  },
  optionSchema: { en: "by a schema", zh: "按指定格式" },
  thinkingMinimal: { en: "hardly", zh: "极少" },
  thinkingLow: { en: "low", zh: "较少" },
  thinkingMedium: { en: "medium", zh: "适中" },
  thinkingHigh: { en: "high", zh: "深入" },
  lookedCoarsely: { en: "looked at coarsely", zh: "粗略查看" },
  lookedMedium: { en: "looked at in medium detail", zh: "一般精细" },
  lookedFinely: { en: "looked at finely", zh: "精细查看" },
  lookedFinest: { en: "looked at as finely as possible", zh: "最精细查看" },
  lookedFrom: { en: (p: { time: string }) => `from ${p.time}`, zh: (p: { time: string }) => `从 ${p.time} 开始` },
  lookedFrames: {
    en: (p: { frames: string }) => `${p.frames} ${p.frames === "1" ? "frame" : "frames"}/s`,
    zh: (p: { frames: string }) => `每秒 ${p.frames} 帧`,
  },

  // --- why something was blocked ----------------------------------------------------------------------------------
  blockedSafety: {
    en: "Gemini rates it as possibly harmful.",
    zh: "Gemini 认为内容可能有害。",
  },
  blockedProhibited: {
    en: "Google does not allow this content in any case.",
    zh: "Google 在任何情况下都不允许这类内容。",
  },
  blockedBlocklist: { en: "It has words on Google's list of blocked words.", zh: "内容含有 Google 屏蔽词表中的词语。" },
  blockedRecitation: {
    en: "It came too close to the words of an existing work.",
    zh: "内容与已有作品过于相似。",
  },
  blockedPersonal: {
    en: "It seems to hold sensitive data about a person.",
    zh: "内容似乎包含个人敏感信息。",
  },
  blockedImage: { en: "The picture is against Google's rules for pictures.", zh: "图片不符合 Google 的图片规则。" },
  blockedJailbreak: {
    en: "Gemini took it for an attempt to get around its rules.",
    zh: "Gemini 认为这是在试图绕过其规则。",
  },
  blockedModelArmor: {
    en: "A filter of the organisation that owns the key (Model Armor) stopped it.",
    zh: "密钥所属组织的过滤规则（Model Armor）拦截了它。",
  },
  blockedLanguage: { en: "Gemini does not answer in this language.", zh: "Gemini 暂不支持这种语言。" },
  blockedOther: { en: "Google gives no closer reason.", zh: "Google 没有给出具体原因。" },
  harmHarassment: { en: "Bullying and threats", zh: "骚扰与威胁" },
  harmHate: { en: "Hatred of groups", zh: "仇恨言论" },
  harmSexual: { en: "Sexual content", zh: "色情内容" },
  harmDangerous: { en: "Dangerous acts", zh: "危险行为" },
  ratedNegligible: { en: "negligible", zh: "极低" },
  ratedLow: { en: "low", zh: "低" },
  ratedMedium: { en: "medium", zh: "中" },
  ratedHigh: { en: "high", zh: "高" },
  ratingBlocked: { en: "this is why", zh: "因此被拦截" },
  ratingsTitle: { en: "How likely Gemini finds harm", zh: "Gemini 判断的有害可能性" },
  thresholdsHint: {
    en: "How strict Gemini is can be set in the settings.",
    zh: "可以在设置中调整 Gemini 的拦截尺度。",
  },

  // --- notices with an action of their own ----------------------------------------------------------------------------
  tryNow: { en: "Try now", zh: "立即重试" },
  worthInSeconds: {
    en: (p: { seconds: number }, f: Format) => `It is worth another try in ${f.number(p.seconds)} s.`,
    zh: (p: { seconds: number }, f: Format) => `${f.number(p.seconds)} 秒后再试比较合适。`,
  },
  showSpending: { en: "Show what was spent", zh: "查看费用" },
  liftLock: { en: "Let it leave, ask again", zh: "解除限制并重新提问" },

  // --- viewer -----------------------------------------------------------------------------------------------------
  viewer: { en: (p: Name) => `Viewing ${p.name}`, zh: (p: Name) => `查看 ${p.name}` },
  zoomFit: { en: "Fit to window", zh: "适合窗口" },
  zoomFull: { en: "Actual size", zh: "实际大小" },
  previousPicture: { en: "Previous", zh: "上一张" },
  nextPicture: { en: "Next", zh: "下一张" },
  positionOf: {
    en: (p: { number: number; of: number }) => `${p.number} of ${p.of}`,
    zh: (p: { number: number; of: number }) => `${p.number} / ${p.of}`,
  },
  noPreview: {
    en: "Castor does not show this kind of file. It goes to the model as it is.",
    zh: "Castor 不显示此类文件，会原样发给模型。",
  },
  pictureUnavailable: { en: "This picture cannot be shown.", zh: "这张图片无法显示。" },

  // --- text in pictures -------------------------------------------------------------------------------------------
  pictureNumber: {
    en: (p: { number: number }) => `Picture ${p.number}`,
    zh: (p: { number: number }) => `图片 ${p.number}`,
  },
  openNumbered: {
    en: (p: { name: string; number: number }) => `Open ${p.name}, picture ${p.number}`,
    zh: (p: { name: string; number: number }) => `打开图片 ${p.number}：${p.name}`,
  },
  textInPicture: { en: "Text", zh: "文字" },
  textInPictureHint: { en: "Show the text in the picture", zh: "显示图片中的文字" },
  notesTitle: { en: "Read in the picture", zh: "图片识别结果" },
  notesHint: { en: "Made out by this computer. It can be wrong.", zh: "由本机识别，可能有误。" },
  readingPicture: { en: (p: Name) => `Reading ${p.name}`, zh: (p: Name) => `正在识别 ${p.name}` },
  readingShare: {
    en: (p: { share: number }, f: Format) => `Reading the picture, ${f.percent(p.share)}`,
    zh: (p: { share: number }, f: Format) => `正在识别图片 ${f.percent(p.share)}`,
  },
  stopReading: { en: "Stop reading", zh: "停止识别" },
  readingStopped: { en: "You stopped reading this picture.", zh: "已停止识别这张图片。" },
  readingFailed: {
    en: (p: { why: string }) => `This picture could not be read. ${p.why} The picture itself is untouched.`,
    zh: (p: { why: string }) => `这张图片没能识别。${p.why}图片本身没有改动。`,
  },
  readAgain: { en: "Read the picture", zh: "识别图片" },
  recognisersMissing: {
    en: "To read text in pictures, this computer needs one small download. It works offline afterwards, and no picture leaves this computer.",
    zh: "识别图片中的文字需要先下载一个小组件。之后可离线使用，图片不会离开本机。",
  },
  copyPictureText: { en: "Copy text from picture", zh: "复制图片中的文字" },
  copyText: { en: "Copy text", zh: "复制文字" },
  copyLine: { en: "Click to copy this line", zh: "点击复制这一行" },
  copyCodeText: { en: (p: { text: string }) => `Copy ${p.text}`, zh: (p: { text: string }) => `复制 ${p.text}` },
  lineOfText: {
    en: (p: { text: string }) => `Copy the line: ${p.text}`,
    zh: (p: { text: string }) => `复制这一行：${p.text}`,
  },
  textBoxes: { en: "Lines of text in the picture", zh: "图片中的文字行" },
  showInPicture: { en: "Show in picture", zh: "在图片中查看" },
  noTextInPicture: { en: "No text was found.", zh: "没有识别出文字。" },
  nothingInPicture: {
    en: "Nothing readable or recognisable was found in this picture.",
    zh: "这张图片里没有识别出文字或可辨认的内容。",
  },
  likely: { en: "Likely in it", zh: "可能有" },
  likelyThing: {
    en: (p: { name: string; share: number }, f: Format) => `${p.name}, ${f.percent(p.share)}`,
    zh: (p: { name: string; share: number }, f: Format) => `${p.name}，${f.percent(p.share)}`,
  },
  codes: { en: "Codes", zh: "二维码和条码" },
  colors: { en: "Colours", zh: "主要颜色" },
  sizeAndKind: { en: "Picture", zh: "图片" },
  textTurned: {
    en: (p: { degrees: number }) => `its text is turned by ${p.degrees}°`,
    zh: (p: { degrees: number }) => `文字旋转了 ${p.degrees}°`,
  },
  kindPhoto: { en: "photo", zh: "照片" },
  kindScreenshot: { en: "screenshot", zh: "屏幕截图" },
  kindDocument: { en: "document", zh: "文档" },
  kindDrawing: { en: "drawing", zh: "图画" },
  colorBlack: { en: "black", zh: "黑色" },
  colorWhite: { en: "white", zh: "白色" },
  colorGray: { en: "grey", zh: "灰色" },
  colorRed: { en: "red", zh: "红色" },
  colorOrange: { en: "orange", zh: "橙色" },
  colorYellow: { en: "yellow", zh: "黄色" },
  colorGreen: { en: "green", zh: "绿色" },
  colorBlue: { en: "blue", zh: "蓝色" },
  colorPurple: { en: "purple", zh: "紫色" },
  colorPink: { en: "pink", zh: "粉色" },
  colorBrown: { en: "brown", zh: "棕色" },
  nothingFoundHere: {
    en: "Nothing readable or recognisable was found in this picture; the answer cannot be about what it shows.",
    zh: "这张图片里没有识别出文字或可辨认的内容，回答无法涉及画面。",
  },
  nothingFoundIn: {
    en: (p: { numbers: number[] }, f: Format) =>
      `Nothing readable or recognisable was found in ${p.numbers.length === 1 ? "picture" : "pictures"} ${f.list(p.numbers.map(f.number))}; the answer cannot be about what ${p.numbers.length === 1 ? "it shows" : "they show"}.`,
    zh: (p: { numbers: number[] }, f: Format) =>
      `图片 ${f.list(p.numbers.map(f.number))} 中没有识别出文字或可辨认的内容，回答无法涉及画面。`,
  },
  pictureNotRead: {
    en: "The picture was not read, so the answer is not about it. With one small download this computer reads it, and your question is asked again.",
    zh: "没有读图，回答与图片无关。下载图片识别组件后，会自动重新提问。",
  },
  pictureReadableNow: {
    en: "The picture was not read for this answer. Now this computer can read it.",
    zh: "这次回答没有读图。现在本机已能识别图片。",
  },
  askAgain: { en: "Ask again", zh: "重新提问" },
  addKeyForGemini: { en: "Add a key for Gemini", zh: "添加 Gemini 密钥" },

  // --- first run --------------------------------------------------------------------------------------------------
  welcomeTitle: { en: "Two minds, one conversation", zh: "两种智能，一个对话" },
  welcomeBody: {
    en: "Show Castor a picture and ask about it. Gemini answers over the internet; a model on this computer answers without it. Start with either, change at any time.",
    zh: "给 Castor 看一张图，然后提问。Gemini 通过网络回答，本机模型无需联网。先选一个开始，随时可以切换。",
  },
  welcomeGemini: { en: "Use Gemini", zh: "使用 Gemini" },
  welcomeGeminiBody: {
    en: "Sees pictures. Questions go to Google with a key of yours; a free one takes half a minute.",
    zh: "能看图片。提问会用你的密钥发送给 Google，半分钟即可免费申请。",
  },
  welcomeLocal: { en: "Use this computer", zh: "使用本机模型" },
  welcomeLocalBody: {
    en: "Works offline and nothing leaves this computer. Of pictures it reads the text; it does not see them.",
    zh: "可离线使用，内容不会离开本机。能读图片里的文字，但看不到画面。",
  },
  welcomeSkip: { en: "Not now", zh: "以后再说" },
  localReady: { en: "Already on this computer", zh: "本机已就绪" },
  startAsking: { en: "Start asking", zh: "开始提问" },
  getKey: { en: "Get a key from Google", zh: "向 Google 申请密钥" },

  // --- key --------------------------------------------------------------------------------------------------------
  geminiKey: { en: "Gemini key", zh: "Gemini 密钥" },
  keyField: { en: "Key", zh: "密钥" },
  keyPlaceholder: { en: "Paste your key", zh: "粘贴密钥" },
  showKey: { en: "Show the key", zh: "显示密钥" },
  hideKey: { en: "Hide the key", zh: "隐藏密钥" },
  checkAndSave: { en: "Check and save", zh: "验证并保存" },
  checking: { en: "Asking Google…", zh: "正在向 Google 验证…" },
  saveUnchecked: { en: "Save without checking", zh: "不验证直接保存" },
  checkKey: { en: "Check", zh: "验证" },
  keyRefused: {
    en: "Google does not accept this key. Check that all of it was copied.",
    zh: "Google 不接受这个密钥，请检查是否复制完整。",
  },
  keyWorks: { en: "Google accepts this key.", zh: "密钥可用。" },
  replaceKey: { en: "Replace", zh: "更换" },
  forgetKey: { en: "Forget", zh: "移除" },
  forgetKeyTitle: { en: "Forget this key?", zh: "移除这个密钥？" },
  forgetKeyBody: {
    en: "Castor deletes it from where it is kept. Gemini will not answer until you add one again. The key itself stays valid at Google.",
    zh: "Castor 会从存放处删除密钥，重新添加前无法使用 Gemini。密钥在 Google 那边仍然有效。",
  },
  keyNone: { en: "No key yet", zh: "还没有密钥" },
  keyInKeychain: { en: "Kept in the system's keychain", zh: "保存在系统钥匙串中" },
  keyInEnvironment: {
    en: "Taken from GEMINI_API_KEY or GOOGLE_API_KEY in the environment",
    zh: "来自环境变量 GEMINI_API_KEY 或 GOOGLE_API_KEY",
  },
  keyInDotenv: { en: "Taken from the file .env", zh: "来自 .env 文件" },
  keyInSession: { en: "Kept until Castor is closed", zh: "仅在本次运行期间保留" },
  keyInFile: { en: "Kept in an encrypted file, unlocked", zh: "保存在加密文件中，已解锁" },
  keyFileLocked: { en: "Kept in an encrypted file, locked", zh: "保存在加密文件中，未解锁" },
  keyEnvironmentHint: {
    en: "It is set outside Castor, so change it there. A key you save here is used instead.",
    zh: "它在 Castor 之外设置，请到原处修改。在这里保存的密钥会优先使用。",
  },
  noKeychain: {
    en: "This system offers no keychain just now. Choose where the key is kept:",
    zh: "系统目前没有可用的钥匙串。请选择密钥的保存方式：",
  },
  placeFile: { en: "Encrypted file", zh: "加密文件" },
  placeFileHint: {
    en: "You give a passphrase now and each time Castor starts. Without it nobody can read the key.",
    zh: "现在设置口令，每次启动时输入。没有口令，谁也读不出密钥。",
  },
  placeSession: { en: "This session only", zh: "仅本次运行" },
  placeSessionHint: {
    en: "Nothing is written to disk. You paste the key again next time.",
    zh: "不写入磁盘，下次启动需要重新粘贴。",
  },
  placeKeychainHint: { en: "The key goes to the system's keychain, nowhere else.", zh: "密钥只保存在系统钥匙串中。" },
  passphrase: { en: "Passphrase", zh: "口令" },
  unlock: { en: "Unlock", zh: "解锁" },
  unlockHint: { en: "Give the passphrase of the key file to use Gemini.", zh: "输入密钥文件的口令即可使用 Gemini。" },

  // --- settings ---------------------------------------------------------------------------------------------------
  general: { en: "General", zh: "通用" },
  about: { en: "About", zh: "关于" },
  language: { en: "Language", zh: "语言" },
  theme: { en: "Appearance", zh: "外观" },
  followSystem: { en: "As the system", zh: "跟随系统" },
  english: { en: "English", zh: "English" },
  chinese: { en: "中文", zh: "中文" },
  light: { en: "Light", zh: "浅色" },
  dark: { en: "Dark", zh: "深色" },
  dataFolder: { en: "Your data", zh: "数据位置" },
  dataFolderHint: {
    en: "Conversations, pictures and models are kept in this folder and nowhere else.",
    zh: "对话、图片和模型都只保存在这个文件夹。",
  },
  openFolder: { en: "Open the folder", zh: "打开文件夹" },
  baseUrl: { en: "Service address", zh: "服务地址" },
  baseUrlHint: {
    en: "For test servers or a proxy. Your key and questions go to this address.",
    zh: "用于测试服务器或代理。密钥和提问会发送到这个地址。",
  },
  baseUrlDefault: { en: "Google's own", zh: "Google 官方地址" },
  baseUrlInvalid: {
    en: "This is not a web address. It begins with https:// or http://.",
    zh: "这不是网址。应以 https:// 或 http:// 开头。",
  },
  baseUrlInsecure: {
    en: "Over http:// the key can be read on the way. Use it only for this computer.",
    zh: "使用 http:// 时密钥可能被截获，请只用于本机。",
  },
  save: { en: "Save", zh: "保存" },
  saved: { en: "Saved", zh: "已保存" },
  reset: { en: "Reset", zh: "恢复默认" },
  version: {
    en: (p: { version: string }) => `Version ${p.version}`,
    zh: (p: { version: string }) => `版本 ${p.version}`,
  },
  aboutBody: {
    en: "Ask about pictures and texts, with Gemini or with a model on this computer.",
    zh: "就图片和文字提问，由 Gemini 或本机模型回答。",
  },
  licence: {
    en: "Free software under the MIT or Apache 2.0 licence.",
    zh: "自由软件，采用 MIT 或 Apache 2.0 许可证。",
  },
  licenceParts: {
    en: "Built with Tauri, Candle, Svelte, marked, DOMPurify, highlight.js, KaTeX, Bits UI and Lucide, each under its own free licence.",
    zh: "使用了 Tauri、Candle、Svelte、marked、DOMPurify、highlight.js、KaTeX、Bits UI 和 Lucide，各自采用自由许可证。",
  },

  // --- models -----------------------------------------------------------------------------------------------------
  modelsLocalHint: { en: "They answer offline. Nothing leaves this computer.", zh: "离线回答，内容不会离开本机。" },
  modelsGeminiHint: { en: "They answer over the internet, with your key.", zh: "通过网络回答，使用你的密钥。" },
  modelReady: { en: "Ready", zh: "已就绪" },
  modelHave: {
    en: (p: { have: number; total: number }, f: Format) => `${f.bytes(p.have)} of ${f.bytes(p.total)} are here`,
    zh: (p: { have: number; total: number }, f: Format) => `已下载 ${f.bytes(p.have)}，共 ${f.bytes(p.total)}`,
  },
  modelProgress: {
    en: (p: { have: number; total: number; source: string }, f: Format) =>
      `${f.bytes(p.have)} of ${f.bytes(p.total)} from ${p.source}`,
    zh: (p: { have: number; total: number; source: string }, f: Format) =>
      `${f.bytes(p.have)} / ${f.bytes(p.total)}，来自 ${p.source}`,
  },
  modelStarting: { en: "Looking for a source…", zh: "正在寻找下载源…" },
  modelVerifying: { en: "Checking that every byte is right…", zh: "正在校验文件…" },
  resume: { en: "Resume", zh: "继续下载" },
  pause: { en: "Pause", zh: "暂停" },
  deleteModelTitle: { en: (p: Name) => `Delete ${p.name}?`, zh: (p: Name) => `删除 ${p.name}？` },
  deleteModelBody: {
    en: "Its file goes from this computer. Your conversations stay, and you can download it again.",
    zh: "模型文件会从本机删除。对话不受影响，以后可以重新下载。",
  },
  contextTokens: {
    en: (p: Count, f: Format) => `reads up to ${f.number(p.count)} tokens`,
    zh: (p: Count, f: Format) => `最多读 ${f.number(p.count)} 词元`,
  },
  fetchFailed: {
    en: (p: { why: string }) => `The download stopped. ${p.why} What is here is kept.`,
    zh: (p: { why: string }) => `下载中断。${p.why}已下载的部分已保留。`,
  },

  readingPictures: { en: "Reading pictures", zh: "图片识别" },
  readingPicturesHint: {
    en: "These find text, codes and everyday things in pictures, on this computer. Models that only read text answer from what they find, and you can copy the text.",
    zh: "在本机识别图片中的文字、二维码和常见物品。只读文字的模型据此回答，你也可以复制其中的文字。",
  },
  recognisersThorough: { en: "Thorough", zh: "精细" },
  recognisersThoroughHint: {
    en: "Reads small print, rare characters and slanted text best.",
    zh: "小字、生僻字和倾斜的文字识别得更准。",
  },
  recognisersLight: { en: "Light", zh: "轻量" },
  recognisersLightHint: {
    en: "For slow computers: quicker, and less exact.",
    zh: "适合配置较低的电脑：更快，准确度略低。",
  },
  deleteRecognisersBody: {
    en: "Its files go from this computer. What was read before stays, and you can download them again.",
    zh: "文件会从本机删除。已识别的内容不受影响，以后可以重新下载。",
  },
  withRecognisers: {
    en: (p: { size: string }) => `With what reads pictures (${p.size})`,
    zh: (p: { size: string }) => `含图片识别组件（${p.size}）`,
  },
  modelLicences: { en: "Licences of the models", zh: "模型许可证" },
  modelLicencesHint: {
    en: "The models Castor can fetch, each under its own licence.",
    zh: "Castor 可以下载的模型，各自采用以下许可证。",
  },
  modelLicencesUnknown: {
    en: (p: { why: string }) => `The list cannot be shown. ${p.why}`,
    zh: (p: { why: string }) => `列表无法显示。${p.why}`,
  },

  // --- errors of commands -----------------------------------------------------------------------------------------
  errorNotFound: { en: "It is not there any more.", zh: "它已经不在了。" },
  errorDiskFull: { en: "The disk is full. Make some room and try again.", zh: "磁盘已满，请腾出空间后重试。" },
  errorReadOnly: { en: "Castor may not write to its data folder.", zh: "Castor 没有数据文件夹的写入权限。" },
  errorHistoryDamaged: {
    en: "The file of your conversations is damaged. Castor leaves it as it is; restore a copy from a backup.",
    zh: "对话文件已损坏。Castor 不会改动它，请从备份恢复。",
  },
  errorHistoryNewer: {
    en: "A newer Castor wrote this data folder. Use that version to open it; nothing was changed.",
    zh: "数据文件夹由更新版本的 Castor 写入。请用那个版本打开，内容没有改动。",
  },
  errorKeychainUnavailable: {
    en: "The system's keychain does not answer or is locked.",
    zh: "系统钥匙串没有响应或已锁定。",
  },
  errorWrongPassphrase: { en: "That is not the passphrase.", zh: "口令不对。" },
  errorFetchFailed: { en: "No source could be reached. Check the connection.", zh: "连不上任何下载源，请检查网络。" },
  errorRecognisersMissing: { en: "Picture reading is not on this computer yet.", zh: "本机还没有图片识别组件。" },
  errorCancelled: { en: "It was stopped.", zh: "已停止。" },
  errorLocalOnly: { en: "This conversation stays on this computer.", zh: "这个对话只留在本机。" },
  errorBadEndpoint: {
    en: "The address of the API begins with http:// or https://.",
    zh: "接口地址要以 http:// 或 https:// 开头。",
  },
  errorBadProxy: {
    en: "The proxy’s address cannot be used. Write it like http://proxy.example:8080, or with https, socks5 or socks5h, and special characters of a password as %23 for #.",
    zh: "这个代理地址无法使用。请写成 http://proxy.example:8080 的样子，也可以用 https、socks5 或 socks5h；密码里的特殊字符要转写，例如 # 写成 %23。",
  },
  errorCertificatesUnreadable: {
    en: "The certificate file cannot be read. Check where it is and whether you may read it.",
    zh: "无法读取证书文件。请检查文件位置以及是否有读取权限。",
  },
  errorCertificatesUnusable: {
    en: "That file holds no usable certificate. Choose the PEM or DER file of a certificate authority.",
    zh: "这个文件里没有可用的证书。请选择证书颁发机构的 PEM 或 DER 文件。",
  },
  errorInvalidInput: { en: "That cannot be used as it is.", zh: "内容无法使用，请检查后再试。" },
  errorInternal: { en: "Something in Castor went wrong.", zh: "Castor 出了问题。" },
  errorStart: { en: "Castor could not start", zh: "Castor 无法启动" },
});
