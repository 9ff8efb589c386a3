//! Pictures made ready for a model, made once: what is previewed is asked a moment later, and goes along with every question
//! that follows in its conversation. The frames of videos too, for minds that take no videos.

use crate::{Notebook, NotebookError};
use conversation::{Attachment, Frames, ImageBudget, PreparedMedia, Sha256Hash, VideoFrame};
use history::{History, HistoryError};
use media::MediaError;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::sync::Arc;

/// Bytes of encoded pictures that are kept: those of one full request, and of the one before.
const MOST_BYTES: u64 = 32 << 20;
/// For the cache's own bookkeeping.
const PICTURES: usize = 64;

/// The same of videos.
const VIDEOS: usize = 8;

type Key = (Sha256Hash, ImageBudget);
type FramesKey = (Sha256Hash, ImageBudget, Frames);

/// What was made ready, by content and budget; what was used longest ago goes first.
pub struct PreparedPictures {
    pictures: Cache<Key, PreparedMedia, Bytes>,
    frames: Cache<FramesKey, Arc<[PreparedFrame]>, Bytes>,
}

/// A frame of a video, made ready.
#[derive(Debug, Clone)]
pub(crate) struct PreparedFrame {
    /// When it is seen, in milliseconds.
    pub(crate) at_ms: u32,
    pub(crate) media: PreparedMedia,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<Key, PreparedMedia> for Bytes {
    fn weight(&self, _: &Key, picture: &PreparedMedia) -> u64 {
        picture.data.len() as u64
    }
}

impl Weighter<FramesKey, Arc<[PreparedFrame]>> for Bytes {
    fn weight(&self, _: &FramesKey, frames: &Arc<[PreparedFrame]>) -> u64 {
        frames.iter().map(|frame| frame.media.data.len() as u64).sum()
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
        let pictures = Cache::with_weighter(PICTURES, MOST_BYTES, Bytes);
        Self { pictures, frames: Cache::with_weighter(VIDEOS, MOST_BYTES, Bytes) }
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
        let made = self.pictures.get_or_insert_with(&key, || {
            let original = history.read_attachment(picture.id)?;
            Ok::<_, PictureError>(media::prepare(&original, budget, picture.id)?)
        })?;
        // The same content may be attached under several names.
        Ok(PreparedMedia { attachment: picture.id, ..made })
    }
    /// Frames of a video made ready for a budget. Blocking; `progress` is told fractions from 0 to 1.
    pub(crate) fn frames(
        &self,
        notebook: &Notebook,
        video: &Attachment,
        budget: &ImageBudget,
        wanted: &Frames,
        progress: &(dyn Fn(f32) + Sync),
        is_cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<Arc<[PreparedFrame]>, NotebookError> {
        let key = (video.hash.clone(), budget.clone(), *wanted);
        let prepare = |frames: Vec<VideoFrame>| {
            let prepared = frames.into_iter().map(|frame| {
                let media = media::prepare_frame(frame.pixels, budget, video.id)?;
                Ok::<_, NotebookError>(PreparedFrame { at_ms: frame.at_ms, media })
            });
            let prepared: Arc<[PreparedFrame]> = prepared.collect::<Result<_, _>>()?;
            self.frames.insert(key.clone(), Arc::clone(&prepared));
            Ok(prepared)
        };
        notebook.frames(video, wanted, &|| self.frames.get(&key), &prepare, progress, is_cancelled)
    }
}
