/** The bridge to Rust: the only module that knows Tauri. */
import { Channel, invoke } from "@tauri-apps/api/core";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import type { Backend } from "./backend";
import { commands, events } from "./bindings";

/** A channel that hands each message to `listener`. */
function channel<T>(listener: (message: T) => void): Channel<T> {
  const created = new Channel<T>();
  created.onmessage = listener;
  return created;
}

// Events are listened to through this window: what is meant for another one would come here as well otherwise.

/** Windows serves custom schemes under http. */
const pictureBase = navigator.userAgent.includes("Windows") ? "http://attachment.localhost" : "attachment://localhost";

export const tauriBackend: Backend = {
  start: () => commands.start(),
  ready: async () => void (await commands.ready()),

  conversations: () => commands.conversations(),
  openConversation: (id) => commands.openConversation(id),
  renameConversation: async (id, title) => void (await commands.renameConversation(id, title)),
  deleteConversation: async (id) => void (await commands.deleteConversation(id)),
  showBranch: (conversation, message) => commands.showBranch(conversation, message),
  setLocalOnly: (id, localOnly) => commands.setLocalOnly(id, localOnly),
  conversationSpending: (id) => commands.conversationSpending(id),

  pickFiles: async () => void (await commands.pickFiles()),
  paste: (hasText) => commands.paste(hasText),
  removeAttachment: async (id) => void (await commands.removeAttachment(id)),
  attachmentText: (id) => commands.attachmentText(id),
  redactPicture: (id, strokes) => commands.redactPicture(id, strokes),
  onAttachment(listener) {
    const unlisten = events.attachmentEvent(getCurrentWebview()).listen((event) => listener(event.payload));
    return () => void unlisten.then((stop) => stop());
  },
  pictureUrl: (id, size) => `${pictureBase}/${id}/${size}`,

  readPicture: (id, onProgress) =>
    commands.readPicture(
      id,
      channel((percent) => onProgress(percent / 100)),
    ),
  stopReading: async (id) => void (await commands.stopReading(id)),
  recognisers: () => commands.recognisers(),

  microphones: () => commands.microphones(),
  record: (options, onEvent) => commands.record(options, channel(onEvent)),
  stopRecording: async () => void (await commands.stopRecording()),
  cancelRecording: async () => void (await commands.cancelRecording()),
  soundShape: (id, bars) => commands.soundShape(id, bars),
  playSound: async (id, fromMs, onPosition) => void (await commands.playSound(id, fromMs, channel(onPosition))),
  stopPlaying: async () => void (await commands.stopPlaying()),
  transcript: (id) => commands.transcript(id),
  transcribe: (id, onEvent) => commands.transcribe(id, channel(onEvent)),
  stopTranscribing: async (id) => void (await commands.stopTranscribing(id)),
  editTranscript: (id, text) => commands.editTranscript(id, text),
  exportTranscript: (id, format) => commands.exportTranscript(id, format),
  speechRecognisers: () => commands.speechRecognisers(),

  spokenVoices: () => commands.spokenVoices(),
  speakAnswer: async (id, onEvent) => void (await commands.speakAnswer(id, channel(onEvent))),
  stopSpeaking: async () => void (await commands.stopSpeaking()),
  tryVoice: async (voice, speed) => void (await commands.tryVoice(voice, speed)),

  keepPicture: (picture, name) => invoke("keep_picture", picture, { headers: { name: encodeURIComponent(name) } }),
  cameras: () => commands.cameras(),
  openCamera: (id, options, onFrame) => invoke("open_camera", { id, options, onFrame: channel(onFrame) }),
  closeCamera: async () => void (await commands.closeCamera()),
  recordClip: (options, onEvent) => commands.recordClip(options, channel(onEvent)),
  clipFrame: (picture, takenAt) => invoke("clip_frame", picture, { headers: { "taken-at": takenAt.toFixed(1) } }),
  stopClip: async () => void (await commands.stopClip()),
  cancelClip: async () => void (await commands.cancelClip()),
  videoInfo: (id) => commands.videoInfo(id),
  mediaAddress: (id) => commands.mediaAddress(id),
  momentUrl: (id, milliseconds) => `${pictureBase}/${id}/moment/${String(Math.round(milliseconds))}`,

  screenSources: () => commands.screenSources(),
  screenPreview: (id, edge) => invoke("screen_preview", { id, edge }),
  captureScreen: (target) => commands.captureScreen(target),
  watchScreen: async (id) => void (await commands.watchScreen(id)),
  unwatchScreen: async () => void (await commands.unwatchScreen()),
  keepScreenClip: (seconds) => commands.keepScreenClip(seconds),
  captureRegion: async (then) => void (await commands.captureRegion(then)),
  regionShot: () => invoke("region_shot"),
  chooseRegion: async (region) => void (await commands.chooseRegion(region)),
  cancelRegion: async () => void (await commands.cancelRegion()),
  showQuick: async () => void (await commands.showQuick()),
  hideQuick: async () => void (await commands.hideQuick()),
  openInMain: async (id) => void (await commands.openInMain(id)),
  shortcutStates: () => commands.shortcutStates(),
  onShell(listener) {
    const unlisten = events.shellEvent(getCurrentWebview()).listen((event) => listener(event.payload));
    return () => void unlisten.then((stop) => stop());
  },

  selfTest: async (onFinding) => void (await commands.selfTest(channel(onFinding))),
  playTestSound: async () => void (await commands.playTestSound()),

  ask: async (request, onEvent) => void (await commands.ask(request, channel(onEvent))),
  stop: async (answer) => void (await commands.stop(answer)),
  preview: (request, count) => commands.preview(request, count),
  findSecrets: (request) => commands.findSecrets(request),
  schemaProblem: (schema) => commands.schemaProblem(schema),

  models: () => commands.models(),
  fetchModel: async (id, onProgress) => void (await commands.fetchModel(id, channel(onProgress))),
  cancelFetch: async (id) => void (await commands.cancelFetch(id)),
  deleteModel: async (id) => void (await commands.deleteModel(id)),
  modelLicences: () => commands.modelLicences(),

  saveSettings: async (settings) => void (await commands.saveSettings(settings)),
  spending: () => commands.spending(),
  keyStatus: () => commands.keyStatus(),
  checkKey: async (key) => void (await commands.checkKey(key)),
  saveKey: (key, place) => commands.saveKey(key, place),
  unlockKey: (passphrase) => commands.unlockKey(passphrase),
  forgetKey: () => commands.forgetKey(),

  copyText: async (text) => void (await commands.copyText(text)),
  openLink: async (url) => void (await commands.openLink(url)),
  openDataFolder: async () => void (await commands.openDataFolder()),
  setTitle: async (title) => void (await commands.setTitle(title)),
  quit: async () => void (await commands.quit()),
};
