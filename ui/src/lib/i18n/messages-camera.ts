/** Texts about the camera and the clips it records. */
import { check } from "./check";

type Why = { why: string };
type Seconds = { seconds: number };
type Time = { time: string };

export const camera = check({
  // --- opening it ---------------------------------------------------------------------------------------------------
  camera: { en: "Camera", zh: "摄像头" },
  cameraClose: { en: "Close the camera", zh: "关闭摄像头" },
  cameraConsent: {
    en: "Castor uses the camera only while this is open. Pictures stay on this computer until you send them.",
    zh: "Castor 只在此处打开时使用摄像头。照片只保存在本机，发送前不会离开。",
  },
  cameraAllow: { en: "Allow", zh: "允许" },
  cameraNotNow: { en: "Not now", zh: "暂不" },
  cameraDeniedHere: {
    en: "You have not allowed Castor to use the camera. Allow it here, or later in Settings under General.",
    zh: "你未允许 Castor 使用摄像头。可以在这里允许，也可以稍后在“设置”的“通用”中允许。",
  },
  cameraStarting: { en: "Starting the camera…", zh: "正在启动摄像头…" },
  cameraPreview: { en: "What the camera sees", zh: "摄像头画面" },
  cameraDevice: { en: "Which camera", zh: "选择摄像头" },
  cameraMirror: { en: "Mirror the preview", zh: "镜像预览" },
  cameraOn: { en: "Camera on", zh: "摄像头已打开" },
  cameraOnTitle: {
    en: (p: { name: string }) => `Camera on: ${p.name}. Click to switch it off.`,
    zh: (p: { name: string }) => `摄像头已打开：${p.name}。点击关闭。`,
  },
  cameraRefusedMacos: {
    en: "macOS does not let Castor use the camera. Allow it in System Settings under Privacy & Security, Camera, then try again.",
    zh: "macOS 不允许 Castor 使用摄像头。请在“系统设置”的“隐私与安全性”→“摄像头”中允许后重试。",
  },
  cameraRefusedWindows: {
    en: "Windows does not let Castor use the camera. Allow desktop apps to use it in Settings under Privacy & security, Camera, then try again.",
    zh: "Windows 不允许 Castor 使用摄像头。请在“设置”的“隐私和安全性”→“摄像头”中允许桌面应用访问后重试。",
  },
  cameraGone: {
    en: "The camera was unplugged or switched off. Check it and try again.",
    zh: "摄像头已断开或关闭。请检查后重试。",
  },
  cameraFailed: {
    en: "The camera did not start. Unplug it and plug it in again, or restart the computer, then try again.",
    zh: "摄像头未能启动。请重新插拔摄像头或重启电脑后重试。",
  },

  // --- pictures -----------------------------------------------------------------------------------------------------
  cameraShutter: { en: "Take a picture", zh: "拍照" },
  cameraShutterKeys: { en: "Space", zh: "空格" },
  cameraTimer: {
    en: (p: Seconds) => (p.seconds === 0 ? "Self-timer: off" : `Self-timer: ${p.seconds} seconds`),
    zh: (p: Seconds) => (p.seconds === 0 ? "倒计时：关" : `倒计时：${p.seconds} 秒`),
  },
  cameraCounting: {
    en: (p: Seconds) => `Taking a picture in ${p.seconds}`,
    zh: (p: Seconds) => `${p.seconds} 秒后拍照`,
  },
  cameraPictureName: { en: (p: Time) => `Camera ${p.time}.jpg`, zh: (p: Time) => `照片 ${p.time}.jpg` },
  cameraTaken: { en: "The picture is with your question.", zh: "照片已添加到问题中。" },
  cameraNotTaken: {
    en: (p: { why: string | null }) => `The picture was not taken. ${p.why ?? "It did not arrive."} Try again.`,
    zh: (p: { why: string | null }) => `拍照失败。${p.why ?? "照片没有送达。"}请重试。`,
  },

  // --- clips --------------------------------------------------------------------------------------------------------
  clipName: { en: "Clip", zh: "视频" },
  clipRecord: { en: "Record a clip: tap, or hold", zh: "录视频：轻点或按住" },
  clipStop: { en: "Stop and keep the clip", zh: "停止并保留视频" },
  clipDiscard: { en: "Discard the clip", zh: "丢弃视频" },
  clipSound: { en: "Sound in clips", zh: "视频录制声音" },
  clipLength: { en: (p: Time) => `Recorded so far: ${p.time} of 1:00`, zh: (p: Time) => `已录 ${p.time}，最长 1:00` },
  clipKeeping: { en: "Keeping the clip…", zh: "正在保存视频…" },
  clipKept: { en: "The clip is with your question.", zh: "视频已添加到问题中。" },
  clipFull: {
    en: "The clip ended at 60 seconds, the longest it can be. It is kept.",
    zh: "视频最长 60 秒，已自动停止并保留。",
  },
  clipDiskFull: {
    en: "The disk is full, so nothing was recorded. Free some space and try again.",
    zh: "磁盘已满，未能录下视频。请清理空间后重试。",
  },
  clipDiskFullKept: {
    en: "The disk is full, so the clip ended. What was recorded is kept.",
    zh: "磁盘已满，录制已停止。已录部分已保留。",
  },
  clipNoFrames: {
    en: "The camera gave no pictures, so there is no clip. Try again.",
    zh: "摄像头没有画面，未能录下视频。请重试。",
  },
  clipFailed: { en: "The clip could not be recorded. Try again.", zh: "未能录下视频。请重试。" },
  clipFailedKept: {
    en: "The recording ended unexpectedly. What was recorded is kept.",
    zh: "录制意外中断。已录部分已保留。",
  },
  clipFailedBecause: {
    en: (p: Why) => `The clip could not be recorded. ${p.why}`,
    zh: (p: Why) => `未能录下视频。${p.why}`,
  },

  // --- what goes along by itself ------------------------------------------------------------------------------------
  cameraAlong: { en: "With the camera's picture", zh: "附上摄像头画面" },
  cameraAlongSeconds: {
    en: (p: Seconds) => `With the camera's last ${p.seconds} s`,
    zh: (p: Seconds) => `附上摄像头最近 ${p.seconds} 秒`,
  },
  cameraAlongOff: { en: "Without the camera", zh: "不附摄像头画面" },

  // --- settings -----------------------------------------------------------------------------------------------------
  cameraSettingsHint: {
    en: "Castor uses the camera only while its view is open over the question.",
    zh: "只有在问题上方打开摄像头画面时，Castor 才会使用摄像头。",
  },
  cameraConsentAsk: { en: "Ask first", zh: "先询问" },
  cameraConsentAllowed: { en: "Allowed", zh: "允许" },
  cameraConsentDenied: { en: "Not allowed", zh: "不允许" },
  cameraMirrored: { en: "Show yourself as in a mirror", zh: "像照镜子一样显示" },
  cameraMirroredHint: {
    en: "Only in the preview. What you take is never mirrored.",
    zh: "仅影响预览，拍下的内容不会镜像。",
  },

  // --- what can go wrong --------------------------------------------------------------------------------------------
  errorNoCamera: {
    en: "No camera was found. Plug one in, or switch it on, and try again.",
    zh: "没有找到摄像头。请接上或打开摄像头后重试。",
  },
  errorCameraBusy: {
    en: "Another application is using the camera. Close it there and try again.",
    zh: "摄像头正被其他应用占用。请在那边关闭后重试。",
  },
  errorCameraDenied: {
    en: "The system does not let Castor use the camera. Allow it in the system's privacy settings; on Linux your user must be in the group “video”.",
    zh: "系统不允许 Castor 使用摄像头。请在系统隐私设置中允许；在 Linux 上，你的用户需要属于“video”组。",
  },
  errorCameraLost: {
    en: "The camera went away. What it had seen by then is kept.",
    zh: "摄像头断开了。此前拍到的内容已保存。",
  },
});
