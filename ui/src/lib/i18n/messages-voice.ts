/** Texts about asking by voice, and about sound and what is said in it. */
import { check } from "./check";
import type { Format } from "./format";

type Name = { name: string };
type Count = { count: number };
type Why = { why: string };

export const voice = check({
  // --- talking ----------------------------------------------------------------------------------------------------
  talk: { en: "Hold to talk, tap to record", zh: "按住说话，轻点录音" },
  talkMore: { en: "Other ways to talk", zh: "更多语音方式" },
  handsFree: { en: "Hands-free", zh: "免按说话" },
  handsFreeHint: {
    en: "Listens until you have spoken, then ends by itself.",
    zh: "听你说完后自动结束。",
  },
  voiceSettingsEllipsis: { en: "Voice settings…", zh: "语音设置…" },
  voiceSettings: { en: "Voice settings", zh: "语音设置" },
  recordingBar: { en: "Recording", zh: "录音" },
  microphoneOn: { en: "Microphone on", zh: "麦克风已打开" },
  microphoneOpening: { en: "Opening the microphone…", zh: "正在打开麦克风…" },
  listening: { en: "Listening…", zh: "正在听…" },
  waitingForSpeech: { en: "Speak when you are ready.", zh: "请开始说话。" },
  recordingEnding: { en: "Keeping the recording…", zh: "正在保存录音…" },
  letGoToSend: { en: "Let go to send, Esc discards", zh: "松开发送，按 Esc 丢弃" },
  letGoToKeep: { en: "Let go to finish, Esc discards", zh: "松开结束，按 Esc 丢弃" },
  recordingDiscard: { en: "Discard", zh: "丢弃" },
  recordingDone: { en: "Done", zh: "完成" },
  recordingSend: { en: "Done, and send", zh: "完成并发送" },
  recordingLength: {
    en: (p: { time: string }) => `Recorded so far: ${p.time}`,
    zh: (p: { time: string }) => `已录 ${p.time}`,
  },
  loudness: { en: "How loud it is", zh: "音量" },
  recordingKept: { en: "The recording is with your question.", zh: "录音已添加到问题中。" },

  // --- what can go wrong with a microphone --------------------------------------------------------------------------
  faultNoMicrophone: {
    en: "No microphone was found. Plug one in or switch it on, then try again.",
    zh: "没有找到麦克风。请接上或打开麦克风后再试。",
  },
  faultMicrophoneBusy: {
    en: "Another program is using the microphone. Close it there, then try again.",
    zh: "麦克风正被其他程序占用，请在那边关闭后再试。",
  },
  faultRefused: {
    en: "The system does not let Castor use the microphone. Allow it in the system's Settings under Privacy, Microphone, then try again.",
    zh: "系统不允许 Castor 使用麦克风。请在系统“设置”的“隐私”→“麦克风”中允许后再试。",
  },
  faultRefusedMacos: {
    en: "macOS does not let Castor use the microphone. Allow it in System Settings under Privacy & Security, Microphone, then try again.",
    zh: "macOS 不允许 Castor 使用麦克风。请在“系统设置”的“隐私与安全性”→“麦克风”中允许后再试。",
  },
  faultRefusedWindows: {
    en: "Windows does not let Castor use the microphone. Allow desktop apps to use it in Settings under Privacy & security, Microphone, then try again.",
    zh: "Windows 不允许 Castor 使用麦克风。请在“设置”的“隐私和安全性”→“麦克风”中允许桌面应用访问后再试。",
  },
  faultLost: {
    en: "The microphone was unplugged before anything was said. Plug it in and try again.",
    zh: "还没说话，麦克风就断开了。请重新接上后再试。",
  },
  faultUnplugged: {
    en: "The microphone was unplugged. What was said until then is kept.",
    zh: "麦克风断开了，在那之前说的内容已保留。",
  },
  faultNothingHeard: {
    en: "Nothing was heard. Check that the right microphone is chosen and not muted.",
    zh: "没有听到声音。请检查所选的麦克风是否正确、有没有静音。",
  },
  faultDiskFull: {
    en: "The disk is full, so nothing could be recorded. Make some room and try again.",
    zh: "磁盘已满，无法录音。请腾出空间后再试。",
  },
  faultDiskFullKept: {
    en: "The disk is full, so the recording ended. What was said until then is kept.",
    zh: "磁盘已满，录音已结束。在那之前说的内容已保留。",
  },
  faultTooLong: {
    en: "The recording reached the longest it may be and ended. All of it until then is kept.",
    zh: "录音已达到最大时长并自动结束，内容都已保留。",
  },
  faultRecording: {
    en: "Recording did not work because of a fault in Castor. Please try again.",
    zh: "Castor 出了问题，没能录音，请再试一次。",
  },
  faultRecordingKept: {
    en: "The recording broke off because of a fault in Castor. What was said until then is kept.",
    zh: "Castor 出了问题，录音中断。在那之前说的内容已保留。",
  },
  faultRecordingBecause: {
    en: (p: Why) => `Nothing was recorded. ${p.why}`,
    zh: (p: Why) => `没有录到内容。${p.why}`,
  },

  // --- sound ------------------------------------------------------------------------------------------------------
  play: { en: (p: Name) => `Play ${p.name}`, zh: (p: Name) => `播放 ${p.name}` },
  pausePlaying: { en: (p: Name) => `Pause ${p.name}`, zh: (p: Name) => `暂停 ${p.name}` },
  soundPlace: { en: (p: Name) => `Place in ${p.name}`, zh: (p: Name) => `${p.name} 的播放位置` },
  soundPlaceOf: {
    en: (p: { time: string; of: string }) => `${p.time} of ${p.of}`,
    zh: (p: { time: string; of: string }) => `${p.time}，共 ${p.of}`,
  },
  soundFrom: { en: (p: { time: string }) => `Play from ${p.time}`, zh: (p: { time: string }) => `从 ${p.time} 播放` },

  // --- transcripts ------------------------------------------------------------------------------------------------
  transcript: { en: "Transcript", zh: "转写文字" },
  transcriptOf: { en: (p: Name) => `Transcript of ${p.name}`, zh: (p: Name) => `${p.name} 的转写文字` },
  transcribe: { en: "Transcribe", zh: "转成文字" },
  transcribing: {
    en: (p: { share: number }, f: Format) => `Transcribing, ${f.percent(p.share)}`,
    zh: (p: { share: number }, f: Format) => `正在转成文字 ${f.percent(p.share)}`,
  },
  loadingSpeech: { en: "Loading speech recognition…", zh: "正在加载语音识别…" },
  stopTranscribing: { en: "Stop", zh: "停止" },
  transcriptEmpty: { en: "Nothing is said in this recording.", zh: "这段录音里没有人说话。" },
  transcriptionFailed: {
    en: (p: Why) => `This recording could not be transcribed. ${p.why}`,
    zh: (p: Why) => `这段录音没能转成文字。${p.why}`,
  },
  transcriptNotSaved: {
    en: (p: Why) => `Your change to the transcript is not saved yet. ${p.why}`,
    zh: (p: Why) => `对文字的修改还没有保存。${p.why}`,
  },
  speechMissing: {
    en: "Turning speech into text is not on this computer yet.",
    zh: "本机还没有语音识别组件。",
  },
  copyTranscript: { en: "Copy the transcript", zh: "复制文字" },
  exportTranscript: { en: "Save as…", zh: "另存为…" },
  exportText: { en: "Text", zh: "纯文本" },
  exportSrt: { en: "Subtitles (SRT)", zh: "字幕（SRT）" },
  exportVtt: { en: "Subtitles (WebVTT)", zh: "字幕（WebVTT）" },

  // --- stage and receipt --------------------------------------------------------------------------------------------
  stageTranscribing: {
    en: (p: { number: number; total: number; share: number }, f: Format) =>
      `Listening to ${p.total === 1 ? "the recording" : `recording ${p.number} of ${p.total}`}, ${f.percent(p.share)}`,
    zh: (p: { number: number; total: number; share: number }, f: Format) =>
      `正在听${p.total === 1 ? "录音" : `第 ${p.number}/${p.total} 段录音`} ${f.percent(p.share)}`,
  },
  receiptTranscripts: {
    en: (p: Count, f: Format) =>
      p.count === 1
        ? "Read the transcript, not the sound"
        : `Read the transcripts of ${f.number(p.count)} recordings, not the sound`,
    zh: (p: Count, f: Format) =>
      p.count === 1 ? "依据转写文字回答，未直接听录音" : `依据 ${f.number(p.count)} 段录音的转写文字回答，未直接听录音`,
  },
  receiptTranscriptsEmpty: {
    en: (p: { count: number; of: number }, f: Format) =>
      p.of === 1
        ? "Nothing is said in the recording"
        : `Nothing is said in ${f.number(p.count)} of ${f.number(p.of)} recordings`,
    zh: (p: { count: number; of: number }, f: Format) =>
      p.of === 1 ? "录音里没有人说话" : `${f.number(p.of)} 段录音中有 ${f.number(p.count)} 段没有人说话`,
  },
  receiptNotHeard: {
    en: (p: Count, f: Format) =>
      `${f.plural(p.count, { one: "The recording was", other: "# recordings were" })} not heard: speech recognition is not on this computer yet`,
    zh: (p: Count, f: Format) =>
      p.count === 1
        ? "没有听录音：本机还没有语音识别组件"
        : `有 ${f.number(p.count)} 段录音没有听：本机还没有语音识别组件`,
  },
  reasonSpeechRecogniserMissing: {
    en: "speech recognition is not on this computer yet",
    zh: "本机还没有语音识别组件",
  },

  // --- settings -----------------------------------------------------------------------------------------------------
  voice: { en: "Voice", zh: "语音" },
  microphone: { en: "Microphone", zh: "麦克风" },
  microphoneSystem: { en: "The system's own", zh: "系统默认" },
  microphoneSystemNamed: { en: (p: Name) => `The system's own (${p.name})`, zh: (p: Name) => `系统默认（${p.name}）` },
  microphoneGone: { en: "Not plugged in just now", zh: "当前未连接" },
  microphonesRefresh: { en: "Look for microphones again", zh: "重新查找麦克风" },
  microphonesNone: {
    en: "No microphone was found. Plug one in, then look again.",
    zh: "没有找到麦克风。请接上后重新查找。",
  },
  microphonesUnknown: {
    en: (p: Why) => `The microphones cannot be listed. ${p.why}`,
    zh: (p: Why) => `无法列出麦克风。${p.why}`,
  },
  microphoneTest: { en: "Test", zh: "测试" },
  microphoneTestStop: { en: "End the test", zh: "结束测试" },
  microphoneTestHint: {
    en: "Say something: the bars should move. Nothing is kept.",
    zh: "说句话，看音量条是否跳动。不会保存任何内容。",
  },
  whenLetGo: { en: "When you let go", zh: "松开时" },
  whenLetGoHint: {
    en: "Also when hands-free hears that you have finished. A tap only records; you send it yourself.",
    zh: "免按说话结束时也一样。轻点只录音，由你自己发送。",
  },
  letGoSends: { en: "Send at once", zh: "立即发送" },
  letGoKeeps: { en: "Let me look first", zh: "先让我看看" },
  speechLanguage: { en: "Language you speak", zh: "说话的语言" },
  speechLanguageHint: {
    en: "Naming it makes short recordings more reliable.",
    zh: "指定语言后，较短的录音识别得更准。",
  },
  languageDetected: { en: "Found out by listening", zh: "自动识别" },
  simplified: { en: "Write Chinese in simplified characters", zh: "中文一律转成简体" },
  simplifiedHint: { en: "However it was heard.", zh: "识别出繁体时也会转换。" },
  silence: { en: "Hands-free ends after", zh: "免按说话的结束停顿" },
  silenceHint: { en: "of silence", zh: "停顿这么久就算说完" },
  speechRecognition: { en: "Speech recognition", zh: "语音识别" },
  speechRecognitionHint: {
    en: "Turns speech into text on this computer. Models that cannot hear answer from that text.",
    zh: "在本机把语音转成文字。听不了声音的模型会依据这些文字回答。",
  },
  deleteSpeechBody: {
    en: "Its files go from this computer. Transcripts stay, and you can download it again.",
    zh: "文件会从本机删除。已转写的文字不受影响，以后可以重新下载。",
  },

  // --- errors of commands -------------------------------------------------------------------------------------------
  errorNoSpeaker: {
    en: "No speaker or headphones were found. Plug some in, then try again.",
    zh: "没有找到扬声器或耳机。请接上后再试。",
  },

  // --- empty conversation -------------------------------------------------------------------------------------------
  emptyTalk: { en: "Hold to talk", zh: "按住说话" },
  emptyTalkHint: { en: "then let go", zh: "说完松开" },
});
