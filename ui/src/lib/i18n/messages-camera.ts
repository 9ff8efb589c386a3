/** Texts about the camera and the clips it records. */
import { check } from "./check";

export const camera = check({
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
