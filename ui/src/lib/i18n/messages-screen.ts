/** Texts about pictures of the screen and about the quick-ask window. */
import { check } from "./check";

export const screen = check({
  errorNoScreen: {
    en: "The screen cannot be captured here: this desktop offers no way to do it. Take a screenshot with the system's own tool and paste it.",
    zh: "这里无法截取屏幕：当前桌面没有提供截屏方式。请用系统截图工具截图后粘贴。",
  },
  errorScreenDenied: {
    en: "The system does not let Castor see the screen. Allow it in the system's privacy settings and try again.",
    zh: "系统不允许 Castor 查看屏幕。请在系统隐私设置中允许后重试。",
  },
  errorScreenGone: {
    en: "That window is closed or hidden now. Choose another one.",
    zh: "那个窗口已关闭或被隐藏。请选择其他窗口。",
  },
});
