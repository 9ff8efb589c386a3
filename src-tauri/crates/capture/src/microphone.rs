//! The device: opens it, and carries its sound out of the system's thread.

use crate::CaptureError;
use crate::devices::{find, is_server};
use crate::error::{opening, recording};
use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{BufferSize, Data, FromSample, Sample, SampleFormat, SizedSample, SupportedBufferSize};
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// How long a device may take to open, and then to deliver something.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Sound the ring holds while the disk or the computer is busy with other things.
const RING: Duration = Duration::from_secs(10);

/// How often a server is asked to deliver. One that is not asked may collect two seconds, which would be missing at the
/// end. cpal also makes the server's queue no longer than one delivery: asked twenty times a second, a busy server
/// throws pieces away.
const DELIVERIES_A_SECOND: u32 = 5;

/// A device that is being recorded from. It is let go when dropped.
pub(crate) struct Microphone {
    /// `None` only while it is dropped.
    stream: Option<cpal::Stream>,
    rate: u32,
    ring: Consumer<f32>,
    lost: Arc<AtomicU64>,
    failures: Receiver<CaptureError>,
}

impl Microphone {
    /// Opens the device with this id, or the default one, and starts it.
    pub(crate) fn open(id: Option<String>) -> Result<Self, CaptureError> {
        let (opened, result) = mpsc::channel();
        // A sound server that hangs keeps this thread and not the caller.
        thread::Builder::new().name("open microphone".into()).spawn(move || {
            // When nobody waits any more, the device is let go here.
            let _ = opened.send(open(id.as_deref()));
        })?;
        match result.recv_timeout(PATIENCE) {
            Ok(opened) => opened,
            Err(RecvTimeoutError::Timeout) => Err(CaptureError::Busy),
            Err(RecvTimeoutError::Disconnected) => {
                Err(CaptureError::Other { detail: "opening it failed unexpectedly".into() })
            }
        }
    }

    /// Frames a second.
    pub(crate) fn rate(&self) -> u32 {
        self.rate
    }

    /// Moves what was heard since the last call to the end of `samples`.
    pub(crate) fn hear(&mut self, samples: &mut Vec<f32>) {
        let count = self.ring.slots();
        if let Ok(chunk) = self.ring.read_chunk(count) {
            samples.extend(chunk);
        }
    }

    /// Why it ended, if it did. What it delivered before can still be heard.
    pub(crate) fn failure(&self) -> Option<CaptureError> {
        self.failures.try_recv().ok()
    }

    /// How much sound found no room in the ring.
    pub(crate) fn lost(&self) -> Duration {
        Duration::from_secs_f64(self.lost.load(Ordering::Relaxed) as f64 / f64::from(self.rate))
    }
}

impl Drop for Microphone {
    fn drop(&mut self) {
        let stream = self.stream.take();
        // A sound server that hangs keeps that thread and not the caller. Without a thread the stream ends here.
        let _ = thread::Builder::new().name("close microphone".into()).spawn(move || drop(stream));
    }
}

fn open(id: Option<&str>) -> Result<Microphone, CaptureError> {
    let device = find(id)?;
    let supported = device.default_input_config().map_err(|error| opening(&error))?;
    let mut config = supported.config();
    let rate = config.sample_rate;
    let mut format = supported.sample_format();
    if let (true, SupportedBufferSize::Range { min, max }) = (is_server(&device), supported.buffer_size()) {
        config.buffer_size = BufferSize::Fixed((rate / DELIVERIES_A_SECOND).clamp(*min, *max));
        // Servers convert to anything. They leave the fourth byte of 24 bits empty where cpal wants the sign.
        format = SampleFormat::F32;
    }

    let (producer, ring) = RingBuffer::new((f64::from(rate) * RING.as_secs_f64()) as usize);
    let lost = Arc::new(AtomicU64::new(0));
    let mut inlet =
        Inlet { ring: producer, lost: Arc::clone(&lost), channels: usize::from(config.channels.max(1)) };
    let (failed, failures) = mpsc::channel();
    let stream = device
        .build_input_stream_raw(
            config,
            format,
            move |data, _| inlet.take(data),
            move |error| {
                if let Some(failure) = recording(&error) {
                    // Nobody is interested any more when it cannot be sent.
                    let _ = failed.send(failure);
                }
            },
            Some(PATIENCE),
        )
        .map_err(|error| opening(&error))?;
    stream.play().map_err(|error| opening(&error))?;
    Ok(Microphone { stream: Some(stream), rate, ring, lost, failures })
}

/// The end of the ring in the system's thread. Does not wait, allocate or fail.
struct Inlet {
    ring: Producer<f32>,
    lost: Arc<AtomicU64>,
    channels: usize,
}

impl Inlet {
    fn take(&mut self, data: &Data) {
        match data.sample_format() {
            SampleFormat::I8 => self.frames::<i8>(data),
            SampleFormat::I16 => self.frames::<i16>(data),
            SampleFormat::I24 => self.frames::<cpal::I24>(data),
            SampleFormat::I32 => self.frames::<i32>(data),
            SampleFormat::I64 => self.frames::<i64>(data),
            SampleFormat::U8 => self.frames::<u8>(data),
            SampleFormat::U16 => self.frames::<u16>(data),
            SampleFormat::U24 => self.frames::<cpal::U24>(data),
            SampleFormat::U32 => self.frames::<u32>(data),
            SampleFormat::U64 => self.frames::<u64>(data),
            SampleFormat::F32 => self.frames::<f32>(data),
            SampleFormat::F64 => self.frames::<f64>(data),
            // One-bit formats are for players; no microphone has one as its default.
            _ => {}
        }
    }

    fn frames<T: SizedSample>(&mut self, data: &Data)
    where
        f32: FromSample<T>,
    {
        self.mix(data.as_slice::<T>().unwrap_or_default());
    }

    fn mix<T: Sample>(&mut self, samples: &[T])
    where
        f32: FromSample<T>,
    {
        let frames = samples.chunks_exact(self.channels);
        let heard = self.channels.min(2);
        let mono = frames.map(|frame| {
            let sum: f32 = frame.iter().take(heard).map(|sample| f32::from_sample(*sample)).sum();
            // Drivers of float devices are not above sending what is no number.
            if sum.is_finite() { sum / heard as f32 } else { 0.0 }
        });
        let count = mono.len();
        let room = count.min(self.ring.slots());
        if let Ok(chunk) = self.ring.write_chunk_uninit(room) {
            chunk.fill_from_iter(mono);
        }
        self.lost.fetch_add((count - room) as u64, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out of the ring when a device delivers `samples`.
    fn taken<T: Sample>(samples: &[T], channels: usize, room: usize) -> (Vec<f32>, u64)
    where
        f32: FromSample<T>,
    {
        let (ring, mut consumer) = RingBuffer::new(room);
        let lost = Arc::new(AtomicU64::new(0));
        let mut inlet = Inlet { ring, lost: Arc::clone(&lost), channels };
        inlet.mix(samples);
        let count = consumer.slots();
        (consumer.read_chunk(count).unwrap().into_iter().collect(), lost.load(Ordering::Relaxed))
    }

    #[test]
    fn every_sample_format_has_the_same_meaning() {
        assert_eq!(taken(&[0_u8, 128, 192], 1, 9).0, [-1.0, 0.0, 0.5]);
        assert_eq!(taken(&[i16::MIN, 0, 16_384], 1, 9).0, [-1.0, 0.0, 0.5]);
        assert_eq!(taken(&[i32::MIN, 0, 1 << 30], 1, 9).0, [-1.0, 0.0, 0.5]);
        assert_eq!(taken(&[0_u16, 32_768, 49_152], 1, 9).0, [-1.0, 0.0, 0.5]);
        assert_eq!(taken(&[-1.0_f64, 0.0, 0.5], 1, 9).0, [-1.0, 0.0, 0.5]);
        assert_eq!(taken(&[f32::NAN, f32::INFINITY, 0.5], 1, 9).0, [0.0, 0.0, 0.5]);
    }

    #[test]
    fn the_first_two_channels_are_mixed() {
        assert_eq!(taken(&[0.5_f32, 0.25, 1.0, -1.0], 2, 9).0, [0.375, 0.0]);
        assert_eq!(taken(&[0.5_f32, 0.25, 9.0, 1.0, -1.0, 9.0], 3, 9).0, [0.375, 0.0]);
    }

    #[test]
    fn what_finds_no_room_is_counted() {
        assert_eq!(taken(&[0.5_f32, 0.25, 0.1, 0.2, 0.3], 1, 3), (vec![0.5, 0.25, 0.1], 2));
    }
}
