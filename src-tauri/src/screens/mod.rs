//! The last seconds of a screen that is kept open. It is looked at a few times a second; what changed is kept in memory, and
//! becomes a clip when a question takes it along. Nothing is written before. One screen or window is watched at a time.

mod ring;

use crate::clips;
use crate::error::CastorError;
use crate::intake::IntakeError;
use crate::settings::SystemLanguage;
use crate::state::Castor;
use crate::videos;
use capture::screen::{self, Shot, View};
use conversation::{Attachment, Pixels};
use media::Picture;
use ring::{Ring, Stretch};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use video::{ClipOptions, ClipWriter, VideoError};

/// Looks a second, and frames a second of a clip.
const RATE: u32 = 5;
/// From one look to the next.
const EVERY: Duration = Duration::from_millis(200);
/// Longest edge of what is kept, in pixels: text stays readable.
const EDGE: u32 = 1920;
/// Longest stretch that can be asked about, in seconds.
const LONGEST: u32 = 10;

/// The screen or window that is watched, if one is.
#[derive(Default)]
pub struct WatchedScreen(Mutex<Option<Watched>>);

struct Watched {
    ring: Arc<Mutex<Ring>>,
    /// Whoever looks ends once this is dropped.
    _open: Sender<()>,
}

impl WatchedScreen {
    /// Begins to watch a screen or window, in place of the one before. Blocks until it can be.
    pub fn watch(&self, id: &str) -> Result<(), CastorError> {
        self.close();
        // Without them no clip would come of it.
        videos::tools()?;
        let view = screen::view(id)?;
        let ring = Arc::new(Mutex::new(Ring::new(Duration::from_secs(LONGEST.into()))));
        let (open, closed) = mpsc::channel();
        let watched = Watched { ring: Arc::clone(&ring), _open: open };
        let looking = std::thread::Builder::new().name("screen".to_owned());
        looking
            .spawn(move || look(view, &ring, &closed))
            .map_err(|error| CastorError::System(error.to_string()))?;
        *self.lock() = Some(watched);
        Ok(())
    }

    /// Watches nothing any more, and forgets what was seen.
    pub fn close(&self) {
        *self.lock() = None;
    }

    /// What was shown in the last `length`; none where it is watched for less than a second.
    fn last(&self, length: Duration) -> Option<Stretch> {
        let ring = Arc::clone(&self.lock().as_ref()?.ring);
        lock(&ring).last(length)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Watched>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes a clip of the last seconds of the screen that is watched, as an attachment; none where there are no seconds yet.
/// Blocks.
pub fn keep_clip(castor: &Castor, seconds: u32) -> Result<Option<Attachment>, CastorError> {
    if !(1..=LONGEST).contains(&seconds) {
        return Err(CastorError::InvalidInput(format!("only the last {LONGEST} seconds are kept")));
    }
    let Some(stretch) = castor.screen.last(Duration::from_secs(seconds.into())) else { return Ok(None) };
    let tools = videos::tools()?;
    let folder = clips::folder(&castor.folders.data);
    std::fs::create_dir_all(&folder).map_err(VideoError::from)?;
    let options = ClipOptions { frame_rate: RATE, longest_edge: Some(EDGE), ..ClipOptions::default() };
    let writer = ClipWriter::start(&tools, &folder, &options)?;
    for (at, jpeg) in &stretch.frames {
        writer.earlier_frame(*at, jpeg)?;
    }
    let clip = writer.finish(stretch.length)?;
    let what = match castor.settings().language.spoken() {
        SystemLanguage::Zh => "屏幕",
        SystemLanguage::En => "Screen",
    };
    Ok(Some(clips::keep_as(castor, &clip.path, what)?))
}

/// Looks until nobody wants it any more.
fn look(mut view: View, ring: &Mutex<Ring>, closed: &Receiver<()>) {
    loop {
        let began = Instant::now();
        if let Err(error) = look_once(&mut view, ring, began) {
            // A window that is hidden may be shown again. What was before is over.
            tracing::debug!(%error, "the screen that is watched cannot be seen");
            lock(ring).forget();
        }
        // A large screen that changes all the time takes a third of a core at most.
        let took = began.elapsed();
        let pause = EVERY.saturating_sub(took).max(took * 2);
        if closed.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

fn look_once(view: &mut View, ring: &Mutex<Ring>, now: Instant) -> Result<(), CastorError> {
    let print = view.look()?;
    if !lock(ring).looked(now, print) {
        let picture = jpeg(view.picture()?)?;
        lock(ring).add(now, print, picture);
    }
    Ok(())
}

fn lock(ring: &Mutex<Ring>) -> MutexGuard<'_, Ring> {
    ring.lock().unwrap_or_else(PoisonError::into_inner)
}

fn jpeg(shot: Shot) -> Result<Vec<u8>, CastorError> {
    let pixels = Pixels { width: shot.width, height: shot.height, rgb: shot.rgb };
    let picture = Picture::from_pixels(pixels).and_then(|picture| picture.display(EDGE));
    Ok(picture.map_err(IntakeError::from)?.data)
}
