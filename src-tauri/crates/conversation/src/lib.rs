//! Castor's vocabulary: what a conversation is made of and what a mind must offer to answer in one.
//!
//! Everything here is plain data and the traits that others implement, [`Provider`] above all. No IO: no files, no
//! network, no database, no clock but [`Timestamp::now`].

mod attachment;
mod capabilities;
mod event;
mod id;
mod message;
mod notes;
mod notice;
mod options;
mod provider;
mod receipt;
mod request;
mod senses;
mod sources;
mod speech;
mod watching;

pub use attachment::{Attachment, MediaKind, Sha256Hash};
pub use capabilities::{Capabilities, FileBudget, ImageBudget};
pub use event::{FinishReason, GenerateEvent, Stage};
pub use id::{AttachmentId, ConversationId, MessageId, Timestamp};
pub use message::{
    CodeOutcome, Conversation, Cost, Message, MessageStatus, Mind, ModelRef, Part, RawParts, Role, Structure,
    Timing, Usage,
};
pub use notes::{Code, ColorName, ColorShare, PictureKind, PictureNotes, Point, TextLine, Thing};
pub use notice::{Notice, NoticeCode, SafetyRating};
pub use options::{AnswerOptions, AnswerTools, Detail, FileView, ThinkingLevel};
pub use provider::{EventStream, Model, ModelState, Provider, ProviderError};
pub use receipt::{DeliveredMedia, DeliveredNotes, Omission, OmissionReason, Receipt};
pub use request::{FileToSend, GenerateRequest, PreparedMedia, RequestPart, RequestTurn};
pub use senses::{Pixels, Senses, SensesError};
pub use sources::{Citation, Link, Page, Passage, Sources};
pub use speech::{Hearing, HearingEvent, SPEECH_RATE, SpeechSource, Transcript, TranscriptSegment};
pub use watching::{Frames, Stretch, VideoFacts, VideoFrame, WatchError, Watching};
