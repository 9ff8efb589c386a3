//! What is made of videos: what they are, notes of their frames, and the frames themselves.
//!
//! Which frames are looked at depends on the model's budget and on the stretch a person asks about, so notes are kept with
//! both: a few of them, in one file beside the original.

use super::{IsCancelled, Making, Notebook, NotebookError, Progress, Work};
use conversation::{
    Attachment, FileView, Frames, ModelState, PictureNotes, SensesError, Stretch, Transcript, VideoFacts,
    VideoFrame,
};
use serde::{Deserialize, Serialize};

/// Longest edge of frames, in pixels: the text of a slide or a subtitle stays readable.
pub(crate) const FRAME_EDGE: u32 = 1280;
/// What the notes of one frame take in few words, in tokens.
const MOMENT_TOKENS: u32 = 80;
/// The same where there are many frames.
const BRIEF_MOMENT_TOKENS: u32 = 40;
/// Fewer frames than this tell no story.
const FEWEST: u32 = 4;
/// Most frames of a video; reading one takes about half a second.
const MOST: u32 = 16;
/// Most frames of a long video, and where a person says how many they want.
const MOST_OF_MANY: u32 = 32;
/// Videos from here on are long, in milliseconds.
const LONG_MS: u32 = 600_000;
/// How many notes of one video are kept.
const KEPT: usize = 8;
/// How far watching is once all frames are there; reading them takes longer than finding them.
const FOUND: f32 = 0.2;

/// What the senses made out in single frames of a video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VideoNotes {
    /// What the video is.
    pub facts: VideoFacts,
    /// The frames, in order of time.
    pub moments: Vec<Moment>,
}

/// A frame of a video and the notes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// When it is seen, in milliseconds from the beginning of the video.
    pub at_ms: u32,
    /// What it shows.
    pub notes: PictureNotes,
}

/// Notes as they are kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    wanted: Frames,
    notes: VideoNotes,
}

/// How many frames tell what a video shows: no more than a person asks for or one a second, and as many as `tokens` hold.
pub(crate) fn how_many(facts: VideoFacts, view: FileView, tokens: u32) -> u32 {
    let length = Stretch::from(view).length_ms(facts.duration_ms);
    let many = view.frames_per_1000_s.is_some() || length.is_some_and(|length| length >= LONG_MS);
    let (a_moment, most) = if many { (BRIEF_MOMENT_TOKENS, MOST_OF_MANY) } else { (MOMENT_TOKENS, MOST) };
    let by_tokens = (tokens / a_moment).clamp(FEWEST, most);
    let Some(length) = length else { return by_tokens };
    let by_time = u64::from(length) * u64::from(view.frames_per_1000_s.unwrap_or(1000));
    by_tokens.min(u32::try_from(by_time.div_ceil(1_000_000)).unwrap_or(u32::MAX)).max(1)
}

impl Notebook {
    /// Whether what decodes videos is here.
    pub fn can_watch(&self) -> bool {
        self.watching.can_watch()
    }

    /// What a video is, found out now unless it is known. Blocking, for a moment only.
    ///
    /// # Errors
    /// [`NotebookError`].
    pub fn video_facts(
        &self,
        video: &Attachment,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<VideoFacts, NotebookError> {
        const KIND: &str = "video-facts";
        let known = || {
            let kept = self.history.read_derived(&video.hash, KIND)?;
            Ok(kept.and_then(|json| serde_json::from_slice(&json).ok()))
        };
        let make = |_: Progress<'_>| {
            let facts = self.watching.facts(&self.history.blob_path(video.id)?)?;
            self.history.write_derived(&video.hash, KIND, &serde_json::to_vec(&facts)?)?;
            Ok(facts)
        };
        self.once((video.hash.clone(), Work::VideoFacts), &known, &make, &|_| (), is_cancelled)
    }

    /// Notes of a video's frames, made now unless they are known: of the stretch that `view` names, for a model that may get
    /// `note_tokens` of them. What is said is for [`Notebook::transcript`]. Blocking; `progress` is told fractions from 0 to 1.
    ///
    /// # Errors
    /// [`NotebookError`]; [`NotebookError::Cancelled`] once `is_cancelled` says so, at the latest a second later.
    pub fn video_notes(
        &self,
        video: &Attachment,
        view: FileView,
        note_tokens: u32,
        progress: Progress<'_>,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<VideoNotes, NotebookError> {
        let facts = self.video_facts(video, is_cancelled)?;
        let most = how_many(facts, view, note_tokens);
        let wanted = Frames { most, longest_edge: FRAME_EDGE, stretch: view.into() };
        let known = || {
            let mut kept = self.kept(video)?.into_iter();
            Ok(kept.find(|kept| kept.wanted == wanted).map(|kept| kept.notes))
        };
        let make = |told: Progress<'_>| {
            let moments = self.read_frames(video, &wanted, told, is_cancelled)?;
            let notes = VideoNotes { facts, moments };
            self.keep(video, Kept { wanted, notes: notes.clone() })?;
            Ok(notes)
        };
        self.once((video.hash.clone(), Work::VideoNotes(wanted)), &known, &make, progress, is_cancelled)
    }

    /// The frames of a video themselves. Blocking; `progress` is told fractions from 0 to 1. Whoever wants them again gets
    /// what `known` then has.
    pub(crate) fn frames<T>(
        &self,
        video: &Attachment,
        wanted: &Frames,
        known: &dyn Fn() -> Option<T>,
        prepare: &dyn Fn(Vec<VideoFrame>) -> Result<T, NotebookError>,
        progress: Progress<'_>,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<T, NotebookError> {
        let key: Making = (video.hash.clone(), Work::VideoFrames(*wanted));
        let make = |told: Progress<'_>| {
            let path = self.history.blob_path(video.id)?;
            prepare(self.watching.frames(&path, wanted, told, is_cancelled)?)
        };
        self.once(key, &|| Ok(known()), &make, progress, is_cancelled)
    }

    /// What is said in a video, as hearing makes it out; nothing where there is no sound.
    pub(super) fn listen_to_video(
        &self,
        video: &Attachment,
        transcribe: &dyn Fn(&mut dyn conversation::SpeechSource) -> Result<Transcript, SensesError>,
    ) -> Result<Transcript, NotebookError> {
        match self.watching.sound(&self.history.blob_path(video.id)?)? {
            Some(mut sound) => Ok(transcribe(sound.as_mut())?),
            None => Ok(Transcript::default()),
        }
    }

    fn read_frames(
        &self,
        video: &Attachment,
        wanted: &Frames,
        progress: Progress<'_>,
        is_cancelled: IsCancelled<'_>,
    ) -> Result<Vec<Moment>, NotebookError> {
        if self.senses.state() != ModelState::Ready {
            return Err(SensesError::Missing.into());
        }
        let path = self.history.blob_path(video.id)?;
        let frames = self.watching.frames(&path, wanted, &|found| progress(FOUND * found), is_cancelled)?;
        let each = (1.0 - FOUND) / frames.len().max(1) as f32;
        let read = frames.into_iter().enumerate().map(|(number, frame)| {
            let before = FOUND + each * number as f32;
            let tell = |fraction: f32| progress(before + each * fraction);
            let notes = self.senses.read(&frame.pixels, &tell, is_cancelled)?;
            Ok(Moment { at_ms: frame.at_ms, notes })
        });
        read.collect()
    }

    /// The notes that were made of a video, the oldest first. Those that cannot be read any more are made again.
    fn kept(&self, video: &Attachment) -> Result<Vec<Kept>, NotebookError> {
        let json = self.history.read_derived(&video.hash, &self.video_notes_kind())?;
        Ok(json.and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default())
    }

    fn keep(&self, video: &Attachment, made: Kept) -> Result<(), NotebookError> {
        let mut kept = self.kept(video)?;
        kept.push(made);
        kept.drain(..kept.len().saturating_sub(KEPT));
        self.history.write_derived(&video.hash, &self.video_notes_kind(), &serde_json::to_vec(&kept)?)?;
        Ok(())
    }

    fn video_notes_kind(&self) -> String {
        format!("{}-of-video", self.senses.version())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_by_length_and_budget() {
        let facts = |duration_ms| VideoFacts { duration_ms, width: 640, height: 360, has_sound: true };
        let usual = FileView::default();
        let fine = FileView { frames_per_1000_s: Some(2000), ..usual };
        let counts = [
            how_many(facts(300), usual, 1500),
            how_many(facts(5000), usual, 1500),
            how_many(facts(60_000), usual, 1500),
            how_many(facts(60_000), usual, 100),
            how_many(facts(0), usual, 1500),
            how_many(facts(3_600_000), usual, 1000),
            how_many(facts(3_600_000), usual, 10_000),
            how_many(facts(5000), fine, 1500),
            how_many(facts(60_000), fine, 10_000),
        ];
        assert_eq!(counts, [1, 5, 16, 4, 16, 25, 32, 10, 32]);
        let coarse = FileView { frames_per_1000_s: Some(100), ..usual };
        assert_eq!(how_many(facts(60_000), coarse, 1500), 6);
        let stretch = FileView { start_ms: Some(10_000), end_ms: Some(12_500), ..usual };
        assert_eq!(how_many(facts(60_000), stretch, 1500), 3);
    }
}
