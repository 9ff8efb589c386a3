/** Texts about videos: playing, trimming and naming moments of them. */
import { check } from "./check";

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
});
