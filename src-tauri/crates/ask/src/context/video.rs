//! What becomes of a video for a model that takes none: to one that sees pictures go single frames, to one that only reads
//! notes of them, and to both what is said in it, each with its time.

use super::plan::{Fate, LEAST_FILE_TOKENS, Planner, picture_tokens};
use super::{PrepareError, count, small};
use crate::notebook::{FRAME_EDGE, how_many};
use crate::prepared::PreparedFrame;
use crate::video_words::{self, Said, Seen, Sight, Titled};
use crate::{Moment, NotebookError};
use conversation::{
    Attachment, FileView, Frames, HearingEvent, ImageBudget, MediaKind, OmissionReason, SensesError, Stage,
    Stretch, Transcript, VideoFacts, WatchError,
};

/// Most frames of one video that go as pictures.
const MOST_PICTURES: u32 = 16;
/// How far watching is once everything is seen that there is to see; then comes what is said.
const SEEN: f32 = 0.5;
/// What the line above a frame costs, in tokens.
const TIME_TOKENS: u32 = 6;
/// What a sentence costs in place of what is not seen or not said, in tokens.
const REMARK_TOKENS: u32 = 24;

/// A video as a model gets it.
#[derive(Default)]
pub(super) struct Watched {
    pub(super) number: u32,
    /// What stands above the frames; all of it where there are none.
    pub(super) head: String,
    /// For a model that sees pictures.
    pub(super) frames: Vec<PreparedFrame>,
    /// Whether the frames are smaller than the video.
    pub(super) scaled: bool,
    /// What stands below the frames.
    pub(super) tail: String,
    /// When the frames are seen that go, as pictures or in words, in milliseconds.
    pub(super) moments: Vec<u32>,
    /// What of it is in words, where something is.
    pub(super) words: Option<String>,
    /// Whether there is anything in what goes.
    pub(super) usable: bool,
    pub(super) lines: u32,
    pub(super) lines_left_out: u32,
    pub(super) tokens: u32,
    /// Why something of it does not go.
    pub(super) missing: Vec<OmissionReason>,
}

impl Watched {
    /// Bytes of the frames.
    pub(super) fn frame_bytes(&self) -> u32 {
        small(self.frames.iter().map(|frame| frame.media.data.len() as u64).sum())
    }

    /// One reason is told once.
    fn misses(&mut self, reason: OmissionReason) {
        if !self.missing.contains(&reason) {
            self.missing.push(reason);
        }
    }
}

/// What the planner has for a video.
pub(super) struct Room {
    /// Most tokens of all of it.
    pub(super) tokens: u32,
    /// Most pictures.
    pub(super) pictures: u32,
    /// Which of how many videos of the question it is; earlier ones are watched silently.
    pub(super) place: Option<(u32, u32)>,
}

/// A video that is to go.
struct Film<'a> {
    video: &'a Attachment,
    facts: VideoFacts,
    view: FileView,
    room: &'a Room,
}

/// What was made of a video, or why it was not.
type Made<T> = Result<T, OmissionReason>;

/// What a video shows, in the way the model gets it.
enum Sights {
    Frames(Vec<PreparedFrame>),
    Notes(Vec<Moment>),
}

impl Planner<'_> {
    /// Whether a video is watched here, for a model that takes none of its format.
    pub(super) fn is_watched(&self, attachment: &Attachment) -> bool {
        let takes = self.files.is_some_and(|budget| budget.accepts.contains(&attachment.mime));
        let can_use = self.budget.is_some() || self.asked.capabilities.note_tokens.is_some();
        attachment.kind == MediaKind::Video && !takes && can_use
    }

    /// A video in what room there is, watched now unless it was before.
    pub(super) fn video(
        &self,
        video: &Attachment,
        view: FileView,
        room: &Room,
    ) -> Result<Fate, PrepareError> {
        if room.tokens < LEAST_FILE_TOKENS {
            return Ok(Fate::Omitted(OmissionReason::ContextFull));
        }
        let facts = match made(self.asked.notebook.video_facts(video, &|| self.is_cancelled()))? {
            Ok(facts) => facts,
            Err(reason) => return Ok(Fate::Omitted(reason)),
        };
        let film = Film { video, facts, view, room };
        let seen = match self.budget {
            Some(budget) => self.frames(&film, budget)?.map(Sights::Frames),
            None => self.moments(&film)?.map(Sights::Notes),
        };
        let said = self.said(&film)?;
        let watched = self.watched(&film, seen, said);
        Ok(match watched.missing.first() {
            // Of a title alone a model would make up the rest.
            reason if watched.moments.is_empty() && watched.lines == 0 => {
                Fate::Omitted(reason.copied().unwrap_or(OmissionReason::ContextFull))
            }
            _ => Fate::Video(Box::new(watched)),
        })
    }

    /// Puts together what is seen and what is said.
    fn watched(&self, film: &Film<'_>, seen: Made<Sights>, said: Made<Transcript>) -> Watched {
        let (language, tokens) = (self.language, |text: &str| self.provider.estimate_tokens(text));
        let shows_something = match &seen {
            Ok(Sights::Frames(_)) => true,
            Ok(Sights::Notes(moments)) => moments.iter().any(|moment| moment.notes.are_usable()),
            Err(_) => false,
        };
        let stretch = Stretch::from(film.view);
        let is_something_said = said.as_ref().is_ok_and(|said| is_something_said(said, stretch));
        let titled = Titled {
            language,
            sight: if matches!(seen, Ok(Sights::Frames(_))) { Sight::Frames } else { Sight::Notes },
            number: self.numbers.get(&film.video.id).copied().unwrap_or(1),
            name: &film.video.name,
            facts: film.facts,
            stretch,
            usable: shows_something || is_something_said,
        };
        let (head, foot) = (titled.head(), titled.foot());
        let headings = tokens(video_words::above_seen(language)) + tokens(video_words::above_said(language));
        let around = tokens(&head) + tokens(&foot) + headings + tokens(language.cut()) + REMARK_TOKENS;
        let left = film.room.tokens.saturating_sub(around);
        // What is said must not be pushed out by what is seen.
        let for_seen = if is_something_said { left - left / 3 } else { left };

        let mut watched =
            Watched { number: titled.number, head, usable: titled.usable, ..Watched::default() };
        let spent = self.put_seen(film, seen, for_seen, &mut watched);
        let speech = self.put_said(film, said, left.saturating_sub(spent), &mut watched);
        watched.tail = speech.clone() + &foot;
        if watched.frames.is_empty() {
            watched.head += &std::mem::take(&mut watched.tail);
            watched.words = Some(watched.head.clone());
        } else if is_something_said {
            watched.words = Some(speech.trim().to_owned());
        }
        watched.tokens += tokens(&watched.head) + tokens(&watched.tail);
        watched
    }

    /// Puts in what is seen, in at most `most` tokens. Returns how many.
    fn put_seen(&self, film: &Film<'_>, seen: Made<Sights>, most: u32, watched: &mut Watched) -> u32 {
        let (language, tokens) = (self.language, |text: &str| self.provider.estimate_tokens(text));
        let not_seen = match seen {
            Ok(Sights::Notes(moments)) => {
                let most = self.asked.capabilities.note_tokens.unwrap_or(u32::MAX).min(most);
                let Seen { text, moments, lines, lines_left_out } =
                    video_words::seen(&moments, language, most, &tokens);
                (watched.moments, watched.lines, watched.lines_left_out) = (moments, lines, lines_left_out);
                if lines > 0 {
                    watched.head += video_words::above_seen(language);
                    watched.head += &text;
                    return tokens(&text);
                }
                OmissionReason::ContextFull
            }
            Ok(Sights::Frames(frames)) => {
                let price = self.budget.map_or(0, |budget| picture_tokens(budget.tokens, film.view));
                let price = price.saturating_add(TIME_TOKENS);
                let keep = frames.len().min((most / price).min(film.room.pictures) as usize);
                let kept = video_words::evenly(frames.len(), keep);
                watched.frames = kept.map(|place| frames[place].clone()).collect();
                watched.moments = watched.frames.iter().map(|frame| frame.at_ms).collect();
                watched.scaled = watched.frames.iter().any(|frame| frame.media.width < film.facts.width);
                watched.tokens = price.saturating_mul(count(keep));
                if keep > 0 {
                    return watched.tokens;
                }
                OmissionReason::ContextFull
            }
            Err(reason) => reason,
        };
        watched.misses(not_seen);
        watched.head += &video_words::unseen(language, not_seen);
        0
    }

    /// Puts what is said in words, in at most `most` tokens.
    fn put_said(&self, film: &Film<'_>, said: Made<Transcript>, most: u32, watched: &mut Watched) -> String {
        let language = self.language;
        let transcript = match said {
            Ok(transcript) => transcript,
            Err(reason) => {
                watched.misses(reason);
                return video_words::unheard(language, reason);
            }
        };
        let tokens = |text: &str| self.provider.estimate_tokens(text);
        let Said { text, lines, lines_left_out, cut } =
            video_words::said(&transcript, film.view.into(), most, &tokens);
        watched.lines += lines;
        watched.lines_left_out += lines_left_out;
        if text.trim().is_empty() && !cut {
            return video_words::nothing_said(language, film.facts).to_owned();
        }
        let mut heard = video_words::above_said(language).to_owned() + &text;
        if cut {
            heard += language.cut().trim_start();
            heard.push('\n');
            watched.misses(OmissionReason::ContextFull);
        }
        heard
    }

    /// Frames for a model that sees pictures: as many as it can ever get, of which those that fit are chosen later, so that
    /// the same ones are at hand for every question that follows.
    fn frames(
        &self,
        film: &Film<'_>,
        budget: &ImageBudget,
    ) -> Result<Made<Vec<PreparedFrame>>, PrepareError> {
        let Film { video, facts, view, room } = *film;
        if room.pictures == 0 {
            return Ok(Err(OmissionReason::TooMany));
        }
        let most = how_many(facts, view, u32::MAX).min(MOST_PICTURES).min(budget.max_count.max(1));
        let longest_edge = budget.longest_edge.min(FRAME_EDGE);
        let wanted = Frames { most, longest_edge, stretch: view.into() };
        let tell = self.telling(room, |fraction| fraction * seen_share(facts));
        let cancelled = || self.is_cancelled();
        let (pictures, notebook) = (self.asked.pictures, self.asked.notebook);
        let frames = made(pictures.frames(notebook, video, budget, &wanted, &tell, &cancelled))?;
        Ok(frames.map(|frames| {
            let mut frames = frames.to_vec();
            for frame in &mut frames {
                // The same content may be attached under several names.
                frame.media.attachment = video.id;
                frame.media.view = FileView { detail: view.detail, ..FileView::default() };
            }
            frames
        }))
    }

    /// Notes of frames for a model that only reads.
    fn moments(&self, film: &Film<'_>) -> Result<Made<Vec<Moment>>, PrepareError> {
        let Film { video, facts, view, room } = *film;
        let note_tokens = self.asked.capabilities.note_tokens.unwrap_or_default();
        let tell = self.telling(room, |fraction| fraction * seen_share(facts));
        let cancelled = || self.is_cancelled();
        let notes = self.asked.notebook.video_notes(video, view, note_tokens, &tell, &cancelled);
        Ok(made(notes)?.map(|notes| notes.moments))
    }

    /// What is said in a video; nothing in one without sound.
    fn said(&self, film: &Film<'_>) -> Result<Made<Transcript>, PrepareError> {
        if !film.facts.has_sound {
            return Ok(Ok(Transcript::default()));
        }
        let tell = self.telling(film.room, |fraction| SEEN + (1.0 - SEEN) * fraction);
        let on_event = |event| match event {
            HearingEvent::Progress(fraction) => tell(fraction),
            HearingEvent::Loading(_) | HearingEvent::Segment(_) => {}
        };
        made(self.asked.notebook.transcript(film.video, &on_event, &|| self.is_cancelled()))
    }

    /// Tells how far watching is, for the videos of the question.
    fn telling(&self, room: &Room, overall: impl Fn(f32) -> f32 + Sync) -> impl Fn(f32) + Sync {
        let (place, stage) = (room.place, self.asked.stage);
        move |fraction| {
            if let Some((number, total)) = place {
                stage(Stage::Watching { number, total, fraction: overall(fraction) });
            }
        }
    }

    fn is_cancelled(&self) -> bool {
        self.asked.cancel.is_cancelled()
    }
}

fn is_something_said(transcript: &Transcript, stretch: Stretch) -> bool {
    !video_words::said(transcript, stretch, u32::MAX, &|_| 0).text.trim().is_empty()
}

/// How much of watching a video is seeing.
fn seen_share(facts: VideoFacts) -> f32 {
    if facts.has_sound { SEEN } else { 1.0 }
}

/// What a notebook made, or why not; what ends the turn is an error.
fn made<T>(made: Result<T, NotebookError>) -> Result<Made<T>, PrepareError> {
    Ok(Err(match made {
        Ok(made) => return Ok(Ok(made)),
        Err(NotebookError::Cancelled) => return Err(PrepareError::Cancelled),
        Err(NotebookError::History(error)) => return Err(error.into()),
        Err(NotebookError::CannotHear) => OmissionReason::SpeechRecogniserMissing,
        Err(NotebookError::Senses(SensesError::Missing)) => OmissionReason::RecognisersMissing,
        Err(NotebookError::Watch(WatchError::ToolsMissing)) => OmissionReason::VideoToolsMissing,
        Err(error) => {
            tracing::warn!(%error, "a video cannot be watched");
            OmissionReason::Unreadable
        }
    }))
}
