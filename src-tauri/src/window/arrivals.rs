//! Files on their way in, whatever way they came: dialog, clipboard, drop, camera, screen, or a second start of the app. They
//! are taken one after the other on a thread of their own, so that many large pictures are not decoded at once. Each is on its
//! way to one window.

use crate::intake::{self, AttachmentProblem, IntakeError};
use crate::state::Castor;
use crate::{clips, voice};
use conversation::Attachment;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use tauri::AppHandle;
use tauri_specta::Event;

/// Something that should become an attachment.
#[derive(Debug, Clone, PartialEq)]
pub enum Arriving {
    /// A file.
    File(PathBuf),
    /// An encoded picture without a file.
    Picture {
        /// What to call it.
        name: String,
        /// Its encoded bytes.
        bytes: Vec<u8>,
    },
    /// A recording that a crash cut off; its file goes once it is kept.
    Recording(PathBuf),
    /// A clip that a crash cut off; its file goes once it is kept.
    Clip(PathBuf),
    /// What was recorded for a window that was closed meanwhile.
    Kept(Box<Attachment>),
    /// Only the address of something on the web.
    RemoteAddress,
}

/// What the composer hears about files.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum AttachmentEvent {
    /// Something that can be dropped is, or is no longer, over the window.
    Dragging {
        /// Whether it is.
        over: bool,
    },
    /// A file is being read.
    Adding {
        /// Names it until it is added or refused.
        token: u32,
        /// Its name.
        name: String,
    },
    /// It is an attachment now.
    Added {
        /// The name given before.
        token: u32,
        /// The attachment.
        attachment: Attachment,
    },
    /// It was not taken.
    Refused {
        /// The name given before.
        token: u32,
        /// Its name.
        name: String,
        /// Why.
        problem: AttachmentProblem,
    },
}

/// One thing on its way to a window.
struct Underway {
    window: String,
    token: u32,
    name: String,
    arriving: Arriving,
}

/// Who can hear of what came.
#[derive(Default)]
struct Listeners {
    windows: HashSet<String>,
    /// What came for a window before it could hear of it.
    held: Vec<(String, Arriving)>,
}

/// The way in.
pub struct Arrivals {
    app: AppHandle,
    queue: mpsc::Sender<Underway>,
    next_token: AtomicU32,
    listeners: Mutex<Listeners>,
}

impl Arrivals {
    /// Starts the thread that takes what arrives.
    pub fn start(app: AppHandle, castor: Arc<Castor>) -> std::io::Result<Self> {
        let (queue, waiting) = mpsc::channel::<Underway>();
        let told = app.clone();
        std::thread::Builder::new().name("arrivals".into()).spawn(move || {
            for Underway { window, token, name, arriving } in waiting {
                tell(&told, &window, &outcome(&castor, token, name, arriving));
            }
        })?;
        Ok(Self { app, queue, next_token: AtomicU32::new(0), listeners: Mutex::default() })
    }

    /// A window listens from now on; what came for it before is taken.
    pub fn window_listens(&self, window: &str) {
        let mut listeners = self.listeners();
        listeners.windows.insert(window.to_owned());
        let held = std::mem::take(&mut listeners.held);
        let (its, others): (Vec<_>, Vec<_>) = held.into_iter().partition(|(whose, _)| whose == window);
        listeners.held = others;
        drop(listeners);
        self.take(window, its.into_iter().map(|(_, item)| item));
    }

    /// A window is gone: its next one has to listen first.
    pub fn window_closed(&self, window: &str) {
        self.listeners().windows.remove(window);
    }

    /// What was recorded for a window, as its answer; where the window is gone, its next one finds it in the composer.
    pub fn recorded(&self, window: &str, attachment: Option<Attachment>) -> Option<Attachment> {
        if let Some(attachment) = &attachment
            && !self.listeners().windows.contains(window)
        {
            self.take(window, std::iter::once(Arriving::Kept(Box::new(attachment.clone()))));
        }
        attachment
    }

    /// Takes these for a window, in order; its composer hears of each at once and again when it is in.
    pub fn take(&self, window: &str, arriving: impl Iterator<Item = Arriving>) {
        let mut listeners = self.listeners();
        if !listeners.windows.contains(window) {
            listeners.held.extend(arriving.map(|item| (window.to_owned(), item)));
            return;
        }
        drop(listeners);
        for arriving in arriving {
            let token = self.next_token.fetch_add(1, Ordering::Relaxed);
            let name = name_of(&arriving);
            tell(&self.app, window, &AttachmentEvent::Adding { token, name: name.clone() });
            if self.queue.send(Underway { window: window.to_owned(), token, name, arriving }).is_err() {
                tracing::error!("the thread that takes files has ended");
            }
        }
    }

    /// Tells a composer that something is, or is no longer, dragged over its window.
    pub fn dragging(&self, window: &str, over: bool) {
        tell(&self.app, window, &AttachmentEvent::Dragging { over });
    }

    fn listeners(&self) -> MutexGuard<'_, Listeners> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name_of(arriving: &Arriving) -> String {
    match arriving {
        Arriving::File(path) | Arriving::Recording(path) | Arriving::Clip(path) => {
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        }
        Arriving::Picture { name, .. } => name.clone(),
        Arriving::Kept(attachment) => attachment.name.clone(),
        Arriving::RemoteAddress => String::new(),
    }
}

fn outcome(castor: &Castor, token: u32, name: String, arriving: Arriving) -> AttachmentEvent {
    let history = &castor.history;
    let result = match arriving {
        Arriving::File(path) => intake::add_file(history, &path),
        Arriving::Recording(path) => voice::keep(castor, &path),
        Arriving::Clip(path) => clips::keep(castor, &path),
        Arriving::Picture { name, bytes } => intake::add_bytes(history, &name, &bytes),
        Arriving::Kept(attachment) => Ok(*attachment),
        Arriving::RemoteAddress => Err(IntakeError::RemoteAddress),
    };
    match result {
        Ok(attachment) => AttachmentEvent::Added { token, attachment },
        Err(error) => {
            tracing::info!(%error, "a file was not taken");
            AttachmentEvent::Refused { token, name, problem: AttachmentProblem::from(&error) }
        }
    }
}

fn tell(app: &AppHandle, window: &str, event: &AttachmentEvent) {
    if let Err(error) = event.emit_to(app, window) {
        tracing::warn!(%error, "the window could not be told about a file");
    }
}
