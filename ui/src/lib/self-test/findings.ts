/** Each finding of the self-test in words, with its cure. Exhaustive: a new code does not compile without its sentence. */
import type { FindingCode, FindingState, FindingSubject } from "../backend/bindings";
import type { Platform } from "../components/keys";
import { t, type PlainKey } from "../i18n/i18n.svelte";

/** What the backend finds, and what only the person can tell. */
export type Code = FindingCode | "speaker-heard" | "speaker-not-heard";

/** As the backend's finding, or one that was made in the window. */
export interface Found {
  subject: FindingSubject;
  state: FindingState;
  code: Code;
  detail: string | null;
}

/** What Castor can do itself about a finding. */
export type Action =
  "voice" | "gemini" | "models" | "data-folder" | "allow-camera" | "unlock" | "fetch-pictures" | "fetch-speech";

export interface Words {
  /** Which layer works or fails, and what is safe. */
  says: string;
  /** What to do, where something is to be done. */
  cure: string | null;
  /** A command for a terminal that does it. */
  command: string | null;
  action: Action | null;
}

/** The order in which they are shown. */
export const SUBJECTS: readonly FindingSubject[] = [
  "microphone",
  "speaker",
  "camera",
  "screen",
  "video",
  "key",
  "network",
  "local-model",
  "storage",
];

export const SUBJECT: Record<FindingSubject, PlainKey> = {
  microphone: "subjectMicrophone",
  speaker: "subjectSpeaker",
  camera: "subjectCamera",
  screen: "subjectScreen",
  video: "subjectVideo",
  key: "subjectKey",
  network: "subjectNetwork",
  "local-model": "subjectLocalModel",
  storage: "subjectStorage",
};

/** What is to be found out of each. */
export const TRIES: Record<FindingSubject, PlainKey> = {
  microphone: "triesMicrophone",
  speaker: "triesSpeaker",
  camera: "triesCamera",
  screen: "triesScreen",
  video: "triesVideo",
  key: "triesKey",
  network: "triesNetwork",
  "local-model": "triesLocalModel",
  storage: "triesStorage",
};

const WORKS: Record<FindingSubject, PlainKey> = {
  microphone: "worksMicrophone",
  speaker: "worksSpeaker",
  camera: "worksCamera",
  screen: "worksScreen",
  video: "worksVideo",
  key: "worksKey",
  network: "worksNetwork",
  "local-model": "worksLocalModel",
  storage: "worksStorage",
};

type Known = "linux" | "macos" | "windows";
/** The same on every platform, or one for each. */
type OnEach<T> = T | Record<Known, T>;

interface Entry {
  says: OnEach<PlainKey>;
  cure?: OnEach<PlainKey>;
  command?: Partial<Record<Known, string>>;
  action?: Action;
}

const SOUND_SERVER = "systemctl --user restart pipewire wireplumber";
const PORTAL = "sudo apt install xdg-desktop-portal xdg-desktop-portal-gtk";

const ENTRIES: Record<Exclude<Code, "works">, Entry> = {
  "microphone-none": { says: "foundMicrophoneNone", cure: "cureMicrophoneNone", action: "voice" },
  "microphone-server-gone": {
    says: { linux: "foundSoundServerGone", macos: "foundSoundServiceGone", windows: "foundSoundServiceGone" },
    cure: { linux: "cureSoundServerGone", macos: "cureSoundServiceMacos", windows: "cureSoundServiceWindows" },
    command: { linux: SOUND_SERVER, macos: "sudo killall coreaudiod", windows: "Restart-Service -Force audiosrv" },
  },
  "microphone-silent": { says: "foundMicrophoneSilent", cure: "cureMicrophoneSilent", action: "voice" },
  "microphone-denied": {
    says: "foundMicrophoneDenied",
    cure: {
      linux: "cureMicrophoneDeniedLinux",
      macos: "cureMicrophoneDeniedMacos",
      windows: "cureMicrophoneDeniedWindows",
    },
    command: { linux: "sudo usermod -aG audio $USER" },
  },
  "microphone-failed": { says: "foundMicrophoneFailed", cure: "cureMicrophoneFailed", action: "voice" },

  "speaker-none": {
    says: "foundSpeakerNone",
    cure: { linux: "cureSpeakerNoneLinux", macos: "cureSpeakerNone", windows: "cureSpeakerNone" },
    command: { linux: SOUND_SERVER },
  },
  "speaker-failed": {
    says: "foundSpeakerFailed",
    cure: { linux: "cureSpeakerFailedLinux", macos: "cureSpeakerFailed", windows: "cureSpeakerFailed" },
    command: { linux: SOUND_SERVER },
  },
  "speaker-heard": { says: "foundSpeakerHeard" },
  "speaker-not-heard": { says: "foundSpeakerNotHeard", cure: "cureSpeakerNotHeard" },

  "camera-none": { says: "foundCameraNone", cure: "cureCameraNone" },
  "camera-no-rights": {
    says: "foundCameraNoRights",
    cure: {
      linux: "cureCameraNoRightsLinux",
      macos: "cureCameraNoRightsMacos",
      windows: "cureCameraNoRightsWindows",
    },
    command: { linux: "sudo usermod -aG video $USER" },
  },
  "camera-refused": { says: "foundCameraRefused", cure: "cureCameraAllow", action: "allow-camera" },
  "camera-not-asked": { says: "foundCameraNotAsked", cure: "cureCameraAllow", action: "allow-camera" },
  "camera-busy": { says: "foundCameraBusy", cure: "cureCameraBusy" },
  "camera-plugin-missing": {
    says: "foundCameraPlugin",
    cure: { linux: "cureCameraPluginLinux", macos: "cureCameraPluginMacos", windows: "cureCameraPluginWindows" },
    command: { linux: "sudo apt install gstreamer1.0-pipewire gstreamer1.0-plugins-good" },
  },

  "screen-none": { says: "foundScreenNone", cure: "cureScreenPaste" },
  "screen-portal-missing": {
    says: { linux: "foundScreenPortal", macos: "foundScreenNone", windows: "foundScreenNone" },
    cure: { linux: "cureScreenPortal", macos: "cureScreenPaste", windows: "cureScreenPaste" },
    command: { linux: PORTAL },
  },
  "screen-black": {
    says: "foundScreenBlack",
    cure: { linux: "cureScreenBlackLinux", macos: "cureScreenBlackMacos", windows: "cureScreenBlackWindows" },
    command: { linux: PORTAL },
  },
  "screen-failed": { says: "foundScreenFailed", cure: "cureScreenFailed" },

  "video-tools-missing": {
    says: "foundVideoTools",
    cure: "cureVideoTools",
    command: {
      linux: "sudo apt install ffmpeg",
      macos: "brew install ffmpeg",
      windows: "winget install --id Gyan.FFmpeg",
    },
  },
  "video-tools-failed": {
    says: "foundVideoToolsFailed",
    cure: "cureVideoToolsFailed",
    command: {
      linux: "sudo apt install --reinstall ffmpeg",
      macos: "brew reinstall ffmpeg",
      windows: "winget install --force --id Gyan.FFmpeg",
    },
  },
  "video-codec-missing": {
    says: "foundVideoCodec",
    cure: { linux: "cureVideoCodecLinux", macos: "cureCameraPluginMacos", windows: "cureCameraPluginWindows" },
    command: { linux: "sudo apt install gstreamer1.0-libav" },
  },

  "key-none": { says: "foundKeyNone", cure: "cureKeyNone", action: "gemini" },
  "key-refused": { says: "foundKeyRefused", cure: "cureKeyRefused", action: "gemini" },
  "key-locked": { says: "foundKeyLocked", cure: "cureKeyLocked", action: "gemini" },
  "key-unchecked": { says: "foundKeyUnchecked", cure: "cureKeyUnchecked" },

  "network-offline": { says: "foundNetworkOffline", cure: "cureNetworkOffline" },
  "network-name": { says: "foundNetworkName", cure: "cureNetworkName" },
  "network-refused": { says: "foundNetworkRefused", cure: "cureNetworkRefused", action: "gemini" },
  "network-proxy": { says: "foundNetworkProxy", cure: "cureNetworkProxy", action: "gemini" },
  "network-certificate": { says: "foundNetworkCertificate", cure: "cureNetworkCertificate", action: "gemini" },
  "network-timeout": { says: "foundNetworkTimeout", cure: "cureNetworkTimeout", action: "gemini" },
  "network-failed": { says: "foundNetworkFailed", cure: "cureNetworkFailed", action: "gemini" },
  "network-locked": { says: "foundNetworkLocked", cure: "cureNetworkLocked", action: "unlock" },

  "model-none": { says: "foundModelNone", cure: "cureModelNone", action: "models" },
  "model-damaged": { says: "foundModelDamaged", cure: "cureModelDamaged", action: "models" },
  "model-memory": { says: "foundModelMemory", cure: "cureModelMemory", action: "models" },
  "recognisers-missing": {
    says: "foundRecognisersMissing",
    cure: "cureRecognisersMissing",
    action: "fetch-pictures",
  },
  "speech-missing": { says: "foundSpeechMissing", cure: "cureSpeechMissing", action: "fetch-speech" },

  "storage-full": { says: "foundStorageFull", cure: "cureStorageFull", action: "data-folder" },
  "storage-failed": { says: "foundStorageFailed", cure: "cureStorageFailed", action: "data-folder" },
};

/** Every code but that something works, for tests. */
export const TROUBLES = Object.keys(ENTRIES) as Exclude<Code, "works">[];

const known = (platform: Platform): Known => (platform === "macos" || platform === "windows" ? platform : "linux");
const on = (key: OnEach<PlainKey>, platform: Known): PlainKey => (typeof key === "string" ? key : key[platform]);

/** A finding in the person's language, as it is on their platform. */
export function wordsOf({ subject, code }: Pick<Found, "subject" | "code">, platform: Platform): Words {
  if (code === "works") return { says: t(WORKS[subject]), cure: null, command: null, action: null };
  const { says, cure, command, action } = ENTRIES[code];
  const here = known(platform);
  return {
    says: t(on(says, here)),
    cure: cure === undefined ? null : t(on(cure, here)),
    command: command?.[here] ?? null,
    action: action ?? null,
  };
}
