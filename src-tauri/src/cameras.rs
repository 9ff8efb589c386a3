//! The system's own cameras, for when the web view cannot open one. One is open at a time.

use crate::error::CastorError;
use serde::{Deserialize, Serialize};
use specta::Type;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use video::{CameraStream, Tools, VideoError};

/// How often it is looked whether the camera is to be closed.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A camera that shows nothing for so long is gone.
const PATIENCE: Duration = Duration::from_secs(5);

/// A camera the system names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NativeCamera {
    /// What it is opened by.
    pub id: String,
    /// What people know it by.
    pub name: String,
}

/// How a camera is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CameraOptions {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Frames a second.
    pub frame_rate: u32,
}

/// The cameras the system names.
pub fn list(tools: &Tools) -> Result<Vec<NativeCamera>, CastorError> {
    let found = video::cameras(tools)?.into_iter();
    Ok(found.map(|camera| NativeCamera { id: camera.id, name: camera.name }).collect())
}

/// The camera that is open, if one is.
#[derive(Debug, Default)]
pub struct SystemCamera(Mutex<Option<Arc<AtomicBool>>>);

impl SystemCamera {
    /// Hands each frame to `show` until it says no more, the camera is closed, or another one is opened. Blocks for as long.
    pub fn show(
        &self,
        tools: &Tools,
        id: &str,
        options: CameraOptions,
        show: &dyn Fn(Vec<u8>) -> bool,
    ) -> Result<(), CastorError> {
        let closed = Arc::new(AtomicBool::new(false));
        if let Some(before) = self.replace(Some(Arc::clone(&closed))) {
            before.store(true, Ordering::Relaxed);
        }
        let mut stream = CameraStream::open(tools, id, options.width, options.height, options.frame_rate)?;
        let mut last = Instant::now();
        while !closed.load(Ordering::Relaxed) {
            match stream.next_frame(LOOK_EVERY)? {
                Some(jpeg) => {
                    if !show(jpeg) {
                        return Ok(());
                    }
                    last = Instant::now();
                }
                None if last.elapsed() > PATIENCE => return Err(VideoError::CameraLost.into()),
                None => {}
            }
        }
        Ok(())
    }

    /// Closes it.
    pub fn close(&self) {
        if let Some(open) = self.replace(None) {
            open.store(true, Ordering::Relaxed);
        }
    }

    fn replace(&self, with: Option<Arc<AtomicBool>>) -> Option<Arc<AtomicBool>> {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), with)
    }
}
