//! The delivery receipt: what a model really received for a question, and what it did not.

use crate::{AnswerOptions, AttachmentId, FileView};
use serde::{Deserialize, Serialize};
use specta::Type;

/// What was delivered with one question.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Media that went out, in order, those of earlier messages included.
    pub delivered: Vec<DeliveredMedia>,
    /// What was left out.
    pub omitted: Vec<Omission>,
    /// Earlier messages that went along.
    pub earlier_messages: u32,
    /// Tokens of the whole prompt: estimated before sending, the provider's own count once known.
    pub prompt_tokens: Option<u32>,
    /// Whether `prompt_tokens` is still an estimate.
    pub estimated: bool,
    /// How the answer was to be made, as far as the model can.
    #[serde(default)]
    pub options: AnswerOptions,
}

/// One file as the model got it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DeliveredMedia {
    /// Which attachment.
    pub attachment: AttachmentId,
    /// Whether it belongs to this question (not to an earlier one).
    pub current: bool,
    /// MIME type as sent.
    pub mime: String,
    /// Width as sent, in pixels; zero for text.
    pub width: u32,
    /// Height as sent, in pixels; zero for text.
    pub height: u32,
    /// Encoded size as sent.
    pub bytes: u32,
    /// Tokens it costs, as the model's capabilities say.
    pub tokens: u32,
    /// Whether it was made smaller than the original.
    pub scaled: bool,
    /// Whether metadata (place, camera, time) was taken out before sending.
    pub metadata_removed: bool,
    /// How it was to be looked at.
    #[serde(default)]
    pub view: FileView,
    /// What the model knows the picture or video by when it gets notes or single frames: "picture 2" of the conversation.
    #[serde(default)]
    pub number: Option<u32>,
    /// The words, where the model got notes in place of a picture or a transcript in place of a recording. Of a video that
    /// went as single frames, what is said in it.
    #[serde(default)]
    pub notes: Option<DeliveredNotes>,
    /// Of a video that did not go as it is: when the frames are seen that the model got, as pictures or as notes, in
    /// milliseconds. `bytes` and `tokens` are those of all of them and of what is said; `width` and `height` those of one.
    #[serde(default)]
    pub moments: Vec<u32>,
}

/// The notes of a picture or a video, or the transcript of a recording, as the model got them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DeliveredNotes {
    /// Word for word.
    pub words: String,
    /// Whether they say anything about what the picture or video shows; whether anything is said in the recording.
    pub usable: bool,
    /// Lines of text that went out; of a transcript, stretches of speech; of a video, both moments and stretches of speech.
    pub lines: u32,
    /// Lines that found no room; zero for a recording, which is cut at its end.
    pub lines_left_out: u32,
}

/// Something that did not reach the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Omission {
    /// The attachment, or `None` for earlier messages.
    pub attachment: Option<AttachmentId>,
    /// Why.
    pub reason: OmissionReason,
    /// How many messages, where messages were left out; otherwise 1.
    pub count: u32,
}

/// Why something was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OmissionReason {
    /// The model only reads text.
    ModelCannotSee,
    /// The model only reads text, and the recognisers that make notes of pictures are not here.
    RecognisersMissing,
    /// The model cannot hear, and the recogniser that understands speech is not here.
    SpeechRecogniserMissing,
    /// The model takes no videos, and the program that takes frames and sound out of them is not here.
    VideoToolsMissing,
    /// The model takes no files of this kind.
    ModelCannotOpen,
    /// Larger than what one request may carry.
    TooLarge,
    /// More pictures than one request may hold; the newest were kept.
    TooMany,
    /// The file could not be read any more.
    Unreadable,
    /// The context was full: the oldest went first.
    ContextFull,
}
