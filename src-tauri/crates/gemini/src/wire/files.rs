//! Files: what begins an upload, and what the API tells about a file.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The body that begins an upload.
#[derive(Debug, Clone, Serialize)]
pub struct CreateFileRequest {
    /// The file to come.
    pub file: NewFile,
}

/// A file to come.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewFile {
    /// Its name for people, at most 512 characters.
    pub display_name: String,
    /// MIME type without parameters.
    pub mime_type: String,
    /// Its bytes; 64-bit integers are text in the API's JSON.
    pub size_bytes: String,
}

/// The body of the response that ends an upload.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CreateFileResponse {
    /// The file.
    pub file: Option<File>,
}

/// A file the API has.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct File {
    /// Its resource name, `files/{id}`.
    pub name: String,
    /// What a request names it by.
    pub uri: String,
    /// MIME type.
    pub mime_type: String,
    /// Whether it can be used.
    pub state: Option<FileState>,
    /// When it will be deleted, RFC 3339.
    pub expiration_time: Option<String>,
    /// SHA-256 of its bytes in base64: of the 32 bytes, or of their 64 hexadecimal digits.
    pub sha256_hash: Option<String>,
    /// Why it cannot be used, where it cannot.
    pub error: Option<FileError>,
}

/// Why a file cannot be used.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct FileError {
    /// A number of `google.rpc.Code`.
    pub code: Option<Value>,
    /// For people, in English.
    pub message: Option<String>,
}

/// Whether a file can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the API's own names")]
pub enum FileState {
    Processing,
    Active,
    Failed,
    #[serde(untagged)]
    Unknown(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_may_be_almost_nothing_and_states_that_do_not_exist_yet_are_kept() {
        for text in
            ["{}", r#"{"file":{}}"#, r#"{"file":{"name":"files/a","videoMetadata":{"videoDuration":"3s"}}}"#]
        {
            serde_json::from_str::<CreateFileResponse>(text).unwrap();
        }
        let file: File = serde_json::from_str(r#"{"state":"PONDERING","error":{"message":"no"}}"#).unwrap();
        assert_eq!(file.state, Some(FileState::Unknown("PONDERING".into())));
        assert_eq!(file.error.unwrap().message.as_deref(), Some("no"));
    }
}
