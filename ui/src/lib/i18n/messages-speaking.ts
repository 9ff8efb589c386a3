/** Texts about answers read aloud and about talking in turns. */
import { check } from "./check";
import type { Format } from "./format";

type Name = { name: string };

export const speaking = check({
  // --- reading aloud ------------------------------------------------------------------------------------------------
  readAloud: { en: "Read aloud", zh: "朗读" },
  stopSpeaking: { en: "Stop reading", zh: "停止朗读" },
  voiceLoading: { en: "Getting the voice ready…", zh: "正在准备语音…" },
  voiceless: {
    en: "This answer could not be read aloud: nothing on this computer speaks its language yet. Settings › Voice says what to do.",
    zh: "这条回答没能朗读：本机还没有能说这种语言的语音。请到“设置”→“语音”中添加。",
  },
  errorNoVoice: {
    en: "Nothing on this computer speaks this language yet. Download the natural voice in Settings › Voice, or install a voice of the system.",
    zh: "本机还没有能说这种语言的语音。请在“设置”→“语音”中下载自然语音，或安装系统语音。",
  },

  // --- settings -----------------------------------------------------------------------------------------------------
  answersAloud: { en: "Answers aloud", zh: "朗读回答" },
  answersAloudHint: {
    en: "Every answer can be read with the button under it. Esc stops at once.",
    zh: "每条回答下方都有“朗读”按钮。按 Esc 可立即停止。",
  },
  readAutomatically: { en: "Read by itself", zh: "自动朗读" },
  readSpoken: { en: "When I asked by voice", zh: "语音提问时" },
  readAlways: { en: "Always", zh: "总是" },
  readNever: { en: "Never", zh: "从不" },
  voiceForEnglish: { en: "English voice", zh: "英语语音" },
  voiceForChinese: { en: "Chinese voice", zh: "中文语音" },
  voiceBest: { en: "Best available", zh: "自动选择" },
  voicesNatural: { en: "Natural voices", zh: "自然语音" },
  voicesSystem: { en: "Voices of this computer", zh: "系统语音" },
  voiceGone: { en: "Not on this computer just now", zh: "当前不在本机" },
  voiceFemale: { en: "female", zh: "女声" },
  voiceMale: { en: "male", zh: "男声" },
  voiceNamed: {
    en: (p: { name: string; facts: string[] }) => (p.facts.length > 0 ? `${p.name} (${p.facts.join(", ")})` : p.name),
    zh: (p: { name: string; facts: string[] }) => (p.facts.length > 0 ? `${p.name}（${p.facts.join("，")}）` : p.name),
  },
  tryVoice: { en: "Try", zh: "试听" },
  tryVoiceStop: { en: "Stop", zh: "停止" },
  tryVoiceOf: { en: (p: Name) => `Try the ${p.name}`, zh: (p: Name) => `试听${p.name}` },
  speakingSpeed: { en: "Speed", zh: "语速" },
  speedTimes: {
    en: (p: { speed: number }, f: Format) => `${f.decimal(p.speed)}×`,
    zh: (p: { speed: number }, f: Format) => `${f.decimal(p.speed)} 倍`,
  },
  naturalVoice: { en: "Natural voice", zh: "自然语音" },
  naturalVoiceHint: {
    en: "Reads English and Chinese, more like a person than the voices of most systems. It is made on this computer.",
    zh: "能读英语和中文，比多数系统语音更像真人。语音在本机合成。",
  },
  deleteVoiceBody: {
    en: "Its files go from this computer, and voices of the system read instead where there are any. You can download it again.",
    zh: "文件会从本机删除，之后改用系统语音（如果有）。以后可以重新下载。",
  },
  voicesNone: {
    en: "Nothing on this computer can read aloud yet. Download the natural voice below.",
    zh: "本机还没有能朗读的语音。请在下方下载自然语音。",
  },
  voicesNoneLinux: {
    en: "Or install speech-dispatcher and a voice, such as espeak-ng, with your system's software.",
    zh: "也可以用系统的软件管理器安装 speech-dispatcher 和一个语音，比如 espeak-ng。",
  },
  voicesNoneMacos: {
    en: "Or add a voice in System Settings under Accessibility, Spoken Content.",
    zh: "也可以在“系统设置”→“辅助功能”→“朗读内容”中添加语音。",
  },
  voicesNoneWindows: {
    en: "Or add a voice in Settings under Time & language, Speech.",
    zh: "也可以在“设置”→“时间和语言”→“语音”中添加语音。",
  },

  // --- talking in turns ---------------------------------------------------------------------------------------------
  conversationMode: { en: "Voice conversation", zh: "语音对话" },
  conversationListening: { en: "Listening", zh: "正在听" },
  conversationMuted: { en: "Microphone off", zh: "麦克风已关闭" },
  conversationThinking: { en: "Thinking", zh: "正在思考" },
  conversationSpeaking: { en: "Speaking", zh: "正在说" },
  conversationHint: {
    en: "Say something. You can also speak while Castor does.",
    zh: "请说话。Castor 说话时也可以随时插话。",
  },
  conversationMutedHint: { en: "Castor does not hear you.", zh: "Castor 现在听不到你说话。" },
  conversationMute: { en: "Turn the microphone off", zh: "关闭麦克风" },
  conversationUnmute: { en: "Turn the microphone on", zh: "打开麦克风" },
  conversationInterrupt: { en: "Interrupt", zh: "打断" },
  conversationEnd: { en: "End", zh: "结束" },
  conversationSpace: { en: "Space", zh: "空格" },
  conversationBegun: { en: "Voice conversation begun. Castor listens.", zh: "语音对话已开始，Castor 正在听。" },
  conversationEnded: { en: "Voice conversation ended.", zh: "语音对话已结束。" },
  conversationQuiet: {
    en: "Nothing was heard for two minutes, so the voice conversation ended and the microphone is off.",
    zh: "两分钟没有听到说话，语音对话已结束，麦克风已关闭。",
  },
  conversationNotUnderstood: {
    en: "No words were understood. Please say it again.",
    zh: "没有听清，请再说一遍。",
  },
  conversationNoVoice: {
    en: "Nothing on this computer speaks this language yet, so answers are only shown.",
    zh: "本机还没有能说这种语言的语音，回答只显示文字。",
  },
  conversationMissing: {
    en: (p: Name) =>
      `${p.name} answers from text, and turning speech into text is not on this computer yet. Once it is, you can talk.`,
    zh: (p: Name) => `${p.name} 依据文字回答，而本机还没有语音识别组件。下载后就可以对话。`,
  },
});
