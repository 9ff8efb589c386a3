/** Texts about pictures of the screen and about the quick-ask window. */
import { check } from "./check";

type Named = { name: string };
type Seconds = { seconds: number };
type Size = { width: number; height: number };

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

  // --- pictures of the screen -------------------------------------------------------------------------------------
  screenMenu: { en: "Show the screen", zh: "截取屏幕" },
  screenRegion: { en: "Part of the screen…", zh: "截取部分屏幕…" },
  screenWhole: { en: "Whole screen", zh: "整个屏幕" },
  screenWindow: { en: "A window…", zh: "某个窗口…" },
  screenKeep: { en: "Keep a screen open…", zh: "持续显示屏幕…" },
  screenKeepHint: { en: "each question takes its picture along", zh: "每次提问都附上当时的画面" },
  screenPickScreen: { en: "Which screen?", zh: "选择屏幕" },
  screenPickWindow: { en: "Which window?", zh: "选择窗口" },
  screenPickKeep: { en: "What do you want to keep open?", zh: "持续显示哪个画面？" },
  screenScreens: { en: "Screens", zh: "屏幕" },
  screenWindows: { en: "Windows", zh: "窗口" },
  screenSize: {
    en: (p: Size) => `${p.width} × ${p.height}`,
    zh: (p: Size) => `${p.width} × ${p.height}`,
  },
  screenPrimary: { en: "main screen", zh: "主屏幕" },
  screenNoPreview: { en: "No preview", zh: "无法预览" },
  screenNone: {
    en: "There is nothing to show: no window is open, or all are minimised. Open one and look again.",
    zh: "没有可以显示的内容：没有打开的窗口，或窗口都已最小化。请打开后重新查找。",
  },
  screenLookAgain: { en: "Look again", zh: "重新查找" },
  screenTryAgain: { en: "Try again", zh: "重试" },
  screenPortal: {
    en: "This desktop asks you itself what Castor may see, each time anew. So no screen can be kept open, but you can take a picture now.",
    zh: "当前桌面每次都会亲自询问 Castor 可以看到什么，因此无法持续显示屏幕，但可以现在截取一张。",
  },
  screenTakeNow: { en: "Take a picture", zh: "截取一张" },
  screenShown: { en: "Screen shown", zh: "正在显示屏幕" },
  screenShownHint: {
    en: (p: Named) => `Castor sees “${p.name}” when you ask. Nothing is sent before.`,
    zh: (p: Named) => `提问时 Castor 会看到“${p.name}”，提问之前不会发送任何画面。`,
  },
  screenWatchedHint: {
    en: (p: Named) => `Castor keeps the last seconds of “${p.name}” on this computer. Nothing is sent before you ask.`,
    zh: (p: Named) => `Castor 在本机保留“${p.name}”最近几秒的画面，提问之前不会发送任何画面。`,
  },
  screenPanel: { en: "The screen that is kept open", zh: "持续显示的屏幕" },
  screenPreview: { en: (p: Named) => `“${p.name}” as it is now`, zh: (p: Named) => `“${p.name}”的当前画面` },
  screenClose: { en: "Close the screen", zh: "停止显示屏幕" },
  screenAlong: { en: "With the screen's picture", zh: "附上屏幕画面" },
  screenAlongSeconds: {
    en: (p: Seconds) => `With the screen's last ${p.seconds} s`,
    zh: (p: Seconds) => `附上屏幕最近 ${p.seconds} 秒`,
  },
  screenAlongOff: { en: "Without the screen", zh: "不附屏幕画面" },
  screenSecondsFailed: {
    en: (p: { why: string }) => `The last seconds cannot be kept, so the picture when you send goes along. ${p.why}`,
    zh: (p: { why: string }) => `无法保留最近几秒，将改为附上发送时的画面。${p.why}`,
  },

  // --- what goes along by itself, of a screen or a camera ------------------------------------------------------------
  alongHeading: { en: "Goes with your question", zh: "随问题一起发送" },
  alongPicture: { en: "The picture when you send", zh: "发送时的画面" },
  alongLast: {
    en: (p: Seconds) => `The last ${p.seconds} seconds`,
    zh: (p: Seconds) => `最近 ${p.seconds} 秒`,
  },
  alongNothing: { en: "Nothing", zh: "不附带" },
  alongFailed: {
    en: (p: Named & { why: string | null }) =>
      `The picture of “${p.name}” could not be taken along. ${p.why ?? "It did not arrive in time."} Your question is kept: send it again, or switch the picture off.`,
    zh: (p: Named & { why: string | null }) =>
      `没能附上“${p.name}”的画面。${p.why ?? "画面没有及时送达。"}问题已保留：可以重新发送，或不附画面。`,
  },
  emptyScreen: { en: "Ask about the screen", zh: "问屏幕上的内容" },
  emptyScreenHint: { en: "drag over a part of it", zh: "框选一部分即可" },

  // --- choosing a region ------------------------------------------------------------------------------------------
  regionPicker: { en: "The screen, to choose a part of it", zh: "屏幕画面，选择其中一部分" },
  regionHint: {
    en: "Drag over what you want to ask about. Enter takes everything, Esc leaves.",
    zh: "框选要提问的部分。按 Enter 选取全屏，按 Esc 退出。",
  },
  regionRect: {
    en: (p: Size) => `Chosen part, ${p.width} × ${p.height} pixels`,
    zh: (p: Size) => `已选 ${p.width} × ${p.height} 像素`,
  },
  regionAsk: { en: "Ask", zh: "提问" },
  regionShotFailed: {
    en: (p: { why: string }) => `The screen cannot be shown. ${p.why}`,
    zh: (p: { why: string }) => `无法显示屏幕画面。${p.why}`,
  },

  // --- the quick-ask window ---------------------------------------------------------------------------------------
  quickTitle: { en: "Quick ask", zh: "快速提问" },
  quickPlaceholder: { en: "Ask anything", zh: "想问什么都行" },
  quickFollow: { en: "Ask a follow-up", zh: "接着问" },
  quickRegion: { en: "Add a part of the screen", zh: "添加部分屏幕" },
  quickOpen: { en: "Open in Castor", zh: "在 Castor 中打开" },
  quickSettings: {
    en: "That is set in Castor’s own window. Open it from the list of applications; your question is kept here.",
    zh: "请在 Castor 主窗口中设置。从应用列表打开 Castor 即可，这里的问题会保留。",
  },
  quickPaste: { en: "Add a copied picture", zh: "添加已复制的图片" },
  quickTalk: { en: "Talk instead of writing", zh: "用说的代替打字" },
  quickHide: { en: "Hide", zh: "隐藏" },

  // --- keys over every application --------------------------------------------------------------------------------
  shortcuts: { en: "Over every application", zh: "全局快捷键" },
  shortcutsHint: {
    en: "These keys work whatever application you are in.",
    zh: "无论正在使用哪个应用，这些按键都有效。",
  },
  shortcutQuick: { en: "Quick ask", zh: "快速提问" },
  shortcutRegion: { en: "Ask about part of the screen", zh: "截屏提问" },
  shortcutNone: { en: "None", zh: "无" },
  shortcutNow: {
    en: (p: { action: string; keys: string }) => `${p.action}: ${p.keys}`,
    zh: (p: { action: string; keys: string }) => `${p.action}：${p.keys}`,
  },
  shortcutPress: { en: "Press the keys…", zh: "请按下按键…" },
  shortcutPressHint: { en: "Backspace for none, Esc leaves", zh: "退格键清除，Esc 退出" },
  shortcutPressHintMac: { en: "⌫ for none, Esc leaves", zh: "⌫ 清除，Esc 退出" },
  shortcutNeedsModifier: {
    en: "Together with Ctrl, Alt or Super, so that typing stays typing.",
    zh: "请与 Ctrl、Alt 或 Super 组合，以免影响打字。",
  },
  shortcutNeedsModifierMac: {
    en: "Together with ⌘, ⌥ or ⌃, so that typing stays typing.",
    zh: "请与 ⌘、⌥ 或 ⌃ 组合，以免影响打字。",
  },
  shortcutSame: { en: "The other one has these keys. Press others.", zh: "另一项已在使用，请换一组按键。" },
  shortcutTaken: {
    en: "Another application has these keys. Choose others.",
    zh: "其他应用已占用这组按键，请换一组。",
  },
  shortcutInvalid: { en: "These keys cannot be used. Choose others.", zh: "这组按键无法使用，请换一组。" },
  shortcutUnsupported: {
    en: "This desktop gives applications no keys of their own. Put this command into its keyboard settings:",
    zh: "当前桌面不允许应用自设全局快捷键。请在系统键盘设置中添加这条命令：",
  },
  shortcutUnsupportedShort: {
    en: "This desktop gives applications no keys of their own.",
    zh: "当前桌面不允许应用自设全局快捷键。",
  },
  stayReady: { en: "Stay ready when the window is closed", zh: "关闭窗口后继续待命" },
  stayReadyHint: {
    en: (p: { keys: string }) =>
      `These keys go on working. The icon among the system's, or starting Castor again, brings the window back; ${p.keys} quits.`,
    zh: (p: { keys: string }) => `快捷键继续有效。点击系统托盘图标或再次启动 Castor 即可打开窗口；按 ${p.keys} 退出。`,
  },
  shortcutsUnknown: {
    en: (p: { why: string }) => `Whether the keys work is not known. ${p.why}`,
    zh: (p: { why: string }) => `无法得知按键是否有效。${p.why}`,
  },
});
