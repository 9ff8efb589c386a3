//! Files on their way in, whatever way they came: dialog, clipboard, drop, or a second start of the app. They are taken
//! one after the other on a thread of their own, so that many large pictures are not decoded at once.

use crate::intake::{self, AttachmentProblem, IntakeError};
use crate::state::Castor;
use crate::voice;
use conversation::Attachment;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use tauri::AppHandle;
use tauri_specta::Event;

/// Something that should become an attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// The way in.
pub struct Arrivals {
    app: AppHandle,
    queue: mpsc::Sender<(u32, String, Arriving)>,
    next_token: AtomicU32,
    /// What came before the window could hear of it; `None` from then on.
    held: Mutex<Option<Vec<Arriving>>>,
}

impl Arrivals {
    /// Starts the thread that takes what arrives.
    pub fn start(app: AppHandle, castor: Arc<Castor>) -> std::io::Result<Self> {
        let (queue, waiting) = mpsc::channel::<(u32, String, Arriving)>();
        let window = app.clone();
        std::thread::Builder::new().name("arrivals".into()).spawn(move || {
            for (token, name, arriving) in waiting {
                tell(&window, &outcome(&castor, token, name, arriving));
            }
        })?;
        Ok(Self { app, queue, next_token: AtomicU32::new(0), held: Mutex::new(Some(Vec::new())) })
    }

    /// The window listens from now on; what came before is taken.
    pub fn window_listens(&self) {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.take(held.unwrap_or_default().into_iter());
    }

    /// Takes these, in order; the composer hears of each at once and again when it is in.
    pub fn take(&self, arriving: impl Iterator<Item = Arriving>) {
        if let Some(held) = self.held.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            held.extend(arriving);
            return;
        }
        for item in arriving {
            let token = self.next_token.fetch_add(1, Ordering::Relaxed);
            let name = name_of(&item);
            tell(&self.app, &AttachmentEvent::Adding { token, name: name.clone() });
            if self.queue.send((token, name, item)).is_err() {
                tracing::error!("the thread that takes files has ended");
            }
        }
    }

    /// Tells the composer that something is, or is no longer, dragged over the window.
    pub fn dragging(&self, over: bool) {
        tell(&self.app, &AttachmentEvent::Dragging { over });
    }
}

fn name_of(arriving: &Arriving) -> String {
    match arriving {
        Arriving::File(path) | Arriving::Recording(path) => {
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        }
        Arriving::Picture { name, .. } => name.clone(),
        Arriving::RemoteAddress => String::new(),
    }
}

fn outcome(castor: &Castor, token: u32, name: String, arriving: Arriving) -> AttachmentEvent {
    let history = &castor.history;
    let result = match arriving {
        Arriving::File(path) => intake::add_file(history, &path),
        Arriving::Recording(path) => voice::keep(castor, &path),
        Arriving::Picture { name, bytes } => intake::add_bytes(history, &name, &bytes),
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

fn tell(app: &AppHandle, event: &AttachmentEvent) {
    if let Err(error) = event.emit(app) {
        tracing::warn!(%error, "the window could not be told about a file");
    }
}
