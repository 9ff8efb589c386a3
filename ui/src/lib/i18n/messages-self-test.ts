/**
 * Texts of the self-test: what works, what does not, and what to do. `found…` says which layer fails and what is safe, `cure…` what helps;
 * commands are no texts and stand in `self-test/findings.ts`.
 */
import { check } from "./check";
import type { Format } from "./format";

type Name = { name: string };

export const selfTest = check({
  selfTest: { en: "Self-test", zh: "自检" },
  somethingWrong: { en: "Something does not work?", zh: "有功能用不了？" },
  selfTestHint: {
    en: "Tries everything Castor works with, one after the other. The microphone is opened for a moment, and Gemini is asked whether it accepts your key. Nothing of your conversations is sent.",
    zh: "逐项检查 Castor 用到的功能。期间会短暂打开麦克风，并向 Gemini 验证密钥。不会发送任何对话内容。",
  },
  selfTestRun: { en: "Run the self-test", zh: "开始自检" },
  selfTestAgain: { en: "Run again", zh: "重新检查" },
  selfTestCopy: { en: "Copy the report", zh: "复制报告" },
  selfTestRunning: {
    en: (p: { done: number; of: number }) => `Trying… ${p.done} of ${p.of} done`,
    zh: (p: { done: number; of: number }) => `正在检查… 已完成 ${p.done}/${p.of}`,
  },
  selfTestBegun: { en: "The self-test is running.", zh: "自检已开始。" },
  selfTestSummary: {
    en: (p: { works: number; of: number; left: number }) => {
      const left = p.left > 0 ? `, ${p.left} left out` : "";
      return p.works === p.of ? `All ${p.of} work` : `${p.works} of ${p.of} work${left}`;
    },
    zh: (p: { works: number; of: number; left: number }) => {
      const left = p.left > 0 ? `，跳过 ${p.left} 项` : "";
      return p.works === p.of ? `${p.of} 项全部正常` : `${p.of} 项中 ${p.works} 项正常${left}`;
    },
  },
  selfTestToLookAt: {
    en: (p: { names: string }) => `To look at: ${p.names}.`,
    zh: (p: { names: string }) => `需要处理：${p.names}。`,
  },
  selfTestBrokeOff: {
    en: (p: { why: string }) => `The self-test broke off. What was found until then stands below. ${p.why}`,
    zh: (p: { why: string }) => `自检中断了，此前的结果仍在下方。${p.why}`,
  },
  selfTestSolved: {
    en: "That is done. Run the test again to be sure.",
    zh: "已处理，可以重新检查确认。",
  },
  selfTestReportTitle: {
    en: (p: { version: string; platform: string; at: number }, f: Format) =>
      `Castor ${p.version} self-test, ${p.platform}, ${f.dateTime(p.at)}`,
    zh: (p: { version: string; platform: string; at: number }, f: Format) =>
      `Castor ${p.version} 自检报告，${p.platform}，${f.dateTime(p.at)}`,
  },
  selfTestCopyCommand: { en: "Copy the command", zh: "复制命令" },

  // --- what is tried ------------------------------------------------------------------------------------------------
  subjectMicrophone: { en: "Microphone", zh: "麦克风" },
  subjectSpeaker: { en: "Speaker", zh: "扬声器" },
  subjectCamera: { en: "Camera", zh: "摄像头" },
  subjectScreen: { en: "Screen", zh: "屏幕" },
  subjectVideo: { en: "Video", zh: "视频" },
  subjectKey: { en: "Gemini key", zh: "Gemini 密钥" },
  subjectNetwork: { en: "Network", zh: "网络" },
  subjectLocalModel: { en: "Model on this computer", zh: "本机模型" },
  subjectStorage: { en: "Storage", zh: "存储" },

  triesMicrophone: { en: "Whether it opens and hears you.", zh: "能否打开，能否听到你的声音。" },
  triesSpeaker: { en: "Whether there is one that takes sound.", zh: "能否播放声音。" },
  triesCamera: { en: "Whether there is one, and Castor may use it.", zh: "是否存在，是否允许 Castor 使用。" },
  triesScreen: { en: "Whether pictures of it can be taken.", zh: "能否截屏。" },
  triesVideo: { en: "Whether videos can be played, cut and recorded.", zh: "能否播放、截取和录制视频。" },
  triesKey: { en: "Whether Gemini accepts it.", zh: "Gemini 是否接受。" },
  triesNetwork: { en: "Whether Gemini can be reached.", zh: "能否连接到 Gemini。" },
  triesLocalModel: { en: "Whether one can answer without the network.", zh: "没有网络时能否回答。" },
  triesStorage: { en: "Whether conversations can be saved.", zh: "能否保存对话。" },

  stateUntried: { en: "Not tried yet", zh: "未检查" },
  stateTrying: { en: "Trying…", zh: "检查中…" },
  stateOk: { en: "Works", zh: "正常" },
  stateWarning: { en: "Needs a look", zh: "需留意" },
  stateFailed: { en: "Does not work", zh: "有问题" },
  stateSkipped: { en: "Left out", zh: "已跳过" },

  // --- what works ---------------------------------------------------------------------------------------------------
  worksMicrophone: { en: "The microphone opens and hears something.", zh: "麦克风可以打开，能听到声音。" },
  worksSpeaker: {
    en: "There is a speaker that takes sound. Play one to hear whether it arrives.",
    zh: "扬声器可以播放。试放一声，确认能听到。",
  },
  worksCamera: { en: "There is a camera, and Castor may use it.", zh: "已找到摄像头，Castor 可以使用。" },
  worksScreen: { en: "Pictures of the screen can be taken.", zh: "可以截取屏幕。" },
  worksVideo: { en: "Videos can be played, cut and recorded.", zh: "可以播放、截取和录制视频。" },
  worksKey: { en: "Gemini accepts your key.", zh: "Gemini 已接受密钥。" },
  worksNetwork: { en: "Gemini can be reached.", zh: "可以连接到 Gemini。" },
  worksLocalModel: {
    en: "A model that answers without the network is on this computer.",
    zh: "本机已有模型，没有网络也能回答。",
  },
  worksStorage: { en: "Conversations can be saved, and there is room.", zh: "可以保存对话，磁盘空间充足。" },

  // --- microphone ---------------------------------------------------------------------------------------------------
  foundMicrophoneNone: {
    en: "The system names no microphone. You can still write your questions.",
    zh: "系统没有找到麦克风。仍可以打字提问。",
  },
  cureMicrophoneNone: {
    en: "Plug one in or switch it on, then run the test again.",
    zh: "请接上或打开麦克风后重新检查。",
  },
  foundSoundServerGone: {
    en: "The sound server, PipeWire or PulseAudio, does not run, so no microphone can be opened.",
    zh: "声音服务（PipeWire 或 PulseAudio）没有运行，无法打开麦克风。",
  },
  cureSoundServerGone: {
    en: "Start it again in a terminal, then run the test again.",
    zh: "请在终端里重新启动它，然后重新检查。",
  },
  foundSoundServiceGone: {
    en: "The system's sound service does not answer, so no microphone can be opened.",
    zh: "系统的声音服务没有响应，无法打开麦克风。",
  },
  cureSoundServiceMacos: {
    en: "Restart it in Terminal, which asks for your password, or restart the computer.",
    zh: "请在“终端”里重启该服务（会要求输入密码），或重新启动电脑。",
  },
  cureSoundServiceWindows: {
    en: "Restart “Windows Audio” in a terminal that was opened as administrator, or restart the computer.",
    zh: "请以管理员身份打开终端，重启“Windows Audio”服务，或重新启动电脑。",
  },
  foundMicrophoneSilent: {
    en: "The microphone opens but delivers only silence: it is muted, or the wrong input is chosen.",
    zh: "麦克风能打开，但只有静音：可能被静音，或选错了输入设备。",
  },
  cureMicrophoneSilent: {
    en: "Check the mute switch on it and the input volume in the system's sound settings, or choose another microphone.",
    zh: "请检查麦克风上的静音开关和系统声音设置里的输入音量，或换一个麦克风。",
  },
  foundMicrophoneDenied: {
    en: "The system does not let Castor use the microphone.",
    zh: "系统不允许 Castor 使用麦克风。",
  },
  cureMicrophoneDeniedLinux: {
    en: "Allow it in the system's settings under Privacy, Microphone. Where there is no such page, add your user to the group “audio” and log in again.",
    zh: "请在系统“设置”的“隐私”→“麦克风”中允许。如果没有这一页，请把当前用户加入 audio 组，然后重新登录。",
  },
  cureMicrophoneDeniedMacos: {
    en: "Allow it in System Settings under Privacy & Security, Microphone, then start Castor again.",
    zh: "请在“系统设置”的“隐私与安全性”→“麦克风”中允许，然后重新打开 Castor。",
  },
  cureMicrophoneDeniedWindows: {
    en: "Let desktop apps use it in Settings under Privacy & security, Microphone.",
    zh: "请在“设置”的“隐私和安全性”→“麦克风”中允许桌面应用访问。",
  },
  foundMicrophoneFailed: {
    en: "The microphone is there, but it could not be opened.",
    zh: "找到了麦克风，但无法打开。",
  },
  cureMicrophoneFailed: {
    en: "Close other programs that use it, plug it in again, or choose another microphone.",
    zh: "请关闭正在使用它的其他程序，重新插拔，或换一个麦克风。",
  },

  // --- speaker ------------------------------------------------------------------------------------------------------
  foundSpeakerNone: {
    en: "The system names no speaker or headphones. Answers can still be read.",
    zh: "系统没有找到扬声器或耳机。仍可以阅读回答。",
  },
  cureSpeakerNone: {
    en: "Plug some in or switch them on. If they are already, choose them as output in the system's sound settings.",
    zh: "请接上或打开设备。如果已经接上，请在系统声音设置里选为输出设备。",
  },
  cureSpeakerNoneLinux: {
    en: "Plug some in or switch them on. If they are already, start the sound server again in a terminal.",
    zh: "请接上或打开设备。如果已经接上，请在终端里重新启动声音服务。",
  },
  foundSpeakerFailed: {
    en: "The speaker is there, but it takes no sound.",
    zh: "找到了扬声器，但无法播放。",
  },
  cureSpeakerFailed: {
    en: "Choose another output in the system's sound settings, or close programs that have the speaker to themselves.",
    zh: "请在系统声音设置里换一个输出设备，或关闭独占扬声器的程序。",
  },
  cureSpeakerFailedLinux: {
    en: "Choose another output in the system's sound settings, or start the sound server again in a terminal.",
    zh: "请在系统声音设置里换一个输出设备，或在终端里重新启动声音服务。",
  },
  foundSpeakerNotHeard: {
    en: "The sound was played, but you did not hear it: Castor and the system work, the way to your ears does not.",
    zh: "声音已播放但你没有听到：Castor 和系统都正常，问题出在输出设备或音量。",
  },
  cureSpeakerNotHeard: {
    en: "Turn the volume up, check that nothing is muted, and look in the system's sound settings which output is chosen: a monitor or headset may have taken it.",
    zh: "请调高音量，确认没有静音，并在系统声音设置里看看选的是哪个输出设备：声音可能被送到了显示器或耳机。",
  },
  foundSpeakerHeard: { en: "You heard the sound.", zh: "你听到了声音。" },
  selfTestPlay: { en: "Play a sound", zh: "试放一声" },
  selfTestPlaying: { en: "Playing…", zh: "正在播放…" },
  selfTestDidYouHear: { en: "Did you hear it?", zh: "听到了吗？" },
  selfTestHeard: { en: "Yes", zh: "听到了" },
  selfTestNotHeard: { en: "No", zh: "没听到" },

  // --- camera -------------------------------------------------------------------------------------------------------
  foundCameraNone: {
    en: "The system names no camera. Pictures can still be dropped, pasted and chosen.",
    zh: "系统没有找到摄像头。仍可以拖入、粘贴或选择图片。",
  },
  cureCameraNone: {
    en: "Plug one in, and look for a switch, shutter or key that turns it off.",
    zh: "请接上摄像头，并检查有没有关闭它的开关、挡板或按键。",
  },
  foundCameraNoRights: {
    en: "A camera is there, but the system does not let Castor open it.",
    zh: "找到了摄像头，但系统不允许 Castor 打开。",
  },
  cureCameraNoRightsLinux: {
    en: "Add your user to the group “video”, then log out and in again.",
    zh: "请把当前用户加入 video 组，然后注销并重新登录。",
  },
  cureCameraNoRightsMacos: {
    en: "Allow it in System Settings under Privacy & Security, Camera, then start Castor again.",
    zh: "请在“系统设置”的“隐私与安全性”→“摄像头”中允许，然后重新打开 Castor。",
  },
  cureCameraNoRightsWindows: {
    en: "Let desktop apps use it in Settings under Privacy & security, Camera.",
    zh: "请在“设置”的“隐私和安全性”→“摄像头”中允许桌面应用访问。",
  },
  foundCameraRefused: {
    en: "You told Castor not to use the camera, so it stays closed.",
    zh: "你选择了不让 Castor 使用摄像头，因此没有打开。",
  },
  foundCameraNotAsked: {
    en: "The camera was left alone: you have not allowed it yet.",
    zh: "没有打开摄像头：你还没有允许使用。",
  },
  cureCameraAllow: {
    en: "Allow it if you want to show Castor things. It is only open while you see its picture, and nothing is sent before you ask.",
    zh: "想用摄像头提问时请允许。只有显示画面时才会打开，提问之前不会发送任何内容。",
  },
  selfTestAllowCamera: { en: "Allow the camera", zh: "允许使用摄像头" },
  foundCameraBusy: {
    en: "The camera is there, but another program has it.",
    zh: "找到了摄像头，但正被其他程序占用。",
  },
  cureCameraBusy: {
    en: "Close the program that shows or records it, for instance a video call, then try again.",
    zh: "请关闭正在使用它的程序，例如视频会议，然后重试。",
  },
  foundCameraPlugin: {
    en: "The part of the system that brings the camera into the window is missing.",
    zh: "系统缺少把摄像头画面接入窗口的组件。",
  },
  cureCameraPluginLinux: {
    en: "Install the GStreamer plug-ins, here for Debian and Ubuntu, then start Castor again.",
    zh: "请安装 GStreamer 插件（以下命令适用于 Debian 和 Ubuntu），然后重新打开 Castor。",
  },
  cureCameraPluginMacos: {
    en: "Update macOS to 13 or later, then start Castor again.",
    zh: "请把 macOS 更新到 13 或更高版本，然后重新打开 Castor。",
  },
  cureCameraPluginWindows: {
    en: "Install the Media Feature Pack under Optional features in Settings; Windows editions with an N lack it.",
    zh: "请在“设置”的“可选功能”中安装“媒体功能包”，Windows N 版本默认没有它。",
  },
  selfTestShowCamera: { en: "Show the picture", zh: "显示画面" },
  selfTestCloseCamera: { en: "Close the camera", zh: "关闭摄像头" },
  selfTestCameraOn: { en: "Camera on. Nothing is kept.", zh: "摄像头已打开，不会保存任何内容。" },
  selfTestCameraPicture: { en: "What the camera sees", zh: "摄像头画面" },

  // --- screen -------------------------------------------------------------------------------------------------------
  foundScreenNone: {
    en: "This desktop offers no way to take a picture of the screen.",
    zh: "当前桌面没有提供截屏方式。",
  },
  cureScreenPaste: {
    en: "Take a screenshot with the system's own tool and paste it.",
    zh: "请用系统截图工具截图，再粘贴进来。",
  },
  foundScreenPortal: {
    en: "The desktop's portal, through which Wayland gives pictures of the screen, does not answer.",
    zh: "桌面门户没有响应，而 Wayland 只通过它提供截屏。",
  },
  cureScreenPortal: {
    en: "Install it together with the one of your desktop (-gnome, -kde or -wlr in place of -gtk), then log in again. Until then, paste screenshots.",
    zh: "请安装它和你的桌面对应的组件（把 -gtk 换成 -gnome、-kde 或 -wlr），然后重新登录。在那之前可以粘贴截图。",
  },
  foundScreenBlack: {
    en: "A picture of the screen can be taken, but it is black.",
    zh: "可以截屏，但得到的是黑屏。",
  },
  cureScreenBlackLinux: {
    en: "Wake or unlock the screen. Under Wayland, install the desktop's portal, here for Debian and Ubuntu, and log in again.",
    zh: "请唤醒或解锁屏幕。如果使用 Wayland，请安装桌面门户（以下命令适用于 Debian 和 Ubuntu）并重新登录。",
  },
  cureScreenBlackMacos: {
    en: "Allow it in System Settings under Privacy & Security, Screen Recording, then start Castor again.",
    zh: "请在“系统设置”的“隐私与安全性”→“屏幕录制”中允许，然后重新打开 Castor。",
  },
  cureScreenBlackWindows: {
    en: "Wake or unlock the screen, and close programs that protect what they show, such as film players.",
    zh: "请唤醒或解锁屏幕，并关闭会保护画面的程序，例如影视播放器。",
  },
  foundScreenFailed: {
    en: "The system offers pictures of the screen, but taking one failed.",
    zh: "系统支持截屏，但这次截取失败了。",
  },
  cureScreenFailed: {
    en: "Run the test again. Until it works, take a screenshot with the system's own tool and paste it.",
    zh: "请重新检查。在恢复之前，可以用系统截图工具截图再粘贴。",
  },
  selfTestShowScreen: { en: "Show it", zh: "显示画面" },
  selfTestHideScreen: { en: "Hide it", zh: "隐藏画面" },
  selfTestScreenPicture: { en: (p: Name) => `The screen now: ${p.name}`, zh: (p: Name) => `当前屏幕：${p.name}` },
  selfTestScreenAsked: {
    en: "This desktop asks you itself what to show, each time you take a picture of the screen.",
    zh: "在这个桌面上，每次截屏时系统会让你自己选择要截取的内容。",
  },

  // --- video --------------------------------------------------------------------------------------------------------
  foundVideoTools: {
    en: "FFmpeg, which reads and writes videos, is not on this computer. Everything but videos works.",
    zh: "本机没有 FFmpeg，无法读写视频。视频以外的功能不受影响。",
  },
  cureVideoTools: {
    en: "Install it in a terminal, then run the test again.",
    zh: "请在终端里安装，然后重新检查。",
  },
  foundVideoToolsFailed: {
    en: "FFmpeg is on this computer, but it does not do its work.",
    zh: "本机有 FFmpeg，但不能正常工作。",
  },
  cureVideoToolsFailed: {
    en: "Install it anew in a terminal, then run the test again.",
    zh: "请在终端里重新安装，然后重新检查。",
  },
  foundVideoCodec: {
    en: "The window lacks a decoder and cannot play videos. They can still be asked about.",
    zh: "窗口缺少解码器，无法播放视频。仍可以就视频提问。",
  },
  cureVideoCodecLinux: {
    en: "Install the decoder, here for Debian and Ubuntu, then start Castor again.",
    zh: "请安装解码器（以下命令适用于 Debian 和 Ubuntu），然后重新打开 Castor。",
  },

  // --- key ----------------------------------------------------------------------------------------------------------
  foundKeyNone: {
    en: "No Gemini key is set. A model on this computer answers without one.",
    zh: "还没有设置 Gemini 密钥。本机模型不需要密钥也能回答。",
  },
  cureKeyNone: { en: "Enter a key to ask Gemini.", zh: "填入密钥后即可询问 Gemini。" },
  foundKeyRefused: {
    en: "Gemini was reached, but it does not accept this key.",
    zh: "已连接到 Gemini，但密钥不被接受。",
  },
  cureKeyRefused: {
    en: "Check in Google AI Studio whether the key still exists, or enter another one.",
    zh: "请在 Google AI Studio 查看密钥是否仍有效，或换一个密钥。",
  },
  foundKeyLocked: {
    en: "The key is in a file that its passphrase has not opened yet.",
    zh: "密钥保存在加密文件里，还没有用口令解锁。",
  },
  cureKeyLocked: { en: "Enter the passphrase.", zh: "请输入口令。" },
  foundKeyUnchecked: {
    en: "A key is set, but Gemini could not be asked whether it accepts it.",
    zh: "已设置密钥，但没能向 Gemini 验证。",
  },
  cureKeyUnchecked: {
    en: "See what is said of the network, then run the test again.",
    zh: "请先查看“网络”一项，然后重新检查。",
  },

  // --- network ------------------------------------------------------------------------------------------------------
  foundNetworkOffline: {
    en: "This computer is not connected. A model on this computer still answers.",
    zh: "这台电脑没有联网。本机模型仍可以回答。",
  },
  cureNetworkOffline: {
    en: "Connect it to a network, then run the test again.",
    zh: "请连接网络后重新检查。",
  },
  foundNetworkName: {
    en: "There is a network, but the name of Gemini's server cannot be resolved (DNS).",
    zh: "网络已连接，但无法解析 Gemini 服务器的域名（DNS）。",
  },
  cureNetworkName: {
    en: "Check the DNS server in the system's network settings, and whether a VPN or an ad blocker keeps the name away.",
    zh: "请检查系统网络设置里的 DNS 服务器，以及 VPN 或广告拦截是否屏蔽了该域名。",
  },
  foundNetworkRefused: {
    en: "Gemini's server was found, but the connection to it was refused.",
    zh: "找到了 Gemini 服务器，但连接被拒绝。",
  },
  cureNetworkRefused: {
    en: "Let Castor through the firewall, and check the address under Gemini in the settings.",
    zh: "请在防火墙中放行 Castor，并检查设置“Gemini”页里的服务地址。",
  },
  foundNetworkProxy: {
    en: "The proxy does not let Castor through to Gemini.",
    zh: "代理没有放行 Castor 到 Gemini 的连接。",
  },
  cureNetworkProxy: {
    en: "Check the proxy's address, name and password.",
    zh: "请检查代理的地址、用户名和密码。",
  },
  foundNetworkCertificate: {
    en: "Gemini's server answered, but its certificate is not trusted, so nothing was sent.",
    zh: "Gemini 服务器有响应，但证书不受信任，因此没有发送任何内容。",
  },
  cureNetworkCertificate: {
    en: "Check the computer's date and time. In a company that looks into connections, add its certificate.",
    zh: "请检查电脑的日期和时间。如果公司网络会检查加密连接，请添加公司的证书。",
  },
  foundNetworkTimeout: {
    en: "Gemini's server was found, but it did not answer in time.",
    zh: "找到了 Gemini 服务器，但没有及时响应。",
  },
  cureNetworkTimeout: {
    en: "Try again. On a slow line, give it more time; behind a firewall, a proxy may be needed.",
    zh: "请重试。网络较慢时可以延长等待时间；在防火墙后面可能需要设置代理。",
  },
  foundNetworkFailed: {
    en: "The connection to Gemini broke off for another reason.",
    zh: "与 Gemini 的连接因其他原因中断。",
  },
  cureNetworkFailed: {
    en: "Run the test again, and check proxy and address if it stays so.",
    zh: "请重新检查；如果仍然失败，请检查代理和服务地址。",
  },
  foundNetworkLocked: {
    en: "Gemini was not contacted: this conversation stays on this computer.",
    zh: "没有连接 Gemini：当前对话只留在本机。",
  },
  cureNetworkLocked: {
    en: "Take the lock off, or start another conversation, and run the test again.",
    zh: "请解除锁定或新建对话，然后重新检查。",
  },
  selfTestUnlock: { en: "Take the lock off", zh: "解除锁定" },

  // --- on this computer ---------------------------------------------------------------------------------------------
  foundModelNone: {
    en: "No model is on this computer, so nothing can be asked without Gemini.",
    zh: "本机还没有模型，没有 Gemini 就无法提问。",
  },
  cureModelNone: {
    en: "Download one to ask without a key and without the network.",
    zh: "下载一个模型，没有密钥和网络也能提问。",
  },
  foundModelDamaged: {
    en: "The model's file on this computer is damaged or not complete.",
    zh: "本机的模型文件已损坏或不完整。",
  },
  cureModelDamaged: { en: "Delete it and download it again.", zh: "请删除后重新下载。" },
  foundModelMemory: {
    en: "There is not enough free memory for the model.",
    zh: "可用内存不足，无法加载模型。",
  },
  cureModelMemory: {
    en: "Close other applications, or choose a smaller model.",
    zh: "请关闭其他应用，或选择更小的模型。",
  },
  foundRecognisersMissing: {
    en: "What reads the text in pictures is not on this computer. Gemini sees pictures without it.",
    zh: "本机还没有读图组件。Gemini 不需要它也能看图。",
  },
  cureRecognisersMissing: {
    en: "Download it for models that only read text.",
    zh: "下载后，只读文字的模型也能了解图片内容。",
  },
  foundSpeechMissing: {
    en: "Speech recognition is not on this computer: what you say is recorded, but not written down.",
    zh: "本机还没有语音识别组件：可以录音，但不会转成文字。",
  },
  cureSpeechMissing: { en: "Download it to talk to any model.", zh: "下载后就能和任何模型语音对话。" },
  selfTestOpenModels: { en: "Open Models", zh: "打开“模型”" },
  selfTestOpenGemini: { en: "Open Gemini settings", zh: "打开 Gemini 设置" },

  // --- storage ------------------------------------------------------------------------------------------------------
  foundStorageFull: {
    en: "The disk is full. What you wrote is safe, but nothing more can be saved.",
    zh: "磁盘已满。已有内容是安全的，但无法再保存新内容。",
  },
  cureStorageFull: {
    en: "Make some room on the disk that holds Castor's folder.",
    zh: "请在 Castor 数据文件夹所在的磁盘上腾出空间。",
  },
  foundStorageFailed: {
    en: "Castor's folder cannot be written to, so conversations are not saved.",
    zh: "无法写入 Castor 的数据文件夹，对话不会被保存。",
  },
  cureStorageFailed: {
    en: "Check that the folder is there, belongs to you and is not read-only.",
    zh: "请检查该文件夹是否存在、属于当前用户且不是只读。",
  },
  selfTestOpenFolder: { en: "Open the folder", zh: "打开文件夹" },
});
