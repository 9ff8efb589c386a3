//! Pictures made ready for a model, made once: what is previewed is asked a moment later, and goes along with every question
//! that follows in its conversation.

use conversation::{Attachment, ImageBudget, PreparedMedia, Sha256Hash};
use history::{History, HistoryError};
use media::MediaError;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

/// Bytes of encoded pictures that are kept: those of one full request, and of the one before.
const MOST_BYTES: u64 = 32 << 20;
/// For the cache's own bookkeeping.
const PICTURES: usize = 64;

type Key = (Sha256Hash, ImageBudget);

/// What was made ready, by content and budget; the pictures used longest ago go first.
pub struct PreparedPictures(Cache<Key, PreparedMedia, Bytes>);

#[derive(Clone)]
struct Bytes;

impl Weighter<Key, PreparedMedia> for Bytes {
    fn weight(&self, _: &Key, picture: &PreparedMedia) -> u64 {
        picture.data.len() as u64
    }
}

/// Why a picture cannot be sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PictureError {
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error(transparent)]
    History(#[from] HistoryError),
}

impl Default for PreparedPictures {
    fn default() -> Self {
        Self(Cache::with_weighter(PICTURES, MOST_BYTES, Bytes))
    }
}

impl PreparedPictures {
    /// A picture made ready for a budget. Blocking; whoever wants one that is being made waits for it.
    pub(crate) fn get(
        &self,
        history: &History,
        picture: &Attachment,
        budget: &ImageBudget,
    ) -> Result<PreparedMedia, PictureError> {
        let key = (picture.hash.clone(), budget.clone());
        let made = self.0.get_or_insert_with(&key, || {
            let original = history.read_attachment(picture.id)?;
            Ok::<_, PictureError>(media::prepare(&original, budget, picture.id)?)
        })?;
        // The same content may be attached under several names.
        Ok(PreparedMedia { attachment: picture.id, ..made })
    }
}
