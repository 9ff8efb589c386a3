//! The API's JSON as Rust types, named as the API names things.
//!
//! Requests carry exactly what Castor sends. Responses are read with an open mind: every field may be missing, unknown
//! fields are ignored, every enum has an arm for names that do not exist yet, and parts stay the JSON text they came as.

mod error;
mod files;
mod models;
mod request;
mod response;
mod sources;

pub use error::{Detail, ErrorBody, FieldViolation, QuotaViolation, Status, parse_error};
pub use files::{CreateFileRequest, CreateFileResponse, File, FileError, FileState, NewFile};
pub use models::{CountTokensResponse, ListModelsResponse, Model};
pub use request::{
    Blob, Content, CountTokensRequest, FileData, GenerateContentRequest, GenerationConfig, HarmCategory,
    HarmThreshold, MediaResolution, Modality, ModelRequest, Part, Role, SafetySetting, ThinkingConfig,
    ThinkingLevel, Tool, VideoMetadata,
};
pub use response::{
    BlockReason, Candidate, CandidateContent, CodeExecutionResult, ExecutableCode, FinishReason,
    GenerateContentResponse, InlineData, Outcome, PartView, PromptFeedback, SafetyRating, UsageMetadata,
};
pub use sources::{
    Citation, CitationMetadata, GroundingChunk, GroundingMetadata, GroundingSource, GroundingSupport,
    SearchEntryPoint, Segment, UrlContextMetadata, UrlMetadata, UrlRetrievalStatus,
};
