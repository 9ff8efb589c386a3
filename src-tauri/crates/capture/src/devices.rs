//! Which microphones there are.

use crate::error::opening;
use crate::{CaptureError, cookie};
use cpal::traits::{DeviceTrait, HostTrait};

/// A microphone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// What the recorder knows it by, e.g. `pulseaudio:alsa_input.usb-1`. Stays the same over restarts, where the system
    /// has names that do.
    pub id: String,
    /// What people know it by.
    pub name: String,
    /// Whether it is taken when none is chosen.
    pub is_default: bool,
}

/// All microphones, the default one first. Empty where there is none. May take seconds where a sound server does not
/// answer.
///
/// # Errors
/// [`CaptureError::ServerGone`], [`CaptureError::Refused`] or [`CaptureError::Other`].
pub fn devices() -> Result<Vec<Device>, CaptureError> {
    let host = host();
    let default = default_microphone(&host).and_then(|device| device.id().ok());
    let mut found: Vec<Device> = host
        .input_devices()
        .map_err(|error| opening(&error))?
        .filter(is_microphone)
        .filter_map(|device| {
            // One that went away meanwhile has neither.
            let (id, description) = (device.id().ok()?, device.description().ok()?);
            let is_default = default.as_ref() == Some(&id);
            Some(Device { id: id.to_string(), name: description.name().to_owned(), is_default })
        })
        .collect();
    found.sort_by_key(|device| !device.is_default);
    Ok(found)
}

/// The microphone with this id, or the default one.
pub(crate) fn find(id: Option<&str>) -> Result<cpal::Device, CaptureError> {
    let host = host();
    match id {
        None => default_microphone(&host),
        Some(id) => id.parse().ok().and_then(|id| host.device_by_id(&id)),
    }
    .ok_or(CaptureError::NoDevice)
}

/// The system's way to its devices.
pub(crate) fn host() -> cpal::Host {
    cookie::prepare();
    cpal::default_host()
}

/// Whether the device is one of PulseAudio or PipeWire.
pub(crate) fn is_server(device: &cpal::Device) -> bool {
    device.id().is_ok_and(|id| id.host().name() == "PulseAudio")
}

fn default_microphone(host: &cpal::Host) -> Option<cpal::Device> {
    // Without a microphone, PulseAudio names what is played as the default source.
    host.default_input_device()
        .filter(is_microphone)
        .or_else(|| host.input_devices().ok()?.find(is_microphone))
}

/// Whether it hears the room and not what this computer plays.
fn is_microphone(device: &cpal::Device) -> bool {
    device.id().is_ok_and(|id| !id.id().ends_with(".monitor"))
}
