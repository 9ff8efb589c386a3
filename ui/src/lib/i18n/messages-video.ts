/** Texts about videos: playing, trimming and naming moments of them. */
import { check } from "./check";
import type { Format } from "./format";

type Name = { name: string };
type Time = { time: string };
type Count = { count: number };
type Several = { count: number; videos: number };

export const video = check({
  errorVideoTools: {
    en: "Castor needs the program FFmpeg for videos, and it is not on this computer. Install it (on Debian and Ubuntu: sudo apt install ffmpeg) and try again.",
    zh: "处理视频需要 FFmpeg，但本机没有安装。请安装后重试（Debian 和 Ubuntu：sudo apt install ffmpeg）。",
  },
  reasonVideoTools: {
    en: "the program FFmpeg, which reads videos, is not on this computer",
    zh: "本机没有安装读取视频所需的 FFmpeg",
  },
  errorVideoDamaged: {
    en: "This video cannot be read: it is damaged or not whole. The file is kept as it is.",
    zh: "无法读取这段视频：文件已损坏或不完整。原文件保持不变。",
  },

  // --- in the composer and in a question --------------------------------------------------------------------------
  openVideo: {
    en: (p: Name & Time) => `Open the video ${p.name}, ${p.time} long`,
    zh: (p: Name & Time) => `打开视频 ${p.name}，时长 ${p.time}`,
  },
  videoNumber: {
    en: (p: { number: number }) => `Video ${p.number}`,
    zh: (p: { number: number }) => `视频 ${p.number}`,
  },

  // --- playing ----------------------------------------------------------------------------------------------------
  videoCannotPlay: {
    en: "This video cannot be played here, but it can be asked about.",
    zh: "这段视频无法在这里播放，但仍可以就它提问。",
  },
  videoWhileListening: {
    en: "The microphone is open: it would hear the video.",
    zh: "麦克风正开着，会录到视频的声音。",
  },
  mute: { en: "Mute", zh: "静音" },
  unmute: { en: "Sound on", zh: "打开声音" },
  volume: { en: "Volume", zh: "音量" },
  whatIsSaid: { en: "What is said", zh: "视频里说的话" },
  jumpTo: { en: (p: Time) => `Jump to ${p.time}`, zh: (p: Time) => `跳到 ${p.time}` },

  // --- a part of it -----------------------------------------------------------------------------------------------
  trimStart: { en: "Beginning of the part", zh: "片段开头" },
  trimEnd: { en: "End of the part", zh: "片段结尾" },
  trimHint: {
    en: "Drag the ends to have only a part of it looked at.",
    zh: "拖动两端，只让模型看其中一段。",
  },
  trimmed: {
    en: (p: { from: string; to: string }) => `Only ${p.from}–${p.to} is looked at.`,
    zh: (p: { from: string; to: string }) => `只看 ${p.from}–${p.to}。`,
  },
  trimClear: { en: "The whole video", zh: "整段视频" },

  // --- what a model got of it -------------------------------------------------------------------------------------
  receiptMoments: {
    en: (p: Several, f: Format) =>
      `Watched ${f.plural(p.count, { one: "# moment", other: "# moments" })} of ${p.videos === 1 ? "the video" : `${f.number(p.videos)} videos`}`,
    zh: (p: Several, f: Format) =>
      `看了${p.videos === 1 ? "视频" : ` ${f.number(p.videos)} 段视频`}的 ${f.number(p.count)} 个时刻`,
  },
  receiptMomentPictures: {
    en: (p: Several, f: Format) =>
      `Saw ${f.plural(p.count, { one: "# picture", other: "# pictures" })} of ${p.videos === 1 ? "the video" : `${f.number(p.videos)} videos`}`,
    zh: (p: Several, f: Format) =>
      `看了${p.videos === 1 ? "视频" : ` ${f.number(p.videos)} 段视频`}的 ${f.number(p.count)} 张画面`,
  },
  receiptVideoWords: {
    en: (p: Count, f: Format) =>
      `Read what is said in ${p.count === 1 ? "the video" : `${f.number(p.count)} videos`}, without its pictures`,
    zh: (p: Count, f: Format) => `只读了${p.count === 1 ? "视频" : ` ${f.number(p.count)} 段视频`}里说的话，没有看画面`,
  },
  receiptVideosEmpty: {
    en: (p: Count, f: Format) =>
      `Nothing was made out in ${p.count === 1 ? "the video" : `${f.number(p.count)} videos`}`,
    zh: (p: Count, f: Format) => `${p.count === 1 ? "视频" : ` ${f.number(p.count)} 段视频`}里没有识别到内容`,
  },
  receiptNotWatched: {
    en: (p: Count, f: Format) =>
      f.plural(p.count, {
        one: "The video was not watched: FFmpeg is missing",
        other: "# videos were not watched: FFmpeg is missing",
      }),
    zh: (p: Count, f: Format) => `${f.number(p.count)} 段视频没有看：缺少 FFmpeg`,
  },
  momentCount: {
    en: (p: Count, f: Format) => f.plural(p.count, { one: "# moment", other: "# moments" }),
    zh: (p: Count, f: Format) => `${f.number(p.count)} 个时刻`,
  },
  stageWatching: {
    en: (p: { number: number; total: number; share: number }, f: Format) =>
      `Watching ${p.total === 1 ? "the video" : `video ${f.number(p.number)} of ${f.number(p.total)}`}… ${f.percent(p.share)}`,
    zh: (p: { number: number; total: number; share: number }, f: Format) =>
      `正在看${p.total === 1 ? "视频" : `第 ${p.number}/${p.total} 段视频`}… ${f.percent(p.share)}`,
  },
});
