//! What is known of uploads to the Gemini API, kept beside each file in the history: it goes when the file goes.

use conversation::Sha256Hash;
use gemini::UploadStore;
use history::History;
use std::sync::Arc;

/// The derived file's name in the history.
const KIND: &str = "gemini-upload";

/// Uploads by content hash.
pub struct Uploads(pub Arc<History>);

impl std::fmt::Debug for Uploads {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Uploads")
    }
}

impl UploadStore for Uploads {
    fn load(&self, hash: &Sha256Hash) -> Option<Vec<u8>> {
        let kept = self.0.read_derived(hash, KIND);
        kept.inspect_err(|error| tracing::warn!(%error, "an upload's record cannot be read")).ok().flatten()
    }

    fn save(&self, hash: &Sha256Hash, record: &[u8]) {
        if let Err(error) = self.0.write_derived(hash, KIND, record) {
            tracing::warn!(%error, "an upload cannot be remembered; it may be sent again");
        }
    }
}
